// Transactions whose fate is not known yet: kept in this browser, so that a reload forgets none.

import { isSignature, type Base64EncodedWireTransaction } from '@solana/kit';
import type { SentTransaction } from '@sluice/client';

import type { Chain, ClusterName } from './node.js';
import { fromJson } from './settings.js';

/** A transaction that was signed, and what it is. */
export type Entry = { sent: SentTransaction; what: string; cluster: ClusterName };

const KEY = 'sluice.sent';
/** Amounts are text in storage. */
type Stored = {
    signature: string;
    wire: string;
    height: string;
    slot: string;
    at: number;
    what: string;
    chain: string;
    genesis: string;
};

/** What is not decided. */
export function entries(): Entry[] {
    return stored().map(({ signature, wire, height, slot, at, what, chain, genesis }) => ({
        sent: {
            signature: signature as SentTransaction['signature'],
            wire: wire as Base64EncodedWireTransaction,
            lastValidBlockHeight: BigInt(height),
            fromSlot: BigInt(slot),
            fetchedAtMs: at,
        },
        what,
        cluster: { chain: chain as Chain, genesis },
    }));
}

/** Keeps one, before its first byte is sent. Throws where the browser keeps nothing: then it must not be sent. */
export function keep({ sent, what, cluster }: Entry): void {
    const { signature, wire, lastValidBlockHeight, fromSlot, fetchedAtMs } = sent;
    const [height, slot] = [String(lastValidBlockHeight), String(fromSlot)];
    write([...without(signature), { signature, wire, height, slot, at: fetchedAtMs, what, ...cluster }]);
}

/** Strikes out one whose fate is known. */
export function strike(signature: string): void {
    write(without(signature));
}

function without(signature: string): Stored[] {
    return stored().filter((entry) => entry.signature !== signature);
}

function stored(): Stored[] {
    const found = fromJson(localStorage.getItem(KEY));
    return Array.isArray(found) ? found.filter(isStored) : [];
}

function isStored(entry: Record<keyof Stored, unknown> | null): entry is Stored {
    if (typeof entry !== 'object' || entry === null || typeof entry.at !== 'number') return false;
    const { signature, wire, height, slot, what, chain, genesis } = entry;
    const numbers = [height, slot].every((text) => typeof text === 'string' && /^\d{1,20}$/.test(text));
    const words = [signature, wire, what, chain, genesis].every((text) => typeof text === 'string');
    return numbers && words && isSignature(String(signature));
}

function write(all: Stored[]): void {
    localStorage.setItem(KEY, JSON.stringify(all));
}
