import { apy, percent, type EpochRate } from '@sluice/client';

import { texts } from '../texts.js';
import { Facts } from './facts.js';

const EPOCHS = [1, 10, 30];

/** The yield by the clock, over the times that the history knows. */
export function Yields({ rates }: { rates: readonly EpochRate[] }) {
    const { pool, glance } = texts;
    const rows = EPOCHS.map((epochs) => {
        const earned = apy(rates, BigInt(epochs));
        const name = earned?.apyPartsE9 === undefined ? `${glance.epochYield}, ${epochs}` : pool.apy(epochs);
        return [name, earned && percent(earned.apyPartsE9 ?? earned.epochPartsE9)] as const;
    });
    return (
        <>
            <Facts facts={rows} />
            <p class="hint">{pool.apyExplained}</p>
        </>
    );
}
