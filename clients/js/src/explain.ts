// Errors of nodes and of transactions, in words.

import {
    SOLANA_ERROR__BLOCK_HEIGHT_EXCEEDED,
    SOLANA_ERROR__INSTRUCTION_ERROR__COMPUTATIONAL_BUDGET_EXCEEDED,
    SOLANA_ERROR__INSTRUCTION_ERROR__PROGRAM_FAILED_TO_COMPLETE,
    SOLANA_ERROR__JSON_RPC__INTERNAL_ERROR,
    SOLANA_ERROR__JSON_RPC__METHOD_NOT_FOUND,
    SOLANA_ERROR__JSON_RPC__SERVER_ERROR_BLOCK_NOT_AVAILABLE,
    SOLANA_ERROR__JSON_RPC__SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED,
    SOLANA_ERROR__JSON_RPC__SERVER_ERROR_NODE_UNHEALTHY,
    SOLANA_ERROR__TRANSACTION_ERROR__ACCOUNT_NOT_FOUND,
    SOLANA_ERROR__TRANSACTION_ERROR__ALREADY_PROCESSED,
    SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND,
    SOLANA_ERROR__TRANSACTION_ERROR__INSUFFICIENT_FUNDS_FOR_FEE,
    SOLANA_ERROR__TRANSACTION_ERROR__INSUFFICIENT_FUNDS_FOR_RENT,
    isSolanaError,
} from '@solana/kit';

import { SLUICE_PROGRAM_ADDRESS, getSluiceErrorMessage, type SluiceError } from './generated/index.js';
import { failureIn, type Failure } from './logs.js';
import { SluiceRefusal } from './refusal.js';
import { ASSOCIATED_TOKEN_PROGRAM, SYSTEM_PROGRAM, TOKEN_PROGRAM } from './tokens.js';

const EXPIRED =
    'The blockhash of the transaction has expired, or the node does not know it: if the transaction has not ' +
    'landed, build it again with a new one';
const OUT_OF_UNITS =
    'The transaction took more compute units than it was allowed: what it met was not there when it was tried';
const NO_FEE = 'The fee payer has too little SOL for the fee of the transaction';
/** What happens to transactions of every program, by the code of kit's error. */
const OF_ANY_PROGRAM = [
    [SOLANA_ERROR__BLOCK_HEIGHT_EXCEEDED, EXPIRED],
    [SOLANA_ERROR__INSTRUCTION_ERROR__COMPUTATIONAL_BUDGET_EXCEEDED, OUT_OF_UNITS],
    [
        SOLANA_ERROR__INSTRUCTION_ERROR__PROGRAM_FAILED_TO_COMPLETE,
        'A program broke off: mostly the transaction took more compute units than it was allowed',
    ],
    [SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND, EXPIRED],
    [SOLANA_ERROR__TRANSACTION_ERROR__ACCOUNT_NOT_FOUND, NO_FEE],
    [SOLANA_ERROR__TRANSACTION_ERROR__INSUFFICIENT_FUNDS_FOR_FEE, NO_FEE],
    [
        SOLANA_ERROR__TRANSACTION_ERROR__ALREADY_PROCESSED,
        'The transaction has landed already: look at what it did before you repeat it',
    ],
    [
        SOLANA_ERROR__TRANSACTION_ERROR__INSUFFICIENT_FUNDS_FOR_RENT,
        'An account would be left with less SOL than its rent: it must keep that much, or nothing',
    ],
] as const;

/** What providers answer to whom asks too often; kit has no name for it. */
const LIMITED = -32_429;
/** What a node itself answers, by the code of JSON-RPC. */
const OF_NODES: Readonly<Record<number, string>> = {
    [SOLANA_ERROR__JSON_RPC__SERVER_ERROR_NODE_UNHEALTHY]: 'The node is behind the cluster',
    [SOLANA_ERROR__JSON_RPC__SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED]:
        'The node is behind what was read before, perhaps from another node at the same URL',
    [SOLANA_ERROR__JSON_RPC__SERVER_ERROR_BLOCK_NOT_AVAILABLE]: 'The node does not have the block yet',
    [SOLANA_ERROR__JSON_RPC__INTERNAL_ERROR]: 'The node could not answer because of an error of its own',
    [SOLANA_ERROR__JSON_RPC__METHOD_NOT_FOUND]:
        'The node does not answer one of the questions that this needs',
    [LIMITED]: 'The node has been asked more often than it allows',
};

/** What Anchor refuses an account with: it is there no more, or was never. */
const [OWNED_BY_ANOTHER, NOT_THERE] = [3007, 3012];
/** What programs that Sluice calls say. */
const TAKEN = 0;
const TOO_LITTLE = 1;
const OF_CALLED: Readonly<Record<string, Readonly<Record<number, string>>>> = {
    [TOKEN_PROGRAM]: { [TOO_LITTLE]: 'The token account has fewer tokens than the transaction moves' },
    [SYSTEM_PROGRAM]: {
        [TAKEN]: 'An account that the transaction would create is there already: it was perhaps sent before',
        [TOO_LITTLE]: 'Who pays has less SOL than the transaction moves, or takes for the rent of an account',
    },
};

/**
 * A sentence for an error of a node, of a simulation, of a transaction or of this client; `undefined` where
 * it is not about Sluice. Other programs begin their codes at 6000, too: by the logs in an error it is known
 * which program failed. An error without logs is explained only as far as that is certain.
 */
export function explain(error: unknown): string | undefined {
    if (error instanceof SluiceRefusal) return error.message;
    const failure = failureIn(logsOf(error));
    if (failure?.code !== undefined) return sentenceOf(failure);
    for (const cause of causes(error)) {
        const known = OF_ANY_PROGRAM.find(([code]) => isSolanaError(cause, code));
        if (known) return known[1];
        const ofNode = isSolanaError(cause) && OF_NODES[Number(cause.context.__code)];
        if (ofNode) return ofNode;
    }
    if (failure) return undefined;
    const code = codeOf(error);
    const sentence = code === undefined ? undefined : ofSluice(code);
    return sentence && `An instruction failed with the code ${code}. If Sluice failed, that is: ${sentence}`;
}

function sentenceOf({ programs, code, account }: Failure): string | undefined {
    const [called, failed] = [programs[0], programs.at(-1)];
    if (code === undefined) return undefined;
    if (failed === SLUICE_PROGRAM_ADDRESS) return ofSluice(code) ?? ofAnchor(code, account);
    const isOurs = called === SLUICE_PROGRAM_ADDRESS || called === ASSOCIATED_TOKEN_PROGRAM;
    return isOurs ? OF_CALLED[failed!]?.[code] : undefined;
}

function ofSluice(code: number): string | undefined {
    return getSluiceErrorMessage(code as SluiceError);
}

function ofAnchor(code: number, account = 'that is needed'): string | undefined {
    if (code !== OWNED_BY_ANOTHER && code !== NOT_THERE) return undefined;
    // A batch is closed with its last ticket.
    if (account === 'ticket' || account === 'batch') {
        return 'The ticket is not there, or not any more: it was claimed or cancelled. Read the tickets again';
    }
    return `The account ${account} is not there, or is not what the instruction needs`;
}

/** An error, and those that caused it. */
function* causes(error: unknown): Generator<Record<string, unknown>> {
    for (let one = error; typeof one === 'object' && one !== null; one = (one as { cause?: unknown }).cause) {
        yield one as Record<string, unknown>;
    }
}

/** The logs in an error, wherever they are nested. */
function logsOf(error: unknown): string[] {
    for (const { context, logs } of causes(error)) {
        const said = logs ?? (context as { logs?: unknown } | undefined)?.logs;
        if (Array.isArray(said)) return said.map(String);
    }
    return [];
}

/** The code that a program gave, wherever it is nested. */
function codeOf(error: unknown): number | undefined {
    for (const { context, Custom, InstructionError } of causes(error)) {
        const code = (context as { code?: unknown } | undefined)?.code ?? Custom;
        if (typeof code === 'number' || typeof code === 'bigint') return Number(code);
        if (Array.isArray(InstructionError)) return codeOf(InstructionError[1]);
    }
    return undefined;
}
