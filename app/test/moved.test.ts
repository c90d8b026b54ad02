// What was checked before an epoch ends, or a batch locks, and is signed after it: nothing is sent that can only fail.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventsOf } from '@sluice/client';
import type { Signature } from '@solana/kit';

import { PHONE, skip, type Visitor } from './support/browser.js';
import { SHORT_SECONDS, World, units } from './support/world.js';

const world = new World(3, SHORT_SECONDS);
const CHANGED = 'Something below has changed since you looked';
const LATE = 'What you signed was not sent';
const PRICES = 'It also prices the pool for this epoch';

/** The events of the last transaction, which must have landed. */
async function eventsOfLast(visitor: Visitor): Promise<string[]> {
    const href = (await visitor.page.locator('.transaction a').last().getAttribute('href'))!;
    const { logs } = await world.net.landed(/\/tx\/(\w+)/.exec(href)![1]! as Signature);
    return eventsOf(logs).map(({ name }) => name);
}

/** How often the page has sent. */
const sends = ({ requests }: Visitor) => requests.filter(({ method }) => method === 'sendTransaction').length;

const WAYS = [
    ['Stake', 'Amount in SOL', '3', 'Check the deposit', 'solDeposited'],
    ['Leave', 'Amount in LST', '0.5', 'Check the exit', 'solWithdrawn'],
    ['Leave', 'Amount in LST', '1', 'Check the stake account', 'stakeWithdrawn'],
] as const;

for (const [tab, field, amount, label, event] of WAYS)
    test(
        `an epoch that begins after “${label}”, or in the wallet, is priced by what is signed`,
        { skip },
        async () => {
            const { net, bob, carol } = world.stage;
            await net.sluice(carol, 'crank');
            await net.sluice(bob, 'stake', '20');
            const visitor = await world.visit(bob, PHONE);
            const { page } = visitor;
            await visitor.to(tab);
            await visitor.type(field, amount);
            await visitor.press(label);
            await page.locator('.review').waitFor();
            assert.equal(await page.getByText(PRICES).count(), 0);
            await net.localnet(['advance']);
            await visitor.press('Sign in the wallet');
            await page.getByText(CHANGED).waitFor();
            await page.getByText(PRICES).waitFor();
            assert.equal(await visitor.signed(), 0);

            // The next epoch begins while the wallet is open.
            const release = await visitor.openWallet();
            await net.localnet(['advance']);
            await release();
            await page.getByText(LATE).waitFor();
            await visitor.isUsable();
            assert.equal(await visitor.signed(), 1);
            assert.equal(sends(visitor), 0);

            await visitor.sign();
            assert.deepEqual(await eventsOfLast(visitor), ['stakeObserved', 'epochFinalized', event]);
            await visitor.leave();
        },
    );

/** Somebody on a phone who checks a request, in a batch that has another one. */
async function checkingARequest() {
    const { net, bob, carol } = world.stage;
    await net.advance(carol);
    await net.sluice(bob, 'stake', '20');
    await net.sluice(bob, 'unstake', '1');
    const visitor = await world.visit(bob, PHONE);
    await visitor.to('Leave');
    await visitor.type('Amount in LST', '2');
    await visitor.press('Check the request');
    return visitor;
}

test(
    'who comes first after a lock is told the rent of the next batch before the wallet opens',
    { skip },
    async () => {
        const { net } = world.stage;
        const visitor = await checkingARequest();
        const { page } = visitor;
        const rent = async () =>
            units(await visitor.fact('Rent of new accounts, which is yours when they close'));
        await page.locator('.review').waitFor();
        const ofTicket = await rent();
        await net.localnet(['advance', '--percent', '90']);
        await visitor.press('Sign in the wallet');
        await page.getByText(CHANGED).waitFor();
        assert.equal(await visitor.signed(), 0);
        assert.ok((await rent()) > ofTicket);
        await visitor.sign();
        assert.deepEqual(await eventsOfLast(visitor), ['unstakeRequested']);
        await visitor.leave();
    },
);

test(
    'a request that is under way when its batch locks opens the next one, and does not fail',
    { skip },
    async () => {
        const { net } = world.stage;
        const visitor = await checkingARequest();
        const { page } = visitor;
        let isOpen = false;
        await visitor.instead('sendTransaction', async (route) =>
            isOpen ? await route.fallback() : await route.abort(),
        );
        await visitor.press('Sign in the wallet');
        await page.locator('[data-state=sending]').waitFor();
        const { openBatch } = (await world.view()).account;
        await net.localnet(['advance', '--percent', '90']);
        isOpen = true;
        await page.locator('[data-state=landed]').waitFor({ timeout: 30_000 });
        assert.deepEqual(await eventsOfLast(visitor), ['unstakeRequested']);
        assert.equal((await world.view()).account.openBatch, openBatch + 1n);
        await visitor.close();
    },
);

test(
    'a ticket whose batch locks after its cancelling was checked is not cancelled for a fee',
    { skip },
    async () => {
        const { net, bob, carol } = world.stage;
        await net.advance(carol);
        await net.sluice(bob, 'stake', '20');
        await net.sluice(bob, 'unstake', '1.25');
        const visitor = await world.visit(bob, PHONE);
        const { page } = visitor;
        await visitor.to('Tickets');
        await page.getByRole('button', { name: 'Cancel', exact: true }).first().click();
        await page.locator('.review').waitFor();
        await net.localnet(['advance', '--percent', '90']);
        await visitor.press('Sign in the wallet');
        await page.locator('.review .problem').waitFor();
        assert.equal(await visitor.signed(), 0);
        await visitor.leave();
    },
);

test(
    'where epochs are short, yields are those of an epoch, and so is what is said of them',
    { skip },
    async () => {
        const visitor = await world.come(undefined, PHONE);
        await visitor.open();
        await visitor.to('Pool');
        await visitor.page.getByText('Epochs of this cluster are too short to tell of a year').waitFor();
        assert.equal(await visitor.page.getByText('A year of the same').count(), 0);
        assert.match(await visitor.fact('Yield of an epoch, over 1 epoch'), /^0\.\d*[1-9]\d*%$/);
        assert.match((await visitor.page.locator('#yield').textContent())!, /^0\.\d*[1-9]\d*%$/);
        await visitor.isUsable();
        await visitor.leave();
    },
);

test(
    'a transaction that takes more units than its limit says why it failed, and what to do',
    { skip },
    async () => {
        const { net, bob, carol } = world.stage;
        await net.sluice(carol, 'crank');
        const visitor = await world.visit(bob, PHONE);
        await visitor.instead('simulateTransaction', async (route) => {
            const answer = await route.fetch();
            const body = (await answer.json()) as { result: { value: { unitsConsumed: number } } };
            body.result.value.unitsConsumed = 100;
            await route.fulfill({ response: answer, json: body });
        });
        await visitor.type('Amount in SOL', '1');
        await visitor.press('Check the deposit');
        await visitor.press('Sign in the wallet');
        const failed = visitor.page.locator('[data-state=failed]');
        await failed.waitFor({ timeout: 30_000 });
        await failed.getByText('took more compute units than it was allowed').waitFor();
        await failed.getByText('Check it again').waitFor();
        await visitor.leave();
    },
);
