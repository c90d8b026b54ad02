// An epoch has begun, and nobody has turned the cranks: who needs a price sets it with the same signature.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
    SLUICE_ERROR__POOL_STALE,
    SLUICE_ERROR__REWARDS_BEING_PAID,
    SLUICE_PROGRAM_ADDRESS,
    eventsOf,
    prices,
} from '@sluice/client';
import type { Signature } from '@solana/kit';

import type { Actor } from '../../clients/js/test/support/localnet.js';
import { FOR_ALL, PHONE, skip, type Visitor } from './support/browser.js';
import { World, units } from './support/world.js';

const world = new World();

/** Signs, and answers the events of the one transaction that came of it. */
async function signOnce(visitor: Visitor): Promise<string[]> {
    const before = await visitor.signed();
    await visitor.sign();
    assert.equal((await visitor.signed()) - before, 1);
    const links = visitor.page.locator('.transaction a');
    const href = (await links.last().getAttribute('href'))!;
    const signature = /\/tx\/(\w+)/.exec(href)![1]! as Signature;
    const { logs } = await world.net.landed(signature);
    return eventsOf(logs).map(({ name }) => name);
}

async function beginEpoch(visitor: Visitor): Promise<void> {
    await world.net.localnet(['advance']);
    assert.equal(prices(await world.view()).isFresh, false);
    await visitor.page.reload();
    await visitor.connect();
    await visitor.page.getByText('these are the prices of the one before').waitFor();
}

test(
    'who stakes or leaves prices the pool in the same transaction, with one signature',
    { skip },
    async () => {
        const holder: Actor = await world.net.actor('early', 200n);
        const visitor = await world.visit(holder, PHONE);
        const { page } = visitor;
        await beginEpoch(visitor);
        await visitor.type('Amount in SOL', '40');
        await page.getByText('Your transaction does that first, with the same signature').waitFor();
        const shown = units(await visitor.fact('You get'));
        await visitor.press('Check the deposit');
        await page.getByText('It also prices the pool for this epoch').waitFor();
        assert.equal(units(await visitor.fact('Your LST afterwards', '.review')), shown);
        await visitor.isUsable();
        assert.deepEqual(await signOnce(visitor), ['stakeObserved', 'epochFinalized', 'solDeposited']);
        assert.equal(await world.lstOf(holder), shown);
        assert.equal(prices(await world.view()).isFresh, true);
        await page.getByText('these are the prices of the one before').waitFor({ state: 'detached' });

        await visitor.to('Leave');
        for (const [way, label, event] of [
            ['Now', 'Check the exit', 'solWithdrawn'],
            ['As a stake account', 'Check the stake account', 'stakeWithdrawn'],
        ] as const) {
            await beginEpoch(visitor);
            await visitor.type('Amount in LST', '3');
            await page.locator(`[aria-label="${way}"]`).getByText('You get', { exact: true }).waitFor();
            await visitor.press(label);
            assert.deepEqual(await signOnce(visitor), ['stakeObserved', 'epochFinalized', event]);
        }

        // The queue needs no price, and sets none.
        await beginEpoch(visitor);
        await visitor.type('Amount in LST', '2');
        await page.getByText('The queue prices nothing').waitFor();
        await page.locator('[aria-label=Now]').getByText('You get', { exact: true }).waitFor();
        const figures = ['You get, by the price of now', 'Once it is paid, between'];
        const shownOf = (place: string) => Promise.all(figures.map((name) => visitor.fact(name, place)));
        const onCard = await shownOf('[aria-label=Queue]');
        await visitor.press('Check the request');
        await page.locator('.review').waitFor();
        assert.deepEqual(await shownOf('.review'), onCard);
        assert.deepEqual(await signOnce(visitor), ['unstakeRequested']);
        await visitor.leave();
    },
);

test(
    'where the pool cannot be priced yet, the page says why, and that the queue is open',
    { skip },
    async () => {
        const { bob } = world.stage;
        await world.net.sluice(bob, 'stake', '10');
        const visitor = await world.visit(bob, PHONE);
        const { page } = visitor;
        await page.getByRole('button', { name: 'Disconnect' }).click();
        await beginEpoch(visitor);
        await visitor.press('Disconnect');
        await visitor.type('Amount in SOL', '1');
        await page.getByText('Connect a wallet to see what you would get').waitFor();
        const program = SLUICE_PROGRAM_ADDRESS;
        await visitor.instead('simulateTransaction', async (route, id) => {
            const value = {
                err: { InstructionError: [1, { Custom: SLUICE_ERROR__REWARDS_BEING_PAID }] },
                logs: [
                    `Program ${program} invoke [1]`,
                    `Program ${program} failed: custom program error: 0x1771`,
                ],
                accounts: null,
            };
            const result = { context: { slot: 1 }, value };
            await route.fulfill({ json: { jsonrpc: '2.0', id, result }, headers: FOR_ALL });
        });
        await visitor.connect();
        await page.getByText('rewards are still being paid').waitFor();
        await page.getByText('At the start of an epoch the cluster pays all stakers first').waitFor();
        assert.equal(await page.getByRole('button', { name: 'Check the deposit' }).isDisabled(), true);
        await visitor.to('Leave');
        await visitor.type('Amount in LST', '1');
        await page.getByText('rewards are still being paid').waitFor();
        assert.equal(await page.getByRole('button', { name: 'Check the exit' }).isDisabled(), true);
        assert.equal(await page.getByRole('button', { name: 'Check the request' }).isDisabled(), false);
        await visitor.isUsable();
        await visitor.leave();
    },
);

test('an epoch that begins after the page has read the pool is no trouble', { skip }, async () => {
    const { net, bob, carol } = world.stage;
    await net.sluice(carol, 'crank');
    const visitor = await world.visit(bob, PHONE);
    const { page } = visitor;
    await visitor.type('Amount in SOL', '3');
    await visitor.fact('You get');
    await net.localnet(['advance']);
    await visitor.press('Check the deposit');
    await page.getByText('It also prices the pool for this epoch').waitFor();
    assert.deepEqual(await signOnce(visitor), ['stakeObserved', 'epochFinalized', 'solDeposited']);

    await visitor.to('Leave');
    for (const [way, label, event] of [
        ['Now', 'Check the exit', 'solWithdrawn'],
        ['As a stake account', 'Check the stake account', 'stakeWithdrawn'],
    ] as const) {
        await net.sluice(carol, 'crank');
        await visitor.type('Amount in LST', '2');
        await page.locator(`[aria-label="${way}"]`).getByText('You get', { exact: true }).waitFor();
        await net.localnet(['advance']);
        await visitor.press(label);
        await page.locator('.review').waitFor();
        assert.deepEqual(await signOnce(visitor), ['stakeObserved', 'epochFinalized', event]);
    }
    await visitor.to('Stake');

    // Where the node goes on saying so, the page does, too, until there is something new.
    const program = SLUICE_PROGRAM_ADDRESS;
    await visitor.instead('simulateTransaction', async (route, id) => {
        const value = {
            err: { InstructionError: [1, { Custom: SLUICE_ERROR__POOL_STALE }] },
            logs: [
                `Program ${program} invoke [1]`,
                `Program ${program} failed: custom program error: 0x${SLUICE_ERROR__POOL_STALE.toString(16)}`,
            ],
            accounts: null,
        };
        const result = { context: { slot: 1 }, value };
        await route.fulfill({ json: { jsonrpc: '2.0', id, result }, headers: FOR_ALL });
    });
    await visitor.type('Amount in SOL', '2');
    await visitor.press('Check the deposit');
    const trouble = page.locator('.problem').getByText('your transaction then prices the pool first');
    await trouble.waitFor();
    await net.advance(carol);
    await trouble.waitFor({ state: 'detached' });
    await visitor.leave();
});
