// What becomes of a transaction that was signed. It is sent until the cluster has it or cannot have it any
// more, and never called failed while it may still arrive: the rules of the book's page on landing, for one
// node. One node is never believed soon that something never arrived.

import type {
    Base64EncodedWireTransaction,
    GetEpochInfoApi,
    GetFirstAvailableBlockApi,
    GetSignatureStatusesApi,
    Rpc,
    SendTransactionApi,
    Signature,
    TransactionError,
} from '@solana/kit';

/** A transaction that was signed, and what must be kept of it to learn its fate later. */
export type SentTransaction = {
    signature: Signature;
    /** The bytes, signed. */
    wire: Base64EncodedWireTransaction;
    /** The last block height in which it can be executed. */
    lastValidBlockHeight: bigint;
    /** The slot that the node had seen when its blockhash was fetched. */
    fromSlot: bigint;
    /** When that was, by this machine's clock, in milliseconds since 1970. */
    fetchedAtMs: number;
};

/** What became of a transaction, for good. */
export type Fate =
    /** It is in a final block, and did what it says. */
    | { kind: 'landed'; slot: bigint }
    /** It is in a final block, and did nothing but pay its fee. */
    | { kind: 'failed'; slot: bigint; error: TransactionError }
    /** It is in no block, and none can take it any more. */
    | { kind: 'expired' }
    /** Its time is over, and the node keeps no blocks of that time: another node has to say. */
    | { kind: 'unknown' };

/** How far a transaction has come. */
export type LandingStage =
    /** It is sent again and again. */
    | { kind: 'sending' }
    /** It is in a block, which is not final yet. */
    | { kind: 'confirmed'; slot: bigint; error: TransactionError | null }
    /** Its time seems to be over. The node is asked on for a while. */
    | { kind: 'overdue' };

export type LandOptions = {
    /** Hears of each new stage. */
    onStage?: (stage: LandingStage) => void;
    /** Ends the asking; what was sent may arrive all the same. */
    signal?: AbortSignal;
    /** Tests turn their own clock. */
    clock?: LandingClock;
};

/** A clock: the time in milliseconds since 1970, and a pause. */
export type LandingClock = { now: () => number; pause: (milliseconds: number) => Promise<void> };

export type LandingRpc = Rpc<
    SendTransactionApi & GetSignatureStatusesApi & GetEpochInfoApi & GetFirstAvailableBlockApi
>;

/** So often the same bytes are sent. */
const SEND_EVERY_MS = 2_000;
/** So long after the sending its status is asked for first; then less and less often. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [400, 2_000];
/** 150 of the fastest slots that the network is going to have: no transaction expires sooner. */
const LEAST_LIFE_MS = 30_000;
/** So long one question waits for its answer. */
const ANSWER_MS = 3_000;
/** So long after the signing one node is believed that it never arrived. */
const BELIEVED_AFTER_MS = 300_000;

const CLOCK: LandingClock = {
    now: () => Date.now(),
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/**
 * Sends a signed transaction until its fate is known, and says what that is. Keep the transaction before you
 * call this: whoever ends before, and calls this again with the same, sends the same bytes, which the cluster
 * executes once. What a node says to the sending decides nothing. Throws only where `signal` ends it.
 */
export async function land(
    rpc: LandingRpc,
    kept: SentTransaction,
    { onStage, signal, clock = CLOCK }: LandOptions = {},
): Promise<Fate> {
    // A clock that was set back since would never come to an end.
    const sent = { ...kept, fetchedAtMs: Math.min(kept.fetchedAtMs, clock.now()) };
    let stage = { kind: 'sending' } as LandingStage;
    const reach = (next: LandingStage) => {
        if (stage.kind !== next.kind || next.kind === 'confirmed') onStage?.(next);
        stage = next;
    };
    onStage?.(stage);
    let nextSendMs = 0;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
        signal?.throwIfAborted();
        if (stage.kind === 'sending' && clock.now() >= nextSendMs) {
            nextSendMs = clock.now() + SEND_EVERY_MS;
            void sendOnce(rpc, sent);
        }
        await clock.pause(pauseMs);
        const found = await answer(() => statusOf(rpc, sent.signature));
        if (found?.status) {
            const { slot, err, confirmationStatus } = found.status;
            if (confirmationStatus === 'finalized')
                return err ? { kind: 'failed', slot, error: err } : { kind: 'landed', slot };
            if (confirmationStatus === 'confirmed') reach({ kind: 'confirmed', slot, error: err });
            continue;
        }
        // Its block was dropped: it goes on as if it had never been in one.
        if (found && stage.kind === 'confirmed') reach({ kind: 'sending' });
        const isOver = await answer(() => seemsOver(rpc, sent, clock));
        if (!isOver) continue;
        if (clock.now() - sent.fetchedAtMs >= BELIEVED_AFTER_MS) {
            const first = await answer(() => rpc.getFirstAvailableBlock().send(soon()));
            if (first !== undefined) return { kind: first <= sent.fromSlot ? 'expired' : 'unknown' };
        }
        reach({ kind: 'overdue' });
    }
}

/** Its blockhash has expired at a final height, and an answer as new as that does not know it. */
async function seemsOver(rpc: LandingRpc, sent: SentTransaction, clock: LandingClock): Promise<boolean> {
    if (clock.now() - sent.fetchedAtMs < LEAST_LIFE_MS) return false;
    const { blockHeight, absoluteSlot } = await rpc.getEpochInfo({ commitment: 'finalized' }).send(soon());
    if (blockHeight <= sent.lastValidBlockHeight) return false;
    const { status, slot } = await statusOf(rpc, sent.signature);
    return status === null && slot >= absoluteSlot;
}

async function statusOf(rpc: LandingRpc, signature: Signature) {
    const config = { searchTransactionHistory: true } as const;
    const { context, value } = await rpc.getSignatureStatuses([signature], config).send(soon());
    return { slot: context.slot, status: value[0] ?? null };
}

/** Sends the bytes. A node may have passed on what it refuses, so its answer is not heard. */
async function sendOnce(rpc: LandingRpc, { wire }: SentTransaction): Promise<void> {
    const config = { encoding: 'base64', skipPreflight: true, maxRetries: 0n } as const;
    await answer(() => rpc.sendTransaction(wire, config).send(soon()));
}

/** No question waits longer for a silent node. */
function soon(): { abortSignal: AbortSignal } {
    return { abortSignal: AbortSignal.timeout(ANSWER_MS) };
}

/** What a node answers; `undefined` where it does not. */
async function answer<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
        return await ask();
    } catch {
        return undefined;
    }
}
