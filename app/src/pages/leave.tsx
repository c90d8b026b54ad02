// The ways out, side by side for the same amount.

import { useEffect, useState } from 'preact/hooks';
import {
    instantBuffer,
    planWithdrawStake,
    quoteUnstakeNow,
    unstake,
    unstakeNow,
    withdrawStake,
    type PoolView,
    type StakeExitPlan,
} from '@sluice/client';

import { best, leaving, queued, type Given } from '../exits.js';
import { lst, parsed } from '../format.js';
import type { Node } from '../node.js';
import { Action } from '../parts/action.js';
import { MarketWay, useMarket } from '../market.js';
import { AmountField } from '../parts/amountField.js';
import { Facts } from '../parts/facts.js';
import { Way, nowFacts, queueFacts, stakeFacts } from '../parts/way.js';
import { PricingNote, priceFirst, usePricing } from '../pricing.js';
import { Problem, Told } from '../problem.js';
import type { Build } from '../review.js';
import type { Session } from '../session.js';
import { texts } from '../texts.js';

const { leave } = texts;

export function Leave(session: Session) {
    const { purse } = session;
    const [text, setText] = useState('');
    const units = parsed(text);
    // No way out gives anything for what is not there.
    const isTooMuch = units !== undefined && purse !== undefined && units > purse.lst;
    return (
        <section>
            <h2>{leave.title}</h2>
            <p>{leave.intro}</p>
            <AmountField
                id="leave-amount"
                label={texts.amounts.lst}
                text={text}
                onText={setText}
                most={purse?.lst}
                hint={purse && texts.amounts.balance(lst(purse.lst))}
                has={purse?.lst}
                written={lst}
            />
            {units && !isTooMuch ? (
                <Ways
                    key={text}
                    {...{ session, units, onSigned: () => setText((now) => (now === text ? '' : now)) }}
                />
            ) : null}
            <p class="hint">{leave.cancelNote}</p>
        </section>
    );
}

type Shown = { session: Session; units: bigint; onSigned: () => void };

function Ways({ session, units, onSigned }: Shown) {
    const pricing = usePricing(session);
    const stake = useStakePlan(session.known.node, pricing.view, units);
    const market = useMarket(session, units);
    const { queue, now, nowError, queueError, bufferLamports } = leaving(session.known, pricing, units);
    const part = stake.plan?.parts[0];
    const { cheapest, fastest } = best({
        queue: queue?.leastLamports,
        now: now?.lamports,
        // Less than all is no answer to the same question.
        stake: stake.plan?.queuedLst === 0n ? part?.lamports : undefined,
        market: market.quote?.leastLamports,
    });
    const marks = (way: keyof Given) => [
        ...(way === cheapest ? [leave.cheapest] : []),
        ...(way === fastest ? [leave.fastest] : []),
    ];
    const builds = buildsOf(session, units, stake.plan);
    return (
        <>
            <PricingNote pricing={pricing} session={session} first={texts.pricing.firstOfTwo} />
            <div class="columns">
                <Way name={leave.queue} marks={marks('queue')}>
                    <Action {...{ session, onSigned }} label={leave.reviewQueue} build={builds.queue}>
                        {queue && <Facts facts={queueFacts(queue)} />}
                        <p class="hint">{leave.queueNote}</p>
                        <Problem error={queueError} />
                    </Action>
                </Way>
                <Way name={leave.now} marks={marks('now')}>
                    <Action {...{ session, onSigned }} label={leave.reviewNow} build={now && builds.now}>
                        <Facts facts={nowFacts(now, bufferLamports)} />
                        <p class="hint">{leave.nowNote}</p>
                        <Problem error={nowError} />
                    </Action>
                </Way>
                <Way name={leave.stake} marks={marks('stake')}>
                    <Action {...{ session, onSigned }} label={leave.reviewStake} build={part && builds.stake}>
                        {part && <Facts facts={stakeFacts(part, stake.plan?.queuedLst ?? 0n)} />}
                        {stake.plan && <p class="hint">{part ? leave.afterwards : leave.nothing}</p>}
                        <Problem error={stake.error} />
                    </Action>
                </Way>
                <MarketWay asked={market} marks={marks('market')} />
            </div>
        </>
    );
}

type Builds = Record<Exclude<keyof Given, 'market'>, Build | undefined>;

/** What is signed for each way: the queue takes requests at any time, the others need a price. */
function buildsOf(session: Session, units: bigint, plan: StakeExitPlan | undefined): Builds {
    const owner = session.connected?.address;
    if (!owner) return { queue: undefined, now: undefined, stake: undefined };
    const part = plan?.parts[0];
    return {
        queue: async (known) => {
            const { instructions } = await unstake(known.node, known.view, { owner, lst: units });
            return {
                instructions,
                what: leave.whatQueue(lst(units)),
                facts: queueFacts(queued(known, units)),
                standsOn: ['batch'],
            };
        },
        now: (known) =>
            priceFirst(known, session, async (then) => ({
                instructions: await unstakeNow(then, { owner, lst: units }),
                what: leave.whatNow(lst(units)),
                facts: nowFacts(quoteUnstakeNow(then, units), instantBuffer(then)),
                // What locks is no longer in the buffer.
                standsOn: ['batch'],
            })),
        stake:
            part &&
            ((known) =>
                priceFirst(known, session, async (then) => {
                    const { vote } = part.validator.slot;
                    const taken = { owner, lst: part.lst, vote };
                    const { withdrawals, queuedLst } = await withdrawStake(known.node, then, taken);
                    const [first] = withdrawals;
                    if (!first) throw new Told(leave.nothing);
                    return {
                        instructions: first.instructions,
                        what: leave.whatStake(lst(first.lst)),
                        facts: stakeFacts(first, queuedLst),
                    };
                })),
    };
}

type Planned = { plan?: StakeExitPlan; error?: unknown };

/** Which validator would give how much, in one stake account: the node has to be asked. */
function useStakePlan(node: Node, view: PoolView | undefined, units: bigint): Planned {
    const [answer, setAnswer] = useState<Planned>({});
    useEffect(() => {
        if (!view) return setAnswer({});
        let isCurrent = true;
        planWithdrawStake(node, view, { lst: units, mostAccounts: 1 }).then(
            (plan) => isCurrent && setAnswer({ plan }),
            (error) => isCurrent && setAnswer({ error }),
        );
        return () => {
            isCurrent = false;
        };
    }, [node, view?.account, units]);
    return answer;
}
