// What a request in the queue may take beyond its trial.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as sluice from '@sluice/client';

import { sol } from './support/localnet.js';
import { setUp, viewOf } from './support/stage.js';

/** Opening a batch after a lock takes at most so many units more, and so many for each address that is tried. */
const [OPENING, TRIED] = [2_700n, 1_500n];

test('a limit for a request counts the opening of a batch that is not there yet when it is tried', async () => {
    const stage = await setUp(1);
    const { net, pool, alice, bob, carol } = stage;
    try {
        assert.ok(sluice.BATCH_OPENING_UNITS >= OPENING + 15n * TRIED);
        const unitsOf = async () => {
            const input = { owner: alice.signer, lst: sol(1n), number: 65_535n };
            const { instructions } = await sluice.unstake(net.rpc, await viewOf(stage), input);
            assert.equal(sluice.unitsBeyondTrial(instructions), sluice.BATCH_OPENING_UNITS);
            return await net.units(alice, instructions);
        };
        const deposit = await sluice.stake(await viewOf(stage), { owner: bob.signer, lamports: sol(50n) });
        assert.equal(sluice.unitsBeyondTrial(deposit), 0n);
        await net.send(bob, deposit);
        for (let round = 0; round < 3; round += 1) {
            await net.sluice(bob, 'unstake', '1');
            const joining = await unitsOf();
            await net.localnet(['advance', '--percent', '90']);
            const opening = await unitsOf();
            const batchId = (await viewOf(stage)).account.openBatch + 1n;
            const [, bump] = await sluice.findBatchPda({ pool, batchId });
            const beside = opening - joining - TRIED * BigInt(256 - bump);
            assert.ok(beside > 0n && beside <= OPENING, `${beside}`);
            await net.advance(carol);
        }
    } finally {
        await net.stop();
    }
});
