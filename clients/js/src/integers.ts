// Divisions that name their rounding, and amounts that stay within 64 bits, as in the program.

import {
    SLUICE_ERROR__MATH_OVERFLOW,
    SLUICE_ERROR__MATH_RATIO,
    SLUICE_ERROR__MATH_UNDERFLOW,
} from './generated/index.js';
import { ensure, rule } from './refusal.js';

const U64 = 1n << 64n;
/** Basis points in a whole. */
export const BPS = 10_000n;

/** An epoch that does not come, and a limit that is none. */
export const NEVER = U64 - 1n;

/** A sum or product that must fit 64 bits. */
export function u64(amount: bigint): bigint {
    ensure(amount < U64, SLUICE_ERROR__MATH_OVERFLOW);
    ensure(amount >= 0n, SLUICE_ERROR__MATH_UNDERFLOW);
    return amount;
}

/** The amount, or zero where it is negative. */
export function atLeastZero(amount: bigint): bigint {
    return amount < 0n ? 0n : amount;
}

/** The amount, or the largest that 64 bits hold. */
export function saturating(amount: bigint): bigint {
    return amount < U64 ? amount : U64 - 1n;
}

export function least(one: bigint, other: bigint): bigint {
    return one < other ? one : other;
}

export function most(one: bigint, other: bigint): bigint {
    return one > other ? one : other;
}

/** `amount x part / whole`, rounded down: for what the pool pays or mints. */
export function floor(amount: bigint, part: bigint, whole: bigint): bigint {
    if (whole === 0n) throw rule(SLUICE_ERROR__MATH_RATIO);
    return u64((amount * part) / whole);
}

/** `amount x part / whole`, rounded up: for what the pool charges or must keep. */
export function ceil(amount: bigint, part: bigint, whole: bigint): bigint {
    if (whole === 0n) throw rule(SLUICE_ERROR__MATH_RATIO);
    return u64(ceilDiv(amount * part, whole));
}

/** `amount / whole`, rounded up. */
export function ceilDiv(amount: bigint, whole: bigint): bigint {
    return (amount + whole - 1n) / whole;
}

/** A share in basis points, as a bigint. */
export function bps(share: number): bigint {
    ensure(share <= Number(BPS), SLUICE_ERROR__MATH_RATIO);
    return BigInt(share);
}
