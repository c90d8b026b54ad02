import type { Address } from '@solana/kit';

import { getSluiceErrorMessage, type SluiceError } from './generated/index.js';

/** Why this client refuses. */
export type RefusalReason =
    /** There is no account at the address. */
    | 'missing'
    /** The account belongs to another program. */
    | 'foreign'
    /** The account is something else than what was asked for. */
    | 'another-kind'
    /** The account has a layout version that this client does not know. */
    | 'unknown-version'
    /** The account has not as many bytes as its kind. */
    | 'wrong-size'
    /** The account belongs to another pool. */
    | 'another-pool'
    /** The ticket belongs to somebody else. */
    | 'another-owner'
    /** The program would refuse: `code` says why. */
    | 'rule'
    /** Something that was passed is no amount, no address, or out of bounds. */
    | 'invalid'
    /** What is sent to the address would be lost. */
    | 'no-recipient'
    /** A node answered what cannot be. */
    | 'node'
    /** A source of quotes does not answer, refuses, or answered what cannot be. */
    | 'source'
    /** There is nothing that this client could build. */
    | 'impossible';

/** An error of this client: it says which account, and why. */
export class SluiceRefusal extends Error {
    override readonly name = 'SluiceRefusal';
    /** Why. */
    readonly reason: RefusalReason;
    /** Which account, where it is about one. */
    readonly address: Address | undefined;
    /** The program's error code, where the program would refuse. */
    readonly code: number | undefined;

    constructor(reason: RefusalReason, message: string, about: { address?: Address; code?: number } = {}) {
        super(message);
        this.reason = reason;
        this.address = about.address;
        this.code = about.code;
    }
}

/** What the program would refuse with, as an error to throw; about which account, where that is one of several. */
export function rule(code: SluiceError, address?: Address): SluiceRefusal {
    return new SluiceRefusal('rule', getSluiceErrorMessage(code), { code, ...(address && { address }) });
}

/** Throws what the program would refuse with, unless `isTrue`. */
export function ensure(isTrue: boolean, code: SluiceError, address?: Address): void {
    if (!isTrue) throw rule(code, address);
}

/** Whether something holds; a refusal on the way to the answer says that it does not. */
export function holds(answer: () => boolean): boolean {
    try {
        return answer();
    } catch (error) {
        if (error instanceof SluiceRefusal) return false;
        throw error;
    }
}
