// A pool on a local cluster, the page for it, and a browser: set up once for all tests of a file.

import { after, before } from 'node:test';

import { tickets, tokenAccountOf, type PoolView, type TicketView } from '@sluice/client';
import type { Browser } from 'playwright-core';

import { Localnet, type Actor } from '../../../clients/js/test/support/localnet.js';
import { setUp, viewOf, type Stage } from '../../../clients/js/test/support/stage.js';
import { Visitor, openBrowser, skip, type Viewport } from './browser.js';

/** Two days, as on mainnet: there is a yield for a year. */
const LONG_SECONDS = '172800';
/** Too short for that. */
export const SHORT_SECONDS = '3000';

/** A pool that has earned so many epochs of rewards. */
export async function poolWithPage(epochs: number, epochSeconds = LONG_SECONDS): Promise<Stage> {
    return await setUp(epochs, '--app', '--epoch-seconds', epochSeconds);
}

/** The world of a file of tests, from before its first test until after its last. */
export class World {
    private set: { stage: Stage; browser: Browser } | undefined;

    constructor(epochs = 3, epochSeconds = LONG_SECONDS) {
        before(async () => {
            if (skip) return;
            const [stage, browser] = await Promise.all([poolWithPage(epochs, epochSeconds), openBrowser()]);
            this.set = { stage, browser };
        });
        after(async () => {
            // What a page asks at the last moment is answered by nobody, and that is no failure.
            for (const context of this.set?.browser.contexts() ?? []) {
                const pages = context.pages().map((page) => page.unrouteAll({ behavior: 'ignoreErrors' }));
                await Promise.all(pages);
            }
            await this.set?.browser.close();
            await this.set?.stage.net.stop();
        });
    }

    get stage(): Stage {
        return this.set!.stage;
    }

    get net(): Localnet {
        return this.stage.net;
    }

    /** Somebody opens a browser, with a wallet where they have one. */
    async come(actor?: Actor, viewport?: Viewport, options?: { bypassCSP?: boolean }): Promise<Visitor> {
        return await Visitor.come(this.set!.browser, this.stage, actor, viewport, options);
    }

    /** Somebody opens the page and connects their wallet. */
    async visit(actor: Actor, viewport?: Viewport): Promise<Visitor> {
        const visitor = await this.come(actor, viewport);
        await visitor.open();
        await visitor.connect();
        return visitor;
    }

    /** The pool as the cluster has it now. */
    async view(): Promise<PoolView> {
        return await viewOf(this.stage);
    }

    /** The LST that somebody has. */
    async lstOf({ address }: Actor): Promise<bigint> {
        return await this.net.tokens(await tokenAccountOf(address, (await this.view()).account.mint));
    }

    /** The tickets that somebody has. */
    async ticketsOf({ address }: Actor): Promise<TicketView[]> {
        return await tickets(this.net.rpc, await this.view(), address);
    }
}

/** Units as they are written, without thousands. */
export function written(units: bigint): string {
    const fraction = String(units % 1_000_000_000n)
        .padStart(9, '0')
        .replace(/0+$/, '');
    return `${units / 1_000_000_000n}${fraction && `.${fraction}`}`;
}

/** The units in an amount with its name. */
export function units(text: string): bigint {
    const [whole, fraction = ''] = text.replaceAll(',', '').split(' ')[0]!.split('.');
    return BigInt(whole!) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}
