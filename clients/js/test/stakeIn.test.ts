// Stake accounts for LST: which way each comes in, what is done with it before, and what is refused. Ways and
// figures equal what `sluice --output json` says of the same.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { Address } from '@solana/kit';
import * as sluice from '@sluice/client';

import { event, sol, type Json } from './support/localnet.js';
import { setUp, viewOf, type Stage } from './support/stage.js';
import { authorize, deactivate, makeStake, transfer } from './support/stakes.js';

let stage: Stage;
before(async () => {
    stage = await setUp(1);
    const { net, alice, carol } = stage;
    // More than the thousand minimum delegations below which the share cap does not bind.
    const stakes = await sluice.stake(await viewOf(stage), { owner: alice.signer, lamports: sol(2_000n) });
    await net.send(alice, stakes);
    await net.advance(carol, 80);
});
after(() => stage.net.stop());

/** A stake account in each state that has a way, and the preparations of that way. */
const READY: Record<string, [sluice.StakeRoute['way'], sluice.Preparation['does'][]]> = {
    active: ['deposit', []],
    staker: ['deposit', ['take_staker']],
    custodian: ['deposit', ['clear_custodian']],
    idle: ['deposit', ['withdraw_idle']],
    deactivated: ['deposit', ['reactivate']],
    everything: ['deposit', ['take_staker', 'clear_custodian', 'reactivate', 'withdraw_idle']],
    undelegated: ['deposit_sol', []],
    cooled: ['deposit_sol', []],
    activating: ['deposit_sol', ['deactivate']],
    elsewhere: ['deactivate', []],
    large: ['deactivate', []],
    locked: ['impossible', []],
};

/** Makes all of them for Bob, and two that are not his to give. */
async function makeAll(): Promise<Record<string, Address>> {
    const { net, alice, bob, carol } = stage;
    const [vote] = net.votes as [Address];
    const elsewhere = net.votes.at(-1)!;
    const make = (held: object) => makeStake(net, bob, { lamports: sol(3n), vote, ...held });
    const made = {
        active: await make({}),
        staker: await make({ staker: carol.address }),
        custodian: await make({ custodian: carol.address }),
        idle: await make({}),
        deactivated: await make({}),
        everything: await make({ custodian: carol.address }),
        undelegated: await makeStake(net, bob, { lamports: sol(2n) }),
        cooled: await make({}),
        elsewhere: await make({ vote: elsewhere }),
        large: await make({ lamports: sol(1_500n) }),
        locked: await make({ lockedUntilEpoch: 1_000n }),
        foreign: await make({ withdrawer: alice.address }),
    };
    await net.send(bob, [deactivate(made.cooled, bob.address)]);
    await net.advance(carol);
    await net.advance(carol);
    await net.send(bob, [
        deactivate(made.deactivated, bob.address),
        deactivate(made.everything, bob.address),
    ]);
    await net.send(bob, [authorize(made.everything, bob.address, carol.address)]);
    for (const stake of [made.idle, made.everything]) {
        await net.send(bob, [transfer(bob.address, stake, sol(1n))]);
    }
    return { ...made, activating: await make({}) };
}

test('a stake account comes in by the way that the command line finds, prepared as there', async () => {
    const { net, bob } = stage;
    const made = await makeAll();
    const told = (await net.sluice(bob, 'stake-account', 'list'))['stake_accounts'] as Json[];
    for (const [name, [way, first]] of Object.entries(READY)) {
        const stakeAccount = made[name]!;
        const theirs = told.find((line) => line['stake_account'] === stakeAccount)!;
        const view = await viewOf(stage);
        const route = await sluice.stakeRoute(net.rpc, view, { stakeAccount, owner: bob.address });
        assert.deepEqual([name, route.way], [name, theirs['way']]);
        assert.equal(route.way, way, name);
        const steps = 'first' in route ? route.first.map(({ does }) => does) : [];
        assert.deepEqual(steps, first, name);
        if ('why' in route && name !== 'large') assert.ok(theirs['advice'].startsWith(route.why), name);
    }
    await comesIn(made);
    await staysOut(made);
    await coolsDown(made);
});

/** Those that can be deposited bring what was quoted. */
async function comesIn(made: Record<string, Address>): Promise<void> {
    const { net, bob } = stage;
    const owner = bob.signer;
    for (const [name, [way]] of Object.entries(READY)) {
        if (way !== 'deposit' && way !== 'deposit_sol') continue;
        const view = await viewOf(stage);
        const { instructions, quote } = await sluice.depositStake(net.rpc, view, {
            owner,
            stakeAccount: made[name]!,
            slippageBps: 0,
        });
        const landed = await net.send(bob, instructions);
        const booked = event(landed, way === 'deposit' ? 'stakeDeposited' : 'solDeposited');
        assert.deepEqual([booked.lst, booked.feeLamports], [quote.lst, quote.feeLamports], name);
        assert.equal(await net.balance(made[name]!), 0n, name);
    }
}

/** Those that cannot say why, and what comes next. */
async function staysOut(made: Record<string, Address>): Promise<void> {
    const { net, bob } = stage;
    const refused = async (name: string, sentence: RegExp) => {
        const offered = { owner: bob.signer, stakeAccount: made[name]! };
        const view = await viewOf(stage);
        await assert.rejects(sluice.depositStake(net.rpc, view, offered), (error: sluice.SluiceRefusal) => {
            assert.equal(error.address, made[name]);
            assert.match(error.message, sentence);
            return error.reason === 'impossible';
        });
    };
    await refused(
        'elsewhere',
        /not one of the pool's: deactivate it with deactivateStake, then deposit its SOL/,
    );
    await refused('large', /share cap allows \(\d+ lamports of it can be split off and deposited\)/);
    await refused('locked', /it is locked up until epoch 1000$/);
    await refused('foreign', /its withdrawer is \w+, who alone can give it away$/);
}

/** Those that were deactivated wait for the next epoch, also where a deactivation could be taken back. */
async function coolsDown(made: Record<string, Address>): Promise<void> {
    const { net, bob, carol } = stage;
    const owner = bob.signer;
    for (const name of ['elsewhere', 'large']) {
        const stakeAccount = made[name]!;
        const view = await viewOf(stage);
        const offered = { owner, stakeAccount };
        await net.send(bob, await sluice.deactivateStake(net.rpc, view, offered));
        const sentence = /: it cools down: deposit its SOL from epoch \d+ on$/;
        for (const entry of [sluice.depositStake, sluice.deactivateStake]) {
            await assert.rejects(entry(net.rpc, view, offered), sentence, name);
        }
        const told = (await net.sluice(bob, 'stake-account', 'list'))['stake_accounts'] as Json[];
        const theirs = told.find((line) => line['stake_account'] === stakeAccount)!;
        assert.deepEqual([name, theirs['way']], [name, 'wait']);
        assert.match(theirs['advice'], /^it cools down: deposit its SOL from epoch/);
    }
    await net.advance(carol);
    for (const name of ['elsewhere', 'large']) {
        const stakeAccount = made[name]!;
        const offered = { owner, stakeAccount, slippageBps: 0 };
        const view = await viewOf(stage);
        const { route, quote, instructions } = await sluice.depositStake(net.rpc, view, offered);
        assert.deepEqual([name, route.way], [name, 'deposit_sol']);
        const booked = event(await net.send(bob, instructions), 'solDeposited');
        assert.deepEqual([booked.lst, booked.feeLamports], [quote.lst, quote.feeLamports], name);
        assert.equal(await net.balance(stakeAccount), 0n, name);
    }
}

test('what is no stake account is refused, with what it is instead', async () => {
    const { net, alice } = stage;
    const { account } = await viewOf(stage);
    const owner = alice.signer;
    const deposit = async (stakeAccount: Address) =>
        await sluice.depositStake(net.rpc, await viewOf(stage), { owner, stakeAccount });
    await assert.rejects(deposit(alice.address), /is no stake account: it belongs to the program 1111/);
    await assert.rejects(deposit(account.stakeAuthority), /There is no stake account at/);
    const [{ slot }] = (await sluice.validators(net.rpc, await viewOf(stage))) as [sluice.Validator];
    await assert.rejects(deposit(slot.main), /cannot be deposited now: it is the pool's own$/);
});
