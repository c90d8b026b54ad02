// When a request in the queue locks, and when it is paid.

import type { GetRecentPerformanceSamplesApi, Rpc } from '@solana/kit';

import { epochOfSlot, firstSlotOfEpoch, slotsInEpoch } from './cluster.js';
import type { Pool, UnstakeBatch } from './generated/index.js';
import { BPS, NEVER, bps, ceil, most, saturating, u64 } from './integers.js';
import { requireView } from './inputs.js';
import { rolled, type PoolView } from './pool.js';

/** Epochs for which a tripped breaker holds back payments of the queue. */
const SETTLEMENT_WAIT_EPOCHS = 2n;

/** When a batch locks. */
export type ExitSchedule = {
    /** The slot from which its requests can no longer be cancelled. */
    lockSlot: bigint;
    /** The epoch of that slot. It can be paid from the next epoch on. */
    lockEpoch: bigint;
};

/** When a batch can be paid that is not: never in the past. */
export type PayableDates = {
    /** The first epoch in which it can be paid. */
    payableEpoch: bigint;
    /** The first slot of that, or the slot of now where that is later. */
    payableSlot: bigint;
    /**
     * The last epoch in which it is paid where cranks are turned an epoch late at most, and where no more stake
     * cools down on the cluster than leaves in an epoch: 9% of all. What exceeds that is paid in parts, later.
     */
    latestEpoch: bigint;
};

/** When a request that joins the queue now locks. */
export function exitSchedule(view: PoolView): ExitSchedule {
    requireView(view);
    const { slot, epoch } = view.cluster.clock;
    const pool = rolled(view.account, slot);
    if (pool.openLockSlot !== 0n) {
        return {
            lockSlot: pool.openLockSlot,
            lockEpoch: epochOfSlot(view.cluster.schedule, pool.openLockSlot),
        };
    }
    const thisWindow = windowStart(view, epoch);
    if (slot < thisWindow) return { lockSlot: thisWindow, lockEpoch: epoch };
    return { lockSlot: windowStart(view, epoch + 1n), lockEpoch: epoch + 1n };
}

/** When a batch locks, or was locked; `undefined` where it has no request. */
export function batchSchedule({ lockSlot, lockEpoch }: UnstakeBatch): ExitSchedule | undefined {
    return lockSlot === 0n ? undefined : { lockSlot, lockEpoch };
}

/** When a batch with this schedule can be paid that is not. */
export function payableDates({ account, cluster }: PoolView, { lockEpoch }: ExitSchedule): PayableDates {
    const { slot, epoch } = cluster.clock;
    const settles = u64(lockEpoch + 1n);
    const payableEpoch = most(most(settles, settlementsOpenEpoch(account)), epoch);
    return {
        payableEpoch,
        payableSlot: most(firstSlotOfEpoch(cluster.schedule, payableEpoch), slot),
        latestEpoch: u64(payableEpoch + 1n),
    };
}

/** When a request that joins the queue now, or one of this batch, is paid. */
export function eta(
    view: PoolView,
    batch?: UnstakeBatch,
): ExitSchedule & PayableDates & { slotsUntilPayable: bigint } {
    const schedule = (batch && batchSchedule(batch)) ?? exitSchedule(view);
    const dates = payableDates(view, schedule);
    return { ...schedule, ...dates, slotsUntilPayable: dates.payableSlot - view.cluster.clock.slot };
}

/** How long a slot took lately, in seconds, as the node measured it; `undefined` where it did not. */
export async function secondsPerSlot(rpc: Rpc<GetRecentPerformanceSamplesApi>): Promise<number | undefined> {
    const samples = await rpc.getRecentPerformanceSamples(10).send();
    const slots = samples.reduce((sum, sample) => sum + Number(sample.numSlots), 0);
    const seconds = samples.reduce((sum, sample) => sum + sample.samplePeriodSecs, 0);
    return slots > 0 ? seconds / slots : undefined;
}

/** The first slot of the rebalance window of an epoch: then its batch locks. */
export function windowStart({ account, cluster }: PoolView, epoch: bigint): bigint {
    const share = epoch < account.windowFromEpoch ? account.windowBpsBefore : account.config.windowBps;
    const skipped = ceil(slotsInEpoch(cluster.schedule, epoch), bps(share), BPS);
    return u64(firstSlotOfEpoch(cluster.schedule, epoch) + skipped);
}

/** The first slot of the next epoch. */
export function nextEpochStart({ cluster }: PoolView): bigint {
    return firstSlotOfEpoch(cluster.schedule, cluster.clock.epoch + 1n);
}

function settlementsOpenEpoch({ breakerEpoch }: Pool): bigint {
    return breakerEpoch === NEVER ? 0n : saturating(breakerEpoch + SETTLEMENT_WAIT_EPOCHS);
}
