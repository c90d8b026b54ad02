// What a market pays, where the reader has named a source of quotes: a figure, and nothing to sign.

import { useEffect, useState } from 'preact/hooks';
import { marketQuote, type MarketQuote } from '@sluice/client';

import { sol } from './format.js';
import { Facts } from './parts/facts.js';
import { Way } from './parts/way.js';
import { Problem } from './problem.js';
import type { Session } from './session.js';
import { texts } from './texts.js';

/** What a market was asked, and answered; `host` is missing where none is to be asked. */
export type Asked = { host?: string; quote?: MarketQuote; error?: unknown };

/** Somebody still types. */
const PAUSE_MS = 400;

/** Asks the market, and again with each reading of the pool. */
export function useMarket({ settings, known }: Session, units: bigint): Asked {
    const [answer, setAnswer] = useState<Pick<Asked, 'quote' | 'error'>>({});
    const { quotes } = settings;
    useEffect(() => {
        if (!quotes) return undefined;
        const ending = new AbortController();
        const asking = setTimeout(() => {
            const { signal } = ending;
            marketQuote(quotes, known.view, { lst: units, signal }).then(
                (quote) => setAnswer({ quote }),
                (error) => signal.aborted || setAnswer({ error }),
            );
        }, PAUSE_MS);
        return () => {
            clearTimeout(asking);
            ending.abort();
        };
    }, [quotes, known.view, units]);
    return quotes ? { ...answer, host: new URL(quotes).host } : {};
}

/** What it pays, beside the pool's own ways. */
export function MarketWay({
    asked: { host, quote, error },
    marks,
}: {
    asked: Asked;
    marks: readonly string[];
}) {
    if (host === undefined) return null;
    const said = texts.leave;
    return (
        <Way name={said.market} marks={marks}>
            {!quote && error === undefined && <p role="status">{said.marketAsked}</p>}
            {quote && (
                <Facts
                    facts={[
                        [said.gets, sol(quote.lamports)],
                        [said.marketLeast, sol(quote.leastLamports)],
                        [said.marketFrom, host],
                    ]}
                />
            )}
            <Problem error={error} />
            <p class="hint">{said.marketNote}</p>
        </Way>
    );
}
