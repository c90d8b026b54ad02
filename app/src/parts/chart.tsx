// Both prices over the last epochs, as an own small drawing.

import { useEffect, useState } from 'preact/hooks';
import { pastPrices, type EpochPrices, type EpochRate, type Prices } from '@sluice/client';

import { amount, sol } from '../format.js';
import type { Known } from '../pool.js';
import { texts } from '../texts.js';

const [WIDTH, HEIGHT, MARGIN] = [600, 160, 8];
const WHOLE_LST = 1_000_000_000n;
/** Digits behind which a place on the chart no longer shows: places are no money. */
const PLACES = 100_000n;
const { pool } = texts;

/** A price at the start of an epoch. */
type Point = { epoch: bigint; price: bigint };

/**
 * The deposit price of each epoch from the record on the chain, the exit price of those whose transactions the node still
 * has, and the exit price of now.
 */
export function PriceChart({ known, prices }: { known: Known; prices: Prices }) {
    const exits = useExits(known);
    const deposits = depositsOf(known.rates);
    const [first, last, now] = [deposits[0], deposits.at(-1), prices.exitPriceLamports];
    if (!first || !last || deposits.length < 2) return <p class="hint">{pool.chartNone}</p>;
    const all = [...deposits, ...(exits ?? [])].map(({ price }) => price).concat(now ?? []);
    const [low, high] = [lowest(all), lowest(all.map((price) => -price)) * -1n];
    const place = placesIn({ first: first.epoch, last: last.epoch, low, high });
    const text = pool.chartText(
        String(first.epoch),
        String(last.epoch),
        amount(first.price),
        amount(last.price),
    );
    return (
        <figure>
            <p class="axis">{sol(high)}</p>
            <svg
                class="chart"
                viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
                preserveAspectRatio="none"
                role="img"
                aria-label={`${text} ${exitText(exits)}`}
            >
                <polyline class="curve" points={deposits.map(place).join(' ')} />
                {runs(exits ?? []).map((run) => (
                    <polyline class="curve exit" key={run[0]} points={run.map(place).join(' ')} />
                ))}
                {now !== undefined && <Dot at={place({ epoch: last.epoch, price: now })} />}
            </svg>
            <p class="axis">{sol(low)}</p>
            <p class="axis ends">
                <span>{pool.chartEpoch(String(first.epoch))}</span>
                <span>{pool.chartEpoch(String(last.epoch))}</span>
            </p>
            <ul class="legend" aria-hidden="true">
                <Sample name={texts.glance.deposit} shape={<line class="curve" x2="28" y1="5" y2="5" />} />
                {exits && exits.length > 0 && (
                    <Sample name={pool.chartExit} shape={<line class="curve exit" x2="28" y1="5" y2="5" />} />
                )}
                <Sample name={pool.chartNow} shape={<Dot at={[14, 5]} />} />
            </ul>
            <figcaption>
                {text} {exitText(exits)}
            </figcaption>
        </figure>
    );
}

function Dot({ at: [x, y] }: { at: readonly [number, number] }) {
    // A line without length: unlike a circle it stays round where the drawing is stretched.
    return <path class="point" d={`M${x} ${y}h0`} />;
}

function Sample({ name, shape }: { name: string; shape: preact.ComponentChildren }) {
    return (
        <li>
            <svg viewBox="0 0 28 10">{shape}</svg>
            {name}
        </li>
    );
}

/** What the exit prices in the chart are, and which are missing. */
function exitText(exits: readonly Point[] | undefined): string {
    if (exits === undefined) return pool.chartReading;
    const [first] = exits;
    return first ? pool.chartExitText(String(first.epoch)) : pool.chartNoExits;
}

/** The exit prices that the node knows; `undefined` while it is asked, none where it does not know them. */
function useExits({ node, view, rates }: Known): Point[] | undefined {
    const [found, setFound] = useState<EpochPrices[]>();
    const epoch = rates.at(-1)?.epoch;
    useEffect(() => {
        let isCurrent = true;
        pastPrices(node, view, rates).then(
            (past) => isCurrent && setFound(past),
            () => isCurrent && setFound([]),
        );
        return () => {
            isCurrent = false;
        };
    }, [node, view.address, epoch]);
    return found?.map(({ epoch, exitPriceLamports }) => ({ epoch, price: exitPriceLamports }));
}

function depositsOf(rates: readonly EpochRate[]): Point[] {
    return rates
        .filter(({ lstSupply }) => lstSupply > 0n)
        .map(({ epoch, fullLamports, lstSupply }) => ({
            epoch,
            price: (fullLamports * WHOLE_LST) / lstSupply,
        }));
}

/** Epochs that follow each other: nothing is drawn over those between. */
function runs(points: readonly Point[]): Point[][] {
    return points.reduce<Point[][]>((all, point) => {
        const run = all.at(-1);
        if (run?.at(-1)?.epoch === point.epoch - 1n) run.push(point);
        else all.push([point]);
        return all;
    }, []);
}

type Bounds = { first: bigint; last: bigint; low: bigint; high: bigint };

/** Where points are on the drawing. */
function placesIn({ first, last, low, high }: Bounds): (point: Point) => readonly [number, number] {
    const part = (value: bigint, whole: bigint) =>
        Number((value * PLACES) / (whole > 0n ? whole : 1n)) / Number(PLACES);
    return ({ epoch, price }) => [
        MARGIN + part(epoch - first, last - first) * (WIDTH - 2 * MARGIN),
        HEIGHT - MARGIN - part(price - low, high - low) * (HEIGHT - 2 * MARGIN),
    ];
}

function lowest(prices: readonly bigint[]): bigint {
    return prices.reduce((least, price) => (price < least ? price : least));
}
