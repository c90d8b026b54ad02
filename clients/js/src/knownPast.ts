// How far back a node's history of a token account tells what was held.

import { fetchEncodedAccount, type Address, type GetAccountInfoApi, type Rpc } from '@solana/kit';

import { epochOfSlot } from './cluster.js';
import type { EpochRate } from './generated/index.js';
import { least, most } from './integers.js';
import type { PoolView } from './pool.js';
import { SluiceRefusal } from './refusal.js';
import { tokensIn } from './tokens.js';
import { listed, type Listed, type Past, type PastRpc } from './transactions.js';

/** So often everything is listed while tokens come and go. */
const MOST_TRIES = 4;
/** So many epochs a pool's record has; a pool with fewer has all since it began. */
const RECORDED_EPOCHS = 180;

/** The last final transactions of an owner and of a token account, and what this has after those. */
export async function listedWithTokens(
    rpc: PastRpc & Rpc<GetAccountInfoApi>,
    owner: Address,
    token: Address,
    count: number,
): Promise<{ heldLst: bigint; lists: (readonly Listed[])[] }> {
    let heldLst = await finalTokens(rpc, token);
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const lists = await Promise.all([owner, token].map((address) => listed(rpc, address, count)));
        const now = await finalTokens(rpc, token);
        if (now === heldLst) return { heldLst, lists };
        heldLst = now;
    }
    const what = `The tokens of ${owner} came and went while they were read, again and again: try again`;
    throw new SluiceRefusal('node', what, { address: token });
}

async function finalTokens(rpc: Rpc<GetAccountInfoApi>, token: Address): Promise<bigint> {
    const account = await fetchEncodedAccount(rpc, token, { commitment: 'finalized' });
    return account.exists ? tokensIn(account.data) : 0n;
}

/** What a token account held, back to where it is not known. */
export type HeldBack = {
    /** The first transaction that is known; `undefined` where none is. */
    firstSlot: bigint | undefined;
    /** What it had before. */
    firstLst: bigint;
    /** Whether no transaction between is missing. */
    isWhole: boolean;
};

/** Follows balances back: what a transaction left must be what the next one found. */
export function heldBack(past: readonly (Past | undefined)[], token: Address, heldLst: bigint): HeldBack {
    let held: HeldBack = { firstSlot: undefined, firstLst: heldLst, isWhole: true };
    // What a missing one did shows in the balances around it, unless it is the first.
    for (const one of past.toReversed()) {
        const { before, after } = one?.tokens.get(token) ?? { before: 0n, after: 0n };
        if (!one) held = { ...held, isWhole: false };
        else if (after !== held.firstLst) return { ...held, isWhole: false };
        else held = { firstSlot: one.slot, firstLst: before, isWhole: true };
    }
    return held;
}

/** What a node tells of how far it goes back: its first block, and the first slots of lists that are cut
 * off and tell what was held. */
type Reach = { firstBlock: bigint | undefined; cut: readonly bigint[] };

/** The epoch in which begins what is known; `undefined` where that is the pool's first. */
export function knownFrom(
    { cluster }: PoolView,
    rates: readonly EpochRate[],
    { firstSlot = cluster.clock.slot, firstLst, isWhole }: HeldBack,
    { firstBlock = firstSlot, cut }: Reach,
): bigint | undefined {
    const isFromNothing = firstLst === 0n && isWhole;
    const begins = cut.reduce(most, isFromNothing ? least(firstSlot, firstBlock) : firstSlot);
    const epoch = epochOfSlot(cluster.schedule, begins);
    const poolBegins = rates.length < RECORDED_EPOCHS ? (rates[0]?.epoch ?? epoch) : 0n;
    return epoch > poolBegins ? epoch : undefined;
}
