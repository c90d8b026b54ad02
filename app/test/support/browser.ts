// A real Chromium that shows the page.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';

import { chromium, type Browser, type BrowserContext, type Page, type Route } from 'playwright-core';

import type { Actor } from '../../../clients/js/test/support/localnet.js';
import type { Stage } from '../../../clients/js/test/support/stage.js';
import { installWallet } from './wallet.js';

/** What a browser is called, first that of Debian. */
const CALLED = ['chromium-headless-shell', 'chromium', 'google-chrome'];
const found = CALLED.find((name) => spawnSync(name, ['--version']).status === 0);
export const skip = found ? false : `none of ${CALLED.join(', ')} is installed: the page is not tried`;
export type Viewport = { width: number; height: number };
export const PHONE: Viewport = { width: 360, height: 740 };
export const WIDE: Viewport = { width: 1280, height: 900 };
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function openBrowser(): Promise<Browser> {
    return await chromium.launch({ executablePath: executable(), args: ['--no-sandbox'] });
}

/** Where the browser is. */
export function executable(): string {
    return spawnSync('which', [found!], { encoding: 'utf8' }).stdout.trim();
}

/** What an answer from elsewhere needs for a page to read it. */
export const FOR_ALL = { 'access-control-allow-origin': '*' };

/** Somebody's browser: with a wallet, and with all that it asked for and complained about. */
export class Visitor {
    readonly requests: { url: string; method: string | undefined }[] = [];
    readonly complaints: string[] = [];

    private constructor(
        readonly context: BrowserContext,
        readonly page: Page,
        private readonly stage: Stage,
    ) {}

    static async come(
        browser: Browser,
        stage: Stage,
        actor?: Actor,
        viewport = WIDE,
        options: { bypassCSP?: boolean } = {},
    ): Promise<Visitor> {
        return await Visitor.into(await browser.newContext({ viewport, ...options }), stage, actor);
    }

    /** Opens a tab in a browser's context that is there. */
    static async into(context: BrowserContext, stage: Stage, actor?: Actor): Promise<Visitor> {
        if (actor) {
            const bytes = JSON.parse(readFileSync(actor.keypair, 'utf8')) as number[];
            const [privateKey, publicKey] = [bytes.slice(0, 32), bytes.slice(32)];
            const chain = 'solana:localnet';
            await context.addInitScript(installWallet, {
                address: actor.address,
                publicKey,
                privateKey,
                chain,
            });
        }
        const page = await context.newPage();
        page.setDefaultTimeout(20_000);
        const visitor = new Visitor(context, page, stage);
        page.on('request', (request) => {
            const asked = request.postData();
            const method = asked ? (JSON.parse(asked) as { method: string }).method : undefined;
            visitor.requests.push({ url: request.url(), method });
        });
        page.on('console', (message) => {
            if (message.type() === 'error') visitor.complaints.push(message.text());
        });
        page.on('pageerror', (error) => visitor.complaints.push(String(error)));
        return visitor;
    }

    /** Opens the page as `sluice-localnet` tells it, and agrees to the node and the pool. */
    async open(): Promise<void> {
        await this.page.goto(`${this.stage.net.pageUrl}&pool=${this.stage.pool}`);
        await this.page.getByRole('button', { name: 'Use these' }).click();
        await this.page.locator('#deposit-price').waitFor();
    }

    /** Opens the page in another tab of the same browser: it is asked nothing. */
    async another(hash = ''): Promise<Page> {
        const page = await this.context.newPage();
        page.setDefaultTimeout(20_000);
        await page.goto(`${new URL(this.stage.net.pageUrl).origin}/${hash}`);
        return page;
    }

    /** How often the wallet has signed. */
    async signed(): Promise<number> {
        return await this.page.evaluate(() => (window as unknown as { signed: number }).signed);
    }

    /** Presses the button that has it signed, and leaves the wallet open until it is released. */
    async openWallet(): Promise<() => Promise<void>> {
        type Held = { asked?: boolean; held?: Promise<void>; release: () => void };
        await this.page.evaluate(() => {
            const held = new Promise<void>((release) => Object.assign(window, { release }));
            Object.assign(window, { held, asked: false });
        });
        await this.press('Sign in the wallet');
        const isAsked = () => this.page.evaluate(() => (window as unknown as Held).asked);
        for (let tries = 0; !(await isAsked()); tries += 1) {
            assert.ok(tries < 200, 'the wallet is not asked');
            await pause(50);
        }
        return async () => await this.page.evaluate(() => (window as unknown as Held).release());
    }

    /** As if the reader had thought for so long. */
    async think(milliseconds: number): Promise<void> {
        await this.page.evaluate((milliseconds) => {
            const now = Date.now.bind(Date);
            Date.now = () => now() + milliseconds;
        }, milliseconds);
    }

    async connect(): Promise<void> {
        await this.page.getByRole('button', { name: 'Connect a wallet' }).click();
        await this.page.getByRole('button', { name: 'Connect Test wallet' }).click();
        await this.page.getByText('Test wallet:').waitFor();
    }

    /** Types into the field with this name. */
    async type(label: string, text: string): Promise<void> {
        await this.page.getByLabel(label).fill(text);
    }

    /** Answers this method of the node in the node's place. */
    async instead(method: string, answer: (route: Route, id: string) => Promise<void>): Promise<void> {
        await this.page.route(`${this.stage.net.url}/**`, async (route) => {
            const asked = route.request().postDataJSON() as { id: string; method: string };
            return asked.method === method ? await answer(route, asked.id) : await route.fallback();
        });
    }

    async to(tab: string): Promise<void> {
        await this.page.getByRole('link', { name: tab, exact: true }).click();
    }

    async press(name: string | RegExp): Promise<void> {
        await this.page.getByRole('button', { name, exact: typeof name === 'string' }).click();
    }

    /** Signs what is shown, and waits until it is final. */
    async sign(): Promise<void> {
        const before = await this.page.locator('[data-state=landed]').count();
        await this.press('Sign in the wallet');
        await this.page.locator('[data-state=landed]').nth(before).waitFor({ timeout: 30_000 });
    }

    /** What stands beside a name in a list of facts. */
    async fact(name: string, within = 'main'): Promise<string> {
        const row = this.page
            .locator(`${within} .facts div`)
            .filter({ has: this.page.getByText(name, { exact: true }) });
        return (await row.first().locator('dd').textContent()) ?? '';
    }

    /** Whether a name stands in a list of facts. */
    async has(name: string, within = 'main'): Promise<boolean> {
        return (await this.page.locator(`${within} .facts dt`).getByText(name, { exact: true }).count()) > 0;
    }

    /** Whoever reads with another device than their eyes can use what is shown, and nothing is cut off. */
    async isUsable(): Promise<void> {
        // The page's policy lets no script in; the tests' own world has none.
        const findings = await this.page.evaluate(`${AXE}; axe.run().then(({ violations }) =>
            violations
                .filter(({ impact }) => impact === 'serious' || impact === 'critical')
                .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`);
        assert.deepEqual(findings, []);
        const widths = await this.page.evaluate(() =>
            [document.documentElement, ...Array.from(document.querySelectorAll('.scroll'))].map(
                ({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth }),
            ),
        );
        for (const { scrollWidth, clientWidth } of widths)
            assert.ok(scrollWidth <= clientWidth, `${scrollWidth} px are needed of ${clientWidth}`);
    }

    /** The page asked nobody but the node, its own server and who else was named, and nothing went wrong. */
    async leave(...named: string[]): Promise<void> {
        const own = new URL(this.stage.net.pageUrl).origin;
        const node = new URL(this.stage.net.url).origin;
        const others = this.requests.filter(
            ({ url }) => !url.startsWith('data:') && ![own, node, ...named].includes(new URL(url).origin),
        );
        assert.deepEqual(others, []);
        assert.deepEqual(this.complaints, []);
        await this.close();
    }

    /** Closes everything. What the page asks at the last moment is answered by nobody: that is no failure. */
    async close(): Promise<void> {
        await this.page.unrouteAll({ behavior: 'ignoreErrors' });
        await this.context.close();
    }
}
