// What the connected account did with the pool, and what each epoch brought it.

import { useState } from 'preact/hooks';
import {
    movements,
    requestedTickets,
    rewards,
    tickets,
    type EpochReward,
    type Movements,
} from '@sluice/client';

import { csvOf } from '../csv.js';
import { lst, short, sol, time } from '../format.js';
import { Table } from '../parts/table.js';
import { Problem } from '../problem.js';
import type { Session } from '../session.js';
import { texts } from '../texts.js';

const said = texts.history;
type Read = { found: Movements; earned: EpochReward[] };
type State = { kind: 'idle' | 'reading' } | { kind: 'done'; read: Read } | { kind: 'failed'; error: unknown };

/** What one account did is never shown as another's. */
export function History(session: Session) {
    return <HistoryOf key={session.connected?.address} {...session} />;
}

function HistoryOf({ known, connected }: Session) {
    const [state, setState] = useState<State>({ kind: 'idle' });
    const read = async () => {
        if (!connected) return;
        setState({ kind: 'reading' });
        try {
            const { node, view, rates } = known;
            const [found, live] = await Promise.all([
                movements(node, view, connected.address),
                // Many nodes have no index.
                tickets(node, view, connected.address).catch(
                    async () => (await requestedTickets(node, view, connected.address)).tickets,
                ),
            ]);
            const earned = rewards(rates, found, live).reverse();
            setState({ kind: 'done', read: { found, earned } });
        } catch (error) {
            setState({ kind: 'failed', error });
        }
    };
    const isReading = state.kind === 'reading';
    return (
        <section class="card">
            <h2>{said.title}</h2>
            {!connected && <p class="hint">{texts.wallet.first}</p>}
            {connected && (
                <button type="button" disabled={isReading} onClick={() => void read()}>
                    {isReading ? said.reading : said.read}
                </button>
            )}
            {state.kind === 'failed' && <Problem error={state.error} />}
            {state.kind === 'done' && <Told read={state.read} />}
        </section>
    );
}

function Told({ read: { found, earned } }: { read: Read }) {
    const { movements: all, isComplete, knownFromEpoch } = found;
    const newest = all.toReversed();
    return (
        <>
            {knownFromEpoch !== undefined ? (
                <p class="notice">{said.knownFrom(String(knownFromEpoch))}</p>
            ) : (
                !isComplete && <p class="notice">{said.incomplete}</p>
            )}
            {all.length === 0 && <p role="status">{said.none}</p>}
            {all.length > 0 && (
                <p>
                    <a download="sluice.csv" href={csvOf(found, earned.toReversed())}>
                        {said.csv}
                    </a>
                </p>
            )}
            <Table
                name={said.title}
                columns={[
                    { head: said.when },
                    { head: said.kind },
                    { head: said.lst, kind: 'number' },
                    { head: said.sol, kind: 'number' },
                    { head: texts.landing.signature },
                ]}
                rows={newest.map(({ kind, time: at, lst: units, lamports, signature }, index) => ({
                    key: `${signature} ${index}`,
                    cells: [
                        at === undefined ? '' : time(Number(at) * 1_000),
                        said.kinds[kind],
                        units === 0n ? '' : lst(units),
                        lamports === 0n ? '' : sol(lamports),
                        short(signature),
                    ],
                }))}
            />
            <h3>{said.rewards}</h3>
            <p class="hint">{said.note}</p>
            <Table
                name={said.rewards}
                columns={[
                    { head: said.epoch },
                    { head: said.lst, kind: 'number' },
                    { head: said.reward, kind: 'number' },
                ]}
                rows={earned.map(({ epoch, lst: units, lamports }) => ({
                    key: String(epoch),
                    cells: [String(epoch), lst(units), sol(lamports)],
                }))}
            />
        </>
    );
}
