// The pool on the screen: read when the page opens, and again and again.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { loadPoolWithRates, secondsPerSlot, type EpochRate, type PoolView } from '@sluice/client';

import { clusterOf, nodeAt, type ClusterName, type Node } from './node.js';
import type { Settings } from './settings.js';

/** What the page knows of a pool. */
export type Known = {
    node: Node;
    cluster: ClusterName;
    view: PoolView;
    rates: EpochRate[];
    /** How long a slot takes; `undefined` where the node does not say. */
    slotSeconds: number | undefined;
};

export type Reading = {
    known: Known | undefined;
    /** Why the last reading brought nothing. */
    error: unknown;
    /** Reads again, a state that the node has at this slot or later. */
    refresh: (minContextSlot?: bigint) => void;
    /** The same, and answers what it brought. */
    reread: () => Promise<Known>;
};

const EVERY_MS = 15_000;

export function usePool({ node: url, pool }: Settings): Reading {
    const [known, setKnown] = useState<Known>();
    const [error, setError] = useState<unknown>();
    // Set before anything is on the screen.
    const reading = useRef<(minContextSlot?: bigint) => Promise<Known>>(undefined!);
    useEffect(() => {
        let isCurrent = true;
        const node = nodeAt(url);
        // The cluster and its pace are asked for until they are known, beside the first reading.
        const ask = () => Promise.all([clusterOf(node), secondsPerSlot(node).catch(() => undefined)]);
        let aside: ReturnType<typeof ask> | undefined;
        const read = async (minContextSlot?: bigint): Promise<Known> => {
            try {
                aside ??= ask();
                aside.catch(() => (aside = undefined));
                const options = minContextSlot === undefined ? {} : { minContextSlot };
                const [{ view, rates }, [cluster, slotSeconds]] = await Promise.all([
                    loadPoolWithRates(node, pool, options),
                    aside,
                ]);
                const found = { node, cluster, view, rates, slotSeconds };
                if (!isCurrent) return found;
                setKnown(found);
                setError(undefined);
                return found;
            } catch (thrown) {
                if (isCurrent) setError(thrown);
                throw thrown;
            }
        };
        reading.current = read;
        // What is wrong is shown.
        const renew = () => void read().catch(() => undefined);
        renew();
        const timer = setInterval(renew, EVERY_MS);
        return () => {
            isCurrent = false;
            clearInterval(timer);
        };
    }, [url, pool]);
    const refresh = useCallback((slot?: bigint) => void reading.current(slot).catch(() => undefined), []);
    const reread = useCallback(() => reading.current(), []);
    return { known, error, refresh, reread };
}
