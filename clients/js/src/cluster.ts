// What the cluster says: clock, rent and schedule of epochs.

import {
    getBooleanDecoder,
    getF64Decoder,
    getI64Decoder,
    getStructDecoder,
    getU64Decoder,
    type Address,
    type MaybeEncodedAccount,
} from '@solana/kit';

import { SluiceRefusal } from './refusal.js';

/** The sysvars that prices and dates follow from. */
export const SYSVARS = {
    clock: 'SysvarC1ock11111111111111111111111111111111' as Address,
    rent: 'SysvarRent111111111111111111111111111111111' as Address,
    schedule: 'SysvarEpochSchedu1e111111111111111111111111' as Address,
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

/** Reads the sysvars' accounts: clock, rent, schedule. */
export function readCluster([clock, rent, schedule]: readonly MaybeEncodedAccount[]): Cluster {
    const { lamportsPerByteYear, exemptionThreshold } = RENT.decode(existing(rent));
    return {
        clock: CLOCK.decode(existing(clock)),
        schedule: SCHEDULE.decode(existing(schedule)),
        // The threshold is whole on every cluster; the product is exact below 2^53.
        emptyRentLamports: BigInt(
            Math.trunc(Number(ACCOUNT_OVERHEAD_BYTES * lamportsPerByteYear) * exemptionThreshold),
        ),
    };
}

function existing(account: MaybeEncodedAccount | undefined): Uint8Array {
    if (account?.exists) return account.data as Uint8Array;
    const about = account ? { address: account.address } : {};
    throw new SluiceRefusal('missing', `The node did not answer the sysvar ${account?.address}`, about);
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
