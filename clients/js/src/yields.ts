// What a pool has earned, by the clock: the growth of what it owns per LST between the starts of two
// epochs, net of all fees.

import type { GetMultipleAccountsApi, Rpc } from '@solana/kit';

import { fetchAll, type ReadOptions } from './accounts.js';
import type { EpochRate } from './generated/index.js';
import { requireAmount, requireWhole } from './inputs.js';
import { ONE, exp, ln } from './powers.js';
import type { PoolView } from './pool.js';
import { ratesOf } from './rates.js';

const YEAR_SECONDS = 365n * 86_400n;
/** A year is extrapolated only from epochs of six hours or more: shorter ones are a local cluster's. */
const LEAST_EPOCH_SECONDS = 6n * 3_600n;
const PARTS_E9 = 1_000_000_000n;

/** The growth of the deposit price between the starts of two epochs. */
export type Yield = {
    fromEpoch: bigint;
    toEpoch: bigint;
    /** Seconds from the start of the one to the start of the other. */
    seconds: bigint;
    /** What one epoch brought on average, compounded, in parts of 10^9, rounded down. */
    epochPartsE9: bigint;
    /** What a year of the same would bring, compounded, in parts of 10^9; `undefined` where epochs are short. */
    apyPartsE9: bigint | undefined;
};

/** The last epochs of a pool, oldest first: 180 at most. */
export async function history(
    rpc: Rpc<GetMultipleAccountsApi>,
    view: PoolView,
    options: ReadOptions = {},
): Promise<EpochRate[]> {
    const [found] = await fetchAll(rpc, [view.account.history], options);
    return ratesOf(view, found!);
}

/**
 * The yield over the last epochs of a history, at least this many (default: 10): the earlier entry is the latest that is
 * so far back. `undefined` where the history does not reach so far.
 */
export function apy(rates: readonly EpochRate[], epochs = 10n): Yield | undefined {
    requireAmount('epochs', epochs);
    const known = rates.filter(hasTime);
    const to = known.at(-1);
    const from = to && known.findLast((rate) => rate.epoch <= to.epoch - epochs);
    return from && yieldBetween(from, to);
}

/** Parts of 10^9 as percent, rounded down: `percent(61_234_567n)` is `6.12%`. */
export function percent(partsE9: bigint, digits = 2): string {
    requireWhole('digits', digits, 0, 7);
    const whole = 10n ** BigInt(digits);
    const negative = partsE9 < 0n;
    const parts = negative ? -partsE9 : partsE9;
    const divisor = 10n ** BigInt(7 - digits);
    // A loss is rounded down, too, which is away from zero.
    const shown = negative ? (parts + divisor - 1n) / divisor : parts / divisor;
    const fraction = digits > 0 ? `.${String(shown % whole).padStart(digits, '0')}` : '';
    return `${negative ? '-' : ''}${shown / whole}${fraction}%`;
}

/** The yield between two entries; `undefined` where one has no time or price, or they are not in order. */
export function yieldBetween(from: EpochRate, to: EpochRate): Yield | undefined {
    const seconds = to.epochStartTimestamp - from.epochStartTimestamp;
    const inOrder = hasTime(from) && hasTime(to) && from.epoch < to.epoch && seconds > 0n;
    if (!inOrder || [from, to].some((rate) => rate.lstSupply === 0n || rate.fullLamports === 0n))
        return undefined;
    const epochs = to.epoch - from.epoch;
    const growth = (to.fullLamports * from.lstSupply * ONE) / (to.lstSupply * from.fullLamports);
    if (growth === 0n) return undefined;
    const isLong = seconds >= LEAST_EPOCH_SECONDS * epochs;
    return {
        fromEpoch: from.epoch,
        toEpoch: to.epoch,
        seconds,
        epochPartsE9: compounded(growth, 1n, epochs),
        apyPartsE9: isLong ? compounded(growth, YEAR_SECONDS, seconds) : undefined,
    };
}

function hasTime(rate: EpochRate): boolean {
    return rate.epochStartTimestamp > 0n;
}

/** The digits that hold after a power are 18; the gain is then rounded down. */
const EXACT = ONE / 10n ** 18n;

/** The gain in `part / whole` of the time, in parts of 10^9, rounded down. */
function compounded(growth: bigint, part: bigint, whole: bigint): bigint {
    const grown = exp((ln(growth) * part) / whole);
    const exact = ((grown + EXACT / 2n) / EXACT) * EXACT;
    const parts = (exact - ONE) * PARTS_E9;
    return parts >= 0n ? parts / ONE : -((-parts + ONE - 1n) / ONE);
}
