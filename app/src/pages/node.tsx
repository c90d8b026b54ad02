// Which node and which pool.

import { useState } from 'preact/hooks';
import { quoteSourceUrl } from '@sluice/client';
import { isAddress } from '@solana/kit';

import { isBad, nodeUrl, type Proposal, type Settings } from '../settings.js';
import { texts } from '../texts.js';

const { node } = texts;

type Shown = {
    settings: Settings | undefined;
    /** What a link proposes instead. */
    proposal?: Proposal;
    use: (chosen: Settings) => void;
};

export function NodeForm({ settings, proposal, use }: Shown) {
    const [url, setUrl] = useState<string>(proposal?.node ?? settings?.node ?? '');
    const [pool, setPool] = useState<string>(proposal?.pool ?? settings?.pool ?? '');
    const [quotes, setQuotes] = useState<string>(settings?.quotes ?? '');
    const [wrong, setWrong] = useState(proposal && isBad(proposal) ? node.badProposal : undefined);
    const submit = (event: Event) => {
        event.preventDefault();
        const [chosen, address] = [nodeUrl(url), pool.trim()];
        if (chosen === undefined) return setWrong(node.badUrl);
        if (!isAddress(address)) return setWrong(node.badPool);
        const source = quoteSourceUrl(quotes);
        if (quotes.trim() !== '' && !source) return setWrong(node.badQuotes);
        try {
            return use({ node: chosen, pool: address, ...(source && { quotes: source.href }) });
        } catch {
            return setWrong(node.notKept);
        }
    };
    return (
        <form onSubmit={submit}>
            <h2>{node.title}</h2>
            <p>{node.why}</p>
            <p>{node.believed}</p>
            <p>{node.phone}</p>
            {proposal && <p class="notice">{node.proposed}</p>}
            <Field id="node-url" label={node.url} value={url} onValue={setUrl} />
            <Field id="pool-address" label={node.pool} value={pool} onValue={setPool} />
            <details open={quotes !== ''}>
                <summary>{node.market}</summary>
                <p>{node.marketWhy}</p>
                <Field id="quotes-url" label={node.quotes} value={quotes} onValue={setQuotes} />
            </details>
            {wrong && (
                <p class="problem" role="alert">
                    {wrong}
                </p>
            )}
            <p class="row">
                <button type="submit">{node.use}</button>
                {proposal && settings && <a href="#/stake">{node.keep}</a>}
            </p>
        </form>
    );
}

type Typed = { id: string; label: string; value: string; onValue: (value: string) => void };

function Field({ id, label, value, onValue }: Typed) {
    return (
        <div class="field">
            <label for={id}>{label}</label>
            <input
                id={id}
                autoComplete="off"
                spellcheck={false}
                value={value}
                onInput={(event) => onValue(event.currentTarget.value)}
            />
        </div>
    );
}
