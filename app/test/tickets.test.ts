// Tickets as they are, and one's own before what strangers made.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { recipientAt, transferTicket, unstake } from '@sluice/client';

import { sol } from '../../clients/js/test/support/localnet.js';
import { FOR_ALL, PHONE, skip } from './support/browser.js';
import { World, units } from './support/world.js';

const world = new World(1);
const DUST = 6;

test(
    'dust of a stranger stands behind one’s own tickets, and is not claimed with them',
    { skip },
    async () => {
        const { net, bob, carol } = world.stage;
        const holder = await net.actor('dusted', 50n);
        await net.sluice(bob, 'stake', '10');
        await net.sluice(holder, 'stake', '20');
        const view = await world.view();
        const ticketOwner = await recipientAt(net.rpc, view, holder.address);
        for (let made = 0; made < DUST; made += 1) {
            const { instructions } = await unstake(net.rpc, await world.view(), {
                owner: bob.signer,
                lst: 3n,
                ticketOwner,
            });
            await net.send(bob, instructions);
        }
        await net.sluice(holder, 'unstake', '2');
        await net.sluice(holder, 'unstake', '5');
        await net.advance(carol, 80);
        await net.advance(carol);
        const visitor = await world.visit(holder, PHONE);
        const { page } = visitor;
        await visitor.to('Tickets');
        await page
            .locator('[data-state=paid]')
            .nth(DUST + 1)
            .waitFor();
        const heads = await page.locator('.ticket h3').allTextContents();
        assert.deepEqual(
            heads
                .slice(0, 2)
                .map((head) => head.split(' ')[0])
                .sort(),
            ['2', '5'],
        );
        await page.getByText(`${DUST} tickets that others made for you are left out`).waitFor();
        await visitor.isUsable();

        // Each can be claimed by itself, and the review says what it gives.
        const five = page.locator('.ticket[aria-label="5 LST"]');
        await five.getByRole('button', { name: 'Claim', exact: true }).click();
        const own = (await world.ticketsOf(holder)).filter(({ account }) => account.lst > 3n);
        const gets = (lst: bigint) => own.find(({ account }) => account.lst === lst)!.claimableLamports;
        await page.locator('.review').waitFor();
        assert.equal(units(await visitor.fact('You get', '.review')), gets(sol(5n)));
        await visitor.press('Back');

        await visitor.press('Check the claim of 2');
        await page.locator('.review').waitFor();
        assert.equal(units(await visitor.fact('You get', '.review')), gets(sol(5n)) + gets(sol(2n)));
        await visitor.sign();
        assert.deepEqual(
            (await world.ticketsOf(holder)).map(({ account }) => account.lst),
            Array<bigint>(DUST).fill(3n),
        );
        await visitor.leave();
    },
);

test('without an index, too, tickets are as they are now', { skip }, async () => {
    const { net, bob, carol } = world.stage;
    const holder = await net.actor('moved', 50n);
    await net.sluice(holder, 'stake', '20');
    await net.sluice(holder, 'unstake', '2');
    await net.sluice(holder, 'unstake', '5');
    const visitor = await world.come(holder, PHONE);
    const { page } = visitor;
    await visitor.instead('getProgramAccounts', async (route, id) => {
        const error = { code: -32601, message: 'Method not found' };
        await route.fulfill({ json: { jsonrpc: '2.0', id, error }, headers: FOR_ALL });
    });
    await visitor.open();
    await visitor.connect();
    await visitor.to('Tickets');
    await page.locator('.ticket[data-state=open]').nth(1).waitFor();
    const view = await world.view();
    const given = (await world.ticketsOf(holder)).find(({ account }) => account.lst === sol(2n))!;
    const to = await recipientAt(net.rpc, view, bob.address);
    await net.send(holder, await transferTicket(view, given, { owner: holder.signer, to }));
    await net.localnet(['advance', '--percent', '97']);
    // Seen with the next reading, without a load of the page.
    await page.locator('.ticket[data-state=locked]').waitFor({ timeout: 30_000 });
    assert.deepEqual(await page.locator('.ticket').evaluateAll((all) => all.map((one) => one.ariaLabel)), [
        '5 LST',
    ]);
    assert.equal(await page.getByRole('button', { name: 'Cancel' }).count(), 0);
    await net.sluice(carol, 'crank');
    await visitor.leave();
});
