import type { Address } from '@solana/kit';

import { SLUICE_PROGRAM_ADDRESS, getSluiceErrorMessage, type SluiceError } from './generated/index.js';

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

/**
 * The program's own sentence for an error of a node, of a simulation or of this client; `undefined` where it
 * is none of Sluice's. Other programs begin their codes at 6000, too: an error with logs is Sluice's only
 * where these say so. Without logs, pass errors of transactions that only Sluice could have failed.
 */
export function explain(error: unknown): string | undefined {
    if (error instanceof SluiceRefusal) return error.message;
    const failed = failedProgram(error);
    if (failed !== undefined && failed !== SLUICE_PROGRAM_ADDRESS) return undefined;
    return sentence(codeOf(error));
}

/** An error, and those that caused it. */
function* causes(error: unknown): Generator<Record<string, unknown>> {
    for (let one = error; typeof one === 'object' && one !== null; one = (one as { cause?: unknown }).cause) {
        yield one as Record<string, unknown>;
    }
}

/** The program that failed first, by the logs in an error. */
function failedProgram(error: unknown): string | undefined {
    for (const { context, logs } of causes(error)) {
        const said = logs ?? (context as { logs?: unknown } | undefined)?.logs;
        if (!Array.isArray(said)) continue;
        for (const line of said) {
            const program = /^Program (\S+) failed: /.exec(String(line))?.[1];
            if (program !== undefined) return program;
        }
    }
    return undefined;
}

/** The program's error code in an error, wherever it is nested. */
function codeOf(error: unknown): number | undefined {
    for (const { context, Custom, InstructionError } of causes(error)) {
        const code = (context as { code?: unknown } | undefined)?.code ?? Custom;
        if (sentence(code) !== undefined) return Number(code);
        if (Array.isArray(InstructionError)) return codeOf(InstructionError[1]);
    }
    return undefined;
}

function sentence(code: unknown): string | undefined {
    return getSluiceErrorMessage(Number(code) as SluiceError);
}
