// What is said of tickets is of one slot, and what nodes answer wrongly is found out.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import {
    SOLANA_ERROR__JSON_RPC__SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED,
    createSolanaRpcFromTransport,
    createDefaultRpcTransport,
    isSolanaError,
    type RpcTransport,
} from '@solana/kit';
import * as sluice from '@sluice/client';

import { altered, withBytes, type Written } from './support/altered.js';
import { sol } from './support/localnet.js';
import { setUp, viewOf, type Stage } from './support/stage.js';

let stage: Stage;
let old: sluice.PoolView;
let ticket: sluice.TicketView;
before(async () => {
    stage = await setUp(1);
    const { net, alice, carol } = stage;
    old = await viewOf(stage);
    const { instructions } = await sluice.unstake(net.rpc, old, { owner: alice.signer, lst: sol(10n) });
    await net.send(alice, instructions);
    await net.advance(carol, 80);
    await net.advance(carol);
    [ticket] = (await sluice.tickets(net.rpc, await viewOf(stage), alice.address)) as [sluice.TicketView];
});
after(() => stage.net.stop());

test('tickets are read with pool, vault and clock, whatever the view that they are asked with', async () => {
    const { net, alice } = stage;
    const [now] = await sluice.tickets(net.rpc, await viewOf(stage), alice.address);
    assert.equal(now!.state, 'paid');
    assert.ok(now!.claimableLamports > sol(10n));
    const [asked] = await sluice.tickets(net.rpc, old, alice.address);
    assert.ok(asked!.slot > old.cluster.clock.slot);
    assert.deepEqual({ ...asked, slot: 0n }, { ...now, slot: 0n });
});

test('a node that answers a batch from before the last claim of its ticket is refused', async () => {
    const { net } = stage;
    const { account, address, claimableLamports } = ticket;
    const later = sluice.getTicketEncoder().encode({ ...account, claimedLamports: 2n * claimableLamports });
    const claimed = (written: Written) => withBytes(written, () => new Uint8Array(later));
    const rpc = altered(net.url, address, claimed);
    await assert.rejects(sluice.ticketsAt(rpc, old, [address]), (error: sluice.SluiceRefusal) => {
        assert.deepEqual([error.reason, error.address], ['node', address]);
        return /older than the last claim of the ticket/.test(error.message);
    });
});

test('a node that has no batch for a ticket is refused after some tries', async () => {
    const { net } = stage;
    const rpc = altered(net.url, ticket.batchAddress, () => null);
    const reading = sluice.ticketsAt(rpc, old, [ticket.address]);
    await assert.rejects(reading, { reason: 'node', name: 'SluiceRefusal' });
});

test('who reads can say which slot a node must have seen', async () => {
    const { net, pool, alice } = stage;
    const view = await viewOf(stage);
    const options = { minContextSlot: view.cluster.clock.slot + 1_000_000n };
    const stakeAccount = alice.address;
    for (const reading of [
        () => sluice.tickets(net.rpc, view, alice.address, options),
        () => sluice.ticketsAt(net.rpc, view, [ticket.address], options),
        () => sluice.requestedTickets(net.rpc, view, alice.address, { epochs: 1, ...options }),
        () => sluice.history(net.rpc, view, options),
        () => sluice.validators(net.rpc, view, options),
        () => sluice.recipientAt(net.rpc, view, alice.address, options),
        () => sluice.unstake(net.rpc, view, { owner: alice.address, lst: sol(1n), ...options }),
        () => sluice.planWithdrawStake(net.rpc, view, { lst: sol(5n), ...options }),
        () => sluice.depositStake(net.rpc, view, { owner: alice.address, stakeAccount, ...options }),
    ]) {
        await assert.rejects(reading(), (error) =>
            isSolanaError(error, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED),
        );
    }
    const reached = { minContextSlot: view.cluster.clock.slot };
    assert.equal((await sluice.tickets(net.rpc, view, alice.address, reached)).length, 1);
    // A node that does not know the option answers what it has.
    const honest = createDefaultRpcTransport({ url: net.url });
    const deaf = createSolanaRpcFromTransport((async (config: Parameters<RpcTransport>[0]) => {
        const payload = structuredClone(config.payload) as { params: [unknown, object] };
        payload.params[1] = { ...payload.params[1], minContextSlot: undefined };
        return await honest({ ...config, payload });
    }) as RpcTransport) as typeof net.rpc;
    const late = /^The node answered the state of slot \d+, which is before slot \d+/;
    for (const reading of [
        () => sluice.loadPool(deaf, pool, options),
        () => sluice.ticketsAt(deaf, view, [ticket.address], options),
    ]) {
        await assert.rejects(reading(), (error: sluice.SluiceRefusal) => {
            assert.equal(error.reason, 'node');
            return late.test(error.message);
        });
    }
});

test('a part that would leave its owner with less than the rent is not claimed, and how much is missing is said', async () => {
    const view = await viewOf(stage);
    const rent = view.cluster.emptyRentLamports;
    const { batch } = ticket;
    // A hundredth of what an account needs is paid, and the rest of the batch is not settled.
    const paidLamports = ((rent / 100n) * batch.lst) / ticket.account.lst;
    const partly = { ...batch, paidLamports, unsettledLst: batch.lst / 2n };
    const held = (ownerLamports: bigint) =>
        sluice.ticketView(view, { ...ticket, batch: partly, ownerLamports });
    const [poor, rich] = [held(0n), held(rent)];
    assert.equal(poor.state, 'partly_paid');
    assert.equal(poor.ownerLacksLamports, rent - poor.claimableLamports);
    await assert.rejects(sluice.claim(view, poor), (error: sluice.SluiceRefusal) => {
        assert.deepEqual([error.reason, error.address], ['impossible', ticket.address]);
        return error.message.includes(`would lack ${poor.ownerLacksLamports}`);
    });
    assert.equal(rich.ownerLacksLamports, 0n);
    assert.equal((await sluice.claim(view, rich)).length, 1);
    // The last part can always be claimed.
    const last = sluice.ticketView(view, { ...ticket, ownerLamports: 0n });
    assert.equal(last.ownerLacksLamports, 0n);
});

test('dust that others made is no due claim, one’s own is, and what pays most comes first', async () => {
    const { alice, bob } = stage;
    const paid = (claimableLamports: bigint, rentRecipient = bob.address) =>
        ({ ...ticket, claimableLamports, rentRecipient }) as sluice.TicketView;
    const poor = { ...paid(9_000n), ownerLacksLamports: 1n };
    const waiting = { ...paid(0n), state: 'locked' } as sluice.TicketView;
    const all = [
        paid(3n),
        poor,
        waiting,
        paid(5_000n),
        paid(3n, alice.address),
        paid(4_999n),
        paid(sol(40n)),
    ];
    const { due, dust } = sluice.claimsDue(all, [alice.address]);
    assert.deepEqual(
        due.map(({ claimableLamports }) => claimableLamports),
        [sol(40n), 5_000n, 3n],
    );
    assert.equal(dust, 2);
});

test('what is no address is refused where tickets are asked for', async () => {
    const reading = sluice.ticketsAt(stage.net.rpc, old, ['abc' as never]);
    await assert.rejects(reading, { name: 'SluiceRefusal', reason: 'invalid' });
});
