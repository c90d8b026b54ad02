// Which pool this is, and what its token is called.

import { useEffect, useState } from 'preact/hooks';
import { tokenName, type TokenName } from '@sluice/client';

import type { Known } from '../pool.js';
import { Problem } from '../problem.js';
import { texts } from '../texts.js';
import { Facts } from './facts.js';

const said = texts.identity;
type Named = { token?: TokenName | undefined; error?: unknown };

/** Name, symbol, mint and address: the last two say which pool it is, whatever it is called. */
export function Identity({ known: { node, view } }: { known: Known }) {
    const [{ token, error }, setNamed] = useState<Named>({});
    const { mint } = view.account;
    useEffect(() => {
        let isCurrent = true;
        tokenName(node, view).then(
            (found) => isCurrent && setNamed({ token: found }),
            (thrown) => isCurrent && setNamed({ error: thrown }),
        );
        return () => {
            isCurrent = false;
        };
    }, [node, mint]);
    return (
        <>
            <Facts
                facts={[
                    [said.name, token?.name || undefined],
                    [said.symbol, token?.symbol || undefined],
                    [said.mint, mint],
                    [said.pool, view.address],
                ]}
            />
            <Problem error={error} />
            <p class="hint">{said.note}</p>
        </>
    );
}
