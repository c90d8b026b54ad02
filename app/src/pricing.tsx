// A pool that nobody has priced for the running epoch: what needs a price sets it first, in the same transaction.

import { useEffect, useState } from 'preact/hooks';
import { closures, priced, type PoolView } from '@sluice/client';

import type { Known } from './pool.js';
import { Problem } from './problem.js';
import type { Built } from './review.js';
import type { Session } from './session.js';
import { texts } from './texts.js';

/** The pool as quotes find it; `undefined` until that is known, or where it cannot be. */
export type Pricing = { view: PoolView | undefined; isDue: boolean; error?: unknown };

/** The pool as it is, or as it will be once the reader's transaction has priced it. */
export function usePricing({ known, connected }: Session): Pricing {
    const { node, view } = known;
    const [answer, setAnswer] = useState<{ view?: PoolView; error?: unknown }>({});
    const isDue = closures(view).isStale;
    const payer = connected?.address;
    useEffect(() => {
        if (!isDue || !payer) return setAnswer({});
        let isCurrent = true;
        priced(node, view, { payer }).then(
            (then) => isCurrent && setAnswer({ view: then.view }),
            (error) => isCurrent && setAnswer({ error }),
        );
        return () => {
            isCurrent = false;
        };
    }, [node, view, isDue, payer]);
    return isDue ? { ...answer, view: answer.view, isDue } : { view, isDue };
}

/** What is built by the prices of this moment, after what sets them. */
export async function priceFirst(
    { node, view }: Known,
    { connected }: Session,
    build: (view: PoolView) => Promise<Built>,
): Promise<Built> {
    if (!connected) return await build(view);
    const { view: then, instructions } = await priced(node, view, { payer: connected.address });
    const onPool = await build(then);
    const built: Built = { ...onPool, standsOn: ['epoch', ...(onPool.standsOn ?? [])] };
    if (instructions.length === 0) return built;
    return { ...built, instructions: [...instructions, ...built.instructions], note: texts.pricing.note };
}

/** Says what the reader's transaction does first where it prices the pool, or why it cannot. */
export function PricingNote({
    pricing,
    session,
    first,
}: {
    pricing: Pricing;
    session: Session;
    first: string;
}) {
    if (!pricing.isDue) return null;
    if (pricing.error !== undefined) return <Problem error={pricing.error} />;
    return <p class="notice">{session.connected ? first : texts.pricing.connect}</p>;
}
