// Tickets of the queue: where they are, and what they have had, can have and may get.

import {
    getBase58Decoder,
    type Address,
    type Base58EncodedBytes,
    type GetMultipleAccountsApi,
    type GetProgramAccountsApi,
    type MaybeEncodedAccount,
    type Rpc,
} from '@solana/kit';

import { KINDS, fetchAll, readAccount, type ReadOptions } from './accounts.js';
import { SYSVARS } from './cluster.js';
import { batchSchedule, payableDates, type PayableDates } from './dates.js';
import {
    SLUICE_PROGRAM_ADDRESS,
    TICKET_DISCRIMINATOR,
    findBatchPda,
    findTicketPda,
    getTicketDecoder,
    type Ticket,
    type UnstakeBatch,
} from './generated/index.js';
import { requireAddress, requireView, requireWhole } from './inputs.js';
import { atLeastZero, floor, least, u64 } from './integers.js';
import { ticketOwed, value } from './ledger.js';
import { renewed, rolled, type PoolView } from './pool.js';
import { SluiceRefusal } from './refusal.js';

/** How far a ticket has come: it can be cancelled, waits, can be claimed in part, or as a whole. */
export type TicketState = 'open' | 'locked' | 'partly_paid' | 'paid';

/** What a node says of a ticket at one slot. */
export type TicketAccounts = {
    address: Address;
    account: Ticket;
    batchAddress: Address;
    batch: UnstakeBatch;
    /** What the account of the ticket's owner has. */
    ownerLamports: bigint;
};

/** A ticket of a pool, at one slot. */
export type TicketView = TicketAccounts & {
    /** The slot: pool, vault, batch, owner and ticket were read together. */
    slot: bigint;
    /** Who gets what is left of the rent of the ticket's account: the last claim first fills up an owner's
     * account that has less than its rent. */
    rentRecipient: Address;
    state: TicketState;
    /** Lamports already claimed. */
    claimedLamports: bigint;
    /** Lamports that a claim pays to the owner now, beside what {@link rentRecipient} gets; see
     * {@link ownerLacksLamports}. */
    claimableLamports: bigint;
    /**
     * What the owner's account lacks for a claim to succeed, since the cluster keeps no account with less
     * than its rent: only where a part is paid to an owner who has next to no SOL. Zero where the claim
     * succeeds. The last part can always be claimed.
     */
    ownerLacksLamports: bigint;
    /** What the part that is not settled is worth at the price of now; settlement decides. */
    estimatedLamports: bigint;
    /** When it can be paid; `undefined` where it is settled. */
    dates: PayableDates | undefined;
};

/** In how many epochs tickets are looked for without an index. */
export type TicketSearch = ReadOptions & {
    /** The last so many, the running one included: at most 1,000. Default: 16, a month on mainnet. */
    epochs?: number;
};

/** Tickets that were found without an index, and where they were looked for. */
export type FoundTickets = {
    tickets: TicketView[];
    /** Tickets whose numbers are of an epoch before this one were not looked for. */
    fromEpoch: bigint;
    /** Nor were those of an epoch after this one, which somebody may have chosen. */
    toEpoch: bigint;
};

const OWNER_OFFSET = 80n;
const POOL_OFFSET = 16n;
/** Numbers that an epoch has. */
const NUMBERS_PER_EPOCH = 256n;
/** So many epochs back tickets are looked for, unless said otherwise, and at most. */
const [USUALLY_SEARCHED, MOST_SEARCHED] = [16, 1_000];
/** Of so many numbers the node is asked in one go whether they are free. */
const ASKED_AT_ONCE = 32;
/** So many tickets fit one call of a node, each with batch and owner, beside pool, vault and clock. */
const READ_AT_ONCE = 32;
/** So often tickets are read that change batch or owner meanwhile. */
const MOST_TRIES = 4;
const HIGHEST_BUMP = 255;

/**
 * The tickets of an owner in a pool, oldest batch first, as they are now: of the view, which may be older,
 * only pool, rents and schedule are used. The node must have an index of accounts.
 */
export async function tickets(
    rpc: Rpc<GetMultipleAccountsApi & GetProgramAccountsApi>,
    view: PoolView,
    owner: Address,
    options: ReadOptions = {},
): Promise<TicketView[]> {
    requireView(view);
    requireAddress('owner', owner);
    const field = (offset: bigint, bytes: string) =>
        ({ memcmp: { offset, bytes: bytes as Base58EncodedBytes, encoding: 'base58' } }) as const;
    const kind = getBase58Decoder().decode(TICKET_DISCRIMINATOR);
    const size = BigInt(getTicketDecoder().fixedSize);
    const filters = [
        { dataSize: size },
        field(0n, kind),
        field(OWNER_OFFSET, owner),
        field(POOL_OFFSET, view.address),
    ];
    const dataSlice = { offset: 0, length: 0 };
    const listed = await rpc
        .getProgramAccounts(SLUICE_PROGRAM_ADDRESS, { encoding: 'base64', dataSlice, filters, ...options })
        .send();
    // An index can lag: what tickets say is read anew.
    const addresses = listed.map(({ pubkey }) => pubkey);
    const found = await ticketsAt(rpc, view, addresses, options);
    return found.filter((ticket) => ticket.account.owner === owner);
}

/**
 * The tickets that somebody requested, whoever owns them now: for nodes without an index. Their addresses
 * follow from numbers, and all 256 numbers of each epoch are tried: three calls of the node for an epoch.
 */
export async function requestedTickets(
    rpc: Rpc<GetMultipleAccountsApi>,
    view: PoolView,
    requester: Address,
    { epochs = USUALLY_SEARCHED, ...options }: TicketSearch = {},
): Promise<FoundTickets> {
    requireView(view);
    requireAddress('requester', requester);
    requireWhole('epochs', epochs, 1, MOST_SEARCHED);
    const toEpoch = view.cluster.clock.epoch;
    const fromEpoch = atLeastZero(toEpoch - BigInt(epochs) + 1n);
    const addresses: Address[] = [];
    for (let epoch = fromEpoch; epoch <= toEpoch; epoch += 1n) {
        const derived = numbersOf(epoch).map((number) =>
            findTicketPda({ pool: view.address, requester, number }),
        );
        addresses.push(...(await Promise.all(derived)).map(([address]) => address));
    }
    return { tickets: await ticketsAt(rpc, view, addresses, options), fromEpoch, toEpoch };
}

/** The tickets of this pool at those of the addresses that have one, oldest batch first, as they are now. */
export async function ticketsAt(
    rpc: Rpc<GetMultipleAccountsApi>,
    view: PoolView,
    addresses: readonly Address[],
    options: ReadOptions = {},
): Promise<TicketView[]> {
    requireView(view);
    for (const address of addresses) requireAddress('A ticket', address);
    const accounts = await fetchAll(rpc, [...new Set(addresses)], options);
    const known = accounts.flatMap((account) => ticketOf(view, account));
    const found: TicketView[] = [];
    for (let first = 0; first < known.length; first += READ_AT_ONCE) {
        found.push(...(await readTogether(rpc, view, known.slice(first, first + READ_AT_ONCE), options)));
    }
    return found.sort(byAge);
}

type Known = { address: Address; account: Ticket };

/** The ticket in an account, if it is one of Sluice's. Refuses one of another pool. */
function ticketOf(view: PoolView, account: MaybeEncodedAccount | undefined): Known[] {
    if (!account?.exists || account.programAddress !== SLUICE_PROGRAM_ADDRESS) return [];
    const read = { address: account.address, account: readAccount(KINDS.ticket, account) };
    requireOfPool(view, read.address, read.account.pool);
    return [read];
}

/**
 * Reads tickets in one call with all that they are measured by, so that everything is of one slot. Which
 * batches and owners that needs is known from an earlier read.
 */
async function readTogether(
    rpc: Rpc<GetMultipleAccountsApi>,
    view: PoolView,
    tickets: Known[],
    options: ReadOptions,
): Promise<TicketView[]> {
    let known = tickets;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const batches = await Promise.all(known.map(({ account }) => batchOf(view, account)));
        const about = known.flatMap(({ address, account }) => [address, account.owner]);
        const fixed = [view.address, view.account.claimsVault, SYSVARS.clock];
        const read = await fetchAll(rpc, [...new Set([...fixed, ...about, ...batches])], options);
        const at = new Map(read.map((account) => [account.address, account]));
        const now = renewed(view, read, options);
        known = known.flatMap(({ address }) => ticketOf(view, at.get(address)));
        const together = await Promise.all(known.map((ticket) => accountsOf(now, ticket, at)));
        if (together.every((ticket) => ticket !== undefined)) {
            return together.map((ticket) => answered(now, ticket));
        }
    }
    const what = 'The node answered tickets without their batches, again and again: ask another one';
    throw new SluiceRefusal('node', what);
}

/** A ticket as a node answered it. Refuses one that has claimed more than its batch was paid for it. */
function answered(view: PoolView, ticket: TicketAccounts): TicketView {
    const { address, account, batch } = ticket;
    if (account.claimedLamports <= ticketOwed(batch.paidLamports, account.lst, batch.lst)) {
        return ticketView(view, ticket);
    }
    const what = `The node answered a batch that is older than the last claim of the ticket ${address}`;
    throw new SluiceRefusal('node', `${what}: ask another one`, { address });
}

/** A ticket with its accounts; `undefined` where these were not read with it. */
async function accountsOf(
    view: PoolView,
    ticket: Known,
    at: ReadonlyMap<Address, MaybeEncodedAccount>,
): Promise<TicketAccounts | undefined> {
    const batchAddress = await batchOf(view, ticket.account);
    const [batch, owner] = [at.get(batchAddress), at.get(ticket.account.owner)];
    if (!batch?.exists || !owner) return undefined;
    const ownerLamports = owner.exists ? owner.lamports : 0n;
    return { ...ticket, batchAddress, batch: readAccount(KINDS.batch, batch), ownerLamports };
}

function byAge(one: TicketView, other: TicketView): number {
    return compare(one.batch.id, other.batch.id) || compare(one.account.number, other.account.number);
}

function compare(one: bigint, other: bigint): number {
    return one < other ? -1 : one > other ? 1 : 0;
}

/** Refuses a ticket of another pool. */
export function requireOfPool(view: PoolView, address: Address, pool: Address): void {
    if (pool === view.address) return;
    throw new SluiceRefusal('another-pool', `The ticket ${address} is of the pool ${pool}`, { address });
}

/** A ticket of the first layout version names its batch where later ones name who paid. */
function isOfFirstVersion(ticket: Ticket): boolean {
    return ticket.version === 0;
}

async function batchOf(view: PoolView, ticket: Ticket): Promise<Address> {
    if (isOfFirstVersion(ticket)) return ticket.payer;
    const [address] = await findBatchPda({ pool: view.address, batchId: ticket.batch });
    return address;
}

/** What a ticket has had, can have and may get, at the slot of a view. */
export function ticketView(view: PoolView, accounts: TicketAccounts): TicketView {
    const { address, account, batchAddress, batch, ownerLamports } = accounts;
    const settled = isSettled(batch);
    const schedule = batchSchedule(batch);
    const { account: pool, cluster } = view;
    const claimableLamports = claimable(view, account, batch);
    const unsettled = floor(batch.unsettledLst, value(pool, cluster.clock.slot), pool.lstSupply);
    const isPart = claimableLamports > 0n && !closes(view, account, batch);
    const lacking = atLeastZero(cluster.emptyRentLamports - ownerLamports - claimableLamports);
    return {
        address,
        account,
        batchAddress,
        batch,
        ownerLamports,
        slot: cluster.clock.slot,
        rentRecipient: isOfFirstVersion(account) ? account.owner : account.payer,
        state: ticketState(view, batch),
        claimedLamports: account.claimedLamports,
        claimableLamports,
        ownerLacksLamports: isPart ? lacking : 0n,
        estimatedLamports: ticketOwed(unsettled, account.lst, batch.lst),
        dates: schedule && !settled ? payableDates(view, schedule) : undefined,
    };
}

function isSettled(batch: UnstakeBatch): boolean {
    return batch.unsettledLst === 0n && batch.lockSlot !== 0n;
}

/** How far the tickets of a batch have come. */
export function ticketState({ account, cluster }: PoolView, batch: UnstakeBatch): TicketState {
    if (batch.id >= rolled(account, cluster.clock.slot).openBatch) return 'open';
    if (isSettled(batch)) return 'paid';
    return batch.paidLamports > 0n ? 'partly_paid' : 'locked';
}

/** What a claim pays: what the batch was paid for the ticket, as far as the vault keeps its rent. */
function claimable(view: PoolView, ticket: Ticket, batch: UnstakeBatch): bigint {
    return least(unclaimed(ticket, batch), payable(view));
}

function unclaimed(ticket: Ticket, batch: UnstakeBatch): bigint {
    return u64(ticketOwed(batch.paidLamports, ticket.lst, batch.lst) - ticket.claimedLamports);
}

function payable({ claimsVaultLamports, cluster }: PoolView): bigint {
    return atLeastZero(claimsVaultLamports - cluster.emptyRentLamports);
}

/** Whether a claim is the last of its ticket, which pays the rest and the rent. */
function closes(view: PoolView, ticket: Ticket, batch: UnstakeBatch): boolean {
    const isLast = batch.tickets === 1n;
    const leaving = isLast ? batch.paidLamports - batch.claimedLamports : unclaimed(ticket, batch);
    return isSettled(batch) && leaving <= payable(view);
}

function numbersOf(epoch: bigint): bigint[] {
    return Array.from(
        { length: Number(NUMBERS_PER_EPOCH) },
        (_, index) => epoch * NUMBERS_PER_EPOCH + BigInt(index),
    );
}

/**
 * The lowest number of this epoch that has no ticket, of those whose address the program finds at its first
 * try.
 */
export async function freeTicketNumber(
    rpc: Rpc<GetMultipleAccountsApi>,
    view: PoolView,
    requester: Address,
    options: ReadOptions,
): Promise<bigint> {
    const pool = view.address;
    const all = numbersOf(view.cluster.clock.epoch);
    for (let first = 0; first < all.length; first += ASKED_AT_ONCE) {
        const part = all.slice(first, first + ASKED_AT_ONCE);
        const derived = await Promise.all(part.map((number) => findTicketPda({ pool, requester, number })));
        const cheap = part.flatMap((number, index) => {
            const [address, bump] = derived[index]!;
            return bump === HIGHEST_BUMP ? [{ number, address }] : [];
        });
        const found = await fetchAll(
            rpc,
            cheap.map(({ address }) => address),
            options,
        );
        // Lamports that a stranger sent there take nothing.
        const free = found.findIndex(
            (account) => !account.exists || account.programAddress !== SLUICE_PROGRAM_ADDRESS,
        );
        if (free >= 0) return cheap[free]!.number;
    }
    const what =
        `${requester} has requested so often in this epoch that no number is free: wait for the next one, ` +
        'or pass a number of another epoch';
    throw new SluiceRefusal('impossible', what, { address: requester });
}
