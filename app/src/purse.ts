// What the connected account has.

import { useEffect, useState } from 'preact/hooks';
import { fetchEncodedAccounts } from '@solana/kit';
import { tokenAccountOf, tokensIn } from '@sluice/client';

import type { Known } from './pool.js';
import type { Purse } from './session.js';
import type { Connected } from './wallet.js';

/** Read with each reading of the pool. */
export function usePurse(known: Known | undefined, connected: Connected | undefined): Purse | undefined {
    const [purse, setPurse] = useState<Purse>();
    useEffect(() => setPurse(undefined), [connected?.address, known?.view.address]);
    useEffect(() => {
        if (!known || !connected) return undefined;
        let isCurrent = true;
        const read = async () => {
            const token = await tokenAccountOf(connected.address, known.view.account.mint);
            const [owner, tokens] = await fetchEncodedAccounts(known.node, [connected.address, token]);
            const lamports = owner?.exists ? owner.lamports : 0n;
            const lst = tokens?.exists ? tokensIn(tokens.data) : 0n;
            if (isCurrent) setPurse({ lamports, lst });
        };
        // The pool's own reading says what is wrong with the node.
        read().catch(() => undefined);
        return () => {
            isCurrent = false;
        };
    }, [known, connected]);
    return purse;
}
