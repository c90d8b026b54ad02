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
    /** The program would refuse: `code` says why. */
    | 'rule'
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

/** What the program would refuse with, as an error to throw. */
export function rule(code: SluiceError): SluiceRefusal {
    return new SluiceRefusal('rule', getSluiceErrorMessage(code), { code });
}

/** Throws what the program would refuse with, unless `holds`. */
export function ensure(holds: boolean, code: SluiceError): void {
    if (!holds) throw rule(code);
}

/**
 * The program's own sentence for an error of a node, of a simulation or of this client; `undefined`
 * where it is none of Sluice's. Its codes begin at 6000; those of the system, token and stake programs, which
 * it calls, are small.
 */
export function explain(error: unknown): string | undefined {
    if (error instanceof SluiceRefusal) return error.message;
    return sentence(codeOf(error));
}

/** The program's error code in an error, wherever it is nested. */
function codeOf(error: unknown): number | undefined {
    if (typeof error !== 'object' || error === null) return undefined;
    const { context, cause, Custom, InstructionError } = error as Record<string, unknown>;
    const code = (context as { code?: unknown } | undefined)?.code ?? Custom;
    if (sentence(code) !== undefined) return Number(code);
    if (Array.isArray(InstructionError)) return codeOf(InstructionError[1]);
    return codeOf(cause);
}

function sentence(code: unknown): string | undefined {
    return getSluiceErrorMessage(Number(code) as SluiceError);
}
