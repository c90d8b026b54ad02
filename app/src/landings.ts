// Transactions on their way, and what became of them.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { land, type Fate, type LandingStage } from '@sluice/client';

import { failureOf } from './failure.js';
import { entries, keep, onKept, strike, takeOver, type Entry } from './journal.js';
import type { Reading } from './pool.js';

/** A transaction whose fate nobody can be asked for: the page could not read the cluster yet. */
type Unasked = { kind: 'unasked' };
/** `why` says what a failed one failed with, once that is known. */
export type Landing = { entry: Entry; state: LandingStage | Fate | Unasked; why?: unknown };
export type Landings = {
    all: Landing[];
    /** Keeps a signed transaction, then sends it until its fate is known. Throws where it cannot be kept: it is not sent. */
    start: (entry: Entry) => Promise<void>;
    /** Shows one no more, and forgets it. */
    dismiss: (entry: Entry) => void;
};

/**
 * Follows transactions: those of this page, and those that an earlier one left on this cluster. Where the cluster cannot be
 * read, all that this browser keeps are shown, so that nobody repeats what is on its way.
 */
export function useLandings({ known, error }: Reading, onLanded: (slot: bigint) => void): Landings {
    const [all, setAll] = useState<Landing[]>([]);
    // What a browser that died has left is taken over once.
    const [isTaken, setTaken] = useState(false);
    useEffect(() => void takeOver().then(() => setTaken(true)), []);
    const followed = useRef(new Map<string, AbortController>());
    const [node, genesis] = [known?.node, known?.cluster.genesis];
    const follow = useCallback(
        (entry: Entry) => {
            const { signature } = entry.sent;
            if (!node || followed.current.has(signature)) return;
            const ending = new AbortController();
            followed.current.set(signature, ending);
            const tell = (state: Landing['state'], why?: unknown) => {
                setAll((others) => [
                    ...others.filter((one) => one.entry.sent.signature !== signature),
                    { entry, state, why },
                ]);
                if (state.kind === 'confirmed' || state.kind === 'landed') onLanded(state.slot);
            };
            land(node, entry.sent, { onStage: tell, signal: ending.signal }).then(
                async (fate) => {
                    if (fate.kind !== 'unknown') strike(signature);
                    if (fate.kind !== 'failed') return tell(fate);
                    tell(fate, await failureOf(node, signature, fate.error));
                },
                () => undefined,
            );
        },
        [node, onLanded],
    );
    useEffect(() => {
        const followAll = () => {
            for (const entry of entries()) if (entry.cluster.genesis === genesis) follow(entry);
        };
        followAll();
        // Another tab may be closed before it is done.
        const ignore = onKept(followAll);
        return () => {
            ignore();
            for (const ending of followed.current.values()) ending.abort();
            followed.current.clear();
        };
    }, [node, genesis, isTaken]);
    const start = useCallback(
        async (entry: Entry) => {
            await keep(entry);
            follow(entry);
        },
        [follow],
    );
    const dismiss = useCallback((entry: Entry) => {
        strike(entry.sent.signature);
        setAll((others) => others.filter((one) => one.entry !== entry));
    }, []);
    const isUnasked = !known && error !== undefined;
    return { all: isUnasked ? unasked() : all, start, dismiss };
}

function unasked(): Landing[] {
    return entries().map((entry) => ({ entry, state: { kind: 'unasked' } }));
}
