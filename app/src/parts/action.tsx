// From a button to a signature: the node tries the transaction, the reader sees what it does, the wallet signs.

import { useEffect, useRef, useState } from 'preact/hooks';
import { SLUICE_ERROR__POOL_STALE, tokenAccountOf } from '@sluice/client';
import type { Address, Instruction } from '@solana/kit';

import { lst, sol } from '../format.js';
import { requireRoom } from '../journal.js';
import type { Known } from '../pool.js';
import { Problem, ruleOf } from '../problem.js';
import { prepare, sign, type Prepared } from '../send.js';
import type { Session } from '../session.js';
import { texts } from '../texts.js';
import { called } from '../token.js';
import { Facts, type Fact } from './facts.js';

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
type Review = { built: Built; prepared: Prepared; facts: readonly Fact[] };

type Step =
    | { kind: 'idle'; error?: unknown }
    | { kind: 'preparing' }
    | { kind: 'ready'; review: Review; isSigning: boolean; isChanged?: boolean; error?: unknown };

/** After so long a prepared transaction is tried anew before it is signed: its blockhash ages. */
const FRESH_MS = 30_000;

type Shown = {
    session: Session;
    label: string;
    /** Builds what is to be signed, by the pool as it is; `undefined` where there is nothing to build. */
    build: ((known: Known) => Promise<Built>) | undefined;
    onSigned?: () => void;
    /** What would be built now: it moves on with the pool, so the review stands in its place. */
    children?: preact.ComponentChildren;
};

/** What was checked for one account is nothing to another: a change in the wallet begins anew. */
export function Action(shown: Shown) {
    return <ActionOf key={shown.session.connected?.address} {...shown} />;
}

function ActionOf({ session, label, build, onSigned, children }: Shown) {
    const [step, setStep] = useState<Step>({ kind: 'idle' });
    const { known, connected, landings, named, reread } = session;
    const isHere = useIsHere();
    useEffect(() => {
        // What was wrong in another epoch, or at other prices, is perhaps not wrong now.
        setStep((now) => (now.kind === 'idle' ? { kind: 'idle' } : now));
    }, [known.view.cluster.clock.epoch, known.view.account.finalizedEpoch]);
    if (!connected)
        return (
            <div>
                {children}
                <p class="hint">{texts.wallet.first}</p>
            </div>
        );

    const { address: pool } = known.view;
    const symbol = named.token?.symbol ?? '';
    const which: Fact = [texts.action.pool, called(symbol, pool), { title: pool }];
    const tried = async (now: Known, old?: Review): Promise<Review> => {
        const built = (await build?.(now)) ?? old!.built;
        const token = await tokenAccountOf(connected.address, now.view.account.mint);
        const { instructions, ownRent } = built;
        const options = { ownRent, seen: old?.prepared.budget };
        const prepared = await prepare(now, connected.address, token, instructions, options);
        return { built, prepared, facts: [which, ...(built.facts ?? []), ...outcome(prepared)] };
    };
    const reviewed = async (old?: Review): Promise<Review> => {
        try {
            return await tried(known, old);
        } catch (error) {
            // An epoch has begun since the pool was read.
            if (ruleOf(error) !== SLUICE_ERROR__POOL_STALE) throw error;
            return await tried(await reread(), old);
        }
    };
    const check = async () => {
        if (!build) return;
        setStep({ kind: 'preparing' });
        try {
            setStep({ kind: 'ready', review: await reviewed(), isSigning: false });
        } catch (error) {
            setStep({ kind: 'idle', error });
        }
    };
    const confirm = async (old: Review) => {
        setStep({ kind: 'ready', review: old, isSigning: true });
        try {
            const isFresh = Date.now() - old.prepared.lifetime.fetchedAtMs < FRESH_MS;
            const review = isFresh ? old : await reviewed(old);
            if (!isHere.current) return;
            if (visible(review) !== visible(old)) {
                setStep({ kind: 'ready', review, isSigning: false, isChanged: true });
                return;
            }
            requireRoom();
            const sent = await sign(connected, known.cluster, review.prepared);
            const { what } = review.built;
            landings.start({ sent, what, cluster: known.cluster, of: { pool, symbol } });
            setStep({ kind: 'idle' });
            onSigned?.();
        } catch (error) {
            setStep({ kind: 'ready', review: old, isSigning: false, error });
        }
    };

    if (step.kind !== 'ready') {
        const isBusy = step.kind === 'preparing';
        return (
            <div>
                {children}
                <button type="button" disabled={isBusy || !build} onClick={() => void check()}>
                    {isBusy ? texts.action.preparing : label}
                </button>
                {step.kind === 'idle' && <Problem error={step.error} />}
            </div>
        );
    }
    const back = () => setStep({ kind: 'idle' });
    return <ReviewCard step={step} confirm={(review) => void confirm(review)} back={back} />;
}

type Asked = {
    step: Extract<Step, { kind: 'ready' }>;
    confirm: (review: Review) => void;
    back: () => void;
};

function ReviewCard({ step: { review, isSigning, isChanged, error }, confirm, back }: Asked) {
    const { what, note } = review.built;
    return (
        <div class="review">
            <h3>{what}</h3>
            {isChanged && (
                <p class="notice" role="alert">
                    {texts.action.changed}
                </p>
            )}
            <p role="status">{texts.action.simulated}</p>
            {note && <p>{note}</p>}
            <Facts facts={review.facts} />
            <p class="row">
                <button type="button" disabled={isSigning} onClick={() => confirm(review)}>
                    {isSigning ? texts.action.signing : texts.action.sign}
                </button>
                <button type="button" class="quiet" disabled={isSigning} onClick={back}>
                    {texts.action.back}
                </button>
            </p>
            <Problem error={error} />
        </div>
    );
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
