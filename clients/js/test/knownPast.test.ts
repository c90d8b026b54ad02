// Of what a node has forgotten nothing is told, and nothing is made up.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { AccountRole, getU64Encoder, type Address, type Instruction } from '@solana/kit';
import * as sluice from '@sluice/client';

import { answering, withBytes } from './support/altered.js';
import { sol, type Actor } from './support/localnet.js';
import { setUp, viewOf, type Stage } from './support/stage.js';
import { transfer as sendLamports } from './support/stakes.js';

const TOKEN_PROGRAM = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA' as Address;

let stage: Stage;
let holder: Actor;
/** The slot in which something was done, and its epoch. */
type At = { slot: bigint; epoch: bigint };
/** The holder stakes again, leaves with most, and all that is past. */
let [stakedAgain, left, over]: At[] = [];
before(async () => {
    stage = await setUp(2);
    const { net, carol } = stage;
    holder = await net.actor('holder', 500n);
    const owner = holder.signer;
    const clock = async () => (await viewOf(stage)).cluster.clock;
    const done = async (instructions: Instruction[]): Promise<At> => {
        const { slot } = await net.send(holder, instructions);
        return { slot, epoch: (await clock()).epoch };
    };
    const pass = async (epochs: number) => {
        for (let passed = 0; passed < epochs; passed += 1) await net.advance(carol);
    };
    await done(await sluice.stake(await viewOf(stage), { owner, lamports: sol(100n) }));
    await pass(2);
    stakedAgain = await done(await sluice.stake(await viewOf(stage), { owner, lamports: sol(50n) }));
    await pass(2);
    const asked = await sluice.unstake(net.rpc, await viewOf(stage), { owner, lst: sol(120n) });
    left = await done(asked.instructions);
    await pass(3);
    await net.localnet(['advance', '--percent', '50']);
    over = await clock();
});
after(() => stage.net.stop());

type Rpc = Stage['net']['rpc'];

/** What a node tells of the holder: their past, and what each epoch brought. */
async function toldBy(rpc: Rpc, options: { most?: number } = {}) {
    const view = await viewOf(stage);
    const found = await sluice.movements(rpc, view, holder.address, options);
    const live = await sluice.tickets(stage.net.rpc, view, holder.address);
    const earned = sluice.rewards(await sluice.history(stage.net.rpc, view), found, live);
    return { ...found, earned };
}

/** A node that has nothing from before a slot, and says so if it is asked. */
function young(slot: bigint, isSilent: boolean): Rpc {
    return answering(
        stage.net.url,
        ({ method }, answer) => {
            const { jsonrpc, id, result } = answer;
            if (method === 'getSignaturesForAddress')
                return { ...answer, result: result.filter((one: { slot: number }) => one.slot >= slot) };
            const said = { error: { code: -32601, message: 'Method not found' } };
            return { jsonrpc, id, ...(isSilent ? said : { result: Number(slot) }) };
        },
        'getFirstAvailableBlock',
        'getSignaturesForAddress',
    ) as Rpc;
}

test('a node that has forgotten old blocks tells from when on it knows, and invents no reward before', async () => {
    const whole = await toldBy(stage.net.rpc);
    assert.deepEqual([whole.isComplete, whole.knownFromEpoch], [true, undefined]);
    assert.ok(whole.earned.length >= 6, `${whole.earned.length}`);
    for (const isSilent of [false, true]) {
        // Of the last node's list nothing is left, and yet the holder has LST.
        for (const { slot, epoch } of [stakedAgain!, left!, over!]) {
            const told = await toldBy(young(slot, isSilent));
            assert.deepEqual([told.isComplete, told.knownFromEpoch], [false, epoch]);
            assert.deepEqual(
                told.earned,
                whole.earned.filter((one) => one.epoch > epoch),
            );
        }
    }
});

test('a list that is cut off tells of no epoch before it', async () => {
    const whole = await toldBy(stage.net.rpc);
    const cut = await toldBy(stage.net.rpc, { most: 2 });
    assert.deepEqual([cut.isComplete, cut.knownFromEpoch], [false, stakedAgain!.epoch]);
    assert.deepEqual(
        cut.earned,
        whole.earned.filter((one) => one.epoch > stakedAgain!.epoch),
    );
    assert.ok(cut.earned.length > 0 && cut.earned.length < whole.earned.length);
});

test('a request of which it is not known whether it was given away ends what is known', async () => {
    const { net } = stage;
    for (let times = 1n; times <= 4n; times += 1n)
        await net.send(holder, [sendLamports(holder.address, holder.address, times)]);
    await net.localnet(['advance', '--percent', '52']);
    const { clock } = (await viewOf(stage)).cluster;
    const busy = await toldBy(stage.net.rpc, { most: 4 });
    assert.deepEqual([busy.isComplete, busy.knownFromEpoch], [false, clock.epoch]);
    assert.deepEqual(busy.earned, []);
});

test('a transaction that a node lists and does not show ends what is known', async () => {
    const whole = await toldBy(stage.net.rpc);
    const gap = answering(
        stage.net.url,
        (_, answer) =>
            BigInt(answer.result.slot) === stakedAgain!.slot ? { ...answer, result: null } : answer,
        'getTransaction',
    ) as Rpc;
    const told = await toldBy(gap);
    assert.deepEqual([told.isComplete, told.knownFromEpoch], [false, left!.epoch]);
    assert.deepEqual(
        told.earned,
        whole.earned.filter((one) => one.epoch > left!.epoch),
    );
});

test('LST that come from somebody else earn from then on, and not before', async () => {
    const { net, bob, carol } = stage;
    const view = await viewOf(stage);
    const { mint } = view.account;
    await net.send(bob, await sluice.stake(view, { owner: bob.signer, lamports: sol(20n) }));
    const friend = await net.actor('friend', 5n);
    await net.sluice(friend, 'stake', '2');
    const account = async ({ address }: Actor) => await sluice.tokenAccountOf(address, mint);
    const units = sol(7n);
    await net.send(bob, [sendTokens(await account(bob), await account(friend), bob, units)]);
    const { epoch } = (await viewOf(stage)).cluster.clock;
    await net.advance(carol);
    await net.localnet(['advance', '--percent', '50']);
    const found = await sluice.movements(net.rpc, await viewOf(stage), friend.address);
    assert.deepEqual([found.isComplete, found.knownFromEpoch], [true, undefined]);
    assert.deepEqual(
        found.movements.map(({ kind }) => kind),
        ['stake', 'transfer'],
    );
    assert.equal(found.movements[1]!.lst, units);
    const earned = sluice.rewards(await sluice.history(net.rpc, view), found);
    assert.deepEqual(
        earned.map((one) => [one.epoch, one.lst]),
        [[epoch + 1n, found.heldLst]],
    );
    // Whatever else somebody does with their account, their token account tells what they held.
    for (let times = 1n; times <= 3n; times += 1n)
        await net.send(friend, [sendLamports(friend.address, friend.address, times)]);
    await net.localnet(['advance', '--percent', '60']);
    const busy = await sluice.movements(net.rpc, await viewOf(stage), friend.address, { most: 3 });
    assert.deepEqual([busy.isComplete, busy.knownFromEpoch], [false, undefined]);
    assert.deepEqual(sluice.rewards(await sluice.history(net.rpc, view), busy), earned);
});

test('what is held is read with the past that it follows from', async () => {
    let readings = 0;
    /** A node whose first answers are of a moment before the holder left. */
    const moving = (late: number) =>
        answering(
            stage.net.url,
            (_, answer) => {
                readings += 1;
                if (readings > late) return answer;
                const more = (bytes: Uint8Array) => {
                    new DataView(bytes.buffer).setBigUint64(64, sol(120n) + BigInt(readings), true);
                    return bytes;
                };
                return {
                    ...answer,
                    result: { ...answer.result, value: withBytes(answer.result.value, more) },
                };
            },
            'getAccountInfo',
        ) as Rpc;
    const whole = await toldBy(stage.net.rpc);
    assert.deepEqual(await toldBy(moving(2)), whole);
    assert.equal(readings, 4);
    readings = 0;
    await assert.rejects(toldBy(moving(100)), { name: 'SluiceRefusal', reason: 'node' });
});

/** Moves tokens. */
function sendTokens(from: Address, to: Address, owner: Actor, units: bigint): Instruction {
    return {
        programAddress: TOKEN_PROGRAM,
        accounts: [
            { address: from, role: AccountRole.WRITABLE },
            { address: to, role: AccountRole.WRITABLE },
            { address: owner.address, role: AccountRole.READONLY_SIGNER },
        ],
        data: new Uint8Array([3, ...getU64Encoder().encode(units)]),
    };
}
