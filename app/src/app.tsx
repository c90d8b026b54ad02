// The page: which pool, who looks at it, and what they do.

import { useCallback, useEffect, useState } from 'preact/hooks';

import { short } from './format.js';
import { useLandings } from './landings.js';
import { History } from './pages/history.js';
import { Leave } from './pages/leave.js';
import { NodeForm } from './pages/node.js';
import { PoolPage } from './pages/pool.js';
import { Stake } from './pages/stake.js';
import { Tickets } from './pages/tickets.js';
import { Glance } from './parts/glance.js';
import { Transactions } from './parts/transactions.js';
import { WalletButton } from './parts/walletButton.js';
import { usePool } from './pool.js';
import { Problem } from './problem.js';
import { usePurse } from './purse.js';
import type { Session } from './session.js';
import { loadSettings, onChosen, proposed, saveSettings, type Settings } from './settings.js';
import { texts } from './texts.js';
import { useToken } from './token.js';
import { onChange, type Connected } from './wallet.js';

type Tab = keyof typeof texts.tabs;
const TABS = Object.keys(texts.tabs) as Tab[];
const PAGES: Readonly<Record<Exclude<Tab, 'node'>, (session: Session) => preact.JSX.Element>> = {
    stake: Stake,
    leave: Leave,
    tickets: Tickets,
    pool: PoolPage,
    history: History,
};

export function App() {
    const [settings] = useState(loadSettings);
    const [hash, setHash] = useState(location.hash);
    useEffect(() => {
        const renew = () => setHash(location.hash);
        addEventListener('hashchange', renew);
        return () => removeEventListener('hashchange', renew);
    }, []);
    const use = (chosen: Settings) => {
        saveSettings(chosen);
        location.hash = '#/stake';
        // The browser lets this page ask only whom it knew of when it was loaded.
        location.reload();
    };
    const offer = proposed(hash);
    const isOffered = Object.entries(offer).some(
        ([name, value]) => settings?.[name as keyof Settings] !== value,
    );
    const form = <NodeForm key={hash} {...{ settings, use, ...(isOffered && { proposal: offer }) }} />;
    if (!settings) return <Frame>{form}</Frame>;
    const tab = TABS.find((one) => hash === `#/${one}`) ?? 'stake';
    return <Opened {...{ settings, form }} tab={isOffered ? undefined : tab} />;
}

/** Without a tab, the form alone: what was signed before is followed all the same. */
type OpenedShown = { settings: Settings; tab: Tab | undefined; form: preact.JSX.Element };

function Opened({ settings, tab, form }: OpenedShown) {
    const reading = usePool(settings);
    const { known, error, refresh, reread } = reading;
    const named = useToken(known);
    const [connected, setConnected] = useState<Connected>();
    const purse = usePurse(known, connected);
    const landings = useLandings(
        reading,
        useCallback((slot: bigint) => refresh(slot), [refresh]),
    );
    useEffect(() => connected && onChange(connected, setConnected), [connected?.wallet]);
    if (tab === undefined)
        return (
            <Frame>
                <Transactions landings={landings} node={settings.node} />
                {form}
            </Frame>
        );
    const Page = tab === 'node' ? undefined : PAGES[tab];
    return (
        <Frame tab={tab} wallet={<WalletButton connected={connected} onConnected={setConnected} />}>
            <Problem error={error} />
            <Elsewhere settings={settings} />
            {known ? (
                <Glance {...{ known, named, purse }} />
            ) : (
                error === undefined && <p role="status">{texts.loading}</p>
            )}
            <Transactions landings={landings} node={settings.node} />
            {Page && known && <Page {...{ settings, known, connected, purse, landings, named, reread }} />}
            {!Page && form}
        </Frame>
    );
}

/** Says where another tab has chosen another pool: the next load of this one would show that. */
function Elsewhere({ settings: { node, pool } }: { settings: Settings }) {
    const [chosen, setChosen] = useState<Settings>();
    useEffect(() => onChosen(setChosen), []);
    if (!chosen || (chosen.node === node && chosen.pool === pool)) return null;
    return (
        <p class="notice" role="status">
            {texts.elsewhere(short(chosen.pool), new URL(chosen.node).host)}
        </p>
    );
}

type Framed = { tab?: Tab; wallet?: preact.ComponentChildren; children: preact.ComponentChildren };

function Frame({ tab, wallet, children }: Framed) {
    const toContent = (event: Event) => {
        event.preventDefault();
        document.querySelector('main')?.focus();
    };
    return (
        <>
            <a class="skip" href="#content" onClick={toContent}>
                {texts.skip}
            </a>
            <header>
                <h1>{texts.title}</h1>
                {wallet}
            </header>
            {tab && (
                <nav aria-label={texts.navigation}>
                    {TABS.map((one) => (
                        <a key={one} href={`#/${one}`} aria-current={one === tab ? 'page' : undefined}>
                            {texts.tabs[one]}
                        </a>
                    ))}
                </nav>
            )}
            <main id="content" tabIndex={-1}>
                {children}
            </main>
        </>
    );
}
