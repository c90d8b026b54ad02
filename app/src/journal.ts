// Transactions whose fate is not known yet: kept in this browser, so that neither a reload nor a crash forgets one. All tabs see
// `localStorage`; what also outlives a browser that dies is on the disk.

import { isSignature, type Base64EncodedWireTransaction } from '@solana/kit';
import type { SentTransaction } from '@sluice/client';

import { allOnDisk, putOnDisk, removeFromDisk } from './disk.js';
import type { Chain, ClusterName } from './node.js';
import { Told } from './problem.js';
import { fromJson } from './settings.js';
import { texts } from './texts.js';

/** A transaction that was signed, what it is, and of which pool. */
export type Entry = { sent: SentTransaction; what: string; cluster: ClusterName; of?: Of | undefined };
/** A pool, and the symbol of its token. */
export type Of = { pool: string; symbol: string };

const KEY = 'sluice.sent';
const TRIAL = 'sluice.trial';
/** An entry has fewer: a transaction of 1,232 bytes in Base64, and what is said of it. */
const MOST_CHARACTERS = 4_000;
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
    of?: Of;
};

/** What is not decided. */
export function entries(): Entry[] {
    return stored().map(({ signature, wire, height, slot, at, what, chain, genesis, of }) => ({
        sent: {
            signature: signature as SentTransaction['signature'],
            wire: wire as Base64EncodedWireTransaction,
            lastValidBlockHeight: BigInt(height),
            fromSlot: BigInt(slot),
            fetchedAtMs: at,
        },
        what,
        cluster: { chain: chain as Chain, genesis },
        of,
    }));
}

/** Keeps one, before its first byte is sent. Throws where the browser keeps nothing: then it must not be sent. */
export async function keep({ sent, what, cluster, of }: Entry): Promise<void> {
    const { signature, wire, lastValidBlockHeight, fromSlot, fetchedAtMs } = sent;
    const [height, slot] = [String(lastValidBlockHeight), String(fromSlot)];
    const entry = { signature, wire, height, slot, at: fetchedAtMs, what, ...cluster, ...(of && { of }) };
    await orTold(async () => {
        // The disk first: other tabs send what they see.
        await putOnDisk(signature, entry);
        try {
            write([...without(signature), entry]);
        } catch (error) {
            await removeFromDisk(signature);
            throw error;
        }
    });
}

/** Throws where the browser would not keep one more: then nobody should be asked to sign it. */
export async function requireRoom(): Promise<void> {
    const trial = 'x'.repeat(MOST_CHARACTERS);
    await orTold(async () => {
        localStorage.setItem(TRIAL, trial);
        localStorage.removeItem(TRIAL);
        await putOnDisk(TRIAL, trial);
        await removeFromDisk(TRIAL);
    });
}

/** Takes over what is on the disk alone: the browser has died before it wrote the rest. */
export async function takeOver(): Promise<void> {
    try {
        const found = (await allOnDisk()) as Partial<Stored>[];
        const known = stored();
        const isMissing = (one: Stored) => known.every(({ signature }) => signature !== one.signature);
        const missing = found.filter(isStored).filter(isMissing);
        if (missing.length > 0) write([...known, ...missing]);
    } catch {
        // Nothing was signed where the browser keeps nothing, and nothing will be.
    }
}

/** Hears when another tab of this browser has kept one, or struck one out. */
export function onKept(heard: () => void): () => void {
    const hear = ({ key }: StorageEvent) => key === KEY && heard();
    addEventListener('storage', hear);
    return () => removeEventListener('storage', hear);
}

async function orTold(store: () => Promise<void>): Promise<void> {
    try {
        await store();
    } catch {
        throw new Told(texts.landing.notKept, texts.landing.notKeptNext);
    }
}

/** Strikes out one whose fate is known. */
export function strike(signature: string): void {
    write(without(signature));
    // Where it stays on the disk, it is followed once more, to the same end.
    removeFromDisk(signature).catch(() => undefined);
}

function without(signature: string): Stored[] {
    return stored().filter((entry) => entry.signature !== signature);
}

function stored(): Stored[] {
    const found = fromJson(localStorage.getItem(KEY));
    return Array.isArray(found) ? found.filter(isStored) : [];
}

function isStored(entry: Partial<Record<keyof Stored, unknown>> | null): entry is Stored {
    if (typeof entry !== 'object' || entry === null || typeof entry.at !== 'number') return false;
    const { signature, wire, height, slot, what, chain, genesis } = entry;
    const numbers = [height, slot].every((text) => typeof text === 'string' && /^\d{1,20}$/.test(text));
    const words = [signature, wire, what, chain, genesis].every((text) => typeof text === 'string');
    return numbers && words && isOf(entry.of) && isSignature(String(signature));
}

/** Entries of earlier versions of the page do not say it. */
function isOf(of: unknown): boolean {
    if (of === undefined) return true;
    const { pool, symbol } = (of ?? {}) as Partial<Of>;
    return typeof pool === 'string' && typeof symbol === 'string';
}

function write(all: Stored[]): void {
    localStorage.setItem(KEY, JSON.stringify(all));
}
