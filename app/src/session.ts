import type { Landings } from './landings.js';
import type { Known } from './pool.js';
import type { Settings } from './settings.js';
import type { Named } from './token.js';
import type { Connected } from './wallet.js';

/** What every page of the page knows. */
export type Session = {
    settings: Settings;
    known: Known;
    connected: Connected | undefined;
    /** What the connected account has; `undefined` until it is read. */
    purse: Purse | undefined;
    landings: Landings;
    /** What the pool's token is called. */
    named: Named;
    /** Reads the pool anew. */
    reread: () => Promise<Known>;
};

/** What an account has. */
export type Purse = { lamports: bigint; lst: bigint };
