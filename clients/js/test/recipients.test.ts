// Nothing is given to an address where it would be lost: the same addresses are refused as by the command line,
// for the same reason.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { address, generateKeyPairSigner, getProgramDerivedAddress, type Address } from '@solana/kit';
import * as sluice from '@sluice/client';

import { altered } from './support/altered.js';
import { sol } from './support/localnet.js';
import { setUp, viewOf, type Stage } from './support/stage.js';
import { makeStake } from './support/stakes.js';

let stage: Stage;
before(async () => {
    stage = await setUp(0);
});
after(() => stage.net.stop());

/** Addresses where something would be lost, with what each is. */
async function nobodies(): Promise<Record<string, Address[]>> {
    const { net, alice } = stage;
    const view = await viewOf(stage);
    const { account } = view;
    const { ticket, instructions } = await sluice.unstake(net.rpc, view, {
        owner: alice.signer,
        lst: sol(1n),
    });
    await net.send(alice, instructions);
    const [page] = await sluice.findPagePda({ pool: view.address, pageIndex: 0 });
    return {
        "the mint of the pool's token": [account.mint],
        'an address of the pool': [view.address, account.reserve, account.escrow, account.stakeAuthority],
        'the incinerator': [address('1nc1nerator11111111111111111111111111111111')],
        'a program': [sluice.SLUICE_PROGRAM_ADDRESS, address('Vote111111111111111111111111111111111111111')],
        'an account of Sluice': [page],
        'a ticket': [ticket],
        'a stake account': [await makeStake(net, alice, { lamports: sol(2n) })],
        'a vote account': [net.votes[0]!],
        'a sysvar of the cluster': [address('SysvarC1ock11111111111111111111111111111111')],
        'a token account': [await sluice.tokenAccountOf(alice.address, account.mint)],
    };
}

test('an address where something would be lost is refused, as by the command line', async () => {
    const { net, bob, alice } = stage;
    const view = await viewOf(stage);
    for (const [what, addresses] of Object.entries(await nobodies())) {
        for (const nobody of addresses) {
            await assert.rejects(sluice.recipientAt(net.rpc, view, nobody), (error: sluice.SluiceRefusal) => {
                assert.ok(
                    error.message.startsWith(`${nobody} is ${what}, and nobody can sign`),
                    error.message,
                );
                assert.deepEqual([error.reason, error.address], ['no-recipient', nobody]);
                const isOwned = ['a ticket', 'a stake account', 'a token account'].includes(what);
                return error.message.includes(`its owner, ${alice.address}`) === isOwned;
            });
            const told = net.sluice(bob, 'stake', '1', '--recipient', nobody);
            await assert.rejects(told, (error: { stderr: string }) => error.stderr.includes(` is ${what}`));
        }
    }
});

test('an own token account that is not there yet is refused, too', async () => {
    const { net, bob } = stage;
    const view = await viewOf(stage);
    const own = await sluice.tokenAccountOf(bob.address, view.account.mint);
    const recipient = await sluice.recipientAt(net.rpc, view, own);
    const staking = sluice.stake(view, { owner: bob.signer, lamports: sol(1n), recipient });
    await assert.rejects(staking, /is a token account, and nobody can sign/);
});

test('wallets, vaults and addresses without an account are recipients', async () => {
    const { net, alice } = stage;
    const view = await viewOf(stage);
    const [vault] = await getProgramDerivedAddress({ programAddress: view.address, seeds: ['vault'] });
    const stranger = await generateKeyPairSigner();
    for (const somebody of [alice.address, vault, stranger.address]) {
        assert.equal((await sluice.recipientAt(net.rpc, view, somebody)).address, somebody);
    }
});

test('an account of another program is a recipient only where that is allowed', async () => {
    const { net, alice } = stage;
    const view = await viewOf(stage);
    const program = address('SMPLecH534NA9acpos4G6x7uf3LWbCAwZQE9e8ZekMu');
    const rpc = altered(net.url, alice.address, (account) => ({ ...account, owner: program }));
    await assert.rejects(sluice.recipientAt(rpc, view, alice.address), /only that program can move what/);
    const allowed = await sluice.recipientAt(rpc, view, alice.address, { allowProgramOwned: true });
    assert.equal(allowed.address, alice.address);
});

test('an address that nobody has looked at is no recipient, where no compiler says so', async () => {
    const { alice, bob } = stage;
    const view = await viewOf(stage);
    for (const somebody of [bob.address, { address: bob.address }, null]) {
        const input = { owner: alice.signer, lamports: sol(1n), recipient: somebody as never };
        await assert.rejects(sluice.stake(view, input), /A recipient is what recipientAt/);
    }
});
