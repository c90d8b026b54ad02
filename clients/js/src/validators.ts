// The validators of a pool, and what of their stake can leave.

import type { Address, GetMultipleAccountsApi, Rpc } from '@solana/kit';

import { KINDS, fetchAll, readAccount, type ReadOptions } from './accounts.js';
import { isEpochYoung } from './cluster.js';
import { findPagePda, type Pool, type Slot, type ValidatorPage } from './generated/index.js';
import { BPS, atLeastZero, bps, floor, least, most, saturating, u64 } from './integers.js';
import * as math from './ledger.js';
import type { PoolView } from './pool.js';

/** The names of what a slot is in: `SLOT_STATES[slot.state]`. */
export const SLOT_STATES = ['empty', 'active', 'retiring', 'ejected'] as const;

/** A validator of a pool. */
export type Validator = {
    /** Index of its page. */
    pageIndex: number;
    /** Index of its slot on the page. */
    slotIndex: number;
    /** What is in the slot. */
    slot: Slot;
};

/** All validators of a pool, in order. */
export async function validators(
    rpc: Rpc<GetMultipleAccountsApi>,
    view: PoolView,
    options: ReadOptions = {},
): Promise<Validator[]> {
    const pages = view.pages ?? (await validatorPages(rpc, view, options));
    return pages.flatMap(({ slots }, pageIndex) =>
        slots.flatMap((slot, slotIndex) =>
            slot.state === SLOT_STATES.indexOf('empty') ? [] : [{ pageIndex, slotIndex, slot }],
        ),
    );
}

/** The pages of a pool's validators, in order. */
export async function validatorPages(
    rpc: Rpc<GetMultipleAccountsApi>,
    view: PoolView,
    options: ReadOptions = {},
): Promise<ValidatorPage[]> {
    const found = await fetchAll(rpc, await pageAddresses(view), options);
    return found.map((page) => readAccount(KINDS.page, page));
}

/** Where the pages of a pool's validators are, in order. */
export async function pageAddresses({ address: pool, account }: PoolView): Promise<Address[]> {
    const indexes = Array.from({ length: account.pageCount }, (_, index) => index);
    const found = await Promise.all(indexes.map((pageIndex) => findPagePda({ pool, pageIndex })));
    return found.map(([address]) => address);
}

/** Whether a validator leaves the pool. */
export function isLeaving({ slot }: Validator): boolean {
    return slot.state === SLOT_STATES.indexOf('retiring') || slot.state === SLOT_STATES.indexOf('ejected');
}

/** The flag of a slot that retires once its due epoch has come. */
const FLAG_RETIRE = 1;

/** Whether a validator stays, so that it takes stake. */
export function takesStake({ slot }: Validator): boolean {
    return slot.state === SLOT_STATES.indexOf('active') && (slot.flags & FLAG_RETIRE) === 0;
}

/** A pool with less stake than so many minimum delegations takes any. */
const SMALL_POOL_MINIMUMS = 1_000n;

/** Whether a validator may be lifted by a deposit of this much stake: by its share of the pool with it. */
export function hasRoom(
    { account }: PoolView,
    slot: Slot,
    offeredLamports: bigint,
    minimumLamports: bigint,
): boolean {
    const full = u64(math.full(account) + offeredLamports);
    const { spreadCapBps, config } = account;
    const capped = floor(full, bps(spreadCapBps), BPS);
    const most = floor(capped, BPS + bps(config.toleranceBps), BPS);
    if (u64(stakeOf(slot) + offeredLamports) <= most) return true;
    return delegatedOf(account) < saturating(minimumLamports * SMALL_POOL_MINIMUMS);
}

/** What a validator has, without rent and without what is on its way back. */
function stakeOf(slot: Slot): bigint {
    const booked = u64(slot.mainLamports + slot.transientLamports);
    return atLeastZero(atLeastZero(booked - BigInt(slot.rentLamports)) - slot.deactivatingLamports);
}

/** What a validator that stays gives below its part of all stake: a thousandth of all, at the least. */
const EXIT_SHARE_PARTS = 1_000n;

/** Whether an exit with stake may take this much of a validator: about its part of all stake stays. */
export function isBalanced(
    view: PoolView,
    slot: Slot,
    takenLamports: bigint,
    minimumLamports: bigint,
): boolean {
    if (slot.weight === 0) return isEpochYoung(view.cluster);
    const { account } = view;
    const has = stakeOf(slot);
    const delegated = atLeastZero(delegatedOf(account) - takenLamports);
    const part = partOf(account, slot.weight, delegated);
    const tolerated = floor(part, bps(account.config.toleranceBps), BPS);
    const below = most(most(tolerated, delegated / EXIT_SHARE_PARTS), saturating(2n * minimumLamports));
    return atLeastZero(has - takenLamports) >= atLeastZero(part - below);
}

/** Lamports in stake accounts, without rent and without what is on its way back. */
function delegatedOf(account: Pool): bigint {
    const rents = atLeastZero(account.lockedLamports - account.reserveRentLamports);
    return atLeastZero(atLeastZero(account.stakedLamports - rents) - account.deactivatingLamports);
}

/** A validator's part of what is delegated, under the share cap. */
function partOf(account: Pool, weight: number, lamports: bigint): bigint {
    const capped = floor(lamports, bps(account.spreadCapBps), BPS);
    if (account.spreadWeight === 0n) return capped;
    const cut = saturating(capped * BigInt(account.cutCount));
    const share = (atLeastZero(lamports - cut) * BigInt(weight)) / account.spreadWeight;
    return least(saturating(share), capped);
}
