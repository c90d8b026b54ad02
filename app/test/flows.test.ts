// What holders do with the page, on a phone and on a wide screen: each figure is what the cluster has.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { quoteStake, quoteUnstakeNow, tickets, tokenAccountOf } from '@sluice/client';
import type { Browser } from 'playwright-core';

import { sol, type Actor } from '../../clients/js/test/support/localnet.js';
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

async function lstOf(actor: Actor): Promise<bigint> {
    const { net } = stage!;
    return await net.tokens(await tokenAccountOf(actor.address, (await viewOf(stage!)).account.mint));
}

const mine = async (actor: Actor) => await tickets(stage!.net.rpc, await viewOf(stage!), actor.address);

async function visit(actor: Actor, viewport?: typeof PHONE): Promise<Visitor> {
    const visitor = await Visitor.come(browser!, stage!, actor, viewport);
    await visitor.open();
    await visitor.connect();
    return visitor;
}

async function type(visitor: Visitor, label: string, amount: string): Promise<void> {
    await visitor.page.getByLabel(label).fill(amount);
}

for (const [name, viewport] of Object.entries({ 'a wide screen': undefined, 'a phone': PHONE })) {
    test(
        `on ${name}, somebody stakes, asks the queue, changes their mind, and leaves in each way`,
        { skip },
        async () => {
            const { net, carol } = stage!;
            const holder = await net.actor(viewport ? 'phoned' : 'sat', 200n);
            const visitor = await visit(holder, viewport);
            const { page } = visitor;

            await type(visitor, 'Amount in SOL', '50');
            const { lst } = quoteStake(await viewOf(stage!), sol(50n));
            assert.equal(await visitor.fact('You get'), `${written(lst)} LST`);
            await visitor.press('Check the deposit');
            await page.getByText('The node has tried it').waitFor();
            assert.equal(await visitor.fact('Your LST afterwards', '.review'), `${written(lst)} LST`);
            await visitor.isUsable();
            await visitor.sign();
            assert.equal(await lstOf(holder), lst);

            await visitor.to('Leave');
            await type(visitor, 'Amount in LST', '3');
            await page.locator('.way').nth(2).getByText('Validator', { exact: true }).waitFor();
            await visitor.isUsable();
            assert.match((await page.locator('.way').nth(0).locator('h3').textContent())!, /cheapest/);
            assert.match((await page.locator('.way').nth(1).locator('h3').textContent())!, /fastest/);
            await visitor.press('Check the request');
            await visitor.sign();
            assert.deepEqual(
                (await mine(holder)).map(({ account }) => account.lst),
                [sol(3n)],
            );

            await visitor.to('Tickets');
            await visitor.press('Cancel');
            await visitor.sign();
            assert.deepEqual(await mine(holder), []);
            assert.equal(await lstOf(holder), lst);

            await visitor.to('Leave');
            await type(visitor, 'Amount in LST', '1');
            const now = quoteUnstakeNow(await viewOf(stage!), sol(1n));
            await page.locator('.way').nth(1).getByText('You get').waitFor();
            const shown = units(await visitor.fact('You get', '[aria-label=Now]'));
            assert.ok(now.lamports - shown < 1_000n && shown <= now.lamports, `${shown} of ${now.lamports}`);
            await visitor.press('Check the exit');
            await visitor.sign();
            await type(visitor, 'Amount in LST', '5');
            await page.locator('.way').nth(2).getByText('Validator', { exact: true }).waitFor();
            await visitor.press('Check the stake account');
            await visitor.sign();
            assert.equal(await lstOf(holder), lst - sol(6n));

            for (const amount of ['2', '4']) {
                await type(visitor, 'Amount in LST', amount);
                await visitor.press('Check the request');
                await visitor.sign();
            }
            await net.advance(carol, 80);
            await net.advance(carol);
            const due = (await mine(holder)).reduce(
                (sum, { claimableLamports }) => sum + claimableLamports,
                0n,
            );
            assert.ok(due > sol(6n), `${due}`);
            const before = await net.balance(holder.address);
            await page.reload();
            await visitor.connect();
            await visitor.to('Tickets');
            await page.locator('[data-state=paid]').nth(1).waitFor();
            await visitor.isUsable();
            await visitor.press('Check the claim of 2');
            await visitor.sign();
            assert.deepEqual(await mine(holder), []);
            assert.ok((await net.balance(holder.address)) > before + due - 10_000n);
            await visitor.leave();
        },
    );
}

test('a ticket is given away, and not to an address where it would be lost', { skip }, async () => {
    const { net, bob, carol } = stage!;
    await net.sluice(bob, 'stake', '10');
    await net.sluice(bob, 'unstake', '2');
    const visitor = await visit(bob, PHONE);
    await visitor.to('Tickets');
    await visitor.page.getByText('Give away').first().click();
    await type(visitor, 'Address of the new owner', (await viewOf(stage!)).account.mint);
    await visitor.press('Give away');
    await visitor.page.locator('.ticket [role=alert]').getByText(/mint/).waitFor();
    await type(visitor, 'Address of the new owner', carol.address);
    await visitor.press('Give away');
    await visitor.sign();
    assert.equal((await mine(carol)).length, 1);
    assert.equal((await mine(bob)).length, 0);
    await visitor.leave();
});

test('a node without an index shows the tickets that somebody requested, and says so', { skip }, async () => {
    const { net, bob } = stage!;
    await net.sluice(bob, 'stake', '10');
    await net.sluice(bob, 'unstake', '1.25');
    const visitor = await visit(bob);
    let searches = 0;
    await visitor.page.route(`${net.url}/**`, async (route) => {
        const { method, id } = route.request().postDataJSON() as { method: string; id: string };
        if (method !== 'getProgramAccounts') return await route.continue();
        searches += 1;
        const error = { code: -32010, message: 'excluded from account secondary indexes' };
        const headers = { 'access-control-allow-origin': '*' };
        return await route.fulfill({ json: { jsonrpc: '2.0', id, error }, headers });
    });
    await visitor.to('Tickets');
    await visitor.page.getByText('This node has no index of accounts').waitFor();
    assert.equal(await visitor.page.locator('.ticket').count(), 1);
    assert.match((await visitor.page.locator('.ticket h3').textContent())!, /^1\.25 LST/);
    assert.ok(searches >= 1);
    await visitor.leave();
});

test('what was signed is followed after a reload, and done once', { skip }, async () => {
    const { net, bob } = stage!;
    const before = await lstOf(bob);
    const visitor = await visit(bob);
    const { page } = visitor;
    // The node takes nothing for now, and says that it failed.
    await page.route(`${net.url}/**`, async (route) => {
        const { method, id } = route.request().postDataJSON() as { method: string; id: string };
        if (method !== 'sendTransaction') return await route.continue();
        const error = { code: -32002, message: 'Transaction simulation failed' };
        return await route.fulfill({
            json: { jsonrpc: '2.0', id, error },
            headers: { 'access-control-allow-origin': '*' },
        });
    });
    await type(visitor, 'Amount in SOL', '7');
    await visitor.press('Check the deposit');
    await visitor.press('Sign in the wallet');
    await page.locator('[data-state=sending]').waitFor();
    await page.waitForTimeout(3_000);
    assert.equal(await page.locator('[data-state=failed]').count(), 0);
    const { lst } = quoteStake(await viewOf(stage!), sol(7n));
    await page.unrouteAll();
    await page.reload();
    await page.locator('[data-state=landed]').waitFor({ timeout: 30_000 });
    assert.equal(await page.evaluate(() => localStorage.getItem('sluice.sent')), '[]');
    await page.reload();
    await page.locator('#deposit-price').waitFor();
    assert.equal(await page.locator('.transaction').count(), 0);
    assert.equal((await lstOf(bob)) - before, lst);
    await visitor.context.close();
});

/** Units as they are written, without thousands. */
function written(lst: bigint): string {
    const fraction = String(lst % 1_000_000_000n)
        .padStart(9, '0')
        .replace(/0+$/, '');
    return `${lst / 1_000_000_000n}${fraction && `.${fraction}`}`;
}

/** The units in an amount with its name. */
function units(text: string): bigint {
    const [whole, fraction = ''] = text.replaceAll(',', '').split(' ')[0]!.split('.');
    return BigInt(whole!) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}
