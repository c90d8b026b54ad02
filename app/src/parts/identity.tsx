// Which pool this is, and what its token is called.

import type { Known } from '../pool.js';
import { Problem } from '../problem.js';
import { texts } from '../texts.js';
import type { Named } from '../token.js';
import { Facts } from './facts.js';

const said = texts.identity;

/** Name, symbol, mint and address: the last two say which pool it is, whatever it is called. */
export function Identity({ known: { view }, named }: { known: Known; named: Named }) {
    const { token, error } = named;
    return (
        <>
            <Facts
                facts={[
                    [said.name, token?.name || undefined],
                    [said.symbol, token?.symbol || undefined],
                    [said.mint, view.account.mint],
                    [said.pool, view.address],
                ]}
            />
            <Problem error={error} />
            <p class="hint">{said.note}</p>
        </>
    );
}
