import { useEffect, useState } from 'preact/hooks';
import { SLOT_STATES, validators, type Validator } from '@sluice/client';

import { share, short, sol } from '../format.js';
import type { Known } from '../pool.js';
import { Problem } from '../problem.js';
import { texts } from '../texts.js';
import { Table } from './table.js';

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
            <Table
                name={said.validators}
                columns={[
                    { head: said.validator },
                    { head: said.staked, kind: 'number' },
                    { head: said.part, kind: 'number' },
                    { head: said.state },
                ]}
                rows={rows.map(({ slot, lamports }) => ({
                    key: slot.vote,
                    cells: [
                        <span title={slot.vote}>{short(slot.vote)}</span>,
                        sol(lamports),
                        share(lamports, total),
                        said.states[SLOT_STATES[slot.state] ?? 'empty'],
                    ],
                }))}
            />
        </section>
    );
}
