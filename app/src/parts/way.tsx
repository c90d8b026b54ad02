// A way out of the pool: what it gives, when, and for what fee.

import { minimum, type ExitQuote, type StakeExitPart } from '@sluice/client';

import type { Queued } from '../exits.js';
import { lst, short, sol, time } from '../format.js';
import { texts } from '../texts.js';
import { isEstimate, type Fact } from './facts.js';

const { leave } = texts;

type Described = { name: string; marks: readonly string[]; children: preact.ComponentChildren };

export function Way({ name, marks, children }: Described) {
    return (
        <section class="card way" aria-label={name}>
            <h3>
                {name}
                {marks.map((mark) => (
                    <span class="mark" key={mark}>
                        {mark}
                    </span>
                ))}
            </h3>
            {children}
        </section>
    );
}

/** What the queue gives. */
export function queueFacts({ nowLamports, leastLamports, mostLamports, fromMs, untilMs }: Queued): Fact[] {
    return [
        [leave.about, sol(nowLamports), isEstimate],
        [leave.range, `${sol(leastLamports)} ${leave.and} ${sol(mostLamports)}`, isEstimate],
        [leave.fee, leave.noFee],
        [leave.from, fromMs === undefined ? undefined : time(fromMs), isEstimate],
        [leave.until, untilMs === undefined ? undefined : `${time(untilMs)}, ${leave.untilNote}`, isEstimate],
    ];
}

/** What an exit at once gives, and from how much. */
export function nowFacts(now: ExitQuote | undefined, bufferLamports: bigint): Fact[] {
    return [
        [leave.gets, now && sol(now.lamports)],
        [leave.least, now && sol(minimum(now.lamports))],
        [leave.fee, now && sol(now.feeLamports)],
        [leave.buffer, sol(bufferLamports)],
    ];
}

/** What a stake account gives, and what it leaves. */
export function stakeFacts({ validator, lamports, feeLamports }: StakeExitPart, restLst: bigint): Fact[] {
    return [
        [leave.gets, sol(lamports)],
        [leave.least, sol(minimum(lamports))],
        [leave.fee, sol(feeLamports)],
        [leave.validator, short(validator.slot.vote)],
        [leave.rest, restLst > 0n ? lst(restLst) : undefined],
    ];
}
