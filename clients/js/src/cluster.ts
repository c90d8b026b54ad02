// What the cluster says: clock, rent and schedule of epochs.

import {
    getBooleanDecoder,
    getF64Decoder,
    getI64Decoder,
    getStructDecoder,
    getU64Decoder,
    type Address,
    type Decoder,
    type MaybeEncodedAccount,
} from '@solana/kit';

import { atLeastZero } from './integers.js';
import { SluiceRefusal } from './refusal.js';

/** The sysvars that prices and dates follow from. */
export const SYSVARS = {
    clock: 'SysvarC1ock11111111111111111111111111111111' as Address,
    rent: 'SysvarRent111111111111111111111111111111111' as Address,
    schedule: 'SysvarEpochSchedu1e111111111111111111111111' as Address,
    stakeHistory: 'SysvarStakeHistory1111111111111111111111111' as Address,
} as const;

/** Slot, epoch and time. */
export type Clock = { slot: bigint; epochStartTimestamp: bigint; epoch: bigint; unixTimestamp: bigint };

/** First and last slots of epochs. */
export type EpochSchedule = {
    slotsPerEpoch: bigint;
    firstNormalEpoch: bigint;
    firstNormalSlot: bigint;
};

/** What the cluster says at a slot. */
export type Cluster = {
    clock: Clock;
    schedule: EpochSchedule;
    /** The least lamports of an account without data. */
    emptyRentLamports: bigint;
    /** The least lamports of a stake account, beside its stake. */
    stakeRentLamports: bigint;
};

const CLOCK = getStructDecoder([
    ['slot', getU64Decoder()],
    ['epochStartTimestamp', getI64Decoder()],
    ['epoch', getU64Decoder()],
    ['leaderScheduleEpoch', getU64Decoder()],
    ['unixTimestamp', getI64Decoder()],
]);
const RENT = getStructDecoder([
    ['lamportsPerByteYear', getU64Decoder()],
    ['exemptionThreshold', getF64Decoder()],
]);
const SCHEDULE = getStructDecoder([
    ['slotsPerEpoch', getU64Decoder()],
    ['leaderScheduleSlotOffset', getU64Decoder()],
    ['warmup', getBooleanDecoder()],
    ['firstNormalEpoch', getU64Decoder()],
    ['firstNormalSlot', getU64Decoder()],
]);
/** What the runtime counts for an account beside its data, in bytes. */
const ACCOUNT_OVERHEAD_BYTES = 128n;

const STAKE_ACCOUNT_BYTES = 200n;

/** Reads the sysvars' accounts: clock, rent, schedule. */
export function readCluster([clock, rent, schedule]: readonly MaybeEncodedAccount[]): Cluster {
    const { lamportsPerByteYear, exemptionThreshold } = readSysvar(RENT, rent);
    // The threshold is whole on every cluster; the product is exact below 2^53.
    const rentOf = (bytes: bigint) =>
        BigInt(
            Math.trunc(Number((ACCOUNT_OVERHEAD_BYTES + bytes) * lamportsPerByteYear) * exemptionThreshold),
        );
    return {
        clock: readSysvar(CLOCK, clock),
        schedule: readSysvar(SCHEDULE, schedule),
        emptyRentLamports: rentOf(0n),
        stakeRentLamports: rentOf(STAKE_ACCOUNT_BYTES),
    };
}

/** Reads a sysvar's account. Refuses what a node answers that is none. */
export function readSysvar<T>(decoder: Decoder<T>, account: MaybeEncodedAccount | undefined): T {
    const about = account ? { address: account.address } : {};
    if (!account?.exists) {
        throw new SluiceRefusal('missing', `The node did not answer the sysvar ${account?.address}`, about);
    }
    try {
        return decoder.decode(account.data);
    } catch {
        const what = `The node answered ${account.data.length} bytes for the sysvar ${account.address}, which are too few`;
        throw new SluiceRefusal('wrong-size', what, about);
    }
}

/** The slots of the shortest epoch: the first one of a cluster that warms up. */
const LEAST_SLOTS = 32n;

/** How many slots an epoch has. */
export function slotsInEpoch(schedule: EpochSchedule, epoch: bigint): bigint {
    return epoch < schedule.firstNormalEpoch ? LEAST_SLOTS << epoch : schedule.slotsPerEpoch;
}

/** The first slot of an epoch. */
export function firstSlotOfEpoch(schedule: EpochSchedule, epoch: bigint): bigint {
    const { firstNormalEpoch, firstNormalSlot, slotsPerEpoch } = schedule;
    if (epoch <= firstNormalEpoch) return ((1n << epoch) - 1n) * LEAST_SLOTS;
    return firstNormalSlot + (epoch - firstNormalEpoch) * slotsPerEpoch;
}

/** The epoch of a slot. */
export function epochOfSlot(schedule: EpochSchedule, slot: bigint): bigint {
    const { firstNormalEpoch, firstNormalSlot, slotsPerEpoch } = schedule;
    if (slot >= firstNormalSlot) return firstNormalEpoch + (slot - firstNormalSlot) / slotsPerEpoch;
    let epoch = 0n;
    while (firstSlotOfEpoch(schedule, epoch + 1n) <= slot) epoch += 1n;
    return epoch;
}

/** Whether no more than a tenth of the epoch is past. */
export function isEpochYoung({ clock, schedule }: Cluster): boolean {
    const past = atLeastZero(clock.slot - firstSlotOfEpoch(schedule, clock.epoch));
    return past * 10n <= slotsInEpoch(schedule, clock.epoch);
}
