// What the token of the pool is called. Anybody can call a token anything, so its pool's address stands beside it.

import { useEffect, useState } from 'preact/hooks';
import { tokenName, type TokenName } from '@sluice/client';

import { short } from './format.js';
import type { Known } from './pool.js';
import { texts } from './texts.js';

export type Named = { token?: TokenName | undefined; error?: unknown };

/** Read once the pool is on the screen, and again with each reading until the node has answered. */
export function useToken(known: Known | undefined): Named {
    const [named, setNamed] = useState<Named>({});
    const { node, view } = known ?? {};
    const again = named.error === undefined ? undefined : view;
    useEffect(() => {
        if (!node || !view) return undefined;
        let isCurrent = true;
        tokenName(node, view).then(
            (token) => isCurrent && setNamed({ token }),
            (error) => isCurrent && setNamed({ error }),
        );
        return () => {
            isCurrent = false;
        };
    }, [node, view?.account.mint, again]);
    return named;
}

/** The token and its pool, short enough for a line. */
export function called(symbol: string | undefined, pool: string): string {
    return texts.identity.called(symbol?.trim() ?? '', short(pool));
}
