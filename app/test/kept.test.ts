// What is signed is kept, shown and sent, whatever tabs, storage and clocks do.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sol } from '../../clients/js/test/support/localnet.js';
import { PHONE, skip, type Visitor } from './support/browser.js';
import { World } from './support/world.js';

const world = new World(1);

/** The node takes no transaction. */
async function takesNone(visitor: Visitor): Promise<void> {
    await visitor.instead('sendTransaction', (route) => route.abort());
}

async function signDeposit(visitor: Visitor, amount: string): Promise<void> {
    await visitor.type('Amount in SOL', amount);
    await visitor.press('Check the deposit');
    await visitor.press('Sign in the wallet');
}

test('where the browser keeps nothing, nobody is asked to sign', { skip }, async () => {
    const visitor = await world.visit(world.stage.bob, PHONE);
    const { page } = visitor;
    await page.evaluate(() => {
        for (let size = 1 << 20; size > 0; size >>= 1)
            try {
                for (let at = 0; ; at += 1) localStorage.setItem(`full${size} ${at}`, 'x'.repeat(size));
            } catch {
                // Less of it may fit.
            }
    });
    await signDeposit(visitor, '1');
    await page.locator('.review .problem').getByText('so nothing was sent').waitFor();
    assert.equal(await visitor.signed(), 0);
    await visitor.isUsable();
    await visitor.to('Node');
    await visitor.type('URL of the node', `${world.net.url}/${'long'.repeat(99)}`);
    await visitor.press('Use these');
    await page.getByText('This browser cannot keep that').waitFor();
    await page.evaluate(() => {
        for (const name of Object.keys(localStorage))
            if (name.startsWith('full')) localStorage.removeItem(name);
    });
    await visitor.to('Stake');
    await visitor.type('Amount in SOL', '1');
    await visitor.press('Check the deposit');
    await visitor.sign();
    await visitor.leave();
});

test('where the browser has no database, or refuses it, nobody is asked to sign', { skip }, async () => {
    const visitor = await world.visit(world.stage.bob, PHONE);
    const { page } = visitor;
    for (const instead of ['undefined', '{ open: () => { throw new DOMException("", "SecurityError"); } }']) {
        await page.evaluate(
            `Object.defineProperty(window, 'indexedDB', { value: ${instead}, configurable: true })`,
        );
        await signDeposit(visitor, '1');
        await page.locator('.review .problem').getByText('so nothing was sent').waitFor();
        assert.equal(await visitor.signed(), 0);
        assert.equal(await page.evaluate(() => localStorage.getItem('sluice.sent')), null);
        await visitor.press('Back');
    }
    await visitor.leave();
});

test(
    'another tab shows what was signed in this one, and sends it on when this one is closed',
    { skip },
    async () => {
        const holder = await world.net.actor('tabbed', 50n);
        const visitor = await world.visit(holder, PHONE);
        const other = await visitor.another();
        await other.locator('#deposit-price').waitFor();
        await takesNone(visitor);
        // That tab cannot send either, as long as this one is open.
        let isOpen = true;
        await other.route(`${world.net.url}/**`, async (route) => {
            const { method } = route.request().postDataJSON() as { method: string };
            return isOpen && method === 'sendTransaction' ? await route.abort() : await route.fallback();
        });
        await signDeposit(visitor, '3');
        await other.locator('[data-state=sending]').getByText('Stake 3 SOL').waitFor();
        await visitor.page.close();
        isOpen = false;
        await other.locator('[data-state=landed]').waitFor({ timeout: 30_000 });
        assert.ok((await world.lstOf(holder)) > sol(2n));
        await other.unrouteAll({ behavior: 'ignoreErrors' });
        await visitor.context.close();
    },
);

test('what is on its way is shown and sent while a link waits for an answer', { skip }, async () => {
    const visitor = await world.visit(world.stage.bob, PHONE);
    const { page } = visitor;
    await takesNone(visitor);
    await signDeposit(visitor, '4');
    await page.locator('[data-state=sending]').waitFor();
    await page.evaluate((pool) => (location.hash = `#pool=${pool}`), world.net.votes[0]!);
    await page.getByText('A link has proposed this').waitFor();
    await page.locator('[data-state=sending]').getByText('Stake 4 SOL').waitFor();
    await visitor.isUsable();
    await page.waitForRequest((request) => request.postData()?.includes('sendTransaction') ?? false);
    await page.unrouteAll();
    await page.locator('[data-state=landed]').waitFor({ timeout: 30_000 });
    await visitor.close();
});

test('an amount that is typed while the wallet asks stays, with its review', { skip }, async () => {
    const visitor = await world.visit(world.stage.bob, PHONE);
    const { page } = visitor;
    await page.evaluate(() => {
        const held = new Promise<void>((release) => Object.assign(window, { release }));
        Object.assign(window, { held });
    });
    await signDeposit(visitor, '1');
    await page.getByText('Your wallet asks you').waitFor();
    await visitor.type('Amount in SOL', '33');
    await visitor.press('Check the deposit');
    await page.locator('.review h3').getByText('Stake 33 SOL').waitFor();
    await page.evaluate(() => (window as unknown as { release: () => void }).release());
    await page.locator('[data-state=landed]').getByText('Stake 1 SOL').waitFor({ timeout: 30_000 });
    assert.equal(await page.getByLabel('Amount in SOL').inputValue(), '33');
    await page.locator('.review h3').getByText('Stake 33 SOL').waitFor();
    await visitor.sign();
    assert.equal(await page.getByLabel('Amount in SOL').inputValue(), '');
    assert.equal(await visitor.signed(), 2);
    await visitor.leave();
});

test('one that was signed before the clock was set back comes to an end', { skip }, async () => {
    const visitor = await world.visit(world.stage.bob, PHONE);
    const { page } = visitor;
    await takesNone(visitor);
    await signDeposit(visitor, '2');
    await page.locator('[data-state=sending]').waitFor();
    await page.evaluate(() => {
        const [entry] = JSON.parse(localStorage.getItem('sluice.sent')!) as object[];
        localStorage.setItem('sluice.sent', JSON.stringify([{ ...entry, at: 8e15, height: '0' }]));
    });
    await page.reload();
    await page.locator('[data-state=sending]').waitFor();
    await visitor.think(600_000);
    await page.locator('[data-state=expired]').getByText('You can try again').waitFor();
    await visitor.press('Dismiss');
    assert.equal(await page.locator('.transaction').count(), 0);
    await visitor.close();
});
