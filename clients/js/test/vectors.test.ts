// Every quote equals the one of the program's own methods, to the lamport, over thousands of random pools.
// `cargo xtask test` writes them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import type { Address } from '@solana/kit';
import * as sluice from '@sluice/client';

import { file } from './support/files.js';

type Inputs = Record<string, bigint>;
type Vectors = { inputs: string[]; quotes: string[]; cases: string[] };

const {
    inputs: names,
    quotes,
    cases,
}: Vectors = JSON.parse(readFileSync(file('SLUICE_VECTORS', 'js/vectors.json'), 'utf8'));

/** Everything below a prefix, as an object. */
function under(inputs: Inputs, prefix: string): Inputs {
    const own = Object.entries(inputs).filter(([name]) => name.startsWith(prefix));
    return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** Shares and counts are numbers in accounts, amounts are bigints. */
function withNumbers(fields: Inputs): Record<string, bigint | number> {
    const isNumber = (name: string) =>
        /Bps|weight$|cutCount|rentLamports$/.test(name) && !/emptyRent|reserveRent|spreadWeight/.test(name);
    return Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [name, isNumber(name) ? Number(value) : value]),
    );
}

function viewOf(inputs: Inputs): sluice.PoolView {
    const account = {
        ...withNumbers(inputs),
        config: withNumbers(under(inputs, 'config.')),
        governance: { limits: under(inputs, 'limits.') },
    };
    const clock = { slot: inputs['clock.slotWithinBounds'], epoch: inputs['clock.epoch'] };
    return {
        address: '' as Address,
        account: account as unknown as sluice.Pool,
        cluster: {
            clock,
            schedule: under(inputs, 'schedule.'),
            emptyRentLamports: inputs['emptyRentLamports'],
        } as never,
        claimsVaultLamports: inputs['claimsVaultLamports']!,
    };
}

type Past = sluice.StakeHistory extends ReadonlyMap<bigint, infer Entry> ? Entry : never;
const STATES: sluice.StakeState[] = ['inactive', 'activating', 'partly_active', 'active', 'deactivating'];

const least = (inputs: Inputs) => inputs['minimumDelegationLamports']!;
const slotOf = (inputs: Inputs) => withNumbers(under(inputs, 'slot.')) as unknown as sluice.Slot;

/** Whether something holds; a refusal is a no. */
function whether(answer: () => boolean): bigint[] {
    try {
        return [BigInt(answer())];
    } catch {
        return [0n];
    }
}

const ANSWERS: Record<string, (view: sluice.PoolView, inputs: Inputs) => (bigint | undefined)[]> = {
    prices(view) {
        const { fullLamports, valueLamports } = sluice.prices(view);
        return [fullLamports, valueLamports];
    },
    stake(view, { lamports }) {
        const { lst, feeLamports, chargeLamports } = sluice.quoteStake(view, lamports!);
        return [lst, feeLamports, chargeLamports];
    },
    depositStake(view, { lamports }) {
        const { lst, feeLamports } = sluice.quoteDepositStake(view, lamports!);
        return [lst, feeLamports];
    },
    unstakeNow: (view, { lst }) => exit(sluice.quoteUnstakeNow(view, lst!)),
    instantBuffer: (view) => [sluice.instantBuffer(view)],
    withdrawStake: (view, { lst }) => exit(sluice.quoteWithdrawStake(view, lst!)),
    isBalanced: (view, inputs) =>
        whether(() => sluice.isBalanced(view, slotOf(inputs), inputs['takenLamports']!, least(inputs))),
    hasRoom: (view, inputs) =>
        whether(() => sluice.hasRoom(view, slotOf(inputs), inputs['lamports']!, least(inputs))),
    stakeState(view, inputs) {
        const { epoch } = view.cluster.clock;
        const past = [1n, 2n, 3n, 4n, 5n].map((back) => ({
            epoch: epoch - back,
            ...(under(inputs, `past.${back}.`) as Omit<Past, 'epoch'>),
        }));
        const history = new Map(past.map((entry) => [entry.epoch, entry]));
        const delegation = under(inputs, 'delegation.') as unknown as sluice.Delegation;
        return [BigInt(STATES.indexOf(sluice.stateOfDelegation(delegation, epoch, history)))];
    },
    unstake(view, { lst }) {
        const quote = sluice.quoteUnstake(view, lst!);
        const { lockSlot, nowLamports, leastLamports, mostLamports, leastPriceLamports, mostPriceLamports } =
            quote;
        const { payableEpoch, payableSlot, latestEpoch } = quote;
        const amounts = [nowLamports, leastLamports, mostLamports, leastPriceLamports, mostPriceLamports];
        return [lockSlot, ...amounts, payableEpoch, payableSlot, latestEpoch];
    },
    ticket(view, inputs) {
        const batch = { ...under(inputs, 'batch.'), lockEpoch: 0n } as unknown as sluice.UnstakeBatch;
        const account = under(inputs, 'ticket.') as unknown as sluice.Ticket;
        const ticket = sluice.ticketView(view, { address: '' as Address, account }, '' as Address, batch);
        return [ticket.claimableLamports, ticket.estimatedLamports];
    },
    yield(_, inputs) {
        const from = { ...under(inputs, 'yield.from.'), epochStartTimestamp: 1n };
        const to = {
            ...under(inputs, 'yield.to.'),
            lstSupply: inputs['yield.from.lstSupply'],
            epochStartTimestamp: 1n + inputs['yield.seconds']!,
        };
        const found = sluice.yieldBetween(from as never, to as never);
        return [found?.epochPartsE9, found?.apyPartsE9].filter((part) => part !== undefined);
    },
};

function exit({ lamports, feeLamports }: sluice.ExitQuote): bigint[] {
    return [lamports, feeLamports];
}

function said(answer: () => (bigint | undefined)[]): string {
    try {
        return answer().join(' ');
    } catch (error) {
        if (error instanceof sluice.SluiceRefusal) return `!${error.code}`;
        throw error;
    }
}

function told(inputs: Inputs): string {
    return JSON.stringify(inputs, (_, value) => (typeof value === 'bigint' ? String(value) : value));
}

const refusals = new Map<string, number>();
const answered = new Map<string, number>();

for (const [index, quote] of quotes.entries()) {
    test(`${quote}: all of ${cases.length} random pools answer as the program`, () => {
        for (const line of cases) {
            const [drawn, ...expected] = line.split('|');
            const values = drawn!.split(' ').map(BigInt);
            const inputs: Inputs = Object.fromEntries(names.map((name, place) => [name, values[place]!]));
            const actual = said(() => ANSWERS[quote]!(viewOf(inputs), inputs));
            assert.equal(actual, expected[index], `${quote} of ${told(inputs)}`);
            const [counted, key] = actual.startsWith('!') ? [refusals, actual] : [answered, quote];
            counted.set(key, (counted.get(key) ?? 0) + 1);
        }
    });
}

test('the random pools reach every quote, and every refusal that a quote can have', () => {
    assert.equal(cases.length, 10_000);
    for (const quote of quotes) assert.ok((answered.get(quote) ?? 0) > 1_000, quote);
    const states = new Set(cases.map((line) => line.split('|').at(-1)));
    assert.equal(states.size, STATES.length);
    const reached = [...refusals.keys()].map((code) =>
        sluice.explain(new sluice.SluiceRefusal('rule', code)),
    );
    assert.ok(reached.length >= 12, `only ${[...refusals.entries()].join(' ')}`);
});
