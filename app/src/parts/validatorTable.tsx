import { useEffect, useState } from 'preact/hooks';
import { SLOT_STATES, validators, type Validator } from '@sluice/client';

import { share, short, sol } from '../format.js';
import type { Known } from '../pool.js';
import { Problem } from '../problem.js';
import { texts } from '../texts.js';

const said = texts.pool;
const LARGEST = 10;

/** Where the stake is, the largest first. */
export function ValidatorTable({ known: { node, view } }: { known: Known }) {
    const [all, setAll] = useState<Validator[]>();
    const [error, setError] = useState<unknown>();
    useEffect(() => {
        let isCurrent = true;
        validators(node, view).then(
            (found) => isCurrent && setAll(found),
            (thrown) => isCurrent && setError(thrown),
        );
        return () => {
            isCurrent = false;
        };
    }, [node, view]);
    const rows = (all ?? [])
        .map(({ slot }) => ({ slot, lamports: slot.mainLamports + slot.transientLamports }))
        .sort((one, other) => (one.lamports < other.lamports ? 1 : one.lamports > other.lamports ? -1 : 0));
    const sum = (some: typeof rows) => some.reduce((all, { lamports }) => all + lamports, 0n);
    const total = sum(rows);
    const part = (count: number) => share(sum(rows.slice(0, count)), total);
    return (
        <section class="card">
            <h2>{said.validators}</h2>
            <Problem error={error} />
            {rows.length > 0 && <p>{said.concentration(part(1), part(LARGEST))}</p>}
            <div class="scroll" role="region" aria-label={said.validators} tabIndex={0}>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{said.validator}</th>
                            <th scope="col" class="number">
                                {said.staked}
                            </th>
                            <th scope="col" class="number">
                                {said.part}
                            </th>
                            <th scope="col">{said.state}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {rows.map(({ slot, lamports }) => (
                            <tr key={slot.vote}>
                                <td title={slot.vote}>{short(slot.vote)}</td>
                                <td class="number">{sol(lamports)}</td>
                                <td class="number">{share(lamports, total)}</td>
                                <td>{said.states[SLOT_STATES[slot.state] ?? 'empty']}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
        </section>
    );
}
