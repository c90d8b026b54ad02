// The browser dies right after a signature: what was signed is not forgotten, and nothing is paid twice.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { sol } from '../../clients/js/test/support/localnet.js';
import { skip } from './support/browser.js';
import { Profile } from './support/mortal.js';
import { World } from './support/world.js';

const world = new World(1);
const profile = new Profile();
after(() => profile.remove());

test(
    'a deposit that was signed before the browser died is shown, followed and paid once',
    { skip },
    async () => {
        const { stage } = world;
        const holder = await world.net.actor('mortal', 100n);
        const first = await profile.start(stage, holder);
        await first.open();
        // Which pool it is has been on the disk for long.
        await profile.close();

        let spent = 0n;
        for (const [amount, isTaken] of [
            [3n, false],
            [4n, true],
        ] as const) {
            const visitor = await profile.start(stage, holder);
            await visitor.page.goto(new URL(stage.net.pageUrl).origin);
            await visitor.connect();
            await visitor.instead('sendTransaction', async (route) =>
                isTaken ? await route.fallback() : await route.abort(),
            );
            const sending = visitor.page.waitForRequest((request) =>
                Boolean(request.postData()?.includes('sendTransaction')),
            );
            await visitor.type('Amount in SOL', String(amount));
            await visitor.press('Check the deposit');
            await visitor.press('Sign in the wallet');
            await sending;
            await profile.kill();

            const { page } = await profile.start(stage, holder);
            await page.goto(new URL(stage.net.pageUrl).origin);
            const transaction = page.locator('.transaction').getByText(`Stake ${amount} SOL`);
            await transaction.waitFor();
            await page.locator('[data-state=landed]').waitFor({ timeout: 30_000 });
            spent += sol(amount);
            const left = await world.net.balance(holder.address);
            // Beside the deposits: fees, and the rent of the token account.
            assert.ok(sol(100n) - left - spent >= 0n && sol(100n) - left - spent < sol(1n) / 100n, `${left}`);
            // What is decided is struck out for good.
            await page.reload();
            await page.locator('#deposit-price').waitFor();
            assert.equal(await page.locator('.transaction').count(), 0);
            await profile.close();
        }
    },
);
