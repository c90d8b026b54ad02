// What became of the transactions that were signed here.

import type { Landing, Landings } from '../landings.js';
import { short } from '../format.js';
import { Problem } from '../problem.js';
import { texts } from '../texts.js';
import { called } from '../token.js';

const { landing } = texts;

export function Transactions({ landings, node }: { landings: Landings; node: string }) {
    return (
        <section class="transactions" aria-live="polite" aria-label={landing.title}>
            {landings.all.map((one) => (
                <Transaction
                    key={one.entry.sent.signature}
                    landing={one}
                    node={node}
                    dismiss={landings.dismiss}
                />
            ))}
        </section>
    );
}

type Shown = { landing: Landing; node: string; dismiss: Landings['dismiss'] };

function Transaction({ landing: { entry, state, why }, node, dismiss }: Shown) {
    const { signature } = entry.sent;
    const isDecided = ['landed', 'failed', 'expired'].includes(state.kind);
    const label = isDecided ? landing.dismiss : landing.forget;
    return (
        <div class={`transaction ${state.kind}`} data-state={state.kind}>
            <p>
                <strong>{entry.what}</strong>
                {entry.of && (
                    <>
                        <br />
                        <span title={entry.of.pool}>{called(entry.of.symbol, entry.of.pool)}</span>
                    </>
                )}
                <br />
                {sentence(state)}
            </p>
            <Problem error={why} />
            <p class="row">
                <a
                    href={explorer(signature, entry.cluster.chain, node)}
                    target="_blank"
                    rel="noreferrer noopener"
                >
                    {landing.signature} {short(signature)}
                </a>
                {(isDecided || state.kind === 'unknown') && (
                    <button type="button" class="quiet" onClick={() => dismiss(entry)}>
                        {label}
                    </button>
                )}
            </p>
        </div>
    );
}

function sentence(state: Landing['state']): string {
    if (state.kind === 'confirmed' && state.error !== null) return landing.confirmedFailed;
    return landing[state.kind];
}

/** Where the reader can look a transaction up; the page itself asks nobody there. */
function explorer(signature: string, chain: string, node: string): string {
    const cluster = chain.replace('solana:', '');
    const where: Record<string, string> = {
        mainnet: '',
        localnet: `?cluster=custom&customUrl=${encodeURIComponent(new URL(node).origin)}`,
    };
    return `https://explorer.solana.com/tx/${signature}${where[cluster] ?? `?cluster=${cluster}`}`;
}
