// What holders do with the page, on a phone and on a wide screen: each figure is what the cluster has.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { quoteStake, quoteUnstakeNow } from '@sluice/client';

import { sol } from '../../clients/js/test/support/localnet.js';
import { FOR_ALL, PHONE, skip } from './support/browser.js';
import { World, units, written } from './support/world.js';

const world = new World();

for (const [name, viewport] of Object.entries({ 'a wide screen': undefined, 'a phone': PHONE })) {
    test(
        `on ${name}, somebody stakes, asks the queue, changes their mind, and leaves in each way`,
        { skip },
        async () => {
            const { net, carol } = world.stage;
            const holder = await net.actor(viewport ? 'phoned' : 'sat', 200n);
            const visitor = await world.visit(holder, viewport);
            const { page } = visitor;

            await visitor.type('Amount in SOL', '50');
            const { lst } = quoteStake(await world.view(), sol(50n));
            assert.equal(await visitor.fact('You get'), `${written(lst)} LST`);
            await visitor.press('Check the deposit');
            await page.getByText('The node has tried it').waitFor();
            assert.equal(await visitor.fact('Your LST afterwards', '.review'), `${written(lst)} LST`);
            await visitor.isUsable();
            await visitor.sign();
            assert.equal(await world.lstOf(holder), lst);

            await visitor.to('Leave');
            await visitor.type('Amount in LST', '3');
            await page.locator('.way').nth(2).getByText('Validator', { exact: true }).waitFor();
            await visitor.isUsable();
            assert.match((await page.locator('.way').nth(0).locator('h3').textContent())!, /cheapest/);
            assert.match((await page.locator('.way').nth(1).locator('h3').textContent())!, /fastest/);
            await visitor.press('Check the request');
            await visitor.sign();
            assert.deepEqual(
                (await world.ticketsOf(holder)).map(({ account }) => account.lst),
                [sol(3n)],
            );

            await visitor.to('Tickets');
            await visitor.press('Cancel');
            await visitor.sign();
            assert.deepEqual(await world.ticketsOf(holder), []);
            assert.equal(await world.lstOf(holder), lst);

            await visitor.to('Leave');
            await visitor.type('Amount in LST', '1');
            const now = quoteUnstakeNow(await world.view(), sol(1n));
            await page.locator('.way').nth(1).getByText('You get').waitFor();
            const shown = units(await visitor.fact('You get', '[aria-label=Now]'));
            assert.ok(now.lamports - shown < 1_000n && shown <= now.lamports, `${shown} of ${now.lamports}`);
            await visitor.press('Check the exit');
            await visitor.sign();
            await visitor.type('Amount in LST', '5');
            await page.locator('.way').nth(2).getByText('Validator', { exact: true }).waitFor();
            await visitor.press('Check the stake account');
            await visitor.sign();
            assert.equal(await world.lstOf(holder), lst - sol(6n));

            for (const amount of ['2', '4']) {
                await visitor.type('Amount in LST', amount);
                await visitor.press('Check the request');
                await visitor.sign();
            }
            await net.advance(carol, 80);
            await net.advance(carol);
            const due = (await world.ticketsOf(holder)).reduce(
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
            assert.deepEqual(await world.ticketsOf(holder), []);
            assert.ok((await net.balance(holder.address)) > before + due - 10_000n);
            await visitor.leave();
        },
    );
}

test('a ticket is given away, and not to an address where it would be lost', { skip }, async () => {
    const { net, bob, carol } = world.stage;
    await net.sluice(bob, 'stake', '10');
    await net.sluice(bob, 'unstake', '2');
    const visitor = await world.visit(bob, PHONE);
    await visitor.to('Tickets');
    await visitor.page.getByText('Give away').first().click();
    await visitor.type('Address of the new owner', (await world.view()).account.mint);
    await visitor.press('Give away');
    await visitor.page.locator('.ticket [role=alert]').getByText(/mint/).waitFor();
    await visitor.type('Address of the new owner', carol.address);
    await visitor.press('Give away');
    await visitor.sign();
    assert.equal((await world.ticketsOf(carol)).length, 1);
    assert.equal((await world.ticketsOf(bob)).length, 0);
    await visitor.leave();
});

test('a node without an index shows the tickets that somebody requested, and says so', { skip }, async () => {
    const { net, bob } = world.stage;
    await net.sluice(bob, 'stake', '10');
    await net.sluice(bob, 'unstake', '1.25');
    const visitor = await world.visit(bob);
    let searches = 0;
    await visitor.instead('getProgramAccounts', async (route, id) => {
        searches += 1;
        const error = { code: -32010, message: 'excluded from account secondary indexes' };
        await route.fulfill({ json: { jsonrpc: '2.0', id, error }, headers: FOR_ALL });
    });
    await visitor.to('Tickets');
    await visitor.page.getByText('This node has no index of accounts').waitFor();
    assert.equal(await visitor.page.locator('.ticket').count(), 1);
    assert.match((await visitor.page.locator('.ticket h3').textContent())!, /^1\.25 LST/);
    assert.ok(searches >= 1);
    await visitor.leave();
});

test('what was signed is followed after a reload, and done once', { skip }, async () => {
    const { bob } = world.stage;
    const before = await world.lstOf(bob);
    const visitor = await world.visit(bob);
    const { page } = visitor;
    // The node takes nothing for now, and says that it failed.
    await visitor.instead('sendTransaction', async (route, id) => {
        const error = { code: -32002, message: 'Transaction simulation failed' };
        await route.fulfill({ json: { jsonrpc: '2.0', id, error }, headers: FOR_ALL });
    });
    await visitor.type('Amount in SOL', '7');
    await visitor.press('Check the deposit');
    await visitor.press('Sign in the wallet');
    await page.locator('[data-state=sending]').waitFor();
    await page.waitForTimeout(3_000);
    assert.equal(await page.locator('[data-state=failed]').count(), 0);
    const { lst } = quoteStake(await world.view(), sol(7n));
    await page.unrouteAll();
    await page.reload();
    await page.locator('[data-state=landed]').waitFor({ timeout: 30_000 });
    assert.equal(await page.evaluate(() => localStorage.getItem('sluice.sent')), '[]');
    await page.reload();
    await page.locator('#deposit-price').waitFor();
    assert.equal(await page.locator('.transaction').count(), 0);
    assert.equal((await world.lstOf(bob)) - before, lst);
    await visitor.close();
});
