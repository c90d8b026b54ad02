import { useState } from 'preact/hooks';
import type { Address } from '@solana/kit';
import { verify, type Check, type Verification } from '@sluice/client';

import { lst, sol } from '../format.js';
import type { Node } from '../node.js';
import { Problem } from '../problem.js';
import { texts } from '../texts.js';

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
            <div class="scroll" role="region" aria-label={said.title} tabIndex={0}>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{said.verdict}</th>
                            <th scope="col">{said.compared}</th>
                            <th scope="col" class="number">
                                {said.expected}
                            </th>
                            <th scope="col" class="number">
                                {said.found}
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {checks.map((check) => (
                            <tr key={check.subject}>
                                <td>{check.isOk ? said.verdicts.ok : said.verdicts.fail}</td>
                                <td class="wide">{said.subjects[check.subject]}</td>
                                <td class="number">{figure(check.unit, check.expected)}</td>
                                <td class="number">{figure(check.unit, check.found)}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
        </>
    );
}

function figure(unit: Check['unit'], units: bigint): string {
    return unit === 'lamports' ? sol(units) : unit === 'lst' ? lst(units) : String(units);
}
