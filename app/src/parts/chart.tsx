import type { EpochRate, Prices } from '@sluice/client';

import { amount } from '../format.js';
import { texts } from '../texts.js';

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [600, 200, 96, 22];
const WHOLE_LST = 1_000_000_000n;
/** Digits behind which a place on the chart no longer shows: places are no money. */
const PLACES = 100_000n;

/** The deposit price at the start of each epoch, and the exit price of now. */
export function PriceChart({ rates, prices }: { rates: readonly EpochRate[]; prices: Prices }) {
    const { pool } = texts;
    const points = rates
        .filter(({ lstSupply }) => lstSupply > 0n)
        .map(({ epoch, fullLamports, lstSupply }) => ({
            epoch,
            price: (fullLamports * WHOLE_LST) / lstSupply,
        }));
    const [first, last, exit] = [points[0], points.at(-1), prices.exitPriceLamports];
    if (!first || !last || points.length < 2) return <p class="hint">{pool.chartNone}</p>;
    const all = [...points.map(({ price }) => price), ...(exit === undefined ? [] : [exit])];
    const [low, high] = all.reduce(
        ([low, high], one) => [one < low ? one : low, one > high ? one : high],
        [all[0]!, all[0]!],
    );
    const span = high > low ? high - low : 1n;
    const y = (price: bigint) =>
        HEIGHT - BOTTOM - Number(((price - low) * PLACES) / span) * ((HEIGHT - BOTTOM - 12) / Number(PLACES));
    const x = (index: number) => LEFT + (index * (WIDTH - LEFT - 12)) / (points.length - 1);
    const [from, to] = [amount(first.price), amount(last.price)];
    const text = pool.chartText(String(first.epoch), String(last.epoch), from, to);
    return (
        <figure>
            <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={text}>
                <polyline
                    class="curve"
                    points={points.map(({ price }, index) => `${x(index)},${y(price)}`).join(' ')}
                />
                {exit !== undefined && <circle class="point" cx={WIDTH - 12} cy={y(exit)} r="4" />}
                <text class="axis" x="0" y="16">
                    {amount(high)}
                </text>
                <text class="axis" x="0" y={HEIGHT - BOTTOM}>
                    {amount(low)}
                </text>
                <text class="axis" x={LEFT} y={HEIGHT - 4}>
                    {String(first.epoch)}
                </text>
                <text class="axis" x={WIDTH - 12} y={HEIGHT - 4} text-anchor="end">
                    {String(last.epoch)}
                </text>
            </svg>
            <figcaption>
                {text} {pool.chartExit}
            </figcaption>
        </figure>
    );
}
