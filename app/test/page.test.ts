// The page on its own: what it loads, whom it asks, how heavy it is, and whether everybody can use it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { apy, history, percent, prices } from '@sluice/client';

import { PHONE, skip } from './support/browser.js';
import { World, written } from './support/world.js';

const MOST_SCRIPT_BYTES = 200_000;

const world = new World();

test('both prices and the yield are on the screen after one round trip of reads', { skip }, async () => {
    const visitor = await world.come();
    const firstRound: string[] = [];
    let isOver = false;
    // What is asked in a second round, such as what the token is called, is never answered.
    await visitor.page.route(`${world.stage.net.url}/**`, async (route) => {
        if (isOver) return;
        firstRound.push((route.request().postDataJSON() as { method: string }).method);
        await new Promise((resolve) => setTimeout(resolve, 500));
        isOver = true;
        await route.continue();
    });
    await visitor.open();
    const view = await world.view();
    const { depositPriceLamports } = prices(view);
    const shown = await visitor.page.locator('#deposit-price').textContent();
    assert.equal(shown, `${written(depositPriceLamports!)} SOL`);
    const earned = apy(await history(world.stage.net.rpc, view), 1n)!;
    assert.equal(await visitor.page.locator('#yield').textContent(), percent(earned.apyPartsE9!));
    assert.deepEqual(firstRound.sort(), [
        'getGenesisHash',
        'getMultipleAccounts',
        'getRecentPerformanceSamples',
    ]);
    await visitor.close();
});

test('its policy lets nothing in and nobody frame it, and its scripts are small', { skip }, async () => {
    const { origin } = new URL(world.stage.net.pageUrl);
    const answer = await fetch(`${origin}/`);
    const html = await answer.text();
    const policy = /Content-Security-Policy"\s+content="([^"]+)"/.exec(html)?.[1];
    assert.deepEqual(policy?.split('; '), [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        'connect-src https: http://127.0.0.1:* http://localhost:*',
        "base-uri 'none'",
        "form-action 'none'",
    ]);
    assert.equal(answer.headers.get('content-security-policy'), "frame-ancestors 'none'");
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(answer.headers.get('referrer-policy'), 'no-referrer');
    const loaded = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
    assert.ok(
        loaded.every((path) => path.startsWith('./')),
        String(loaded),
    );
    let bytes = 0;
    for (const path of loaded.filter((path) => path.endsWith('.js')))
        bytes += gzipSync(await (await fetch(new URL(path, `${origin}/`))).text()).length;
    console.log(`${bytes} bytes of script, compressed`);
    assert.ok(bytes > 0 && bytes < MOST_SCRIPT_BYTES, `${bytes} bytes`);
    for (const path of ['/../Cargo.toml', '/assets/', '/none'])
        assert.equal((await fetch(`${origin}${path}`)).status, 404);
});

test('a script that is not the page’s own does not run', { skip }, async () => {
    const visitor = await world.come();
    await visitor.open();
    const ran = await visitor.page.evaluate(() => {
        const script = document.createElement('script');
        script.textContent = 'window.ran = true';
        document.body.append(script);
        return 'ran' in window;
    });
    assert.equal(ran, false);
    assert.match(visitor.complaints.join(), /Content Security Policy/);
    await visitor.close();
});

test('a link cannot change node or pool by itself', { skip }, async () => {
    const visitor = await world.come();
    await visitor.open();
    const asked = visitor.requests.length;
    await visitor.page.goto(
        `${new URL(world.stage.net.pageUrl).origin}/#node=https://evil.example&pool=${world.stage.net.votes[0]}`,
    );
    await visitor.page.getByText('A link has proposed this').waitFor();
    assert.equal(await visitor.page.getByLabel('URL of the node').inputValue(), 'https://evil.example/');
    assert.equal(
        visitor.requests.slice(asked).some(({ url }) => url.includes('evil')),
        false,
    );
    await visitor.leave();
});

test('a link that proposes what is used already asks for nothing', { skip }, async () => {
    const visitor = await world.come();
    await visitor.open();
    await visitor.page.goto(`${world.stage.net.pageUrl}&pool=${world.stage.pool}`);
    await visitor.page.reload();
    await visitor.page.locator('#deposit-price').waitFor();
    assert.equal(await visitor.page.getByRole('button', { name: 'Use these' }).count(), 0);
    await visitor.leave();
});

for (const [name, viewport] of Object.entries({ 'a phone': PHONE, 'a wide screen': undefined })) {
    for (const colorScheme of ['light', 'dark'] as const) {
        test(`every page is usable on ${name} in ${colorScheme}`, { skip }, async () => {
            const visitor = await world.come(world.stage.bob, viewport);
            await visitor.page.emulateMedia({ colorScheme });
            await visitor.page.goto(world.stage.net.pageUrl);
            await visitor.isUsable();
            await visitor.open();
            await visitor.connect();
            for (const tab of ['Stake', 'Leave', 'Tickets', 'Pool', 'History', 'Node']) {
                await visitor.to(tab);
                await visitor.page.locator('main h2').first().waitFor();
                await visitor.isUsable();
            }
            await visitor.leave();
        });
    }
}

test('the keyboard alone reaches the content and the wallet', { skip }, async () => {
    const visitor = await world.come(world.stage.bob);
    await visitor.open();
    const { keyboard } = visitor.page;
    const focused = () => visitor.page.evaluate(() => document.activeElement?.textContent ?? '');
    await visitor.page.locator('body').press('Tab');
    const reached: string[] = [];
    for (let tabs = 0; tabs < 30; tabs += 1) {
        reached.push(await focused());
        await keyboard.press('Tab');
    }
    for (const name of ['To the content', 'Connect a wallet', 'Stake', 'Node'])
        assert.ok(reached.includes(name), `${name} is not among ${reached}`);
    await visitor.leave();
});
