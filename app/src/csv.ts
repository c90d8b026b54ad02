import type { EpochReward, Movements } from '@sluice/client';

import { typed } from './format.js';

/**
 * From which epoch on all is known, movements, then what epochs brought, for a spreadsheet: a link that holds it. No field
 * has a comma or a quote.
 */
export function csvOf({ movements, knownFromEpoch }: Movements, earned: readonly EpochReward[]): string {
    const head = 'time_utc,slot,kind,lst,sol,signature,epoch,gain_sol';
    const begins = knownFromEpoch === undefined ? [] : [`,,known_from,,,,${knownFromEpoch},`];
    const lines = movements.map(({ time, slot, kind, lst, lamports, signature }) => {
        return [utc(time), slot, kind, signed(lst), signed(lamports), signature, '', ''].join(',');
    });
    // Nothing moves by a gain: the columns of what moved stay empty.
    const gains = earned.map(({ time, epoch, lamports }) =>
        [utc(time), '', 'gain', '', '', '', epoch, signed(lamports)].join(','),
    );
    return `data:text/csv;charset=utf-8,${encodeURIComponent([head, ...begins, ...lines, ...gains, ''].join('\r\n'))}`;
}

function utc(seconds: bigint | undefined): string {
    return seconds === undefined ? '' : new Date(Number(seconds) * 1_000).toISOString();
}

/** With the minus sign that spreadsheets know. */
function signed(units: bigint): string {
    return typed(units).replace('−', '-');
}
