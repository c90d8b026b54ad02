// Whatever is passed or answered that cannot be is refused with a sentence, and nothing is built from it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import {
    SOLANA_ERROR__JSON_RPC__SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED,
    isSolanaError,
} from '@solana/kit';
import * as sluice from '@sluice/client';

import { altered, answering, withBytes, type Written } from './support/altered.js';
import { sol } from './support/localnet.js';
import { setUp, viewOf, type Stage } from './support/stage.js';

let stage: Stage;
let view: sluice.PoolView;
before(async () => {
    stage = await setUp(1);
    view = await viewOf(stage);
});
after(() => stage.net.stop());

/** Refused for this reason, with such a sentence. */
async function refused(
    made: () => unknown,
    reason: sluice.RefusalReason,
    sentence: RegExp,
    code?: number,
): Promise<void> {
    await assert.rejects(
        async () => await made(),
        (error: sluice.SluiceRefusal) => {
            assert.ok(error instanceof sluice.SluiceRefusal, String(error));
            assert.match(error.message, sentence);
            assert.deepEqual([error.reason, error.code], [reason, code]);
            return true;
        },
    );
}

/** Everything that takes an amount. */
function takers(amount: never): (() => unknown)[] {
    const { net, alice } = stage;
    const owner = alice.signer;
    return [
        () => sluice.quoteStake(view, amount),
        () => sluice.quoteUnstake(view, amount),
        () => sluice.quoteUnstakeNow(view, amount),
        () => sluice.quoteDepositStake(view, amount),
        () => sluice.quoteWithdrawStake(view, amount),
        () => sluice.stake(view, { owner, lamports: amount }),
        () => sluice.unstake(net.rpc, view, { owner, lst: amount }),
        () => sluice.unstakeNow(view, { owner, lst: amount }),
        () => sluice.withdrawStake(net.rpc, view, { owner, lst: amount }),
        () => sluice.unstake(net.rpc, view, { owner, lst: sol(1n), number: amount }),
    ];
}

test('an amount that is no bigint of 64 bits is refused', async () => {
    for (const amount of [-1n, 1n << 64n, 1.5, 5, '5', NaN, null, {}]) {
        for (const taker of takers(amount as never)) {
            await refused(
                taker,
                'invalid',
                /^(lamports|lst|number) must be a bigint from 0 to 2\^64 - 1, not \w+ /,
            );
        }
    }
});

test('a view that is none, as one that went through JSON, is refused', async () => {
    const { net, alice } = stage;
    const owner = alice.signer;
    const ticket = { account: { pool: view.address, owner: alice.address } } as sluice.TicketView;
    const written = JSON.stringify(view, (_, value) => (typeof value === 'bigint' ? String(value) : value));
    for (const none of [JSON.parse(written), null, {}, undefined]) {
        for (const taker of [
            () => sluice.prices(none),
            () => sluice.eta(none),
            () => sluice.quoteStake(none, 1n),
            () => sluice.quoteUnstake(none, 1n),
            () => sluice.quoteUnstakeNow(none, 1n),
            () => sluice.quoteDepositStake(none, 1n),
            () => sluice.quoteWithdrawStake(none, 1n),
            () => sluice.stake(none, { owner, lamports: 1n }),
            () => sluice.unstake(net.rpc, none, { owner, lst: 1n }),
            () => sluice.unstakeNow(none, { owner, lst: 1n }),
            () => sluice.withdrawStake(net.rpc, none, { owner, lst: 1n }),
            () => sluice.depositStake(net.rpc, none, { owner, stakeAccount: alice.address }),
            () => sluice.claim(none, ticket),
            () => sluice.tickets(net.rpc, none, alice.address),
            () => sluice.ticketsAt(net.rpc, none, []),
            () => sluice.requestedTickets(net.rpc, none, alice.address),
            () => sluice.recipientAt(net.rpc, none, alice.address),
        ]) {
            await refused(taker, 'invalid', /^A view is what loadPool answers/);
        }
    }
});

test('parts of a billion are shown in percent, rounded down', () => {
    const shown = [61_239_999n, 0n, 5_000_000n, -1n, -12_345_678n].map((parts) => sluice.percent(parts));
    assert.deepEqual(shown, ['6.12%', '0.00%', '0.50%', '-0.01%', '-1.24%']);
    assert.deepEqual([sluice.percent(999_999_999n, 0), sluice.percent(1n, 7)], ['99%', '0.0000001%']);
    assert.throws(() => sluice.percent(1n, 8), /digits must be a whole number from 0 to 7/);
});

test('zero is refused as by the program', async () => {
    const { net, alice } = stage;
    const owner = alice.signer;
    const zero = sluice.SLUICE_ERROR__ZERO_AMOUNT;
    await refused(() => sluice.stake(view, { owner, lamports: 0n }), 'rule', /above zero/, zero);
    await refused(() => sluice.unstakeNow(view, { owner, lst: 0n }), 'rule', /above zero/, zero);
    await refused(() => sluice.unstake(net.rpc, view, { owner, lst: 0n }), 'rule', /above zero/, zero);
    await refused(() => sluice.withdrawStake(net.rpc, view, { owner, lst: 0n }), 'rule', /above zero/, zero);
});

test('a share, a count or an address that is none is refused', async () => {
    const { net, alice } = stage;
    const owner = alice.signer;
    for (const slippageBps of [-1, 10_001, 0.5, NaN, 5n as never]) {
        const staking = () => sluice.stake(view, { owner, lamports: sol(1n), slippageBps });
        await refused(staking, 'invalid', /^slippageBps must be a whole number from 0 to 10000, not /);
    }
    for (const validEpochs of [0, 9, 1.5, 1n as never]) {
        const leaving = () => sluice.unstake(net.rpc, view, { owner, lst: sol(1n), validEpochs });
        await refused(leaving, 'invalid', /^validEpochs must be a whole number from 1 to 8, not /);
    }
    for (const nobody of ['hello', undefined, 7] as never[]) {
        await refused(
            () => sluice.loadPool(net.rpc, nobody),
            'invalid',
            /^The pool must be an address, not /,
        );
        await refused(
            () => sluice.tickets(net.rpc, view, nobody),
            'invalid',
            /^owner must be an address, not /,
        );
        await refused(
            () => sluice.stake(view, { owner: nobody, lamports: 1n }),
            'invalid',
            /^Who signs must be/,
        );
    }
});

test('a pool that is another one, cut off or of another version is refused', async () => {
    const { net, pool } = stage;
    const load = (alter: (account: Written) => Written | null) => () =>
        sluice.loadPool(altered(net.url, pool, alter), pool);
    const bytes = (change: (bytes: Uint8Array) => Uint8Array) =>
        load((account) => withBytes(account, change));
    const set = (at: number, byte: number) =>
        bytes((data) => data.map((old, index) => (index === at ? byte : old)));
    await refused(
        load(() => null),
        'missing',
        new RegExp(`^There is no pool at ${pool}$`),
    );
    await refused(
        load((account) => ({ ...account, owner: net.votes[0]! })),
        'foreign',
        /it belongs to the program/,
    );
    await refused(set(8, 2), 'unknown-version', /has layout version 2, which this client does not know/);
    await refused(set(8, 0), 'unknown-version', /has layout version 0, which has to be migrated first/);
    await refused(
        bytes((data) => data.subarray(0, 500)),
        'wrong-size',
        /has 500 bytes instead of/,
    );
    await refused(
        bytes(() => new Uint8Array()),
        'another-kind',
        /is no pool$/,
    );
    await refused(
        bytes((data) => data.fill(255, 9)),
        'another-pool',
        /is not the pool of the mint/,
    );
    const { mint } = view.account;
    const unknown = net.votes[0]!;
    assert.equal((await sluice.loadPoolOfMint(net.rpc, mint)).address, pool);
    const sentence = new RegExp(`^${unknown} is not the mint of a pool$`);
    await refused(() => sluice.loadPoolOfMint(net.rpc, unknown), 'missing', sentence);
});

test('a node that answers too little, or lags, is refused', async () => {
    const { net, pool } = stage;
    const short = answering(net.url, (_, answer) => ({ ...answer, result: { ...answer.result, value: [] } }));
    await refused(() => sluice.loadPool(short, pool), 'node', /answered 0 accounts where 5 were asked for/);
    const clock = 'SysvarC1ock11111111111111111111111111111111' as never;
    const cut = altered(net.url, clock, (account) => withBytes(account, (data) => data.subarray(0, 9)));
    await refused(
        () => sluice.loadPool(cut, pool),
        'wrong-size',
        /answered 9 bytes for the sysvar SysvarC1ock/,
    );
    const none = altered(net.url, clock, () => null);
    await refused(() => sluice.loadPool(none, pool), 'missing', /did not answer the sysvar SysvarC1ock/);
    const minContextSlot = view.cluster.clock.slot + 1_000_000n;
    await assert.rejects(sluice.loadPool(net.rpc, pool, { minContextSlot }), (error) =>
        isSolanaError(error, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED),
    );
});

test('a pool that takes nothing says why, and what is open', async () => {
    const { net, alice } = stage;
    const owner = alice.signer;
    const changed = (account: object): sluice.PoolView => ({
        ...view,
        account: { ...view.account, ...account },
    });
    const stake = (account: object) => () => sluice.stake(changed(account), { owner, lamports: sol(1n) });
    const leave = (account: object) => () => sluice.unstakeNow(changed(account), { owner, lst: sol(1n) });
    const tripped = { breakerEpoch: view.cluster.clock.epoch };
    const { BREAKER_TRIPPED, PAUSED, POOL_STALE, INSUFFICIENT_RESERVE } = {
        BREAKER_TRIPPED: sluice.SLUICE_ERROR__BREAKER_TRIPPED,
        PAUSED: sluice.SLUICE_ERROR__PAUSED,
        POOL_STALE: sluice.SLUICE_ERROR__POOL_STALE,
        INSUFFICIENT_RESERVE: sluice.SLUICE_ERROR__INSUFFICIENT_RESERVE,
    };
    await refused(stake(tripped), 'rule', /the unstake queue stays open/, BREAKER_TRIPPED);
    await refused(leave(tripped), 'rule', /the unstake queue stays open/, BREAKER_TRIPPED);
    await refused(stake({ pausedUntilEpoch: 1_000n }), 'rule', /the pause ends by itself/, PAUSED);
    await refused(stake({ finalizedEpoch: 0n }), 'rule', /not priced for this epoch yet/, POOL_STALE);
    await refused(
        leave({ reserveLamports: 0n }),
        'rule',
        /take less, or use the queue/,
        INSUFFICIENT_RESERVE,
    );
    const queued = await sluice.unstake(net.rpc, changed(tripped), { owner, lst: sol(1n) });
    assert.equal(queued.instructions.length, 1);

    const { epoch } = view.cluster.clock;
    const open = { isStale: false, breakerUntilEpoch: undefined, pausedUntilEpoch: undefined };
    const closed = (account: object) => sluice.closures(changed(account));
    assert.deepEqual(closed({}), open);
    // The rule of `BREAKER_EPOCHS` in `programs/sluice/src/state/gates.rs`.
    assert.deepEqual(closed(tripped), { ...open, breakerUntilEpoch: epoch + 10n });
    assert.deepEqual(closed({ pausedUntilEpoch: epoch }), open);
    assert.deepEqual(closed({ pausedUntilEpoch: 1_000n }), { ...open, pausedUntilEpoch: 1_000n });
    assert.deepEqual(closed({ finalizedEpoch: epoch - 1n }), { ...open, isStale: true });
});

test('a ticket of somebody else, of another pool, too early or too late is refused', async () => {
    const { net, alice, bob, carol } = stage;
    const owner = alice.signer;
    const requested = await sluice.unstake(net.rpc, view, { owner, lst: sol(1n) });
    await net.send(alice, requested.instructions);
    const load = async () => (await sluice.tickets(net.rpc, await viewOf(stage), alice.address))[0]!;
    const ticket = await load();
    const to = await sluice.recipientAt(net.rpc, view, bob.address);
    const others = { owner: bob.signer, to };
    await refused(() => sluice.cancel(view, ticket, others), 'another-owner', /belongs to .*, who alone can/);
    await refused(() => sluice.transferTicket(view, ticket, others), 'another-owner', /belongs to/);
    const foreign = { ...view, address: net.votes[0]! };
    await refused(() => sluice.claim(foreign, ticket), 'another-pool', /^The ticket \w+ is of the pool/);
    const { BATCH_LOCKED, NOTHING_TO_CLAIM } = {
        BATCH_LOCKED: sluice.SLUICE_ERROR__BATCH_LOCKED,
        NOTHING_TO_CLAIM: sluice.SLUICE_ERROR__NOTHING_TO_CLAIM,
    };
    await refused(() => sluice.claim(view, ticket), 'rule', /nothing to claim yet/, NOTHING_TO_CLAIM);
    await net.advance(carol, 80);
    const now = await viewOf(stage);
    const late = async () => await sluice.cancel(now, await load(), { owner });
    await refused(late, 'rule', /can no longer be cancelled/, BATCH_LOCKED);
    await assert.rejects(late, { address: ticket.address });
});
