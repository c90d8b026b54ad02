// What the page says of the pool, of the holder's past, and of what goes wrong.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { prices, validators } from '@sluice/client';
import type { Browser, Route } from 'playwright-core';

import { setUp, viewOf, type Stage } from '../../clients/js/test/support/stage.js';
import { PHONE, Visitor, openBrowser, skip } from './support/browser.js';

let [stage, browser]: [Stage, Browser] | [] = [];
before(async () => {
    if (skip) return;
    [stage, browser] = await Promise.all([setUp(3, '--app', '--epoch-seconds', '172800'), openBrowser()]);
});
after(async () => {
    await browser?.close();
    await stage?.net.stop();
});

type Asked = { id: string; method: string };

/** Answers this method of the node as `answer` says. */
async function instead(
    visitor: Visitor,
    method: string,
    answer: (route: Route, id: string) => Promise<void>,
) {
    await visitor.page.route(`${stage!.net.url}/**`, async (route) => {
        const asked = route.request().postDataJSON() as Asked;
        return asked.method === method ? await answer(route, asked.id) : await route.continue();
    });
}

test('the book adds up in the browser, and one lamport too few is seen', { skip }, async () => {
    const visitor = await Visitor.come(browser!, stage!, undefined, PHONE);
    const { page } = visitor;
    await visitor.open();
    await visitor.to('Pool');
    await visitor.press('Verify');
    await page.getByText('All of this adds up.').waitFor();
    assert.equal(await page.locator('#verify tbody tr').count(), 10);
    await visitor.isUsable();
    const view = await viewOf(stage!);
    const shown = await page.locator('[aria-label="Where the stake is"] tbody tr').count();
    assert.equal(shown, (await validators(stage!.net.rpc, view)).length);
    assert.match(
        await visitor.fact('Owns'),
        new RegExp(`^${prices(view).fullLamports / 1_000_000_000n / 1_000n},`),
    );
    await instead(visitor, 'getMultipleAccounts', async (route) => {
        const answer = await route.fetch();
        const body = await answer.text();
        const booked = `"lamports":${view.account.reserveLamports}`;
        const missing = `"lamports":${view.account.reserveLamports - 1n}`;
        await route.fulfill({ response: answer, body: body.replaceAll(booked, missing) });
    });
    await visitor.press('Verify');
    await page.getByText('This does not add up:').waitFor();
    const failed = page.locator('#verify tr').filter({ hasText: 'does not hold' });
    assert.match((await failed.allTextContents()).join(), /The reserve has what is booked/);
    await visitor.context.close();
});

test('a holder reads their past and takes it along', { skip }, async () => {
    const { net, bob, carol } = stage!;
    await net.sluice(bob, 'stake', '12.5');
    await net.advance(carol, 80);
    await net.advance(carol);
    const visitor = await Visitor.come(browser!, stage!, bob);
    const { page } = visitor;
    await visitor.open();
    await visitor.connect();
    await visitor.to('History');
    await visitor.press('Read my history');
    const row = page.locator('[aria-label="Your history"] tbody tr').first();
    assert.match((await row.textContent())!, /Staked.*−12\.5 SOL/);
    assert.equal(await page.locator('[aria-label="Rewards per epoch"] tbody tr').count(), 1);
    await visitor.isUsable();
    const link = await page.getByRole('link', { name: 'Save as CSV' }).getAttribute('href');
    const lines = decodeURIComponent(link!.split(',').slice(1).join(',')).split('\r\n');
    assert.equal(lines[0], 'time_utc,slot,kind,lst,sol,signature');
    assert.match(lines[1]!, /^\d{4}-\d\d-\d\dT[^,]*,\d+,stake,12\.\d+,-12\.5,\w{80,}$/);
    await visitor.leave();
});

test(
    'who declines in the wallet, has too little, or has the wrong cluster is told so',
    { skip },
    async () => {
        const { net, carol } = stage!;
        const poor = await net.actor('poor', 1n);
        const visitor = await Visitor.come(browser!, stage!, poor, PHONE);
        const { page } = visitor;
        await visitor.open();
        await visitor.connect();
        await page.getByLabel('Amount in SOL').fill('5');
        await visitor.press('Check the deposit');
        await page.getByText('Who pays has less SOL than the transaction moves').waitFor();
        await page.getByText('Take less, and leave some SOL').waitFor();
        await visitor.press('Max');
        assert.equal(await page.getByLabel('Amount in SOL').inputValue(), '0.99');
        await visitor.press('Check the deposit');
        await page.evaluate(() => Object.assign(window, { declines: true }));
        await visitor.press('Sign in the wallet');
        await page.getByText('You declined in the wallet. Nothing was sent.').waitFor();
        assert.equal(await page.evaluate(() => localStorage.getItem('sluice.sent')), null);
        await page.evaluate(() => Object.assign(window, { declines: false }));
        await visitor.sign();
        await visitor.leave();

        const abroad = await Visitor.come(browser!, stage!, carol);
        await instead(abroad, 'getGenesisHash', async (route, id) => {
            const result = 'EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG';
            await route.fulfill({
                json: { jsonrpc: '2.0', id, result },
                headers: { 'access-control-allow-origin': '*' },
            });
        });
        await abroad.open();
        await abroad.connect();
        await abroad.page.getByLabel('Amount in SOL').fill('1');
        await abroad.press('Check the deposit');
        await abroad.press('Sign in the wallet');
        await abroad.page.getByText('The account in the wallet is not for solana:devnet').waitFor();
        await abroad.leave();
    },
);

test(
    'a node that is none, refuses pages, or does not have the pool is named as the trouble',
    { skip },
    async () => {
        const { net } = stage!;
        const visitor = await Visitor.come(browser!, stage!);
        const { page } = visitor;
        await page.goto(net.pageUrl);
        for (const [node, sentence] of [
            ['http://node.example', 'The URL begins with https://'],
            ['ftp://127.0.0.1', 'The URL begins with https://'],
            [net.url, 'This is no address.'],
        ] as const) {
            await page.getByLabel('URL of the node').fill(node);
            await visitor.press('Use these');
            await page.getByText(sentence).waitFor();
        }
        await page.getByLabel('Address of the pool').fill(net.votes[0]!);
        await visitor.press('Use these');
        await page.getByText(/is no pool: it belongs to the program Vote/).waitFor();
        await page.getByText('Check the pool’s address').waitFor();
        await page.route(`${net.url}/**`, (route) =>
            route.fulfill({ status: 403, headers: { 'access-control-allow-origin': '*' } }),
        );
        await page.reload();
        await page.getByText('The node refuses this page (HTTP 403).').waitFor();
        await page.unrouteAll();
        await page.route(`${net.url}/**`, (route) => route.abort());
        await page.reload();
        await page.getByText('The node does not answer.').waitFor();
        await visitor.context.close();
    },
);

test('a pool that is paused or stale says what is open', { skip }, async () => {
    const { net, alice, carol } = stage!;
    const visitor = await Visitor.come(browser!, stage!, carol);
    const { page } = visitor;
    await net.sluice(alice, 'pool', 'pause');
    await visitor.open();
    await page.getByLabel('Amount in SOL').fill('1');
    await page.getByText('The guardian has paused deposits for some epochs').waitFor();
    await net.localnet(['advance']);
    await page.reload();
    await page.getByText('Not priced for this epoch yet').waitFor();
    await page.getByLabel('Amount in SOL').fill('1');
    await page.getByText('Somebody has to turn the cranks').waitFor();
    await visitor.to('Leave');
    await page.getByLabel('Amount in LST').fill('1');
    await page.locator('[aria-label=Now]').getByText('Somebody has to turn the cranks').waitFor();
    assert.equal(await page.locator('[aria-label=Queue] [role=alert]').count(), 0);
    await visitor.leave();
});
