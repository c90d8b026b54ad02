// A transaction: tried, signed by the wallet, and ready to be sent.

import {
    appendTransactionMessageInstructions,
    createTransactionMessage,
    getBase64EncodedWireTransaction,
    getBase64Encoder,
    getCompiledTransactionMessageDecoder,
    getSignatureFromTransaction,
    getSolanaErrorFromTransactionError,
    getTransactionDecoder,
    getTransactionEncoder,
    isTransactionWithinSizeLimit,
    partiallySignTransactionMessageWithSigners,
    pipe,
    setTransactionMessageComputeUnitLimit,
    setTransactionMessageComputeUnitPrice,
    setTransactionMessageFeePayer,
    setTransactionMessageLifetimeUsingBlockhash,
    type Address,
    type Base64EncodedWireTransaction,
    type Instruction,
} from '@solana/kit';
import { tokensIn, unitsBeyondTrial, type SentTransaction } from '@sluice/client';

import type { Known } from './pool.js';
import { SimulationFailed, Told } from './problem.js';
import { rentOfClosed, rentOfNew, writtenBy } from './rent.js';
import { texts } from './texts.js';
import { signed, type Connected } from './wallet.js';

/** A transaction that the node has tried, and that waits for its signature. */
export type Prepared = {
    /** The bytes, signed by all but the wallet. */
    wire: Uint8Array;
    base64: Base64EncodedWireTransaction;
    lifetime: Pick<SentTransaction, 'lastValidBlockHeight' | 'fromSlot' | 'fetchedAtMs'>;
    feeLamports: bigint;
    priorityLamports: bigint;
    budget: Budget;
    /** What the owner would have afterwards. */
    ownerLamports: bigint;
    ownerLst: bigint;
    /** What goes into new accounts, and what comes back from those that close. */
    rentLamports: bigint;
    rentBackLamports: bigint;
};

/** The limit of compute units, and what is offered for each in micro-lamports. */
export type Budget = { units: bigint; price: bigint };

const MOST_UNITS = 1_400_000;
const LAMPORTS_PER_SIGNATURE = 5_000n;
/** The most that is offered for priority: 0.0001 SOL. */
const MOST_PRIORITY_LAMPORTS = 100_000n;
const MICROS = 1_000_000n;

/**
 * Tries instructions on the node. Throws what they would fail with. The rent in the accounts of `ownRent` is the owner's,
 * should they close. A budget that the owner has seen is kept where it is enough.
 */
export async function prepare(
    { node, view }: Pick<Known, 'node' | 'view'>,
    owner: Address,
    tokenAccount: Address,
    instructions: readonly Instruction[],
    { ownRent = [], seen }: { ownRent?: readonly Address[] | undefined; seen?: Budget | undefined } = {},
): Promise<Prepared> {
    const written = writtenBy(instructions);
    const addresses = [...new Set([owner, tokenAccount, ...written])];
    const fetchedAtMs = Date.now();
    const { context, value: blockhash } = await node.getLatestBlockhash({ commitment: 'confirmed' }).send();
    const compose = async (units: number, price: bigint) => {
        const message = pipe(
            createTransactionMessage({ version: 0 }),
            (message) => setTransactionMessageFeePayer(owner, message),
            (message) => setTransactionMessageLifetimeUsingBlockhash(blockhash, message),
            (message) => appendTransactionMessageInstructions(instructions, message),
            (message) => setTransactionMessageComputeUnitLimit(units, message),
            (message) => setTransactionMessageComputeUnitPrice(price, message),
        );
        return await partiallySignTransactionMessageWithSigners(message);
    };
    const [trial, price, { value: before }] = await Promise.all([
        compose(MOST_UNITS, 0n),
        priorityPrice(node, written),
        node
            .getMultipleAccounts(addresses, {
                encoding: 'base64',
                commitment: 'confirmed',
                dataSlice: { offset: 0, length: 0 },
            })
            .send(),
    ]);
    // Only the pricing of a pool can be as large as that.
    if (!isTransactionWithinSizeLimit(trial)) throw new Told(texts.pricing.tooLarge, texts.errors.cranksNext);
    const { value } = await node
        .simulateTransaction(getBase64EncodedWireTransaction(trial), {
            encoding: 'base64',
            commitment: 'confirmed',
            sigVerify: false,
            accounts: { addresses, encoding: 'base64' },
        })
        .send();
    if (value.err)
        throw new SimulationFailed(value.logs ?? [], getSolanaErrorFromTransactionError(value.err));
    const needed = (value.unitsConsumed ?? 0n) + unitsBeyondTrial(instructions);
    const budget = seen && needed <= seen.units ? seen : budgetOf(needed, price);
    const ready = await compose(Number(budget.units), budget.price);
    const priorityLamports = (budget.price * budget.units + MICROS - 1n) / MICROS;
    const [ownerAfter, tokensAfter] = value.accounts;
    const changes = addresses.map((address, index) => ({
        address,
        before: before[index],
        after: value.accounts[index],
    }));
    return {
        wire: new Uint8Array(getTransactionEncoder().encode(ready)),
        base64: getBase64EncodedWireTransaction(ready),
        lifetime: {
            lastValidBlockHeight: blockhash.lastValidBlockHeight,
            fromSlot: context.slot,
            fetchedAtMs,
        },
        feeLamports: LAMPORTS_PER_SIGNATURE * BigInt(Object.keys(ready.signatures).length) + priorityLamports,
        priorityLamports,
        budget,
        ownerLamports: (ownerAfter?.lamports ?? 0n) - priorityLamports,
        ownerLst: tokensAfter ? tokensIn(getBase64Encoder().encode(tokensAfter.data[0])) : 0n,
        rentLamports: rentOfNew(changes, view.cluster.emptyRentLamports),
        rentBackLamports: rentOfClosed(changes, ownRent),
    };
}

/** A little above what it needs. The random part makes every message its own: two alike are both carried out. */
function budgetOf(needed: bigint, price: bigint): Budget {
    const random = crypto.getRandomValues(new Uint16Array(1))[0]! % 1_000;
    const units = (needed * 11n) / 10n + 1_000n + BigInt(random);
    const most = (MOST_PRIORITY_LAMPORTS * MICROS) / units;
    return { units, price: price < most ? price : most };
}

/**
 * What three of four recent blocks did not exceed for the accounts that are written, in micro-lamports; nothing where
 * the node does not say.
 */
async function priorityPrice(node: Known['node'], written: readonly Address[]): Promise<bigint> {
    // Not every node knows this question, and a transaction lands without a priority fee, too.
    const fees: readonly { prioritizationFee: bigint }[] | null = await node
        .getRecentPrioritizationFees(written)
        .send()
        .catch(() => null);
    const sorted = (fees ?? [])
        .map(({ prioritizationFee }) => prioritizationFee)
        .sort((one, other) => (one < other ? -1 : 1));
    return sorted[Math.floor((sorted.length * 3) / 4)] ?? 0n;
}

/** Lets the wallet sign, with the account that pays. What it answers must be of the same payer and blockhash. */
export async function sign(
    connected: Connected,
    { chain }: Known['cluster'],
    prepared: Prepared,
): Promise<SentTransaction> {
    const asked = getTransactionDecoder().decode(prepared.wire);
    const decode = getCompiledTransactionMessageDecoder().decode;
    const before = decode(asked.messageBytes);
    if (before.staticAccounts[0] !== connected.address) throw new Told(texts.wallet.otherAccount);
    const answered = getTransactionDecoder().decode(await signed(connected, chain, prepared.wire));
    const after = decode(answered.messageBytes);
    const isKept =
        before.lifetimeToken === after.lifetimeToken && before.staticAccounts[0] === after.staticAccounts[0];
    const isSigned = Object.values(answered.signatures).every((signature) => signature !== null);
    if (!isKept || !isSigned) throw new Told(texts.wallet.changed);
    return {
        signature: getSignatureFromTransaction(answered),
        wire: getBase64EncodedWireTransaction(answered),
        ...prepared.lifetime,
    };
}
