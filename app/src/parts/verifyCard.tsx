import { useState } from 'preact/hooks';
import type { Address } from '@solana/kit';
import { verify, type Check, type Verification } from '@sluice/client';

import { lst, sol } from '../format.js';
import type { Node } from '../node.js';
import { Problem } from '../problem.js';
import { texts } from '../texts.js';
import { Table } from './table.js';

const said = texts.verify;
type State =
    | { kind: 'idle' | 'running' }
    | { kind: 'done'; result: Verification }
    | { kind: 'failed'; error: unknown };

/** Adds the book up in the browser, and says what was compared. */
export function VerifyCard({ node, pool }: { node: Node; pool: Address }) {
    const [state, setState] = useState<State>({ kind: 'idle' });
    const run = async () => {
        setState({ kind: 'running' });
        try {
            setState({ kind: 'done', result: await verify(node, pool) });
        } catch (error) {
            setState({ kind: 'failed', error });
        }
    };
    const isRunning = state.kind === 'running';
    return (
        <section class="card" id="verify">
            <h2>{said.title}</h2>
            <p>{said.explained}</p>
            <button type="button" disabled={isRunning} onClick={() => void run()}>
                {isRunning ? said.running : said.button}
            </button>
            {state.kind === 'failed' && <Problem error={state.error} />}
            {state.kind === 'done' && <Result result={state.result} />}
        </section>
    );
}

function Result({ result: { checks, isOk, isPriced, slot } }: { result: Verification }) {
    return (
        <>
            <p role="status" class={isOk ? 'notice' : 'problem'}>
                {isOk ? said.good : said.bad} {said.slot(String(slot))} {!isPriced && said.unpriced}
            </p>
            <Table
                name={said.title}
                columns={[
                    { head: said.verdict },
                    { head: said.compared, kind: 'long' },
                    { head: said.expected, kind: 'number' },
                    { head: said.found, kind: 'number' },
                ]}
                rows={checks.map(({ subject, unit, isOk, expected, found }) => ({
                    key: subject,
                    cells: [
                        isOk ? said.verdicts.ok : said.verdicts.fail,
                        said.subjects[subject],
                        figure(unit, expected),
                        figure(unit, found),
                    ],
                }))}
            />
        </>
    );
}

function figure(unit: Check['unit'], units: bigint): string {
    return unit === 'lamports' ? sol(units) : unit === 'lst' ? lst(units) : String(units);
}
