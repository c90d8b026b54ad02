// What something would mint or pay at the slot of a view, to the lamport, and what would refuse it.

import { exitSchedule, payableDates, nextEpochStart, type ExitSchedule, type PayableDates } from './dates.js';
import {
    SLUICE_ERROR__AMOUNT_TOO_SMALL,
    SLUICE_ERROR__BREAKER_TRIPPED,
    SLUICE_ERROR__DEPOSIT_CAP_REACHED,
    SLUICE_ERROR__DEPOSIT_TOO_SMALL,
    SLUICE_ERROR__INSUFFICIENT_RESERVE,
    SLUICE_ERROR__NO_REWARD_YET,
    SLUICE_ERROR__PAUSED,
    SLUICE_ERROR__POOL_STALE,
    SLUICE_ERROR__REWARD_RATE_TOO_HIGH,
    SLUICE_ERROR__ZERO_AMOUNT,
    type Pool,
} from './generated/index.js';
import { requireAmount, requireShare } from './inputs.js';
import { BPS, NEVER, atLeastZero, bps, ceil, floor, u64 } from './integers.js';
import * as math from './ledger.js';
import { rolled, type PoolView } from './pool.js';
import { ensure } from './refusal.js';

/** What a deposit mints. */
export type StakeQuote = {
    /** LST for the depositor, in smallest units. */
    lst: bigint;
    /** The deposit fee, which drips to all holders. */
    feeLamports: bigint;
    /** The entry charge, which drips to all holders, too. */
    chargeLamports: bigint;
};

/** What an exit pays at once. */
export type ExitQuote = {
    /** Lamports for the owner. */
    lamports: bigint;
    /** The fee, which stays with all holders. */
    feeLamports: bigint;
};

/** What a deposit of SOL mints. */
export function quoteStake({ account, cluster }: PoolView, lamports: bigint): StakeQuote {
    requireAmount('lamports', lamports);
    ensure(lamports > 0n, SLUICE_ERROR__ZERO_AMOUNT);
    requireDepositsOpen(account, cluster.clock.epoch);
    const { depositFeeBps, entryChargeBps } = account.config;
    const fee = bps(depositFeeBps);
    const charge = math.entryCharge(account.paidRateE12, bps(entryChargeBps), fee);
    const deposit = math.deposit(account, lamports, fee, charge, cluster.clock.slot);
    requireWithinLimits(account, lamports, deposit.fullLamports);
    return minted(deposit);
}

/** What a stake account with this many lamports, its rent included, mints. */
export function quoteDepositStake({ account, cluster }: PoolView, lamports: bigint): StakeQuote {
    requireAmount('lamports', lamports);
    requireDepositsOpen(account, cluster.clock.epoch);
    const deposit = math.deposit(
        account,
        lamports,
        bps(account.config.depositFeeBps),
        0n,
        cluster.clock.slot,
    );
    const quote = minted(deposit);
    requireWithinLimits(account, lamports, deposit.fullLamports);
    return quote;
}

function minted({ lst, feeLamports, chargeLamports }: math.Deposit): StakeQuote {
    ensure(lst > 0n, SLUICE_ERROR__AMOUNT_TOO_SMALL);
    return { lst, feeLamports, chargeLamports };
}

/** What an instant exit pays. */
export function quoteUnstakeNow(view: PoolView, lst: bigint): ExitQuote {
    requireAmount('lst', lst);
    const { account, cluster } = view;
    ensure(lst > 0n, SLUICE_ERROR__ZERO_AMOUNT);
    requireInstantExitsOpen(account, cluster.clock.epoch);
    const redeemed = math.redeem(rolled(account, cluster.clock.slot), lst, cluster.clock.slot);
    const buffer = instantBuffer(view);
    ensure(redeemed.lamports <= buffer, SLUICE_ERROR__INSUFFICIENT_RESERVE);
    const feeLamports = math.instantFee(instantFee(account), redeemed.lamports, buffer);
    const lamports = u64(redeemed.lamports - feeLamports);
    ensure(lamports > 0n, SLUICE_ERROR__AMOUNT_TOO_SMALL);
    u64(redeemed.ledger.reserveLamports - lamports);
    u64(redeemed.ledger.pendingLamports + feeLamports);
    return { lamports, feeLamports };
}

/** Lamports that instant exits may take now. */
export function instantBuffer({ account, cluster }: PoolView): bigint {
    const pool = rolled(account, cluster.clock.slot);
    const spendable = atLeastZero(pool.reserveLamports - cluster.emptyRentLamports);
    const queued = pool.lockedLst === 0n ? 0n : ceil(pool.lockedLst, math.full(pool), pool.lstSupply);
    return atLeastZero(atLeastZero(spendable - queued) - pool.instantFeeLamports);
}

/** Its target counts what the epoch's instant exits were paid as if it were still there. */
function instantFee(account: Pool): math.InstantFee {
    const { instantFeeMaxBps, instantFeeMinBps, reserveTargetBps } = account.config;
    const [max, min] = [bps(instantFeeMaxBps), bps(instantFeeMinBps)];
    const full = u64(math.full(account) + account.instantPaidLamports);
    return { max, min, targetLamports: floor(full, bps(reserveTargetBps), BPS) };
}

/** What an exit with stake gives, in one account or several. */
export function quoteWithdrawStake(view: PoolView, lst: bigint): ExitQuote {
    requireStakeExit(view, lst);
    const { account, cluster } = view;
    const fee = { feeBps: account.config.stakeExitFeeBps, rateE12: account.rewardRateE12 };
    const { lamports, feeLamports } = math.stakeExit(account, lst, fee, cluster.clock.slot);
    return { lamports, feeLamports };
}

/** Exits with stake are open for an amount; they need a reward, too, to take their fee from. */
export function requireStakeExit({ account, cluster }: PoolView, lst: bigint): void {
    requireAmount('lst', lst);
    ensure(lst > 0n, SLUICE_ERROR__ZERO_AMOUNT);
    requireInstantExitsOpen(account, cluster.clock.epoch);
    ensure(account.rewardRateE12 > 0n, SLUICE_ERROR__NO_REWARD_YET);
    ensure(
        !math.rateExceeds(account.rewardRateE12, bps(account.config.dripBoundBps)),
        SLUICE_ERROR__REWARD_RATE_TOO_HIGH,
    );
}

/** What a request in the queue will be paid, as far as that can be known. */
export type UnstakeQuote = PayableDates & {
    /** The slot from which the request can no longer be cancelled. */
    lockSlot: bigint;
    /** By the exit price of now. */
    nowLamports: bigint;
    /** Unless stake is lost: what has dripped by then, and no further reward. */
    leastLamports: bigint;
    /** Where all has dripped that is withheld, and rewards come as they came lately. */
    mostLamports: bigint;
    /** For a whole LST, by the rule of `leastLamports`. */
    leastPriceLamports: bigint;
    /** For a whole LST, by the rule of `mostLamports`. */
    mostPriceLamports: bigint;
};

/** What rounding takes at most: a lamport for each payment of a batch, and one for the ticket. */
const ROUNDING_LAMPORTS = 20n;
const WHOLE_LST = 1_000_000_000n;

/** What `lst` in the queue will be paid that join it now, or that are in the batch of `schedule`. */
export function quoteUnstake(
    view: PoolView,
    lst: bigint,
    schedule: ExitSchedule = exitSchedule(view),
): UnstakeQuote {
    requireAmount('lst', lst);
    const { account, cluster } = view;
    const { slot, epoch } = cluster.clock;
    const dates = payableDates(view, schedule);
    // A finalize begins a drip anew, and may stretch it: only what drips before it is certain.
    const nextFinalize = account.finalizedEpoch === epoch ? nextEpochStart(view) : slot;
    const certain = dates.payableSlot < nextFinalize ? dates.payableSlot : nextFinalize;
    const worth = (amount: bigint, lamports: bigint) => floor(amount, lamports, account.lstSupply);
    const [leastValue, mostValue] = [math.value(account, certain), math.full(account)];
    const rewards = atLeastZero(dates.latestEpoch - account.finalizedEpoch);
    const grown = (lamports: bigint) => withRewards(lamports, account.rewardRateE12, rewards);
    return {
        ...dates,
        lockSlot: schedule.lockSlot,
        nowLamports: worth(lst, math.value(account, slot)),
        leastLamports: atLeastZero(worth(lst, leastValue) - ROUNDING_LAMPORTS),
        mostLamports: grown(worth(lst, mostValue)),
        leastPriceLamports: worth(WHOLE_LST, leastValue),
        mostPriceLamports: grown(worth(WHOLE_LST, mostValue)),
    };
}

/** What lamports are after so many epochs of rewards, each on those before: rounded up. */
function withRewards(lamports: bigint, rateE12: bigint, epochs: bigint): bigint {
    if (rateE12 === 0n) return lamports;
    let grown = lamports;
    for (let epoch = 0n; epoch < epochs; epoch += 1n) {
        grown = u64(u64(grown + math.earnedOn(grown, rateE12)) + 1n);
    }
    return grown;
}

/** Deposits need a fresh price, no tripped breaker and no pause. */
function requireDepositsOpen(account: Pool, epoch: bigint): void {
    requireInstantExitsOpen(account, epoch);
    ensure(epoch >= account.pausedUntilEpoch, SLUICE_ERROR__PAUSED);
}

/** Instant exits need a fresh price and no tripped breaker. */
function requireInstantExitsOpen(account: Pool, epoch: bigint): void {
    ensure(account.finalizedEpoch === epoch, SLUICE_ERROR__POOL_STALE);
    ensure(account.breakerEpoch === NEVER, SLUICE_ERROR__BREAKER_TRIPPED);
}

function requireWithinLimits({ governance }: Pool, lamports: bigint, fullLamports: bigint): void {
    ensure(lamports >= governance.limits.minimumDepositLamports, SLUICE_ERROR__DEPOSIT_TOO_SMALL);
    ensure(fullLamports <= governance.limits.depositCapLamports, SLUICE_ERROR__DEPOSIT_CAP_REACHED);
}

/** The least to accept where `quoted` was quoted, rounded down: 10 basis points less, unless said otherwise. */
export function minimum(quoted: bigint, slippageBps = 10): bigint {
    requireShare('slippageBps', slippageBps);
    return floor(quoted, BPS - bps(slippageBps), BPS);
}
