import { apy, closures, prices, worth, type PoolView } from '@sluice/client';

import { lst, percentE9, sol } from '../format.js';
import type { Known } from '../pool.js';
import type { Purse } from '../session.js';
import { texts } from '../texts.js';
import { called, type Named } from '../token.js';

const { glance } = texts;
/** The yield is shown over ten epochs, or over all that there are. */
const EPOCHS = 10n;

type Shown = { known: Known; named: Named; purse: Purse | undefined };

/** Which pool it is, both prices and the yield: what stands on every page. */
export function Glance({ known: { view, rates }, named, purse }: Shown) {
    const { depositPriceLamports, exitPriceLamports, supplyLst } = prices(view);
    const { isStale, breakerUntilEpoch, pausedUntilEpoch } = closures(view);
    const earned = apy(rates, EPOCHS) ?? apy(rates, 1n);
    const [name, parts] =
        earned?.apyPartsE9 !== undefined
            ? [glance.apy(earned.toEpoch - earned.fromEpoch), earned.apyPartsE9]
            : [glance.epochYield, earned?.epochPartsE9];
    const price = (lamports: bigint | undefined) => (lamports === undefined ? glance.none : sol(lamports));
    return (
        <section aria-label={glance.label}>
            <p class="which">
                <a href="#/pool" title={view.address}>
                    {called(named.token?.symbol, view.address)}
                </a>
            </p>
            <dl class="tiles">
                <div>
                    <dt>{glance.deposit}</dt>
                    <dd id="deposit-price">{price(depositPriceLamports)}</dd>
                </div>
                <div>
                    <dt>{glance.exit}</dt>
                    <dd id="exit-price">{price(exitPriceLamports)}</dd>
                </div>
                <div>
                    <dt>{name}</dt>
                    <dd id="yield">{parts === undefined ? glance.none : percentE9(parts)}</dd>
                </div>
            </dl>
            {purse !== undefined && purse.lst > 0n && supplyLst > 0n && <p>{yours(view, purse.lst)}</p>}
            {isStale && <p class="notice">{glance.stale}</p>}
            {breakerUntilEpoch !== undefined && (
                <p class="problem">{glance.tripped(String(breakerUntilEpoch))}</p>
            )}
            {pausedUntilEpoch !== undefined && (
                <p class="notice">{glance.paused(String(pausedUntilEpoch))}</p>
            )}
        </section>
    );
}

function yours(view: PoolView, units: bigint): string {
    const { nowLamports, laterLamports } = worth(view, units);
    return glance.yours(lst(units), sol(nowLamports), sol(laterLamports));
}
