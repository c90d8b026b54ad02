// An error as a sentence, with what to do next.

import {
    SOLANA_ERROR__INSTRUCTION_ERROR__COMPUTATIONAL_BUDGET_EXCEEDED,
    SOLANA_ERROR__INSTRUCTION_ERROR__PROGRAM_FAILED_TO_COMPLETE,
    SOLANA_ERROR__JSON_RPC__METHOD_NOT_FOUND,
    SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR,
    SOLANA_ERROR__TRANSACTION_ERROR__ACCOUNT_NOT_FOUND,
    SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND,
    SOLANA_ERROR__TRANSACTION_ERROR__INSUFFICIENT_FUNDS_FOR_FEE,
    SOLANA_ERROR__TRANSACTION_ERROR__INSUFFICIENT_FUNDS_FOR_RENT,
    isSolanaError,
} from '@solana/kit';
import {
    SLUICE_ERROR__BREAKER_TRIPPED,
    SLUICE_ERROR__INSUFFICIENT_RESERVE,
    SLUICE_ERROR__NOT_OBSERVED,
    SLUICE_ERROR__PAUSED,
    SLUICE_ERROR__POOL_STALE,
    SLUICE_ERROR__REWARDS_BEING_PAID,
    SluiceRefusal,
    explain,
} from '@sluice/client';

import { texts } from './texts.js';

/** An error that this page itself explains. */
export class Told extends Error {
    constructor(
        message: string,
        readonly next?: string,
    ) {
        super(message);
    }
}

/** What a simulation failed with. */
export class SimulationFailed extends Error {
    constructor(
        readonly logs: readonly string[],
        cause: unknown,
    ) {
        super('simulation', { cause });
    }
}

const { errors } = texts;

const OF_RULES: Readonly<Record<number, string>> = {
    [SLUICE_ERROR__POOL_STALE]: errors.staleNext,
    [SLUICE_ERROR__BREAKER_TRIPPED]: errors.breakerNext,
    [SLUICE_ERROR__PAUSED]: errors.pausedNext,
    [SLUICE_ERROR__REWARDS_BEING_PAID]: errors.rewardsNext,
    [SLUICE_ERROR__NOT_OBSERVED]: errors.staleNext,
    [SLUICE_ERROR__INSUFFICIENT_RESERVE]: errors.bufferNext,
};

/** "Too many requests". */
const LIMITED_STATUS = 429;

const FUNDS = [
    SOLANA_ERROR__TRANSACTION_ERROR__ACCOUNT_NOT_FOUND,
    SOLANA_ERROR__TRANSACTION_ERROR__INSUFFICIENT_FUNDS_FOR_FEE,
    SOLANA_ERROR__TRANSACTION_ERROR__INSUFFICIENT_FUNDS_FOR_RENT,
] as const;

/** Another moment is another trial, with another limit of compute units. */
const UNITS = [
    SOLANA_ERROR__INSTRUCTION_ERROR__COMPUTATIONAL_BUDGET_EXCEEDED,
    SOLANA_ERROR__INSTRUCTION_ERROR__PROGRAM_FAILED_TO_COMPLETE,
] as const;

/** The sentence of an error, and the next step. */
export function told(error: unknown): { sentence: string; next?: string | undefined } {
    if (error instanceof Told) return { sentence: error.message, next: error.next };
    if (isSolanaError(error, SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR))
        return ofStatus(error.context.statusCode);
    if (error instanceof TypeError && /fetch|network|load failed/i.test(error.message))
        return { sentence: errors.unreachable, next: errors.unreachableNext };
    const sentence = explain(error);
    const code = codeOfNode(error);
    if (code !== undefined) {
        const next = code === SOLANA_ERROR__JSON_RPC__METHOD_NOT_FOUND ? errors.otherNode : errors.busyNext;
        return { sentence: sentence === undefined ? errors.ofNode(code) : `${sentence}.`, next };
    }
    if (sentence === undefined)
        return { sentence: errors.unknown(error instanceof Error ? error.message : String(error)) };
    return { sentence: `${sentence}.`, next: nextOf(error) };
}

/** A node, or what stands before it, that refuses an answer by a status of HTTP. */
function ofStatus(status: number): { sentence: string; next: string } {
    if (status === LIMITED_STATUS) return { sentence: errors.limited, next: errors.busyNext };
    if (status >= 500) return { sentence: errors.failed(status), next: errors.busyNext };
    return { sentence: errors.refuses(status), next: errors.refusesNext };
}

/** The code of JSON-RPC, where a node answered an error. */
function codeOfNode(error: unknown): number | undefined {
    if (!isSolanaError(error)) return undefined;
    const code = Number(error.context.__code);
    return code <= -32_000 && code >= -32_768 ? code : undefined;
}

/** The code of the rule that refuses, where one does. */
export function ruleOf(error: unknown): number | undefined {
    if (error instanceof SluiceRefusal) return error.code;
    if (!(error instanceof SimulationFailed)) return undefined;
    const code = /custom program error: 0x([0-9a-f]+)/i.exec(error.logs.join('\n'))?.[1];
    return code === undefined ? undefined : Number.parseInt(code, 16);
}

function nextOf(error: unknown): string | undefined {
    const rule = ruleOf(error);
    if (error instanceof SluiceRefusal) {
        if (error.reason === 'source') return texts.leave.marketNext;
        const isNoPool = ['missing', 'foreign', 'another-kind', 'another-pool'].includes(error.reason);
        return rule === undefined ? (isNoPool ? errors.noPoolNext : undefined) : OF_RULES[rule];
    }
    if (!(error instanceof SimulationFailed)) return undefined;
    if (isSolanaError(error.cause, SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND))
        return errors.expiredNext;
    if (UNITS.some((code) => isSolanaError(error.cause, code))) return errors.unitsNext;
    const isFunds = FUNDS.some((code) => isSolanaError(error.cause, code));
    if (isFunds || /insufficient (funds|lamports)/i.test(error.logs.join('\n'))) return errors.fundsNext;
    return rule === undefined ? undefined : OF_RULES[rule];
}

export function Problem({ error }: { error: unknown }) {
    if (error === undefined) return null;
    const { sentence, next } = told(error);
    return (
        <div class="problem" role="alert">
            <p>{sentence}</p>
            {next && <p>{next}</p>}
        </div>
    );
}
