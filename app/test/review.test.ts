// What is signed is what was shown, of the account that is shown.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PHONE, skip, type Visitor } from './support/browser.js';
import { World } from './support/world.js';

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
