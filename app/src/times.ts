// When something is paid.

import { firstSlotOfEpoch, type PayableDates } from '@sluice/client';

import type { Known } from './pool.js';

/**
 * Times by the cluster's clock, as those of the history are, in milliseconds; `undefined` where the node does not say how
 * long slots take.
 */
export type Times = { fromMs: number | undefined; untilMs: number | undefined };

/** When something is paid: from its first slot until the end of the epoch that is the last where all goes well. */
export function times(
    { view, slotSeconds }: Pick<Known, 'view' | 'slotSeconds'>,
    { payableSlot, latestEpoch }: PayableDates,
): Times {
    const { clock, schedule } = view.cluster;
    const at = (slot: bigint) =>
        slotSeconds === undefined
            ? undefined
            : (Number(clock.unixTimestamp) + Number(slot - clock.slot) * slotSeconds) * 1_000;
    return { fromMs: at(payableSlot), untilMs: at(firstSlotOfEpoch(schedule, latestEpoch + 1n)) };
}
