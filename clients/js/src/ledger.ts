// What a pool owns and owes, and its two prices. See `crates/math/src/ledger.rs`.

import {
    SLUICE_ERROR__MATH_OVERFLOW,
    SLUICE_ERROR__NO_VALUE,
    SLUICE_ERROR__STAKE_EXIT_TOO_LARGE,
    type Pool,
} from './generated/index.js';
import { BPS, atLeastZero, bps, ceil, ceilDiv, floor, least, most, saturating, u64 } from './integers.js';
import { ensure, rule } from './refusal.js';

/** The fields of a pool from which both prices follow. */
export type Ledger = Pick<
    Pool,
    | 'stakedLamports'
    | 'reserveLamports'
    | 'lockedLamports'
    | 'withheldLamports'
    | 'dripStartSlot'
    | 'dripEndSlot'
    | 'pendingLamports'
    | 'lstSupply'
>;

/** What the pool owns, in lamports: deposits mint at this over the supply. */
export function full(ledger: Ledger): bigint {
    return atLeastZero(u64(ledger.stakedLamports + ledger.reserveLamports) - ledger.lockedLamports);
}

/** What exits share at `slot`, in lamports: they are paid at this over the supply. */
export function value(ledger: Ledger, slot: bigint): bigint {
    const unreleased = u64(withheldAt(ledger, slot) + ledger.pendingLamports);
    return atLeastZero(full(ledger) - unreleased);
}

/** What is still withheld at `slot`, in lamports. */
export function withheldAt(ledger: Ledger, slot: bigint): bigint {
    const { withheldLamports, dripStartSlot, dripEndSlot } = ledger;
    if (withheldLamports === 0n || slot >= dripEndSlot) return 0n;
    if (slot <= dripStartSlot) return withheldLamports;
    return ceil(withheldLamports, dripEndSlot - slot, dripEndSlot - dripStartSlot);
}

/** What burning `lst` at `slot` is worth before any fee, in lamports, and the ledger without the LST. */
export function redeem<T extends Ledger>(
    ledger: T,
    lst: bigint,
    slot: bigint,
): { lamports: bigint; ledger: T } {
    const { withheldLamports, pendingLamports, lstSupply } = ledger;
    const worth = value(ledger, slot);
    const staying = u64(lstSupply - lst);
    const stays = { ...ledger, withheldLamports: floor(withheldLamports, staying, lstSupply) };
    const forgone = atLeastZero(withheldAt(ledger, slot) - withheldAt(stays, slot));
    return {
        lamports: floor(lst, worth, lstSupply),
        ledger: { ...stays, pendingLamports: u64(pendingLamports + forgone), lstSupply: staying },
    };
}

/** Parts of a whole in an entry charge, and in a basis point of it. */
const CHARGE_PARTS = 1_000_000_000n;
const CHARGE_PARTS_PER_BPS = 100_000n;
/** Fee and entry charge take so much together at most. */
const MOST_ENTRY_BPS = 20n;
const RATE_DIVISOR = 10_000_000n;
const MOST_RATE = 20_000_000_000_000n;

/** The share of a deposit of SOL that stays for the reward that it does not earn, in parts of 10^9. */
export function entryCharge(rateE12: bigint, part: bigint, fee: bigint): bigint {
    const room = atLeastZero(MOST_ENTRY_BPS - fee) * CHARGE_PARTS_PER_BPS;
    return least(ceilDiv(least(rateE12, MOST_RATE) * part, RATE_DIVISOR), room);
}

/** What a deposit mints, and what of it stays for all holders. */
export type Deposit = {
    /** LST for the depositor. */
    lst: bigint;
    /** The deposit fee. */
    feeLamports: bigint;
    /** The entry charge. */
    chargeLamports: bigint;
    /** What the pool owns with it. */
    fullLamports: bigint;
};

/** A deposit of `lamports` with this fee in basis points and this charge in parts of 10^9. */
export function deposit(
    ledger: Ledger,
    lamports: bigint,
    fee: bigint,
    charge: bigint,
    slot: bigint,
): Deposit {
    const owned = full(ledger);
    const unreleased = u64(ledger.withheldLamports + ledger.pendingLamports);
    if (owned <= unreleased) ensure(value(ledger, slot) > 0n, SLUICE_ERROR__NO_VALUE);
    const feeParts = fee * CHARGE_PARTS_PER_BPS;
    const kept = ceil(lamports, feeParts + charge, CHARGE_PARTS);
    const feeLamports = charge === 0n ? kept : ceil(lamports, feeParts, CHARGE_PARTS);
    const lst = floor(u64(lamports - kept), ledger.lstSupply, owned);
    const reserveLamports = u64(ledger.reserveLamports + lamports);
    u64(ledger.pendingLamports + kept);
    u64(ledger.lstSupply + lst);
    return {
        lst,
        feeLamports,
        chargeLamports: kept - feeLamports,
        fullLamports: full({ ...ledger, reserveLamports }),
    };
}

/** The fee of an instant exit: from `max` where the buffer is empty to `min` where it has its target. */
export type InstantFee = { max: bigint; min: bigint; targetLamports: bigint };

/** The instant-exit fee on `lamports` of a buffer, in lamports. */
export function instantFee(
    { max, min, targetLamports }: InstantFee,
    lamports: bigint,
    buffer: bigint,
): bigint {
    const after = u64(buffer - lamports);
    const flat = ceil(atLeastZero(buffer - most(after, targetLamports)), min, BPS);
    const upper = least(buffer, targetLamports);
    if (after >= upper) return flat;
    const scaledRate = 2n * targetLamports * max - (upper + after) * atLeastZero(max - min);
    if (scaledRate < 0n) throw rule(SLUICE_ERROR__MATH_OVERFLOW);
    const product = (upper - after) * scaledRate;
    ensure(product < 1n << 128n, SLUICE_ERROR__MATH_OVERFLOW);
    return u64(flat + u64(ceilDiv(product, 2n * targetLamports * BPS)));
}

const RATE_PARTS = 1_000_000_000_000n;

/** An exit with a stake account. */
export type StakeExit<T extends Ledger = Ledger> = {
    /** LST to burn. */
    lst: bigint;
    /** Stake for the leaver. */
    lamports: bigint;
    /** What stays for all holders. */
    feeLamports: bigint;
    /** The ledger without both. */
    ledger: T;
};

/** The fee of exits with stake: a share, or twice an epoch's reward where that is more. */
export type StakeExitFee = { feeBps: number; rateE12: bigint };

/** What `lst` are worth as stake. */
export function stakeExit<T extends Ledger>(
    ledger: T,
    lst: bigint,
    { feeBps, rateE12 }: StakeExitFee,
    slot: bigint,
): StakeExit<T> {
    const configured = bps(feeBps);
    // More than all stake together is worth.
    ensure(lst <= ledger.lstSupply, SLUICE_ERROR__STAKE_EXIT_TOO_LARGE);
    const redeemed = redeem(ledger, lst, slot);
    const share = ceil(redeemed.lamports, configured, BPS);
    const twice = ceilDiv(redeemed.lamports * saturating(2n * rateE12), RATE_PARTS);
    const feeLamports = most(share, least(twice, redeemed.lamports));
    const lamports = u64(redeemed.lamports - feeLamports);
    ensure(lamports <= ledger.stakedLamports, SLUICE_ERROR__STAKE_EXIT_TOO_LARGE);
    const left = {
        stakedLamports: ledger.stakedLamports - lamports,
        pendingLamports: u64(redeemed.ledger.pendingLamports + feeLamports),
    };
    return { lst, lamports, feeLamports, ledger: { ...redeemed.ledger, ...left } };
}

/** LST whose exit takes `lamports` of stake, and at most some units of LST more: rounded up. */
export function lstForStake(
    ledger: Ledger,
    lamports: bigint,
    { feeBps, rateE12 }: StakeExitFee,
    slot: bigint,
): bigint {
    const share = most(bps(feeBps) * (RATE_PARTS / BPS), saturating(2n * rateE12));
    ensure(share < RATE_PARTS, SLUICE_ERROR__NO_VALUE);
    // The fee is rounded up, by less than the lamport that is added here.
    const worth = ceil(u64(lamports + 1n), RATE_PARTS, RATE_PARTS - share);
    return ceil(worth, ledger.lstSupply, value(ledger, slot));
}

/** The same exit with `all` as all there is to take: the rest stays, too. */
export function limitedTo<T extends Ledger>(exit: StakeExit<T>, all: bigint): StakeExit<T> {
    const rest = atLeastZero(exit.lamports - all);
    const { stakedLamports, pendingLamports } = exit.ledger;
    const left = { stakedLamports: u64(stakedLamports + rest), pendingLamports: u64(pendingLamports + rest) };
    return {
        lst: exit.lst,
        lamports: exit.lamports - rest,
        feeLamports: exit.feeLamports + rest,
        ledger: { ...exit.ledger, ...left },
    };
}

/** Everything that a ticket has earned so far, claimed or not, in lamports. */
export function ticketOwed(paidLamports: bigint, ticketLst: bigint, batchLst: bigint): bigint {
    return floor(paidLamports, ticketLst, batchLst);
}

/** What stake earns in an epoch at a rate in parts of 10^12, in lamports. */
export function earnedOn(lamports: bigint, rateE12: bigint): bigint {
    return floor(lamports, rateE12, RATE_PARTS);
}

/** Whether a rate in parts of 10^12 is more than a share in basis points. */
export function rateExceeds(rateE12: bigint, bound: bigint): boolean {
    return rateE12 > bound * (RATE_PARTS / BPS);
}
