// A review: built, tried by the node, shown, and signed as it was shown.

import { useEffect, useRef, useState } from 'preact/hooks';
import { SLUICE_ERROR__POOL_STALE, exitSchedule, tokenAccountOf, type PoolView } from '@sluice/client';
import type { Address, Instruction } from '@solana/kit';

import { lst, sol } from './format.js';
import { requireRoom } from './journal.js';
import type { Fact } from './parts/facts.js';
import type { Known } from './pool.js';
import { ruleOf } from './problem.js';
import { prepare, sign, type Prepared } from './send.js';
import type { Session } from './session.js';
import { texts } from './texts.js';
import { called } from './token.js';

/** Instructions, what they do in a line, and what of them the reader sees before they sign. */
export type Built = {
    instructions: readonly Instruction[];
    what: string;
    note?: string;
    facts?: readonly Fact[];
    /** Accounts whose rent comes back to the reader, should they close. */
    ownRent?: readonly Address[];
    /** Once one of these is another, the cluster refuses it, or it costs something else. */
    standsOn?: readonly Ground[];
};
/** The running epoch, or the batch that requests in the queue join. */
type Ground = 'epoch' | 'batch';

/** What was built, what came of the trial, and how both are shown. */
export type Review = {
    build: Build;
    /** The pool that it was built for. */
    view: PoolView;
    built: Built;
    prepared: Prepared;
    facts: readonly Fact[];
};

export type Step =
    | { kind: 'idle'; error?: unknown }
    | { kind: 'preparing' }
    | { kind: 'ready'; review: Review; isSigning: boolean; notice?: string | undefined; error?: unknown };

/** After so long a prepared transaction is tried anew before it is signed: its blockhash ages. */
const FRESH_MS = 30_000;

/** So long the node has to say whether what was signed still holds. */
const LOOK_MS = 5_000;

/** Builds what is to be signed, by the pool as it is. */
export type Build = (known: Known) => Promise<Built>;

/** What an account is about to sign: `check` makes a review, `confirm` has it signed, `back` leaves it. */
export function useReview(session: Session, build: Build | undefined, onSigned: (() => void) | undefined) {
    const [step, setStep] = useState<Step>({ kind: 'idle' });
    const { known, connected, landings, named } = session;
    const isHere = useIsHere();
    useEffect(() => {
        // What was wrong in another epoch, or at other prices, is perhaps not wrong now.
        setStep((now) => (now.kind === 'idle' ? { kind: 'idle' } : now));
    }, [known.view.cluster.clock.epoch, known.view.account.finalizedEpoch]);
    const check = async () => {
        if (!build || !connected) return;
        setStep({ kind: 'preparing' });
        try {
            setStep({ kind: 'ready', review: await reviewed(session, known, build), isSigning: false });
        } catch (error) {
            setStep({ kind: 'idle', error });
        }
    };
    const confirm = async (old: Review) => {
        if (!connected) return;
        const ask = (review: Review, notice?: string, error?: unknown) =>
            setStep({ kind: 'ready', review, isSigning: false, notice, error });
        const again = (now: Known, review: Review) => reviewed(session, now, build ?? review.build, review);
        let notice: string | undefined;
        setStep({ kind: 'ready', review: old, isSigning: true });
        try {
            const now = await session.reread();
            const isFresh = Date.now() - old.prepared.lifetime.fetchedAtMs < FRESH_MS && stands(old, now);
            const review = isFresh ? old : await again(now, old);
            if (!isHere.current) return;
            if (visible(review) !== visible(old)) return ask(review, texts.action.changed);
            await requireRoom();
            const sent = await sign(connected, known.cluster, review.prepared);
            // A node that does not answer now is asked again by what sends.
            const then = await Promise.race([session.reread().catch(() => undefined), pause(LOOK_MS)]);
            if (then && !stands(review, then)) {
                notice = texts.action.late;
                return ask(await again(then, review), notice);
            }
            const of = { pool: known.view.address, symbol: named.token?.symbol ?? '' };
            await landings.start({ sent, what: review.built.what, cluster: known.cluster, of });
            setStep({ kind: 'idle' });
            onSigned?.();
        } catch (error) {
            ask(old, notice, error);
        }
    };
    return { step, check, confirm, back: () => setStep({ kind: 'idle' }) };
}

/** Builds and tries; once more by a new reading where an epoch has begun since the pool was read. */
async function reviewed(session: Session, known: Known, build: Build, old?: Review): Promise<Review> {
    try {
        return await tried(session, known, build, old);
    } catch (error) {
        if (ruleOf(error) !== SLUICE_ERROR__POOL_STALE) throw error;
        return await tried(session, await session.reread(), build, old);
    }
}

async function tried(
    { connected, named }: Session,
    known: Known,
    build: Build,
    old: Review | undefined,
): Promise<Review> {
    const { address: pool, account } = known.view;
    const owner = connected!.address;
    const built = await build(known);
    const token = await tokenAccountOf(owner, account.mint);
    const options = { ownRent: built.ownRent, seen: old?.prepared.budget };
    const prepared = await prepare(known, owner, token, built.instructions, options);
    const which: Fact = [texts.action.pool, called(named.token?.symbol, pool), { title: pool }];
    return {
        build,
        view: known.view,
        built,
        prepared,
        facts: [which, ...(built.facts ?? []), ...outcome(prepared)],
    };
}

/** What the trial showed. */
function outcome(prepared: Prepared): Fact[] {
    const { action } = texts;
    const some = (lamports: bigint) => (lamports > 0n ? sol(lamports) : undefined);
    return [
        [action.rent, some(prepared.rentLamports)],
        [action.rentBack, some(prepared.rentBackLamports)],
        [action.networkFee, sol(prepared.feeLamports)],
        [action.priorityFee, sol(prepared.priorityLamports)],
        [action.solAfter, sol(prepared.ownerLamports)],
        [action.lstAfter, lst(prepared.ownerLst)],
    ];
}

/** Whether a review holds for the pool as it is now, by the cluster's clock. */
function stands({ built: { standsOn = [] }, view }: Review, { view: now }: Known): boolean {
    return standsOn.every((ground) => GROUNDS[ground](view) === GROUNDS[ground](now));
}

const GROUNDS: Readonly<Record<Ground, (view: PoolView) => bigint>> = {
    epoch: ({ cluster }) => cluster.clock.epoch,
    // Each batch has a slot of its own in which it locks.
    batch: (view) => exitSchedule(view).lockSlot,
};

/** All that the reader sees of a review and that does not move on by itself. */
function visible({ built: { what, note }, facts }: Review): string {
    return JSON.stringify([what, note, facts.filter(([, , more]) => !more?.isEstimate)]);
}

function pause(milliseconds: number): Promise<undefined> {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Whether the part is on the screen still: another account may have been chosen meanwhile. */
function useIsHere(): { readonly current: boolean } {
    const isHere = useRef(true);
    useEffect(() => {
        isHere.current = true;
        return () => {
            isHere.current = false;
        };
    }, []);
    return isHere;
}
