// What the page says of the pool, of the holder's past, and of what goes wrong.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { history, pastPrices, prices, validators } from '@sluice/client';

import { sol } from '../../clients/js/test/support/localnet.js';
import { Market, quoteOf } from '../../clients/js/test/support/market.js';
import { FOR_ALL, PHONE, skip, type Visitor } from './support/browser.js';
import { World, units } from './support/world.js';

const world = new World();

test('the book adds up in the browser, and one lamport too few is seen', { skip }, async () => {
    const visitor = await world.come(undefined, PHONE);
    const { page } = visitor;
    await visitor.open();
    await visitor.to('Pool');
    await visitor.press('Verify');
    await page.getByText('All of this adds up.').waitFor();
    assert.equal(await page.locator('#verify tbody tr').count(), 10);
    await visitor.isUsable();
    const view = await world.view();
    assert.deepEqual(
        [await visitor.fact('Address of the pool'), await visitor.fact('Mint of the LST')],
        [view.address, view.account.mint],
    );
    const shown = await page.locator('[aria-label="Where the stake is"] tbody tr').count();
    assert.equal(shown, (await validators(world.stage.net.rpc, view)).length);
    assert.match(
        await visitor.fact('Owns'),
        new RegExp(`^${prices(view).fullLamports / 1_000_000_000n / 1_000n},`),
    );
    await visitor.instead('getMultipleAccounts', async (route) => {
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
    await visitor.close();
});

test('both prices are drawn over the epochs, as far as the node has what tells them', { skip }, async () => {
    const visitor = await world.come(undefined, PHONE);
    const { page } = visitor;
    await visitor.open();
    await visitor.to('Pool');
    const view = await world.view();
    const rates = await history(world.net.rpc, view);
    const past = await pastPrices(world.net.rpc, view, rates);
    assert.ok(past.length > 1 && past.length <= rates.length);
    await page.locator('figcaption').getByText(`from epoch ${past[0]!.epoch} on`).waitFor();
    const drawn = (curve: string) =>
        page
            .locator(`figure > svg ${curve}`)
            .evaluate((line) => line.getAttribute('points')!.split(' ').length);
    assert.deepEqual(
        [await drawn('.curve.exit'), await drawn('.curve:not(.exit)')],
        [past.length, rates.length],
    );
    await visitor.isUsable();
    await visitor.instead('getTransaction', async (route, id) => {
        await route.fulfill({ json: { jsonrpc: '2.0', id, result: null }, headers: FOR_ALL });
    });
    await page.reload();
    await page.locator('figcaption').getByText('none are drawn but that of now').waitFor();
    assert.equal(await page.locator('figure > svg .curve.exit').count(), 0);
    await visitor.leave();
});

test('a holder reads their past and takes it along', { skip }, async () => {
    const { net, bob, carol } = world.stage;
    await net.sluice(bob, 'stake', '12.5');
    await net.sluice(bob, 'unstake', '2');
    await net.advance(carol, 80);
    await net.advance(carol);
    const visitor = await world.come(bob);
    const { page } = visitor;
    await visitor.open();
    await visitor.connect();
    await visitor.to('History');
    await visitor.press('Read my history');
    const row = page.locator('[aria-label="Your history"] tbody tr').filter({ hasText: 'Staked' });
    assert.match((await row.textContent())!, /Staked.*−12\.5 SOL/);
    assert.equal(await page.locator('[aria-label="Rewards per epoch"] tbody tr').count(), 1);
    const cells = page.locator('[aria-label="Rewards per epoch"] tbody td');
    // The ticket earned over the start of the epoch, too.
    assert.equal(units((await cells.nth(1).textContent())!), (await world.lstOf(bob)) + sol(2n));
    await visitor.isUsable();
    await page.setViewportSize(PHONE);
    await visitor.isUsable();
    const link = await page.getByRole('link', { name: 'Save as CSV' }).getAttribute('href');
    const lines = decodeURIComponent(link!.split(',').slice(1).join(',')).split('\r\n');
    assert.equal(lines[0], 'time_utc,slot,kind,lst,sol,signature,epoch,gain_sol');
    assert.match(lines[1]!, /^\d{4}-\d\d-\d\dT[^,]*,\d+,stake,12\.\d+,-12\.5,\w{80,},,$/);
    assert.match(lines.at(-2)!, /^\d{4}-\d\d-\d\dT[^,]*,,gain,,,,\d+,0\.\d+$/);
    await visitor.leave();
});

test(
    'who declines in the wallet, has too little, or has the wrong cluster is told so',
    { skip },
    async () => {
        const { net, carol } = world.stage;
        const poor = await net.actor('poor', 1n);
        const visitor = await world.come(poor, PHONE);
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

        const abroad = await world.come(carol);
        await abroad.instead('getGenesisHash', async (route, id) => {
            const result = 'EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG';
            await route.fulfill({
                json: { jsonrpc: '2.0', id, result },
                headers: FOR_ALL,
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
        const { net } = world.stage;
        const visitor = await world.come();
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
        await page.route(`${net.url}/**`, (route) => route.fulfill({ status: 403, headers: FOR_ALL }));
        await page.reload();
        await page.getByText('The node refuses this page (HTTP 403).').waitFor();
        for (const [status, sentence] of [
            [429, 'The node has been asked more often than it allows.'],
            [500, 'The node has failed (HTTP 500).'],
        ] as const) {
            await page.unrouteAll();
            await page.route(`${net.url}/**`, (route) => route.fulfill({ status, headers: FOR_ALL }));
            await page.reload();
            await page.getByText(sentence).waitFor();
            await page.getByText('Try again in a minute.').waitFor();
        }
        await page.unrouteAll();
        await page.route(`${net.url}/**`, (route) => route.abort());
        await page.reload();
        await page.getByText('The node does not answer.').waitFor();
        await visitor.close();
    },
);

test('a node that knows no priority fees is no trouble', { skip }, async () => {
    const { carol } = world.stage;
    const visitor = await world.visit(carol);
    const { page } = visitor;
    await visitor.type('Amount in SOL', '1');
    for (const answer of [{ error: { code: -32601, message: 'Method not found' } }, { result: null }]) {
        await visitor.instead('getRecentPrioritizationFees', async (route, id) => {
            await route.fulfill({ json: { jsonrpc: '2.0', id, ...answer }, headers: FOR_ALL });
        });
        await visitor.press('Check the deposit');
        await page.getByText('The node has tried it').waitFor();
        assert.equal(await visitor.fact('of which priority fee', '.review'), '0 SOL');
        await visitor.press('Back');
    }
    await visitor.leave();
});

test('a node that is behind, busy or broken is told in words, with what to do', { skip }, async () => {
    const visitor = await world.come();
    const { page } = visitor;
    await visitor.open();
    for (const [code, sentence] of [
        [-32_005, 'The node is behind the cluster.'],
        [-32_016, 'The node is behind what was read before'],
        [-32_429, 'The node has been asked more often than it allows.'],
        [-32_603, 'an error of its own.'],
        [-32_099, 'gave the code -32099.'],
    ] as const) {
        await page.unrouteAll();
        await visitor.instead('getMultipleAccounts', async (route, id) => {
            const error = { code, message: 'Text of the node', data: { numSlotsBehind: 9 } };
            await route.fulfill({ json: { jsonrpc: '2.0', id, error }, headers: FOR_ALL });
        });
        await page.reload();
        await page.locator('.problem').getByText(sentence).waitFor();
        await page.getByText('Try again in a minute.').waitFor();
        assert.equal(await page.getByText(/npx|Text of the node/).count(), 0);
    }
    await visitor.leave();
});

test('an amount that one does not have is told, and no way out is quoted for it', { skip }, async () => {
    const { net } = world.stage;
    const holder = await net.actor('modest', 20n);
    await net.sluice(holder, 'stake', '5');
    const visitor = await world.visit(holder, PHONE);
    const { page } = visitor;
    await visitor.type('Amount in SOL', '1000');
    await page.getByText(/^You have 1\d\.\d+ SOL, less than 1,000 SOL\.$/).waitFor();
    await visitor.to('Leave');
    await visitor.type('Amount in LST', '1');
    await page.locator('.way').nth(2).waitFor();
    await visitor.type('Amount in LST', '5000');
    await page.getByText(/^You have 4\.\d+ LST, less than 5,000 LST\.$/).waitFor();
    assert.equal(await page.locator('.way').count(), 0);
    await visitor.isUsable();
    await visitor.leave();
});

test('the page says what the token is called, beside what says which it is', { skip }, async () => {
    const { net, alice } = world.stage;
    const named = ['--name', 'Pearl', '--symbol', 'PRL', '--uri', 'https://pearl.example/t.json'];
    const { pool } = await net.sluice(alice, 'pool', 'create', ...named);
    const visitor = await world.come(undefined, PHONE);
    await visitor.page.goto(`${net.pageUrl}&pool=${pool}`);
    await visitor.press('Use these');
    await visitor.page.locator('#deposit-price').waitFor();
    await visitor.to('Pool');
    await visitor.page.getByText('Pearl', { exact: true }).waitFor();
    assert.equal(await visitor.fact('Symbol'), 'PRL');
    assert.equal(await visitor.fact('Address of the pool'), pool);
    await visitor.isUsable();
    await visitor.leave();
});

/** Whether the browser lets the page ask this address. */
async function mayAsk({ page }: Visitor, url: string): Promise<boolean> {
    return await page.evaluate(
        (url) =>
            fetch(url, { mode: 'no-cors' }).then(
                () => true,
                () => false,
            ),
        url,
    );
}

test('the browser lets the page ask nobody but whom its reader has named', { skip }, async (context) => {
    const [market, other] = await Promise.all([openMarket(context), openMarket(context)]);
    const { net, bob } = world.stage;
    const visitor = await world.come(bob);
    await visitor.page.goto(net.pageUrl);
    assert.deepEqual([await mayAsk(visitor, net.url), await mayAsk(visitor, market.url)], [false, false]);
    await visitor.open();
    assert.deepEqual([await mayAsk(visitor, net.url), await mayAsk(visitor, market.url)], [true, false]);
    await nameMarket(visitor, market.url);
    const allowed = [net.url, market.url, other.url].map(async (url) => await mayAsk(visitor, url));
    assert.deepEqual(await Promise.all(allowed), [true, true, false]);
    assert.equal(other.asked.length, 0);
    await visitor.close();
});

/** A market until the end of the test. */
async function openMarket(context: TestContext): Promise<Market> {
    const market = await Market.open();
    context.after(() => market.close());
    return market;
}

async function nameMarket(visitor: Visitor, url: string): Promise<void> {
    const { page } = visitor;
    await visitor.to('Node');
    await page.getByText('What a market pays (optional)').click();
    await visitor.type('URL of the quote source', url);
    await visitor.press('Use these');
    await page.locator('#stake-amount').waitFor();
}

test(
    'a market is asked only where one is named, shown by the same rule, and never signed for',
    { skip },
    async (context) => {
        const market = await openMarket(context);
        const { alice } = world.stage;
        const visitor = await world.come(alice, PHONE);
        const { page } = visitor;
        await visitor.open();
        await visitor.to('Leave');
        await visitor.type('Amount in LST', '4');
        await page.locator('.way').nth(2).getByText('Validator', { exact: true }).waitFor();
        assert.equal(await page.locator('.way').count(), 3);

        await visitor.to('Node');
        await page.getByText('What a market pays (optional)').click();
        await visitor.type('URL of the quote source', 'http://quotes.example');
        await visitor.press('Use these');
        await page.getByText('The URL of the quote source begins with https://').waitFor();
        await visitor.isUsable();
        await visitor.type('URL of the quote source', market.url);
        await visitor.press('Use these');
        await page.locator('#stake-amount').waitFor();
        assert.equal(market.asked.length, 0);

        const way = page.locator('.way[aria-label=Market]');
        for (const [lamportsPerLst, marks] of [
            [2_000_000_000n, /cheapest/],
            [500_000_000n, /^Market$/],
        ] as const) {
            market.answer = (asked) => ({ body: quoteOf(asked, lamportsPerLst) });
            await page.reload();
            await visitor.to('Leave');
            await visitor.type('Amount in LST', '4');
            await way.getByText('You get').waitFor();
            assert.equal(
                units(await visitor.fact('You get', '.way[aria-label=Market]')),
                4n * lamportsPerLst,
            );
            assert.match((await way.locator('h3').textContent())!, marks);
            assert.equal(market.asked.at(-1)!.get('amount'), '4000000000');
            assert.equal(market.asked.at(-1)!.get('inputMint'), (await world.view()).account.mint);
        }
        assert.equal(await way.getByRole('button').count(), 0);
        await visitor.isUsable();
        // More than the buffer has: the market is then the fastest.
        await visitor.type('Amount in LST', '500');
        await page.locator('.way[aria-label=Market] h3').getByText('fastest').waitFor();
        market.answer = () => ({
            status: 400,
            body: { error: 'Pay me', errorCode: 'COULD_NOT_FIND_ANY_ROUTE' },
        });
        await visitor.type('Amount in LST', '3');
        await way.locator('.problem').getByText('The market does not buy this amount').waitFor();
        assert.equal(await page.getByText('Pay me').count(), 0);
        // The browser itself notes what the market refused.
        assert.match(visitor.complaints.splice(0).join(), /^Failed to load resource.*400[^,]*$/);
        await visitor.leave(new URL(market.url).origin);
    },
);
