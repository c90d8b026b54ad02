import { Parameter, type PendingChange } from '@sluice/client';

import { bpsPercent, sol } from '../format.js';
import { texts } from '../texts.js';

/** The changes of parameters that are announced: holders can leave before they act. */
export function Changes({ pending }: { pending: readonly PendingChange[] }) {
    const { pool } = texts;
    const waiting = pending.flatMap(({ value, fromEpoch }, index) =>
        fromEpoch === 0n ? [] : [{ name: Parameter[index] ?? String(index), value, fromEpoch }],
    );
    if (waiting.length === 0) return <p>{pool.noChanges}</p>;
    return (
        <ul>
            {waiting.map(({ name, value, fromEpoch }) => (
                <li key={name}>
                    {pool.change(
                        named(name),
                        name.endsWith('Bps') ? bpsPercent(Number(value)) : sol(value),
                        String(fromEpoch),
                    )}
                </li>
            ))}
        </ul>
    );
}

/** `RewardFeeBps` as `reward fee`. */
function named(parameter: string): string {
    return parameter
        .replace(/(Bps|Lamports)$/, '')
        .replace(/(?!^)([A-Z])/g, ' $1')
        .toLowerCase();
}
