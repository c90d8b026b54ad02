// What somebody did with a pool: deposits, requests, exits and claims, from the history of a node.

import type { Address, Signature } from '@solana/kit';

import type { SluiceEvent } from './generated/events.js';
import { requireAddress, requireView, requireWhole } from './inputs.js';
import type { PoolView } from './pool.js';
import { tokenAccountOf } from './tokens.js';
import { listed, readPast, type PastRpc } from './transactions.js';

/** What was done. */
export type MovementKind =
    'stake' | 'stakeAccount' | 'queue' | 'cancelled' | 'instant' | 'withStake' | 'claimed';

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
        const moved = events.flatMap((event) => movedBy(event, view.address, owner) ?? []);
        return moved.map((one) => ({ ...one, signature, slot, time }));
    });
    found.sort((one, other) => (one.slot < other.slot ? -1 : one.slot > other.slot ? 1 : 0));
    return { movements: found, isComplete: !isCut && !past.includes(undefined) };
}

type Moved = Pick<Movement, 'kind' | 'lst' | 'lamports'>;

function movedBy({ name, data }: SluiceEvent, pool: Address, owner: Address): Moved | undefined {
    if (data.pool !== pool) return undefined;
    switch (name) {
        case 'solDeposited':
        case 'stakeDeposited': {
            const kind = name === 'solDeposited' ? 'stake' : 'stakeAccount';
            return data.depositor === owner ? { kind, lst: data.lst, lamports: -data.lamports } : undefined;
        }
        case 'unstakeRequested':
            return data.requester === owner ? { kind: 'queue', lst: -data.lst, lamports: 0n } : undefined;
        case 'ticketCancelled':
            return data.owner === owner ? { kind: 'cancelled', lst: data.lst, lamports: 0n } : undefined;
        case 'solWithdrawn':
        case 'stakeWithdrawn': {
            const kind = name === 'solWithdrawn' ? 'instant' : 'withStake';
            return data.owner === owner ? { kind, lst: -data.lst, lamports: data.lamports } : undefined;
        }
        case 'ticketClaimed':
            return data.owner === owner ? { kind: 'claimed', lst: 0n, lamports: data.lamports } : undefined;
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
 * What each epoch brought, by what is held now and what came and went before. LST in the queue are not counted, and
 * LST that came or went without the pool are taken to have been held as those of now.
 */
export function rewards(
    rates: readonly { epoch: bigint; epochStartTimestamp: bigint; fullLamports: bigint; lstSupply: bigint }[],
    { movements }: Pick<Movements, 'movements'>,
    heldLst: bigint,
): EpochReward[] {
    return rates.flatMap((rate, index): EpochReward[] => {
        const earlier = rates[index - 1];
        if (!earlier || earlier.lstSupply === 0n || rate.lstSupply === 0n) return [];
        const time = rate.epochStartTimestamp;
        const later = movements.filter((movement) => movement.time !== undefined && movement.time >= time);
        const lst = later.reduce((held, movement) => held - movement.lst, heldLst);
        if (lst <= 0n) return [];
        const worth = ({ fullLamports, lstSupply }: typeof rate) => (lst * fullLamports) / lstSupply;
        return [{ epoch: rate.epoch, time, lst, lamports: worth(rate) - worth(earlier) }];
    });
}
