// Which pool it is: said everywhere, and never changed without a word.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Actor } from '../../clients/js/test/support/localnet.js';
import { PHONE, skip, type Visitor } from './support/browser.js';
import { World } from './support/world.js';

const world = new World(1);

const short = (address: string) => `${address.slice(0, 4)}…${address.slice(-4)}`;

/** A pool whose token is called `PRL`. */
async function pearl(alice: Actor): Promise<string> {
    const named = ['--name', 'Pearl', '--symbol', 'PRL', '--uri', 'https://pearl.example/t.json'];
    const { pool } = await world.net.sluice(alice, 'pool', 'create', ...named);
    return pool;
}

/** What the link at the top of each page says. */
const glance = ({ page }: Visitor) => page.locator('.which a');

test('every page, each review and each transaction say which pool it is', { skip }, async () => {
    const { net, alice, bob } = world.stage;
    const pool = await pearl(alice);
    const visitor = await world.come(bob, PHONE);
    const { page } = visitor;
    await page.goto(`${net.pageUrl}&pool=${pool}`);
    await visitor.press('Use these');
    await visitor.connect();
    const called = `PRL, pool ${short(pool)}`;
    for (const tab of ['Leave', 'Tickets', 'Pool', 'History', 'Node', 'Stake']) {
        await visitor.to(tab);
        await glance(visitor).getByText(called, { exact: true }).waitFor();
    }
    assert.equal(await glance(visitor).getAttribute('title'), pool);
    await visitor.type('Amount in SOL', '2');
    await visitor.press('Check the deposit');
    await page.locator('.review').waitFor();
    assert.equal(await visitor.fact('Pool', '.review'), called);
    assert.equal(await page.locator('.review dd').first().getAttribute('title'), pool);
    await visitor.isUsable();
    await visitor.sign();
    const told = page.locator('.transaction span');
    assert.deepEqual([await told.textContent(), await told.getAttribute('title')], [called, pool]);
    await visitor.isUsable();
    await visitor.leave();
});

test('a pool that another tab has chosen is told, and named after a reload', { skip }, async () => {
    const { net, alice, bob, pool } = world.stage;
    const other = await pearl(alice);
    const visitor = await world.visit(bob, PHONE);
    const { page } = visitor;
    await glance(visitor)
        .getByText(`Pool ${short(pool)}`)
        .waitFor();
    const tab = await visitor.another(`#node=${net.url}&pool=${other}`);
    assert.equal(await page.getByText('Another tab of this browser').count(), 0);
    await tab.getByRole('button', { name: 'Use these' }).click();
    await page.getByText(`Another tab of this browser has chosen the pool ${short(other)}`).waitFor();
    await glance(visitor)
        .getByText(`Pool ${short(pool)}`)
        .waitFor();
    await visitor.isUsable();
    await page.reload();
    await glance(visitor)
        .getByText(`PRL, pool ${short(other)}`)
        .waitFor();
    await visitor.close();
});

test(
    'a link means what it means with blanks around, and one that is broken is refused aloud',
    { skip },
    async () => {
        const { net, pool } = world.stage;
        const visitor = await world.come(undefined, PHONE);
        const { page } = visitor;
        await visitor.open();
        const { origin } = new URL(net.pageUrl);
        const other = net.votes[0]!;
        const stored = () => page.evaluate(() => localStorage.getItem('sluice.settings'));
        const before = await stored();
        const follow = async (hash: string) => {
            await page.goto('about:blank');
            await page.goto(`${origin}/#${hash}`);
            await page.getByText('A link has proposed this').waitFor();
        };
        const refused = page.getByText('The link proposes what is no address of a pool');
        for (const around of [`${other}%0A`, `${other}+`, `%20${other}`]) {
            await follow(`node=${net.url}&pool=${around}`);
            assert.equal(await page.getByLabel('Address of the pool').inputValue(), other);
            assert.equal(await refused.count(), 0);
        }
        for (const hash of [
            `node=${net.url}&pool=${other.slice(0, -9)}`,
            `node=javascript:alert(1)&pool=${other}`,
            `node=https://u:p@evil.example&pool=${pool}`,
            'pool=',
        ]) {
            await follow(hash);
            await refused.waitFor();
            assert.equal(await page.locator('#deposit-price').count(), 0);
            await visitor.isUsable();
        }
        await page.getByRole('link', { name: 'Keep the node and the pool that you have' }).click();
        await glance(visitor)
            .getByText(`Pool ${short(pool)}`)
            .waitFor();
        assert.equal(await stored(), before);
        await visitor.leave();
    },
);
