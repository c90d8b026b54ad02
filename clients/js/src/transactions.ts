// Transactions that a node has, and the program's events in them.

import type {
    Address,
    GetSignaturesForAddressApi,
    GetTransactionApi,
    Rpc,
    Signature,
    TransactionError,
} from '@solana/kit';

import { eventsOf } from './events.js';
import type { SluiceEvent } from './generated/events.js';
import { isTruncated } from './logs.js';

/** What reading a past needs to ask. */
export type PastRpc = Rpc<GetSignaturesForAddressApi & GetTransactionApi>;

/** What a transaction did. */
export type Past = {
    signature: Signature;
    slot: bigint;
    /** In seconds since 1970; `undefined` where the node does not say. */
    time: bigint | undefined;
    events: SluiceEvent[];
    /** What the token accounts that it names had before and after, in smallest units. */
    tokens: ReadonlyMap<Address, { before: bigint; after: bigint }>;
};

/** A transaction in a node's list. */
export type Listed = { signature: Signature; slot: bigint; err: TransactionError | null };

const AT_ONCE = 8;

/** The last final transactions that name an address, oldest first. */
export async function listed(rpc: PastRpc, address: Address, most: number): Promise<readonly Listed[]> {
    const config = { limit: most, commitment: 'finalized' } as const;
    // A node lists the newest first: turned round, those of one slot keep their order.
    return (await rpc.getSignaturesForAddress(address, config).send()).toReversed();
}

/** What these transactions did, in order: of each `undefined` where the node does not have it whole. */
export async function readPast(
    rpc: PastRpc,
    signatures: readonly Signature[],
): Promise<(Past | undefined)[]> {
    const found: (Past | undefined)[] = [];
    for (let first = 0; first < signatures.length; first += AT_ONCE) {
        const part = signatures.slice(first, first + AT_ONCE);
        found.push(...(await Promise.all(part.map((signature) => readOne(rpc, signature)))));
    }
    return found;
}

async function readOne(rpc: PastRpc, signature: Signature): Promise<Past | undefined> {
    const config = { encoding: 'json', commitment: 'finalized', maxSupportedTransactionVersion: 0 } as const;
    const read = await rpc.getTransaction(signature, config).send();
    if (!read?.meta) return undefined;
    const { logMessages: logs, preTokenBalances, postTokenBalances, loadedAddresses } = read.meta;
    if (!logs || isTruncated(logs) || !preTokenBalances || !postTokenBalances) return undefined;
    const { writable = [], readonly = [] } = loadedAddresses ?? {};
    const named = [...read.transaction.message.accountKeys, ...writable, ...readonly];
    const tokens = new Map<Address, { before: bigint; after: bigint }>();
    for (const [balances, when] of [
        [preTokenBalances, 'before'],
        [postTokenBalances, 'after'],
    ] as const) {
        for (const { accountIndex, uiTokenAmount } of balances) {
            const address = named[accountIndex]!;
            const known = tokens.get(address) ?? { before: 0n, after: 0n };
            tokens.set(address, { ...known, [when]: BigInt(uiTokenAmount.amount) });
        }
    }
    const time = read.blockTime === null ? undefined : BigInt(read.blockTime);
    return { signature, slot: read.slot, time, events: eventsOf(logs), tokens };
}
