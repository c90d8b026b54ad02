// The three ways out, side by side for the same amount.

import { useEffect, useState } from 'preact/hooks';
import { planWithdrawStake, unstake, unstakeNow, withdrawStake, type StakeExitPlan } from '@sluice/client';

import { leaving, type Queued } from '../exits.js';
import { lst, parsed, short, sol, time } from '../format.js';
import { Action, type Built } from '../parts/action.js';
import { AmountField } from '../parts/amountField.js';
import { Facts } from '../parts/facts.js';
import { Problem, Told } from '../problem.js';
import type { Session } from '../session.js';
import { texts } from '../texts.js';

const { leave } = texts;

export function Leave(session: Session) {
    const { purse } = session;
    const [text, setText] = useState('');
    const units = parsed(text);
    return (
        <section>
            <h2>{leave.title}</h2>
            <AmountField
                id="leave-amount"
                label={texts.amounts.lst}
                text={text}
                onText={setText}
                most={purse?.lst}
                hint={purse && texts.amounts.balance(lst(purse.lst))}
            />
            {units ? <Ways key={text} {...{ session, units, onSigned: () => setText('') }} /> : null}
            <p class="hint">{leave.cancelNote}</p>
        </section>
    );
}

type Shown = { session: Session; units: bigint; onSigned: () => void };

function Ways({ session, units, onSigned }: Shown) {
    const { known, connected } = session;
    const { node, view } = known;
    const owner = connected?.address;
    const stake = useStakePlan(session, units);
    const { queue, now, nowError, queueError, bufferLamports } = leaving(known, units);
    const part = stake.plan?.parts[0];
    const given = [
        queue?.leastLamports,
        now?.lamports,
        stake.plan?.queuedLst === 0n ? part?.lamports : undefined,
    ];
    const best = given.reduce((most, one) => ((one ?? 0n) > (most ?? 0n) ? one : most), undefined);
    const cheapest = given.indexOf(best);
    const fastest = now ? 1 : part ? 2 : 0;
    const marks = (way: number) => [
        ...(best !== undefined && way === cheapest ? [leave.cheapest] : []),
        ...(way === fastest ? [leave.fastest] : []),
    ];
    const builds: Record<'queue' | 'now' | 'stake', (() => Promise<Built>) | undefined> = {
        queue:
            owner &&
            (async () => {
                const { instructions } = await unstake(node, view, { owner, lst: units });
                return { instructions, what: leave.whatQueue(lst(units)) };
            }),
        now:
            owner &&
            now &&
            (async () => ({
                instructions: await unstakeNow(view, { owner, lst: units }),
                what: leave.whatNow(lst(units)),
            })),
        stake:
            owner &&
            part &&
            (async () => {
                const { withdrawals } = await withdrawStake(node, view, {
                    owner,
                    lst: part.lst,
                    vote: part.validator.slot.vote,
                });
                const [first] = withdrawals;
                if (!first) throw new Told(leave.nothing);
                return { instructions: first.instructions, what: leave.whatStake(lst(part.lst)) };
            }),
    };
    return (
        <div class="columns">
            <Way name={leave.queue} marks={marks(0)}>
                {queue && <Facts facts={queueFacts(queue)} />}
                <Problem error={queueError} />
                <Action
                    session={session}
                    label={leave.reviewQueue}
                    build={builds.queue}
                    onSigned={onSigned}
                />
            </Way>
            <Way name={leave.now} marks={marks(1)}>
                <Facts
                    facts={[
                        [leave.gets, now && sol(now.lamports)],
                        [leave.fee, now && sol(now.feeLamports)],
                        [leave.buffer, sol(bufferLamports)],
                    ]}
                />
                <Problem error={nowError} />
                <Action session={session} label={leave.reviewNow} build={builds.now} onSigned={onSigned} />
            </Way>
            <Way name={leave.stake} marks={marks(2)}>
                {stake.plan && <StakeFacts plan={stake.plan} />}
                <Problem error={stake.error} />
                <Action
                    session={session}
                    label={leave.reviewStake}
                    build={builds.stake}
                    onSigned={onSigned}
                />
            </Way>
        </div>
    );
}

type Described = { name: string; marks: readonly string[]; children: preact.ComponentChildren };

function Way({ name, marks, children }: Described) {
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

function queueFacts({ nowLamports, leastLamports, mostLamports, fromMs, untilMs }: Queued) {
    return [
        [leave.about, sol(nowLamports)],
        [leave.range, `${sol(leastLamports)} ${leave.and} ${sol(mostLamports)}`],
        [leave.fee, leave.noFee],
        [leave.from, fromMs === undefined ? undefined : time(fromMs)],
        [leave.until, untilMs === undefined ? undefined : `${time(untilMs)}, ${leave.untilNote}`],
    ] as const;
}

function StakeFacts({ plan }: { plan: StakeExitPlan }) {
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

/** Which validator would give how much, in one stake account: the node has to be asked. */
function useStakePlan({ known }: Session, units: bigint): { plan?: StakeExitPlan; error?: unknown } {
    const [answer, setAnswer] = useState<{ plan?: StakeExitPlan; error?: unknown }>({});
    useEffect(() => {
        let isCurrent = true;
        planWithdrawStake(known.node, known.view, { lst: units, mostAccounts: 1 }).then(
            (plan) => isCurrent && setAnswer({ plan }),
            (error) => isCurrent && setAnswer({ error }),
        );
        return () => {
            isCurrent = false;
        };
    }, [known.node, known.view.account, units]);
    return answer;
}
