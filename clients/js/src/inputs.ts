// What callers pass: a wrong type is refused where it comes in, since plain JavaScript has no compiler.

import { isAddress, type Address } from '@solana/kit';

import { BPS, NEVER } from './integers.js';
import { SluiceRefusal } from './refusal.js';

/** An amount that fits 64 bits, as a bigint; zero is for the program's rules to refuse. */
export function requireAmount(name: string, amount: bigint): void {
    if (typeof amount === 'bigint' && amount >= 0n && amount <= NEVER) return;
    throw invalid(`${name} must be a bigint from 0 to 2^64 - 1`, amount);
}

/** A whole number within bounds. */
export function requireWhole(name: string, number: number, least: number, most: number): void {
    if (Number.isInteger(number) && number >= least && number <= most) return;
    throw invalid(`${name} must be a whole number from ${least} to ${most}`, number);
}

/** A share in basis points. */
export function requireShare(name: string, share: number): void {
    requireWhole(name, share, 0, Number(BPS));
}

/** An address. */
export function requireAddress(name: string, address: Address): void {
    if (typeof address === 'string' && isAddress(address)) return;
    throw invalid(`${name} must be an address`, address);
}

function invalid(rule: string, given: unknown): SluiceRefusal {
    return new SluiceRefusal('invalid', `${rule}, not ${typeof given} ${String(given)}`);
}
