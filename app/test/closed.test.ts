// What the page says and offers while something is closed, runs out, or was changed underneath: for every way.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
    SLUICE_ERROR__BREAKER_TRIPPED,
    SLUICE_PROGRAM_ADDRESS,
    getPoolDecoder,
    getPoolEncoder,
    type Pool,
} from '@sluice/client';
import { getBase64Decoder, getBase64Encoder } from '@solana/kit';

import { sol } from '../../clients/js/test/support/localnet.js';
import { FOR_ALL, PHONE, skip, type Visitor } from './support/browser.js';
import { World } from './support/world.js';

const world = new World();

/** The node says of the pool what is not so: the cluster itself cannot lose stake. */
async function saying(visitor: Visitor, altered: Partial<Pool>): Promise<void> {
    await visitor.instead('getMultipleAccounts', async (route) => {
        const asked = route.request().postDataJSON() as { params: [string[]] };
        const answer = await route.fetch();
        const body = (await answer.json()) as { result: { value: ({ data: [string, string] } | null)[] } };
        body.result.value.forEach((account, index) => {
            if (!account?.data[0] || asked.params[0][index] !== world.stage.pool) return;
            const pool = getPoolDecoder().decode(getBase64Encoder().encode(account.data[0]));
            const bytes = getPoolEncoder().encode({ ...pool, ...altered });
            account.data[0] = getBase64Decoder().decode(bytes);
        });
        await route.fulfill({ response: answer, json: body });
    });
}

/** Whether the button with this name can be pressed. */
async function isOffered(visitor: Visitor, name: string): Promise<boolean> {
    return await visitor.page.getByRole('button', { name, exact: true }).isEnabled();
}

const way = (visitor: Visitor, name: string) => visitor.page.locator(`.way[aria-label="${name}"]`);

test(
    'while the breaker holds, only the queue is offered, and a claim; all else says so',
    { skip },
    async () => {
        const { net, bob, carol } = world.stage;
        await net.sluice(bob, 'stake', '30');
        await net.sluice(bob, 'unstake', '3');
        await net.advance(carol, 80);
        await net.advance(carol);
        const { cluster } = await world.view();
        const visitor = await world.come(bob, PHONE);
        const { page } = visitor;
        await saying(visitor, { breakerEpoch: cluster.clock.epoch });
        await visitor.open();
        await page.getByText('The breaker has tripped').waitFor();
        await visitor.connect();
        await visitor.type('Amount in SOL', '1');
        const onlyQueue = 'Only the queue is open until';
        await page.locator('.card .problem').getByText(onlyQueue).waitFor();
        assert.equal(await isOffered(visitor, 'Check the deposit'), false);
        await visitor.isUsable();

        await visitor.to('Leave');
        await visitor.type('Amount in LST', '2');
        for (const name of ['Now', 'As a stake account'])
            await way(visitor, name).locator('.problem').getByText(onlyQueue).waitFor();
        assert.equal(await isOffered(visitor, 'Check the exit'), false);
        assert.equal(await isOffered(visitor, 'Check the stake account'), false);
        assert.equal(await way(visitor, 'Queue').locator('.problem').count(), 0);
        // The queue pays later than it does in peace, and the page counts that in.
        assert.match((await way(visitor, 'Queue').locator('h3').textContent())!, /cheapest.*fastest/);
        await visitor.isUsable();
        await visitor.press('Check the request');
        await visitor.sign();
        assert.deepEqual((await world.ticketsOf(bob)).map(({ account }) => account.lst).sort(), [
            sol(2n),
            sol(3n),
        ]);

        await visitor.to('Tickets');
        await page.locator('[data-state=paid]').waitFor();
        await visitor.press('Check the claim');
        await visitor.sign();
        assert.deepEqual(
            (await world.ticketsOf(bob)).map(({ account }) => account.lst),
            [sol(2n)],
        );
        await visitor.leave();
    },
);

test('a breaker that trips after the page was read is said by the node’s trial', { skip }, async () => {
    const { bob } = world.stage;
    const visitor = await world.visit(bob);
    const program = SLUICE_PROGRAM_ADDRESS;
    const code = SLUICE_ERROR__BREAKER_TRIPPED;
    await visitor.instead('simulateTransaction', async (route, id) => {
        const value = {
            err: { InstructionError: [1, { Custom: code }] },
            logs: [
                `Program ${program} invoke [1]`,
                `Program ${program} failed: custom program error: 0x${code.toString(16)}`,
            ],
            accounts: null,
        };
        const result = { context: { slot: 1 }, value };
        await route.fulfill({ json: { jsonrpc: '2.0', id, result }, headers: FOR_ALL });
    });
    await visitor.type('Amount in SOL', '1');
    await visitor.press('Check the deposit');
    await visitor.page.locator('.card .problem').getByText('Only the queue is open until').waitFor();
    assert.equal(await visitor.page.getByRole('button', { name: 'Sign in the wallet' }).count(), 0);
    await visitor.leave();
});

test('a pool that is paused takes no deposits, and says that every way out is open', { skip }, async () => {
    const { net, alice, bob } = world.stage;
    const visitor = await world.come(bob, PHONE);
    const { page } = visitor;
    await net.sluice(alice, 'pool', 'pause');
    await visitor.open();
    await page.getByText('The guardian has paused deposits').first().waitFor();
    await visitor.connect();
    await visitor.type('Amount in SOL', '1');
    await page.locator('.card .problem').getByText('Exits are open').waitFor();
    assert.equal(await isOffered(visitor, 'Check the deposit'), false);
    await visitor.to('Leave');
    await visitor.type('Amount in LST', '2');
    await way(visitor, 'As a stake account').getByText('Validator', { exact: true }).waitFor();
    for (const name of ['Check the request', 'Check the exit', 'Check the stake account'])
        assert.equal(await isOffered(visitor, name), true, name);
    assert.equal(await page.locator('.problem').count(), 0);
    await visitor.press('Check the exit');
    await visitor.sign();
    await net.sluice(alice, 'pool', 'unpause');
    await visitor.leave();
});

test(
    'more than the buffer has, or than the holder has, is said before anything is signed',
    { skip },
    async () => {
        const { net, alice } = world.stage;
        const visitor = await world.visit(alice);
        await visitor.to('Leave');
        await visitor.type('Amount in LST', '900');
        await way(visitor, 'Now').locator('.problem').getByText('The queue takes any amount').waitFor();
        assert.equal(await isOffered(visitor, 'Check the exit'), false);
        await visitor.leave();

        const poor = await net.actor('thin', 3n);
        await net.sluice(poor, 'stake', '1');
        const other = await world.visit(poor, PHONE);
        await other.to('Leave');
        await other.type('Amount in LST', '5');
        await other.page.getByText(/^You have 0\.\d+ LST, less than 5 LST\.$/).waitFor();
        assert.equal(await other.page.locator('.way').count(), 0);
        await other.press('Disconnect');
        // More than there is at all.
        await other.type('Amount in LST', '4000000');
        await way(other, 'Now').locator('.problem').getByText('The queue takes any amount').waitFor();
        await other.leave();
    },
);

test(
    'a transaction that nobody took in time is called expired only once that is certain',
    { skip },
    async () => {
        const { bob } = world.stage;
        const visitor = await world.visit(bob);
        const { page } = visitor;
        await visitor.instead('sendTransaction', async (route, id) => {
            const error = { code: -32005, message: 'Node is behind' };
            await route.fulfill({ json: { jsonrpc: '2.0', id, error }, headers: FOR_ALL });
        });
        await visitor.type('Amount in SOL', '2');
        const before = await world.lstOf(bob);
        await visitor.press('Check the deposit');
        await visitor.press('Sign in the wallet');
        await page.locator('[data-state=sending]').waitFor();
        // As if it had been signed a quarter of a minute, then ten minutes ago, and its blocks were long past.
        const aged = async (milliseconds: number) => {
            await page.evaluate((milliseconds) => {
                const [entry] = JSON.parse(localStorage.getItem('sluice.sent')!) as {
                    at: number;
                    height: string;
                }[];
                const old = { ...entry, at: Date.now() - milliseconds, height: '0' };
                localStorage.setItem('sluice.sent', JSON.stringify([old]));
            }, milliseconds);
            await page.reload();
        };
        await aged(15_000);
        await page.locator('[data-state=sending]').waitFor();
        await aged(60_000);
        await page.locator('[data-state=overdue]').getByText('Do not repeat it before').waitFor();
        await aged(600_000);
        await page.locator('[data-state=expired]').getByText('You can try again').waitFor();
        assert.equal(await page.evaluate(() => localStorage.getItem('sluice.sent')), '[]');
        assert.equal(await world.lstOf(bob), before);
        await visitor.close();
    },
);
