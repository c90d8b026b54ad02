// Leaving with stake: which validators give how much, and what none gives. The accounts, their LST and their
// lamports equal those of `sluice --output json`.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { Address } from '@solana/kit';
import * as sluice from '@sluice/client';

import { event, sol, type Json } from './support/localnet.js';
import { at, setUp, viewOf, type Stage } from './support/stage.js';

let stage: Stage;
before(async () => {
    stage = await setUp(3);
});
after(() => stage.net.stop());

test('a stake account goes out and comes back for what was quoted', async () => {
    const { net, alice } = stage;
    const view = await viewOf(stage);
    const owner = alice.signer;
    const { withdrawals, queuedLst } = await sluice.withdrawStake(net.rpc, view, { owner, lst: sol(5n) });
    assert.deepEqual([withdrawals.length, queuedLst], [1, 0n]);
    const [{ instructions, stakeAccount }] = withdrawals as [sluice.StakeWithdrawal];
    const out = event(await net.send(alice, instructions), 'stakeWithdrawn');
    const quote = sluice.quoteWithdrawStake(at(view, out.slot), sol(5n));
    assert.deepEqual({ lamports: out.lamports, feeLamports: out.feeLamports }, quote);
    assert.equal(out.stake, stakeAccount);

    const offered = { owner, stakeAccount };
    const deposit = await sluice.depositStake(net.rpc, await viewOf(stage), offered);
    assert.equal(deposit.route.way, 'deposit');
    const back = event(await net.send(alice, deposit.instructions), 'stakeDeposited');
    assert.deepEqual([back.lst, back.feeLamports], [deposit.quote.lst, deposit.quote.feeLamports]);
    assert.equal(back.vote, out.vote);
});

test('the command line gives and takes stake accounts for the same', async () => {
    const { net, alice } = stage;
    const view = await viewOf(stage);
    const [taken] = (await net.sluice(alice, 'stake-account', 'withdraw', '4'))['stake_accounts'];
    const { slot } = await net.landed(taken['signature']);
    const exit = sluice.quoteWithdrawStake(at(view, slot), sol(4n));
    assert.deepEqual(
        [taken['lamports'], taken['fee_lamports']],
        [String(exit.lamports), String(exit.feeLamports)],
    );

    const now = await viewOf(stage);
    const [given] = (await net.sluice(alice, 'stake-account', 'deposit', taken['stake_account']))['deposits'];
    const entry = sluice.quoteDepositStake(now, BigInt(given['lamports']));
    assert.deepEqual(
        [given['minted_lst'], given['fee_lamports']],
        [String(entry.lst), String(entry.feeLamports)],
    );
});

test('an exit is spread over the validators as the command line spreads it, one that leaves first', async () => {
    const { net, alice, carol } = stage;
    await sameAsTold(sol(12n));
    const [leaving] = net.votes as [Address];
    await net.sluice(alice, 'validator', 'retire', leaving);
    await net.advance(carol);
    const has = async () => {
        const all = await sluice.validators(net.rpc, await viewOf(stage));
        return all.find(({ slot }) => slot.vote === leaving)!.slot.delegatedLamports;
    };
    const givers = (parts: sluice.StakeExitPart[]) => parts.map(({ validator }) => validator.slot.vote);
    // All but some SOL of it, then a little that everybody could give, and then more than it has.
    assert.deepEqual(givers(await sameAsTold((await has()) - sol(8n))), [leaving]);
    assert.deepEqual(givers(await sameAsTold(sol(2n))), [leaving]);
    const left = await has();
    const parts = await sameAsTold(sol(250n));
    assert.equal(givers(parts)[0], leaving);
    assert.equal(parts[0]!.lamports, left, 'it gives all that it has');
    assert.ok(parts.length > 1, `${parts.length} validators give it`);
});

test('a validator gives a little less where the rest would be too little for another account', async () => {
    const { net } = stage;
    const input = { lst: sol(400n), mostAccounts: 1 };
    const [most] = (await sluice.planWithdrawStake(net.rpc, await viewOf(stage), input)).parts;
    const parts = await sameAsTold(most!.lst + sol(3n) / 10n);
    assert.equal(parts.length, 2);
    assert.ok(parts[0]!.lst < most!.lst && parts[1]!.lamports >= sol(1n));
});

test('what no validator can give is left to the queue, or refused where one was named', async () => {
    const { net, alice } = stage;
    const view = await viewOf(stage);
    const owner = alice.signer;
    const withdraw = (input: object) =>
        sluice.withdrawStake(net.rpc, view, { owner, lst: sol(2n), ...input });
    const nothing = await withdraw({ lst: sol(1n) / 2n });
    assert.deepEqual(nothing, { withdrawals: [], queuedLst: sol(1n) / 2n });
    const [foreign] = net.votes.slice(-1) as [Address];
    await assert.rejects(withdraw({ vote: foreign }), /is not one of the pool's$/);
    const vote = net.votes[1]!;
    await assert.rejects(withdraw({ vote, lst: 1n }), (error: sluice.SluiceRefusal) => {
        assert.equal(error.code, sluice.SLUICE_ERROR__STAKE_EXIT_TOO_SMALL);
        const gives =
            /gives one stake account for \d+ to \d+ units of LST now; without vote, others give, too$/;
        return gives.test(error.message);
    });
    await assert.rejects(withdraw({ mostAccounts: 65 }), /mostAccounts must be a whole number from 1 to 64/);
    const given = (await sameAsTold(sol(230n))).reduce((sum, { lst }) => sum + lst, 0n);
    assert.ok(given < sol(230n), 'the validators give all');
});

/** Slots that may pass until the command line has read the pool: the price rises with each. */
const SLOTS = Array.from({ length: 16 }, (_, index) => BigInt(index));

/** What the command line takes for so much is what is planned here; its parts. */
async function sameAsTold(lst: bigint): Promise<sluice.StakeExitPart[]> {
    const { net, alice } = stage;
    const view = await viewOf(stage);
    const plans = await Promise.all(
        SLOTS.map(async (later) => {
            const then = at(view, view.cluster.clock.slot + later);
            return await sluice.planWithdrawStake(net.rpc, then, { lst, mostAccounts: 3 });
        }),
    );
    const amount = `${lst / sol(1n)}.${String(lst % sol(1n)).padStart(9, '0')}`;
    const words = ['stake-account', 'withdraw', amount, '--max-accounts', '3'];
    const told = await net.sluice(alice, ...words);
    const theirs = told['stake_accounts'] as Json[];
    const isSame = ({ parts, queuedLst }: sluice.StakeExitPlan) =>
        String(queuedLst) === told['queued_lst'] &&
        parts.length === theirs.length &&
        parts.every(({ validator, lst, lamports }, index) => {
            const { vote, burned_lst } = theirs[index]!;
            // All that a validator has takes fewer LST as the price rises.
            const isWhole = lamports === validator.slot.delegatedLamports;
            const isSameLst = isWhole ? BigInt(burned_lst) <= lst : BigInt(burned_lst) === lst;
            return validator.slot.vote === vote && isSameLst;
        });
    const index = plans.findIndex(isSame);
    const said = plans.map(({ parts }) => parts.map(({ lst }) => String(lst)));
    assert.ok(index >= 0, `${JSON.stringify(told)} is none of ${JSON.stringify(said)}`);
    const { parts } = plans[index]!;
    // What is given and what stays are what the LST are worth.
    const then = at(view, view.cluster.clock.slot + SLOTS[index]!);
    const worth = sluice.quoteWithdrawStake(then, parts[0]!.lst);
    const { lamports, feeLamports } = parts[0]!;
    assert.equal(lamports + feeLamports, worth.lamports + worth.feeLamports);
    return parts;
}
