// A pool that nobody has priced for the epoch is priced by the transaction that needs it: what comes of it is what was
// quoted, also where somebody else was quicker.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { getBase64Decoder, getBase64Encoder } from '@solana/kit';
import * as sluice from '@sluice/client';

import { altered, answering } from './support/altered.js';
import { event, sol } from './support/localnet.js';
import { at, setUp, viewOf, type Stage } from './support/stage.js';

let stage: Stage;
let view: sluice.PoolView;
before(async () => {
    stage = await setUp(2);
});
after(() => stage.net.stop());

/** An epoch begins, and nobody turns a crank. */
beforeEach(async () => {
    await stage.net.localnet(['advance']);
    view = await viewOf(stage);
    assert.equal(sluice.prices(view).isFresh, false);
});

const price = async () => await sluice.priced(stage.net.rpc, view, { payer: stage.alice.address });

test('a deposit that prices the pool first mints what was quoted, and the pool is what was foretold', async () => {
    const { net, alice } = stage;
    const { view: then, instructions } = await price();
    assert.equal(instructions.length, 2);
    const lamports = sol(10n);
    const deposit = await sluice.stake(then, { owner: alice.signer, lamports });
    const landed = await net.send(alice, [...instructions, ...deposit]);
    const { lst, feeLamports, chargeLamports } = event(landed, 'solDeposited');
    assert.deepEqual({ lst, feeLamports, chargeLamports }, sluice.quoteStake(then, lamports));
    assert.equal(event(landed, 'epochFinalized').books.stakedLamports, then.account.stakedLamports);
    const now = await viewOf(stage);
    assert.equal(sluice.prices(now).isFresh, true);
    // Nothing is to be done a second time.
    const again = await sluice.priced(net.rpc, now, { payer: alice.address });
    assert.deepEqual([again.view, again.instructions], [now, []]);
});

test('an instant exit that prices the pool first pays what was quoted', async () => {
    const { net, alice } = stage;
    const { view: then, instructions } = await price();
    const exit = await sluice.unstakeNow(then, { owner: alice.signer, lst: sol(2n) });
    const landed = await net.send(alice, [...instructions, ...exit]);
    const { lamports, feeLamports, slot } = event(landed, 'solWithdrawn');
    // The drip begins with the finalize: a slot later it is one slot further.
    const drips = {
        dripStartSlot: slot,
        dripEndSlot: then.account.dripEndSlot + slot - then.cluster.clock.slot,
    };
    const moved = { ...then, account: { ...then.account, ...drips } };
    assert.deepEqual({ lamports, feeLamports }, sluice.quoteUnstakeNow(at(moved, slot), sol(2n)));
});

test('a stake account comes out of a pool that its transaction prices', async () => {
    const { net, alice } = stage;
    const { view: then, instructions } = await price();
    const plan = await sluice.planWithdrawStake(net.rpc, then, { lst: sol(3n) });
    const { withdrawals } = await sluice.withdrawStake(net.rpc, then, { owner: alice.signer, lst: sol(3n) });
    assert.deepEqual(
        withdrawals.map(({ lst, lamports }) => [lst, lamports]),
        plan.parts.map(({ lst, lamports }) => [lst, lamports]),
    );
    const landed = await net.send(alice, [...instructions, ...withdrawals[0]!.instructions]);
    assert.equal(event(landed, 'stakeWithdrawn').lst, sol(3n));
});

test('the validators are those that the pages will have', async () => {
    const { net, carol } = stage;
    const { view: then } = await price();
    const foretold = await sluice.validators(net.rpc, then);
    await net.sluice(carol, 'crank');
    const booked = ({ slot }: sluice.Validator) => [slot.vote, slot.observedEpoch, slot.delegatedLamports];
    const now = await viewOf(stage);
    assert.deepEqual(foretold.map(booked), (await sluice.validators(net.rpc, now)).map(booked));
});

test('where somebody else is quicker, the same transaction does the rest', async () => {
    const { net, alice, carol } = stage;
    const { view: then, instructions } = await price();
    const deposit = await sluice.stake(then, { owner: alice.signer, lamports: sol(1n) });
    await net.sluice(carol, 'crank');
    const landed = await net.send(alice, [...instructions, ...deposit]);
    assert.equal(event(landed, 'solDeposited').lamports, sol(1n));
    assert.deepEqual(
        landed.events.map(({ name }) => name),
        ['solDeposited'],
    );
});

test('validators that were read already are not read again', async () => {
    const { net, alice, pool } = stage;
    const [first] = await sluice.validators(net.rpc, view);
    const observe = await sluice.getObserveInstructionAsync({ pool, pageIndex: 0, first: 0, count: 1 });
    const stakes = [{ address: first!.slot.main, role: 0 as const }];
    await net.send(alice, [{ ...observe, accounts: [...observe.accounts, ...stakes] }]);
    const { instructions } = await price();
    const read = (instructions[0]!.accounts ?? []).map(({ address }) => address);
    assert.equal(read.includes(first!.slot.main), false);
    const deposit = await sluice.stake((await price()).view, { owner: alice.signer, lamports: sol(1n) });
    await net.send(alice, [...instructions, ...deposit]);
    // A page on which all was read needs a finalize alone.
    await net.localnet(['advance']);
    view = await viewOf(stage);
    const [reading] = (await price()).instructions;
    await net.send(alice, [reading!]);
    assert.equal((await price()).instructions.length, 1);
});

test('what the program refuses, and what no transaction can hold, is refused with a sentence', async () => {
    const { net, bob } = stage;
    const nobody = (await net.actor('nobody', 0n)).address;
    await assert.rejects(sluice.priced(net.rpc, view, { payer: nobody }), (error) => {
        assert.match(sluice.explain(error)!, /too little SOL for the fee/);
        return true;
    });
    const program = sluice.SLUICE_PROGRAM_ADDRESS;
    const failed = {
        err: { InstructionError: [1, { Custom: sluice.SLUICE_ERROR__REWARDS_BEING_PAID }] },
        logs: [`Program ${program} invoke [1]`, `Program ${program} failed: custom program error: 0x1771`],
    };
    const paying = answering(
        net.url,
        (_, { result, ...more }) => ({
            ...more,
            result: { ...result, value: { ...result.value, ...failed } },
        }),
        'simulateTransaction',
    );
    await assert.rejects(sluice.priced(paying, view, { payer: bob.address }), (error) => {
        assert.ok(error instanceof sluice.SluiceRefusal);
        assert.deepEqual([error.reason, error.code], ['rule', sluice.SLUICE_ERROR__REWARDS_BEING_PAID]);
        return true;
    });
    const [page] = await sluice.findPagePda({ pool: view.address, pageIndex: 0 });
    const full = altered(net.url, page, (account) => {
        const read = sluice.getValidatorPageDecoder().decode(getBase64Encoder().encode(account.data[0]));
        const slots = read.slots.map(() => read.slots[0]!);
        const encoded = sluice.getValidatorPageEncoder().encode({ ...read, slots });
        return { ...account, data: [getBase64Decoder().decode(encoded), 'base64'] };
    });
    await assert.rejects(
        sluice.priced(full, view, { payer: bob.address }),
        /stake accounts are to be read to price the pool, too many for one transaction/,
    );
});
