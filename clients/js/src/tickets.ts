// Tickets of the queue: where they are, and what they have had, can have and may get.

import {
    getBase58Decoder,
    type Address,
    type Base58EncodedBytes,
    type GetMultipleAccountsApi,
    type GetProgramAccountsApi,
    type Rpc,
} from '@solana/kit';

import { KINDS, fetchAll, readAccount } from './accounts.js';
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
import { requireAddress, requireWhole } from './inputs.js';
import { atLeastZero, floor, least, u64 } from './integers.js';
import { ticketOwed, value } from './ledger.js';
import { rolled, type PoolView } from './pool.js';
import { SluiceRefusal } from './refusal.js';

/** How far a ticket has come: it can be cancelled, waits, can be claimed in part, or as a whole. */
export type TicketState = 'open' | 'locked' | 'partly_paid' | 'paid';

/** A ticket of a pool. */
export type TicketView = {
    address: Address;
    account: Ticket;
    batchAddress: Address;
    batch: UnstakeBatch;
    /** Who gets the rent of the ticket's account. */
    rentRecipient: Address;
    state: TicketState;
    /** Lamports already claimed. */
    claimedLamports: bigint;
    /** Lamports that a claim pays now. */
    claimableLamports: bigint;
    /** What the part that is not settled is worth at the price of now; settlement decides. */
    estimatedLamports: bigint;
    /** When it can be paid; `undefined` where it is settled. */
    dates: PayableDates | undefined;
};

/** In which epochs, and how many numbers of each, tickets are looked for without an index. */
export type TicketSearch = { epochs: number; numbers: number };

const OWNER_OFFSET = 80n;
const POOL_OFFSET = 16n;
/** Numbers that an epoch has. */
const NUMBERS_PER_EPOCH = 256n;
/** So many epochs back tickets are looked for at most. */
const MOST_SEARCHED = 1_000;
/** Of so many numbers the node is asked in one go whether they are free. */
const ASKED_AT_ONCE = 32;
const HIGHEST_BUMP = 255;

/** The tickets of an owner in a pool, oldest batch first. The node must have an index of accounts. */
export async function tickets(
    rpc: Rpc<GetMultipleAccountsApi & GetProgramAccountsApi>,
    view: PoolView,
    owner: Address,
): Promise<TicketView[]> {
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
    const nothing = { offset: 0, length: 0 };
    const listed = await rpc
        .getProgramAccounts(SLUICE_PROGRAM_ADDRESS, { encoding: 'base64', dataSlice: nothing, filters })
        .send();
    // An index can lag: what tickets say is read anew.
    const found = await ticketsAt(
        rpc,
        view,
        listed.map(({ pubkey }) => pubkey),
    );
    return found.filter((ticket) => ticket.account.owner === owner);
}

/**
 * The tickets that somebody requested, whoever owns them now: for nodes without an index. Of each epoch the
 * first numbers are asked for, and all others where the later ones of these are taken.
 */
export async function requestedTickets(
    rpc: Rpc<GetMultipleAccountsApi>,
    view: PoolView,
    requester: Address,
    { epochs, numbers }: TicketSearch = { epochs: 64, numbers: 16 },
): Promise<TicketView[]> {
    requireAddress('requester', requester);
    requireWhole('epochs', epochs, 1, MOST_SEARCHED);
    requireWhole('numbers', numbers, 1, Number(NUMBERS_PER_EPOCH));
    const last = view.cluster.clock.epoch;
    const first = atLeastZero(last - BigInt(epochs) + 1n);
    const searched = Array.from({ length: Number(last - first) + 1 }, (_, index) => first + BigInt(index));
    const numbered = async (wanted: bigint[]) => {
        const found = wanted.map((number) => findTicketPda({ pool: view.address, requester, number }));
        return (await Promise.all(found)).map(([address]) => address);
    };
    const early = searched.flatMap((epoch) => numbersOf(epoch).slice(0, numbers));
    const found = await ticketsAt(rpc, view, await numbered(early));
    const taken = new Set(found.map(({ account }) => account.number));
    const isFull = (epoch: bigint) =>
        numbersOf(epoch)
            .slice(numbers / 2, numbers)
            .some((number) => taken.has(number));
    const late = searched.filter(isFull).flatMap((epoch) => numbersOf(epoch).slice(numbers));
    const others = await ticketsAt(rpc, view, await numbered(late));
    return [...found, ...others].sort(byAge);
}

/** The tickets of this pool at those of the addresses that have one, oldest batch first. */
export async function ticketsAt(
    rpc: Rpc<GetMultipleAccountsApi>,
    view: PoolView,
    addresses: readonly Address[],
): Promise<TicketView[]> {
    const accounts = await fetchAll(rpc, addresses);
    const ours = accounts.filter(
        (account) => account.exists && account.programAddress === SLUICE_PROGRAM_ADDRESS,
    );
    const read = ours.map((account) => ({
        address: account.address,
        account: readAccount(KINDS.ticket, account),
    }));
    for (const { address, account } of read) requireOfPool(view, address, account.pool);
    const batchAddresses = await Promise.all(read.map(({ account }) => batchOf(view, account)));
    const batches = await fetchAll(rpc, batchAddresses);
    return read
        .flatMap((ticket, index) => {
            const batch = batches[index]!;
            // A ticket that was paid and closed meanwhile has no batch any more.
            return batch.exists
                ? [ticketView(view, ticket, batch.address, readAccount(KINDS.batch, batch))]
                : [];
        })
        .sort(byAge);
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

/** What a ticket has had, can have and may get. */
export function ticketView(
    view: PoolView,
    { address, account }: { address: Address; account: Ticket },
    batchAddress: Address,
    batch: UnstakeBatch,
): TicketView {
    const settled = isSettled(batch);
    const schedule = batchSchedule(batch);
    const { account: pool, cluster } = view;
    const claimableLamports = claimable(view, account, batch);
    const unsettled = floor(batch.unsettledLst, value(pool, cluster.clock.slot), pool.lstSupply);
    return {
        address,
        account,
        batchAddress,
        batch,
        rentRecipient: isOfFirstVersion(account) ? account.owner : account.payer,
        state: ticketState(view, batch),
        claimedLamports: account.claimedLamports,
        claimableLamports,
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
function claimable({ claimsVaultLamports, cluster }: PoolView, ticket: Ticket, batch: UnstakeBatch): bigint {
    const owed = ticketOwed(batch.paidLamports, ticket.lst, batch.lst);
    const payable = atLeastZero(claimsVaultLamports - cluster.emptyRentLamports);
    return least(u64(owed - ticket.claimedLamports), payable);
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
