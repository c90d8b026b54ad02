// What somebody did with a pool: deposits, requests, exits and claims, from the history of a node.

import type {
    Address,
    GetAccountInfoApi,
    GetFirstAvailableBlockApi,
    GetMultipleAccountsApi,
    Rpc,
    Signature,
} from '@solana/kit';

import { epochOfSlot } from './cluster.js';
import type { SluiceEvent } from './generated/events.js';
import { requireAddress, requireView, requireWhole } from './inputs.js';
import { floor } from './integers.js';
import { heldBack, knownFrom, listedWithTokens } from './knownPast.js';
import type { PoolView } from './pool.js';
import type { TicketView } from './tickets.js';
import { tokenAccountOf } from './tokens.js';
import { readPast, type Past, type PastRpc } from './transactions.js';
import { history } from './yields.js';

/** What was done. */
export type MovementKind =
    | 'stake'
    | 'stakeAccount'
    | 'queue'
    | 'cancelled'
    | 'given'
    | 'instant'
    | 'withStake'
    | 'claimed'
    /** LST that came to the token account, or went from it, without the pool. */
    | 'transfer';

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
    /** The LST in the owner's token account after all of them, in smallest units. */
    heldLst: bigint;
    /**
     * The epoch in which what is known begins: what was held at the start of later ones is known. `undefined` where all is
     * known since the pool began.
     */
    knownFromEpoch: bigint | undefined;
    /** Whether that is all: a node that has forgotten old blocks, or cut logs off, does not tell everything. */
    isComplete: boolean;
};

/** What reading movements needs to ask. */
export type MovementsRpc = PastRpc &
    Rpc<GetAccountInfoApi & GetFirstAvailableBlockApi & GetMultipleAccountsApi>;

const USUAL_MOST = 200;

/**
 * What an owner did with a pool, by the last transactions that name them or their token account: 200 of each,
 * unless said otherwise; and what they hold after those. Only what is final is read.
 */
export async function movements(
    rpc: MovementsRpc,
    view: PoolView,
    owner: Address,
    { most = USUAL_MOST }: { most?: number } = {},
): Promise<Movements> {
    requireView(view);
    requireAddress('owner', owner);
    requireWhole('most', most, 1, 1_000);
    const token = await tokenAccountOf(owner, view.account.mint);
    const [{ heldLst, lists }, firstBlock, rates] = await Promise.all([
        listedWithTokens(rpc, owner, token, most),
        // Where a node does not say it, what is older than its list is not known.
        rpc
            .getFirstAvailableBlock()
            .send()
            .catch(() => undefined),
        history(rpc, view),
    ]);
    const [ofOwner, ofToken] = lists.map((list) => list.filter(({ err }) => err === null));
    const signatures = [...new Set([...ofOwner!, ...ofToken!].map(({ signature }) => signature))];
    const past = await readPast(rpc, signatures);
    const known = new Map(past.flatMap((one) => (one ? [[one.signature, one] as const] : [])));
    const held = heldBack(
        ofToken!.map(({ signature }) => known.get(signature)),
        token,
        heldLst,
    );
    const found = [...known.values()].flatMap((one) => movedIn(one, view, owner, token));
    found.sort((one, other) => (one.slot < other.slot ? -1 : one.slot > other.slot ? 1 : 0));
    const [ownerCut, tokenCut] = lists.map((list) => (list.length === most ? list[0]!.slot : undefined));
    // Who gives a ticket away names no token account: of one that was requested before, that may be missing.
    const mayHaveGiven = found.some(({ kind, slot }) => kind === 'queue' && slot < (ownerCut ?? 0n));
    const cut = [mayHaveGiven ? ownerCut : undefined, tokenCut].filter((slot) => slot !== undefined);
    const knownFromEpoch = knownFrom(view, rates, held, { firstBlock, cut });
    const isCut = ownerCut !== undefined || tokenCut !== undefined;
    const isWhole = held.isWhole && !isCut && !past.includes(undefined);
    return { movements: found, heldLst, knownFromEpoch, isComplete: isWhole && knownFromEpoch === undefined };
}

/** What a transaction moved: what the program booked, and what else changed the token account. */
function movedIn(
    { events, tokens, ...at }: Past,
    view: PoolView,
    owner: Address,
    token: Address,
): Movement[] {
    const booked = events.flatMap((event) => movedBy(event, view, owner) ?? []);
    const { before, after } = tokens.get(token) ?? { before: 0n, after: 0n };
    const lst = booked.reduce((rest, moved) => rest - moved.lst, after - before);
    const all: Moved[] = lst === 0n ? booked : [...booked, { kind: 'transfer', lst, lamports: 0n }];
    return all.map((moved) => ({ ...moved, ...at }));
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
 * What each epoch brought, by what is held and what came and went before. An epoch is left out where it is not known what was
 * held when it began. A ticket that its owner requested earns until the first price after the epoch in which it locked,
 * and what of it is not settled then earns on: that is known of those tickets that are passed.
 */
export function rewards(
    rates: readonly { epoch: bigint; epochStartTimestamp: bigint; fullLamports: bigint; lstSupply: bigint }[],
    { movements, heldLst, knownFromEpoch }: Pick<Movements, 'movements' | 'heldLst' | 'knownFromEpoch'>,
    tickets: readonly Pick<TicketView, 'address' | 'account' | 'batch'>[] = [],
): EpochReward[] {
    const queued = requestsOf(movements, tickets);
    return rates.flatMap((rate, index): EpochReward[] => {
        const earlier = rates[index - 1];
        if (!earlier || earlier.lstSupply === 0n || rate.lstSupply === 0n) return [];
        if (knownFromEpoch !== undefined && rate.epoch <= knownFromEpoch) return [];
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
