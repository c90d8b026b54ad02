import type { Movement } from '@sluice/client';

import { typed } from './format.js';

/** Movements as a file for a spreadsheet: a link that holds it. No field has a comma or a quote. */
export function csvOf(movements: readonly Movement[]): string {
    const head = 'time_utc,slot,kind,lst,sol,signature';
    const lines = movements.map(({ time, slot, kind, lst, lamports, signature }) => {
        const at = time === undefined ? '' : new Date(Number(time) * 1_000).toISOString();
        return [at, slot, kind, signed(lst), signed(lamports), signature].join(',');
    });
    return `data:text/csv;charset=utf-8,${encodeURIComponent([head, ...lines, ''].join('\r\n'))}`;
}

/** With the minus sign that spreadsheets know. */
function signed(units: bigint): string {
    return typed(units).replace('−', '-');
}
