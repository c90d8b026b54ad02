// A way out of the pool: what it gives, when, and for what fee.

import type { StakeExitPlan } from '@sluice/client';

import type { Queued } from '../exits.js';
import { lst, short, sol, time } from '../format.js';
import { texts } from '../texts.js';
import { Facts } from './facts.js';

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

export function QueueFacts({ queue }: { queue: Queued }) {
    const { nowLamports, leastLamports, mostLamports, fromMs, untilMs } = queue;
    return (
        <Facts
            facts={[
                [leave.about, sol(nowLamports)],
                [leave.range, `${sol(leastLamports)} ${leave.and} ${sol(mostLamports)}`],
                [leave.fee, leave.noFee],
                [leave.from, fromMs === undefined ? undefined : time(fromMs)],
                [leave.until, untilMs === undefined ? undefined : `${time(untilMs)}, ${leave.untilNote}`],
            ]}
        />
    );
}

export function StakeFacts({ plan }: { plan: StakeExitPlan }) {
    const part = plan.parts[0];
    if (!part) return <p>{leave.nothing}</p>;
    return (
        <>
            <Facts
                facts={[
                    [leave.gets, sol(part.lamports)],
                    [leave.fee, sol(part.feeLamports)],
                    [leave.validator, short(part.validator.slot.vote)],
                    [leave.rest, plan.queuedLst > 0n ? lst(plan.queuedLst) : undefined],
                ]}
            />
            <p class="hint">{leave.afterwards}</p>
        </>
    );
}
