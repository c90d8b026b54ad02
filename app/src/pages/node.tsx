// Which node and which pool.

import { useState } from 'preact/hooks';
import { isAddress } from '@solana/kit';

import { nodeUrl, type Settings } from '../settings.js';
import { texts } from '../texts.js';

const { node } = texts;

type Shown = { settings: Partial<Settings>; isProposed: boolean; use: (chosen: Settings) => void };

export function NodeForm({ settings, isProposed, use }: Shown) {
    const [url, setUrl] = useState<string>(settings.node ?? '');
    const [pool, setPool] = useState<string>(settings.pool ?? '');
    const [wrong, setWrong] = useState<string>();
    const submit = (event: Event) => {
        event.preventDefault();
        const [chosen, address] = [nodeUrl(url), pool.trim()];
        if (chosen === undefined) return setWrong(node.badUrl);
        if (!isAddress(address)) return setWrong(node.badPool);
        return use({ node: chosen, pool: address });
    };
    return (
        <form onSubmit={submit}>
            <h2>{node.title}</h2>
            <p>{node.why}</p>
            <p>{node.believed}</p>
            <p>{node.phone}</p>
            {isProposed && <p class="notice">{node.proposed}</p>}
            <div class="field">
                <label for="node-url">{node.url}</label>
                <input
                    id="node-url"
                    type="url"
                    autoComplete="off"
                    value={url}
                    onInput={(event) => setUrl(event.currentTarget.value)}
                />
            </div>
            <div class="field">
                <label for="pool-address">{node.pool}</label>
                <input
                    id="pool-address"
                    autoComplete="off"
                    spellcheck={false}
                    value={pool}
                    onInput={(event) => setPool(event.currentTarget.value)}
                />
            </div>
            {wrong && (
                <p class="problem" role="alert">
                    {wrong}
                </p>
            )}
            <button type="submit">{node.use}</button>
        </form>
    );
}
