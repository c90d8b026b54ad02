// What a market would pay for LST, by a source of quotes that somebody runs. Only its figures are taken: nothing that it
// answers is ever signed, and no text of it is passed on.

import { requireAmount, requireShare, requireView } from './inputs.js';
import { BPS, NEVER, bps, floor } from './integers.js';
import type { PoolView } from './pool.js';
import { SluiceRefusal } from './refusal.js';

/** What a market would pay. */
export type MarketQuote = {
    /** By the prices of the market at this moment, after its fees. */
    lamports: bigint;
    /** What a swap with this slippage pays at the least, or else it fails. */
    leastLamports: bigint;
};

export type MarketInput = {
    /** LST to sell, in smallest units. */
    lst: bigint;
    /** The slippage to ask for, in basis points. Default: 10. */
    slippageBps?: number;
    /** Ends the asking. */
    signal?: AbortSignal;
};

const WRAPPED_SOL = 'So11111111111111111111111111111111111111112';
const ANSWER_MS = 5_000;
/** How such a source says that nobody buys. */
const NO_ROUTE = /NO_ROUTES?|COULD_NOT_FIND_ANY_ROUTE|TOKEN_NOT_TRADABLE/;

/** The URL of a source that may be asked: HTTPS, or this machine. */
export function quoteSourceUrl(text: string): URL | undefined {
    if (!URL.canParse(text.trim())) return undefined;
    const url = new URL(text.trim());
    const isNear = url.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname);
    // A `*` would stand for many hosts in a page's policy.
    const isPlain = url.username === '' && url.password === '' && !url.hostname.includes('*');
    return isPlain && (url.protocol === 'https:' || isNear) ? url : undefined;
}

/**
 * Asks a source with Jupiter's interface, `GET SOURCE?inputMint=..&outputMint=..&amount=..&slippageBps=..`, what LST
 * bring as SOL. Refuses answers to another question, and amounts that contradict each other.
 */
export async function marketQuote(
    source: string,
    view: PoolView,
    { lst, slippageBps = 10, signal }: MarketInput,
): Promise<MarketQuote> {
    requireView(view);
    requireAmount('lst', lst);
    requireShare('slippageBps', slippageBps);
    const url = quoteSourceUrl(source);
    if (!url) throw new SluiceRefusal('invalid', 'The source of quotes must be a URL with https://');
    const asked = {
        inputMint: view.account.mint,
        outputMint: WRAPPED_SOL,
        amount: String(lst),
        slippageBps: String(slippageBps),
    };
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    const { status, body } = await answer(url, signal);
    if (status !== 200) throw refusal(status, body);
    return read(body, asked, slippageBps);
}

async function answer(url: URL, signal: AbortSignal | undefined): Promise<{ status: number; body: unknown }> {
    const limit = AbortSignal.timeout(ANSWER_MS);
    try {
        const response = await fetch(url, {
            signal: signal ? AbortSignal.any([signal, limit]) : limit,
            credentials: 'omit',
            redirect: 'error',
            referrerPolicy: 'no-referrer',
            cache: 'no-store',
        });
        const body: unknown = await response.json().catch(() => undefined);
        return { status: response.status, body };
    } catch (error) {
        if (signal?.aborted) throw error;
        throw new SluiceRefusal('source', 'The source of quotes does not answer');
    }
}

function refusal(status: number, body: unknown): SluiceRefusal {
    const { errorCode } = (body ?? {}) as { errorCode?: unknown };
    const isNoRoute = typeof errorCode === 'string' && NO_ROUTE.test(errorCode);
    const what = isNoRoute
        ? 'The market does not buy this amount'
        : `The source of quotes refuses (HTTP ${status})`;
    return new SluiceRefusal('source', what);
}

function read(body: unknown, asked: Record<string, string>, slippageBps: number): MarketQuote {
    const { inputMint, outputMint, inAmount, outAmount, otherAmountThreshold } = (body ?? {}) as Record<
        string,
        unknown
    >;
    const isAnswer =
        inputMint === asked['inputMint'] &&
        outputMint === asked['outputMint'] &&
        inAmount === asked['amount'];
    const [lamports, leastLamports] = [amount(outAmount), amount(otherAmountThreshold)];
    const isWhole = lamports !== undefined && leastLamports !== undefined && lamports > 0n;
    if (!isAnswer || !isWhole) {
        throw new SluiceRefusal('source', 'The source of quotes answered something else than was asked for');
    }
    // A lamport for its rounding.
    const bound = floor(lamports, BPS - bps(slippageBps), BPS);
    if (leastLamports > lamports || leastLamports + 1n < bound) {
        throw new SluiceRefusal('source', 'The source of quotes answered amounts that contradict each other');
    }
    return { lamports, leastLamports };
}

/** An amount as text of digits. */
function amount(text: unknown): bigint | undefined {
    if (typeof text !== 'string' || !/^\d{1,20}$/.test(text)) return undefined;
    const units = BigInt(text);
    return units <= NEVER ? units : undefined;
}
