// What somebody did is read back from the chain, to the lamport.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import * as sluice from '@sluice/client';

import { answering } from './support/altered.js';
import { event, sol } from './support/localnet.js';
import { setUp, viewOf, type Stage } from './support/stage.js';
import { transfer } from './support/stakes.js';

let stage: Stage;
before(async () => {
    stage = await setUp(3);
});
after(() => stage.net.stop());

test('deposits, requests, exits and claims are told as the program booked them, and nobody else’s', async () => {
    const { net, bob, carol } = stage;
    const owner = bob.signer;
    const staked = event(
        await net.send(bob, await sluice.stake(await viewOf(stage), { owner, lamports: sol(20n) })),
        'solDeposited',
    );
    const left = event(
        await net.send(bob, await sluice.unstakeNow(await viewOf(stage), { owner, lst: sol(1n) })),
        'solWithdrawn',
    );
    const view = await viewOf(stage);
    const first = await sluice.unstake(net.rpc, view, { owner, lst: sol(2n) });
    await net.send(bob, first.instructions);
    const [ticket] = await sluice.ticketsAt(net.rpc, view, [first.ticket]);
    await net.send(bob, await sluice.cancel(await viewOf(stage), ticket!, { owner }));
    const second = await sluice.unstake(net.rpc, await viewOf(stage), { owner, lst: sol(3n) });
    await net.send(bob, second.instructions);
    await net.advance(carol, 80);
    await net.advance(carol);
    const [due] = await sluice.ticketsAt(net.rpc, await viewOf(stage), [second.ticket]);
    const claimed = event(
        await net.send(carol, await sluice.claim(await viewOf(stage), due!)),
        'ticketClaimed',
    );
    await net.localnet(['advance', '--percent', '50']);

    const found = await sluice.movements(net.rpc, await viewOf(stage), bob.address);
    const { movements, isComplete, knownFromEpoch } = found;
    assert.deepEqual([isComplete, knownFromEpoch], [true, undefined]);
    assert.equal(
        found.heldLst,
        movements.reduce((sum, { lst }) => sum + lst, 0n),
    );
    assert.deepEqual(
        movements.map(({ kind, lst, lamports }) => [kind, lst, lamports]),
        [
            ['stake', staked.lst, -sol(20n)],
            ['instant', -sol(1n), left.lamports],
            ['queue', -sol(2n), 0n],
            ['cancelled', sol(2n), 0n],
            ['queue', -sol(3n), 0n],
            ['claimed', 0n, claimed.lamports],
        ],
    );
    const { movements: none } = await sluice.movements(net.rpc, await viewOf(stage), net.votes[0]!);
    assert.deepEqual(none, []);
});

test('both prices of past epochs are those that held when each was priced, as far as a node knows', async () => {
    const { net, bob, carol } = stage;
    const held: sluice.Prices[] = [];
    for (let epochs = 0; epochs < 3; epochs += 1) {
        await net.localnet(['advance']);
        const then = await sluice.priced(net.rpc, await viewOf(stage), { payer: bob.address });
        await net.send(bob, [...then.instructions]);
        held.push(sluice.prices(await viewOf(stage)));
        await net.sluice(carol, 'crank');
    }
    const view = await viewOf(stage);
    // Anybody can name the account of the record in a transaction.
    await net.send(bob, [transfer(bob.address, view.account.history, 1n)]);
    await net.localnet(['advance', '--percent', '50']);
    const rates = await sluice.history(net.rpc, view);
    const told = await sluice.pastPrices(net.rpc, view, rates);
    assert.ok(told.length > 3);
    for (const [index, { slot, depositPriceLamports, exitPriceLamports }] of told.slice(-3).entries()) {
        const { slot: seen, ...at } = held[index]!;
        // A slot drips so little of a reward.
        const dripped = at.exitPriceLamports! - exitPriceLamports;
        assert.ok(
            seen - slot < 5n && dripped >= 0n && dripped < 100_000n,
            `${dripped} in ${seen - slot} slots`,
        );
        assert.equal(depositPriceLamports, at.depositPriceLamports);
        assert.ok(exitPriceLamports < depositPriceLamports);
    }
    assert.deepEqual(
        told.map(({ epoch }) => epoch),
        rates.slice(-told.length).map(({ epoch }) => epoch),
    );
    const few = await sluice.pastPrices(net.rpc, view, rates, { most: 2 });
    assert.deepEqual(few, told.slice(-1));
    const other = rates.map((rate) => ({ ...rate, lstSupply: rate.lstSupply + 1n }));
    assert.deepEqual(await sluice.pastPrices(net.rpc, view, other), []);
    const young = answering(net.url, (_, answer) => ({ ...answer, result: null }), 'getTransaction');
    assert.deepEqual(await sluice.pastPrices(young, view, rates), []);
});

const past = (movements: sluice.Movement[], heldLst: bigint, knownFromEpoch?: bigint) => ({
    movements,
    heldLst,
    knownFromEpoch,
});

test('an epoch brings its holders what their LST at its start grew', () => {
    const rate = (epoch: bigint, fullLamports: bigint) => ({
        epoch,
        epochStartTimestamp: epoch * 100n,
        fullLamports,
        lstSupply: 1_000n,
    });
    const rates = [rate(1n, 1_000n), rate(2n, 1_100n), rate(3n, 1_050n), rate(4n, 1_200n)];
    const moved = (time: bigint, lst: bigint) => ({ time, lst }) as sluice.Movement;
    // 500 came in epoch 1, and 200 went in epoch 3.
    const found = sluice.rewards(rates, past([moved(150n, 500n), moved(350n, -200n)], 300n));
    assert.deepEqual(
        found.map(({ epoch, lst, lamports }) => [epoch, lst, lamports]),
        [
            [2n, 500n, 50n],
            [3n, 500n, -25n],
            [4n, 300n, 45n],
        ],
    );
    // What was held when epoch 3 began is not known where all that is known begins in it.
    const late = sluice.rewards(rates, past([moved(350n, -200n)], 300n, 3n));
    assert.deepEqual(
        late.map(({ epoch, lst }) => [epoch, lst]),
        [[4n, 300n]],
    );
});

test('a ticket earns until it is settled, cancelled or given away, and what is not settled earns on', () => {
    const rates = [1n, 2n, 3n, 4n, 5n].map((epoch) => ({
        epoch,
        epochStartTimestamp: epoch * 100n,
        fullLamports: 1_000n + 100n * epoch,
        lstSupply: 1_000n,
    }));
    const queued = { kind: 'queue', ticket: 'T', time: 150n, lst: -200n, settlesInEpoch: 3n };
    const heldAfter = (...later: object[]) => {
        const movements = [queued, ...later] as sluice.Movement[];
        return sluice.rewards(rates, past(movements, 100n)).map(({ lst, lamports }) => [lst, lamports]);
    };
    const [all, half, rest] = [
        [300n, 30n],
        [200n, 20n],
        [100n, 10n],
    ] as const;
    assert.deepEqual(heldAfter(), [all, all, rest, rest]);
    assert.deepEqual(heldAfter({ kind: 'given', ticket: 'T', time: 250n, lst: 0n }), [all, rest, rest, rest]);
    const cancelled = { kind: 'cancelled', ticket: 'T', time: 250n, lst: 200n };
    assert.deepEqual(
        sluice.rewards(rates, past([queued, cancelled] as sluice.Movement[], 300n)).map(({ lst }) => lst),
        [300n, 300n, 300n, 300n],
    );
    const live = { address: 'T', account: { lst: 200n }, batch: { lst: 400n, unsettledLst: 200n } };
    const partly = sluice.rewards(rates, past([queued] as sluice.Movement[], 100n), [live as never]);
    assert.deepEqual(
        partly.map(({ lst, lamports }) => [lst, lamports]),
        [all, all, half, half],
    );
    assert.equal(
        sluice.rewards(rates, past([{ ...queued, settlesInEpoch: undefined }] as never, 100n))[1]!.lst,
        100n,
    );
});
