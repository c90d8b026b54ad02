// What is signed is what was shown, of the account that is shown.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { minimum, quoteStake } from '@sluice/client';

import { sol } from '../../clients/js/test/support/localnet.js';
import { PHONE, skip, type Visitor } from './support/browser.js';
import { World, written } from './support/world.js';

const world = new World();

const signedBy = (visitor: Visitor) =>
    visitor.page.evaluate(() => (window as unknown as { signed: number }).signed);

test('what was checked for one account is not there for the next', { skip }, async () => {
    const { bob, carol } = world.stage;
    const visitor = await world.visit(bob, PHONE);
    const { page } = visitor;
    const change = (address: string) =>
        page.evaluate((address) => {
            (window as unknown as { change: (address: string) => void }).change(address);
        }, address);
    await visitor.type('Amount in SOL', '1');
    await visitor.press('Check the deposit');
    await page.locator('.review').waitFor();
    await change(carol.address);
    await page.locator('.review').waitFor({ state: 'detached' });
    await visitor.press('Check the deposit');
    await page.locator('.review').waitFor();
    await change(bob.address);
    await page.locator('.review').waitFor({ state: 'detached' });
    assert.equal(await signedBy(visitor), 0);
    await visitor.leave();
});

/** As if the reader had thought for so long. */
const think = (visitor: Visitor, milliseconds: number) =>
    visitor.page.evaluate((milliseconds) => {
        const now = Date.now.bind(Date);
        Date.now = () => now() + milliseconds;
    }, milliseconds);

test('after long thought the newest bound is shown, and signed only once it was seen', { skip }, async () => {
    const { net, bob, carol } = world.stage;
    const visitor = await world.visit(bob, PHONE);
    const { page } = visitor;
    await visitor.type('Amount in SOL', '10');
    await visitor.press('Check the deposit');
    await page.locator('.review').waitFor();
    const first = await visitor.fact('At least', '.review');
    const price = (await page.locator('#deposit-price').textContent())!;
    await net.advance(carol);
    await page.locator('#deposit-price').filter({ hasNotText: price }).waitFor();
    // A reading of the pool moves nothing in what is to be signed, and no other bound stands beside it.
    assert.equal(await visitor.fact('At least', '.review'), first);
    assert.equal(await page.locator('main dt').getByText('At least', { exact: true }).count(), 1);
    await think(visitor, 31_000);
    await visitor.press('Sign in the wallet');
    await page.getByText('has changed since you looked').waitFor();
    assert.equal(await signedBy(visitor), 0);
    const { lst } = quoteStake(await world.view(), sol(10n));
    const shown = await visitor.fact('At least', '.review');
    assert.notEqual(shown, first);
    assert.equal(shown, `${written(minimum(lst))} LST`);
    await visitor.isUsable();
    const before = await world.lstOf(bob);
    await visitor.sign();
    assert.equal((await world.lstOf(bob)) - before, lst);

    // Where nothing has changed, nobody is asked again.
    await visitor.type('Amount in SOL', '3');
    await visitor.press('Check the deposit');
    await page.locator('.review').waitFor();
    await think(visitor, 31_000);
    await visitor.sign();
    assert.equal(await signedBy(visitor), 2);
    await visitor.leave();
});
