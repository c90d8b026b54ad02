// What somebody did with a pool: deposits, requests, exits and claims, from the history of a node.

import type { Address, Signature } from '@solana/kit';

import { epochOfSlot } from './cluster.js';
import type { SluiceEvent } from './generated/events.js';
import { requireAddress, requireView, requireWhole } from './inputs.js';
import { floor } from './integers.js';
import type { PoolView } from './pool.js';
import type { TicketView } from './tickets.js';
import { tokenAccountOf } from './tokens.js';
import { listed, readPast, type PastRpc } from './transactions.js';

/** What was done. */
export type MovementKind =
    'stake' | 'stakeAccount' | 'queue' | 'cancelled' | 'given' | 'instant' | 'withStake' | 'claimed';

/** One thing that somebody did. */
export type Movement = {
    kind: MovementKind;
    signature: Signature;
    slot: bigint;
    /** In seconds since 1970; `undefined` where the node does not say. */
    time: bigint | undefined;
    /** By how much their LST grew, in smallest units: negative where LST left. */
    lst: bigint;
    /** By how much their SOL or stake grew, in lamports; without network fees and rents. */
    lamports: bigint;
    /** The ticket that it was about, where it was about one. */
    ticket?: Address;
    /** Of a request: the epoch with whose price the ticket is settled, as a rule. */
    settlesInEpoch?: bigint;
};

/** What was found, oldest first. */
export type Movements = {
    movements: Movement[];
    /** Whether that is all: a node that has forgotten old blocks, or cut logs off, does not tell everything. */
    isComplete: boolean;
};

const USUAL_MOST = 200;

/**
 * What an owner did with a pool, by the last transactions that name them or their token account: 200 of each,
 * unless said otherwise. Only what is final is read. Transfers of LST between people are none of it.
 */
export async function movements(
    rpc: PastRpc,
    view: PoolView,
    owner: Address,
    { most = USUAL_MOST }: { most?: number } = {},
): Promise<Movements> {
    requireView(view);
    requireAddress('owner', owner);
    requireWhole('most', most, 1, 1_000);
    const token = await tokenAccountOf(owner, view.account.mint);
    const lists = await Promise.all([owner, token].map((address) => listed(rpc, address, most)));
    const isCut = lists.some((list) => list.length === most);
    const good = lists.flat().flatMap(({ signature, err }) => (err === null ? [signature] : []));
    const past = await readPast(rpc, [...new Set(good)]);
    const found = past.flatMap((one) => {
        if (!one) return [];
        const { signature, slot, time, events } = one;
        const moved = events.flatMap((event) => movedBy(event, view, owner) ?? []);
        return moved.map((one) => ({ ...one, signature, slot, time }));
    });
    found.sort((one, other) => (one.slot < other.slot ? -1 : one.slot > other.slot ? 1 : 0));
    return { movements: found, isComplete: !isCut && !past.includes(undefined) };
}

type Moved = Omit<Movement, 'signature' | 'slot' | 'time'>;

function movedBy({ name, data }: SluiceEvent, view: PoolView, owner: Address): Moved | undefined {
    if (data.pool !== view.address) return undefined;
    switch (name) {
        case 'solDeposited':
        case 'stakeDeposited': {
            const kind = name === 'solDeposited' ? 'stake' : 'stakeAccount';
            return data.depositor === owner ? { kind, lst: data.lst, lamports: -data.lamports } : undefined;
        }
        case 'unstakeRequested': {
            if (data.requester !== owner) return undefined;
            const moved = { kind: 'queue', lst: -data.lst, lamports: 0n } as const;
            const settlesInEpoch = epochOfSlot(view.cluster.schedule, data.lockSlot) + 1n;
            // One that was requested for somebody else earns for them.
            return data.owner === owner ? { ...moved, ticket: data.ticket, settlesInEpoch } : moved;
        }
        case 'ticketCancelled': {
            const { ticket, lst } = data;
            return data.owner === owner ? { kind: 'cancelled', lst, lamports: 0n, ticket } : undefined;
        }
        case 'ticketTransferred': {
            const { ticket } = data;
            return data.from === owner ? { kind: 'given', lst: 0n, lamports: 0n, ticket } : undefined;
        }
        case 'solWithdrawn':
        case 'stakeWithdrawn': {
            const kind = name === 'solWithdrawn' ? 'instant' : 'withStake';
            return data.owner === owner ? { kind, lst: -data.lst, lamports: data.lamports } : undefined;
        }
        case 'ticketClaimed': {
            const { ticket, lamports } = data;
            return data.owner === owner ? { kind: 'claimed', lst: 0n, lamports, ticket } : undefined;
        }
        default:
            return undefined;
    }
}

/** What an epoch brought to who held LST when it began. */
export type EpochReward = {
    epoch: bigint;
    /** When it began, in seconds since 1970. */
    time: bigint;
    /** LST that were held then, in smallest units. */
    lst: bigint;
    /** Them, times what the deposit price grew in the epoch, in lamports: negative after a loss. */
    lamports: bigint;
};

/**
 * What each epoch brought, by what is held now and what came and went before. A ticket that its owner requested earns until the
 * first price after the epoch in which it locked, and what of it is not settled then earns on: that is known of those
 * tickets that are passed. LST that came or went without the pool are taken to have been held as those of now.
 */
export function rewards(
    rates: readonly { epoch: bigint; epochStartTimestamp: bigint; fullLamports: bigint; lstSupply: bigint }[],
    { movements }: Pick<Movements, 'movements'>,
    heldLst: bigint,
    tickets: readonly Pick<TicketView, 'address' | 'account' | 'batch'>[] = [],
): EpochReward[] {
    const queued = requestsOf(movements, tickets);
    return rates.flatMap((rate, index): EpochReward[] => {
        const earlier = rates[index - 1];
        if (!earlier || earlier.lstSupply === 0n || rate.lstSupply === 0n) return [];
        const time = rate.epochStartTimestamp;
        const later = movements.filter((movement) => movement.time !== undefined && movement.time >= time);
        const inWallet = later.reduce((held, movement) => held - movement.lst, heldLst);
        const lst = queued.reduce((held, request) => held + earning(request, rate), inWallet);
        if (lst <= 0n) return [];
        const worth = ({ fullLamports, lstSupply }: typeof rate) => (lst * fullLamports) / lstSupply;
        return [{ epoch: rate.epoch, time, lst, lamports: worth(rate) - worth(earlier) }];
    });
}

type Request = {
    lst: bigint;
    fromTime: bigint;
    /** When it was cancelled, given away, or gone at the latest. */
    untilTime: bigint | undefined;
    settlesInEpoch: bigint;
    /** What is not settled even now. */
    unsettledLst: bigint;
};

/** The tickets that somebody requested for themselves, and what became of them. */
function requestsOf(
    movements: readonly Movement[],
    tickets: readonly Pick<TicketView, 'address' | 'account' | 'batch'>[],
): Request[] {
    return movements.flatMap(({ kind, ticket, lst, time, settlesInEpoch }, index): Request[] => {
        if (kind !== 'queue' || settlesInEpoch === undefined || time === undefined) return [];
        // A later request can have the same address: it begins where the ticket before it has ended.
        const end = movements.slice(index + 1).find((one) => one.ticket === ticket && one.kind !== 'claimed');
        const untilTime = end?.time;
        const live = end ? undefined : tickets.find(({ address }) => address === ticket);
        const unsettledLst = live ? floor(live.batch.unsettledLst, live.account.lst, live.batch.lst) : 0n;
        return [{ lst: -lst, fromTime: time, untilTime, settlesInEpoch, unsettledLst }];
    });
}

/** What of a ticket earned over the start of an epoch. */
function earning(request: Request, rate: { epoch: bigint; epochStartTimestamp: bigint }): bigint {
    const { fromTime, untilTime, settlesInEpoch, lst, unsettledLst } = request;
    const start = rate.epochStartTimestamp;
    if (fromTime >= start || (untilTime !== undefined && untilTime < start)) return 0n;
    return rate.epoch <= settlesInEpoch ? lst : unsettledLst;
}
