// What the ways out would give, and when.

import {
    SLUICE_ERROR__INSUFFICIENT_RESERVE,
    SluiceRefusal,
    eta,
    getSluiceErrorMessage,
    instantBuffer,
    quoteUnstake,
    quoteUnstakeNow,
    type ExitQuote,
    type PoolView,
    type UnstakeQuote,
} from '@sluice/client';

import type { Known } from './pool.js';
import type { Pricing } from './pricing.js';
import { times, type Times } from './times.js';

/** What the queue would pay, and between which times. */
export type Queued = UnstakeQuote & Times;
export type Leaving = {
    queue?: Queued;
    queueError?: unknown;
    now?: ExitQuote;
    nowError?: unknown;
    bufferLamports: bigint;
};

/** What the queue and the instant exit would give for these units of LST. The queue needs no price, and sets none. */
export function leaving(known: Known, { view: priced }: Pricing, units: bigint): Leaving {
    const queue = attempt(() => queued(known, units));
    const now = priced ? attempt(() => atOnce(priced, units)) : {};
    return {
        ...(queue.value && { queue: queue.value }),
        ...(now.value && { now: now.value }),
        queueError: queue.error,
        nowError: now.error,
        bufferLamports: instantBuffer(priced ?? known.view),
    };
}

/** What the queue would pay by the pool as it is. */
export function queued(known: Known, units: bigint): Queued {
    return { ...quoteUnstake(known.view, units), ...times(known, eta(known.view)) };
}

/** What an instant exit would pay. For more LST than there are, the reserve has too little, too. */
function atOnce(view: PoolView, units: bigint): ExitQuote {
    if (units <= view.account.lstSupply) return quoteUnstakeNow(view, units);
    const code = SLUICE_ERROR__INSUFFICIENT_RESERVE;
    throw new SluiceRefusal('rule', getSluiceErrorMessage(code), { code });
}

/** What the ways out would give at the least; `undefined` where a way is closed. */
export type Given = Record<'queue' | 'now' | 'stake' | 'market', bigint | undefined>;
/** The ways that need no waiting: SOL before stake, and what the pool pays before what a market may. */
const FAST = ['now', 'market', 'stake'] as const;

/** The way that gives most, and the one that gives it first. */
export function best(given: Given): { cheapest: keyof Given | undefined; fastest: keyof Given } {
    const ways = Object.entries(given) as [keyof Given, bigint | undefined][];
    const [cheapest] = ways.reduce<[keyof Given | undefined, bigint]>(
        (most, [way, lamports]) => (lamports !== undefined && lamports > most[1] ? [way, lamports] : most),
        [undefined, 0n],
    );
    return { cheapest, fastest: FAST.find((way) => given[way] !== undefined) ?? 'queue' };
}

function attempt<T>(compute: () => T): { value?: T; error?: unknown } {
    try {
        return { value: compute() };
    } catch (error) {
        return { error };
    }
}
