// A review: built, tried by the node, shown, and signed as it was shown.

import { useEffect, useRef, useState } from 'preact/hooks';
import { SLUICE_ERROR__POOL_STALE, tokenAccountOf } from '@sluice/client';
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
};

/** What was built, what came of the trial, and how both are shown. */
export type Review = { built: Built; prepared: Prepared; facts: readonly Fact[] };

export type Step =
    | { kind: 'idle'; error?: unknown }
    | { kind: 'preparing' }
    | { kind: 'ready'; review: Review; isSigning: boolean; isChanged?: boolean; error?: unknown };

/** After so long a prepared transaction is tried anew before it is signed: its blockhash ages. */
const FRESH_MS = 30_000;

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
            setStep({ kind: 'ready', review: await reviewed(session, build), isSigning: false });
        } catch (error) {
            setStep({ kind: 'idle', error });
        }
    };
    const confirm = async (old: Review) => {
        if (!connected) return;
        setStep({ kind: 'ready', review: old, isSigning: true });
        try {
            const isFresh = Date.now() - old.prepared.lifetime.fetchedAtMs < FRESH_MS;
            const review = isFresh ? old : await reviewed(session, build ?? (async () => old.built), old);
            if (!isHere.current) return;
            if (visible(review) !== visible(old)) {
                setStep({ kind: 'ready', review, isSigning: false, isChanged: true });
                return;
            }
            requireRoom();
            const sent = await sign(connected, known.cluster, review.prepared);
            const of = { pool: known.view.address, symbol: named.token?.symbol ?? '' };
            landings.start({ sent, what: review.built.what, cluster: known.cluster, of });
            setStep({ kind: 'idle' });
            onSigned?.();
        } catch (error) {
            setStep({ kind: 'ready', review: old, isSigning: false, error });
        }
    };
    return { step, check, confirm, back: () => setStep({ kind: 'idle' }) };
}

/** Builds and tries; once more by a new reading where an epoch has begun since the pool was read. */
async function reviewed(session: Session, build: Build, old?: Review): Promise<Review> {
    try {
        return await tried(session, session.known, build, old);
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
    return { built, prepared, facts: [which, ...(built.facts ?? []), ...outcome(prepared)] };
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

/** All that the reader sees of a review and that does not move on by itself. */
function visible({ built: { what, note }, facts }: Review): string {
    return JSON.stringify([what, note, facts.filter(([, , more]) => !more?.isEstimate)]);
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
