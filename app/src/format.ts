// Amounts, dates and addresses, as they are written and read.

import { percent } from '@sluice/client';

const UNIT = 1_000_000_000n;
const DIGITS = 9;

/** Lamports, or units of the LST, as a decimal: `1,234.5`. All digits that count are shown. */
export function amount(units: bigint): string {
    const sign = units < 0n ? '−' : '';
    const whole = units < 0n ? -units : units;
    const fraction = String(whole % UNIT)
        .padStart(DIGITS, '0')
        .replace(/0+$/, '');
    return `${sign}${(whole / UNIT).toLocaleString('en-US')}${fraction && `.${fraction}`}`;
}

/** The same without thousands, as it is typed. */
export function typed(units: bigint): string {
    return amount(units).replaceAll(',', '');
}

/** What was typed, in units; `undefined` where it is no amount of at most nine decimals. */
export function parsed(text: string): bigint | undefined {
    const found = /^(\d{0,10})(?:\.(\d{0,9}))?$/.exec(text.trim());
    if (!found || !/\d/.test(text)) return undefined;
    const [, whole = '', fraction = ''] = found;
    return BigInt(whole || '0') * UNIT + BigInt(fraction.padEnd(DIGITS, '0'));
}

/** Basis points as percent: `12` is `0.12%`. */
export function bpsPercent(bps: number): string {
    return `${(bps / 100).toFixed(2)}%`;
}

/** Parts of 10^9 as percent, rounded down. What is not zero is not written as zero: `0.06%`, but `0.0029%`. */
export function percentE9(parts: bigint): string {
    const size = parts < 0n ? -parts : parts;
    const digits = size === 0n ? 2 : [2, 4].find((digits) => size >= 10n ** BigInt(7 - digits));
    return percent(parts, digits ?? 7);
}

/** A part of a whole as percent with one decimal, rounded down. */
export function share(part: bigint, whole: bigint): string {
    if (whole === 0n) return '0.0%';
    const permille = (part * 1000n) / whole;
    return `${permille / 10n}.${permille % 10n}%`;
}

/** An address, short enough for a line. */
export function short(address: string): string {
    return `${address.slice(0, 4)}…${address.slice(-4)}`;
}

/** A time in the reader's zone. */
export function time(milliseconds: number): string {
    return new Date(milliseconds).toLocaleString('en-GB', {
        day: 'numeric',
        month: 'short',
        hour: '2-digit',
        minute: '2-digit',
    });
}

/** Lamports with their unit. */
export function sol(lamports: bigint): string {
    return `${amount(lamports)} SOL`;
}

/** Units of the LST with its name. */
export function lst(units: bigint): string {
    return `${amount(units)} LST`;
}
