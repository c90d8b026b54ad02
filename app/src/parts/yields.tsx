import { apy, type EpochRate } from '@sluice/client';

import { percentE9 } from '../format.js';
import { texts } from '../texts.js';
import { Facts, type Fact } from './facts.js';

const EPOCHS = [1, 10, 30];

/** The yield by the clock, over the times that the history knows: of a year, or of an epoch where epochs are short. */
export function Yields({ rates }: { rates: readonly EpochRate[] }) {
    const { pool } = texts;
    const rows = EPOCHS.flatMap((epochs) => {
        const earned = apy(rates, BigInt(epochs));
        if (!earned) return [];
        const { apyPartsE9: ofYear, epochPartsE9 } = earned;
        const [name, note] =
            ofYear === undefined
                ? [pool.epochYield(epochs), pool.epochYieldExplained]
                : [pool.apy(epochs), pool.apyExplained];
        return { fact: [name, percentE9(ofYear ?? epochPartsE9)] satisfies Fact, note };
    });
    const notes = new Set(rows.map(({ note }) => note));
    return (
        <>
            <Facts facts={rows.map(({ fact }) => fact)} />
            {[...notes].map((note) => (
                <p class="hint" key={note}>
                    {note}
                </p>
            ))}
        </>
    );
}
