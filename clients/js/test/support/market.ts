// A source of quotes with Jupiter's interface, for a market that pays so many lamports for each LST.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = { status?: number; body?: unknown; headers?: Record<string, string> };

/** A quote as such a source answers it. */
export function quoteOf(asked: URLSearchParams, lamportsPerLst: bigint): Record<string, unknown> {
    const [amount, slippage] = [BigInt(asked.get('amount')!), BigInt(asked.get('slippageBps')!)];
    const out = (amount * lamportsPerLst) / 1_000_000_000n;
    return {
        inputMint: asked.get('inputMint'),
        inAmount: String(amount),
        outputMint: asked.get('outputMint'),
        outAmount: String(out),
        otherAmountThreshold: String((out * (10_000n - slippage) + 9_999n) / 10_000n),
        swapMode: 'ExactIn',
        slippageBps: Number(slippage),
        priceImpactPct: '0.0001',
        routePlan: [{ swapInfo: { label: '<b>Pay me</b>' }, percent: 100 }],
    };
}

export class Market {
    /** What it was asked, newest last. */
    readonly asked: URLSearchParams[] = [];
    /** What it answers: nothing, unless told. */
    answer: (asked: URLSearchParams) => Answer = () => ({ status: 404 });

    private constructor(private readonly server: Server) {}

    static async open(): Promise<Market> {
        const server = createServer((request, response) => {
            const { searchParams } = new URL(request.url!, 'http://127.0.0.1');
            market.asked.push(searchParams);
            const { status = 200, body, headers } = market.answer(searchParams);
            response.writeHead(status, { 'access-control-allow-origin': '*', ...headers });
            response.end(typeof body === 'string' ? body : JSON.stringify(body ?? null));
        });
        const market = new Market(server);
        await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
        return market;
    }

    get url(): string {
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/swap/v1/quote`;
    }

    close(): void {
        this.server.closeAllConnections();
        this.server.close();
    }
}
