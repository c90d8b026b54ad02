// A pool that is what it says adds up; one lamport, unit or authority too few does not.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { Address } from '@solana/kit';
import * as sluice from '@sluice/client';

import { altered, withBytes, type Written } from './support/altered.js';
import { setUp, viewOf, type Stage } from './support/stage.js';

let stage: Stage;
before(async () => {
    stage = await setUp(2);
});
after(() => stage.net.stop());

test('a pool that is what it says adds up, and so does `sluice pool verify`', async () => {
    const { net, pool, alice } = stage;
    await net.sluice(alice, 'unstake', '3');
    const { checks, isOk, isPriced } = await sluice.verify(net.rpc, pool);
    assert.deepEqual(
        checks.filter(({ isOk }) => !isOk),
        [],
    );
    assert.deepEqual([isOk, isPriced], [true, true]);
    const said = await net
        .sluice(alice, 'pool', 'verify')
        .catch((error: { stdout: string }) => JSON.parse(error.stdout));
    const names: Record<string, string> = {
        supply: 'supply',
        reserve: 'reserve',
        escrow: 'escrow',
        backing: 'backing',
    };
    for (const [subject, name] of Object.entries(names)) {
        const own = checks.find((check) => check.subject === subject)!;
        const other = said['checks'].find((check: { check: string }) => check.check === name);
        assert.deepEqual([String(own.expected), String(own.found)], [other.expected, other.found], subject);
    }
});

test('what does not hold is found, each in its own check', async () => {
    const { net, pool } = stage;
    const view = await viewOf(stage);
    const { mint, reserve, escrow, claimsVault } = view.account;
    const { main } = (await sluice.validators(net.rpc, view))[0]!.slot;
    const flip = (at: number) => (account: Written) =>
        withBytes(account, (bytes) => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)));
    const add = (at: number) => (account: Written) =>
        withBytes(account, (bytes) => bytes.map((byte, index) => (index === at ? byte + 1 : byte)));
    const less = (account: Written) => ({ ...account, lamports: 1 });
    const stolen = (account: Written) => ({ ...account, owner: net.votes[0]! });
    const gone = () => null;
    const cases: [Address, (account: Written) => Written | null, sluice.CheckSubject[]][] = [
        // Who mints, the supply, the decimals, who freezes.
        [mint, flip(4), ['mint']],
        [mint, add(42), ['supply']],
        [mint, flip(44), ['mint']],
        [mint, flip(46), ['mint']],
        [mint, gone, ['mint', 'supply']],
        [reserve, less, ['reserve', 'backing']],
        [reserve, stolen, ['reserve']],
        [escrow, flip(32), ['escrow']],
        [escrow, flip(0), ['escrow']],
        [escrow, gone, ['escrow']],
        [claimsVault, gone, ['claims']],
        [claimsVault, stolen, ['claims']],
        // The staker, the withdrawer, the lockup's epoch, the vote account.
        [main, flip(12), ['stake-accounts', 'backing']],
        [main, flip(44), ['stake-accounts', 'backing']],
        [main, flip(84), ['stake-accounts']],
        [main, flip(124), ['stake-accounts']],
        [main, less, ['stake-accounts', 'backing']],
        [main, gone, ['stake-accounts', 'backing']],
    ];
    for (const [address, alter, expected] of cases) {
        const { checks, isOk } = await sluice.verify(altered(net.url, address, alter), pool);
        const failed = checks.filter(({ isOk }) => !isOk).map(({ subject }) => subject);
        assert.deepEqual(failed, expected, `${address} ${alter}`);
        assert.equal(isOk, false);
    }
});

test('a sum that the pool does not have, and a validator that it does not count, are found', async () => {
    const { net, pool } = stage;
    const view = await viewOf(stage);
    const page = (await sluice.findPagePda({ pool, pageIndex: 0 }))[0];
    const decoder = sluice.getValidatorPageDecoder();
    const encoder = sluice.getValidatorPageEncoder();
    const changed = (change: (slot: sluice.Slot) => Partial<sluice.Slot>) =>
        altered(net.url, page, (account) =>
            withBytes(account, (bytes) => {
                const read = decoder.decode(bytes);
                const slots = read.slots.map((slot, index) =>
                    index === 0 ? { ...slot, ...change(slot) } : slot,
                );
                return new Uint8Array(encoder.encode({ ...read, slots }));
            }),
        );
    const failed = async (change: (slot: sluice.Slot) => Partial<sluice.Slot>) =>
        (await sluice.verify(changed(change), view.address)).checks
            .filter(({ isOk }) => !isOk)
            .map(({ subject }) => subject);
    assert.deepEqual(await failed(({ mainLamports }) => ({ mainLamports: mainLamports - 1n })), ['staked']);
    assert.deepEqual(await failed(() => ({ state: 0 })), ['validators', 'backing', 'staked']);
});

test('before it is priced, the sums of stake are not compared', async () => {
    const { net, pool, carol } = stage;
    await net.localnet(['advance']);
    const { isOk, isPriced, checks } = await sluice.verify(net.rpc, pool);
    assert.deepEqual([isOk, isPriced], [true, false]);
    assert.equal(
        checks.some(({ subject }) => subject === 'staked'),
        false,
    );
    await net.sluice(carol, 'crank');
});
