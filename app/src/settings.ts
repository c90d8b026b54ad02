// Which node, which pool, and which market: kept in this browser only.

import { quoteSourceUrl } from '@sluice/client';
import { isAddress, type Address } from '@solana/kit';

export type Settings = {
    node: string;
    pool: Address;
    /** Who is asked what a market pays; nobody unless the reader has named one. */
    quotes?: string;
};

const KEY = 'sluice.settings';

/** What the reader has chosen; `undefined` before. */
export function loadSettings(): Settings | undefined {
    return settingsOf(fromJson(localStorage.getItem(KEY)));
}

export function saveSettings(settings: Settings): void {
    localStorage.setItem(KEY, JSON.stringify(settings));
}

/** Hears what another tab of this browser has chosen. */
export function onChosen(heard: (settings: Settings | undefined) => void): () => void {
    const hear = ({ key }: StorageEvent) => key === KEY && heard(loadSettings());
    addEventListener('storage', hear);
    return () => removeEventListener('storage', hear);
}

/** What a link proposes, as it is typed. */
export type Proposal = { node?: string; pool?: string };

/** What a link proposes, such as `#node=http://127.0.0.1:8899&pool=ADDRESS`. The reader has to agree. */
export function proposed(hash: string): Proposal {
    const found = new URLSearchParams(hash.replace(/^#/, ''));
    const [node, pool] = [found.get('node')?.trim(), found.get('pool')?.trim()];
    return {
        ...(node !== undefined && { node: nodeUrl(node) ?? node }),
        ...(pool !== undefined && { pool }),
    };
}

/** Whether something that was proposed can be used by nobody. */
export function isBad({ node, pool }: Proposal): boolean {
    return (node !== undefined && nodeUrl(node) === undefined) || (pool !== undefined && !isAddress(pool));
}

/**
 * The URL of a node that this page may ask, always written alike: HTTPS, or this machine. One host alone: in the page's
 * policy a `*` would stand for many. No password: browsers ask no URL that has one.
 */
export function nodeUrl(text: string): string | undefined {
    if (!URL.canParse(text.trim())) return undefined;
    const { protocol, hostname, username, password, href } = new URL(text.trim());
    if (hostname.includes('*') || username !== '' || password !== '') return undefined;
    const isNear = protocol === 'http:' && (hostname === '127.0.0.1' || hostname === 'localhost');
    return protocol === 'https:' || isNear ? href : undefined;
}

function settingsOf(found: unknown): Settings | undefined {
    if (typeof found !== 'object' || found === null) return undefined;
    const { node, pool, quotes } = found as Record<string, unknown>;
    if (typeof node !== 'string' || typeof pool !== 'string') return undefined;
    const isSource = typeof quotes === 'string' && quoteSourceUrl(quotes) !== undefined;
    const url = nodeUrl(node);
    return url !== undefined && isAddress(pool)
        ? { node: url, pool, ...(isSource && { quotes }) }
        : undefined;
}

/** What stands in a text; `undefined` where that is no JSON. */
export function fromJson(text: string | null): unknown {
    try {
        return text === null ? undefined : JSON.parse(text);
    } catch {
        return undefined;
    }
}
