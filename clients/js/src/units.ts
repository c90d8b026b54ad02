// Compute units that a trial does not show.

import type { Instruction } from '@solana/kit';

import { REQUEST_UNSTAKE_DISCRIMINATOR, SLUICE_PROGRAM_ADDRESS } from './generated/index.js';

/**
 * What a request in the queue takes more where it opens its batch. A batch can lock between the trial of a request and its
 * execution: whoever comes first then opens the next one. That takes up to 2,700 units, and 1,500 for each address
 * that is tried until one is on no curve. This is enough for 15 of them: one batch of 32,768 takes more.
 */
export const BATCH_OPENING_UNITS = 26_000n;

/** Compute units that these instructions may take beyond what a simulation of them took: add them to the limit. */
export function unitsBeyondTrial(instructions: readonly Instruction[]): bigint {
    return BigInt(instructions.filter(isRequest).length) * BATCH_OPENING_UNITS;
}

function isRequest({ programAddress, data }: Instruction): boolean {
    const isOurs = programAddress === SLUICE_PROGRAM_ADDRESS;
    return isOurs && REQUEST_UNSTAKE_DISCRIMINATOR.every((byte, index) => data?.[index] === byte);
}
