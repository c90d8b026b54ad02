// The history on the page: of one moment, and no further back than the node knows.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FOR_ALL, PHONE, skip, type Visitor } from './support/browser.js';
import { World } from './support/world.js';

const world = new World(1);

/** The rows of rewards: epoch, LST, reward. */
async function earned({ page }: Visitor): Promise<string[]> {
    await page.getByRole('button', { name: 'Read my history' }).click();
    await page.getByText('Rewards per epoch').waitFor();
    await page.getByRole('button', { name: 'Read my history' }).waitFor();
    return await page.locator('[aria-label="Rewards per epoch"] tbody tr').allTextContents();
}

test('rewards are not mixed with what has come or gone since the page was read', { skip }, async () => {
    const { net, carol } = world.stage;
    const holder = await net.actor('mixed', 300n);
    await net.sluice(holder, 'stake', '200');
    await net.advance(carol);
    await net.advance(carol);
    await net.localnet(['advance', '--percent', '50']);
    const visitor = await world.visit(holder, PHONE);
    await visitor.to('History');
    const before = await earned(visitor);
    assert.equal(before.length, 2);
    await net.sluice(holder, 'unstake', '150');
    await net.localnet(['advance', '--percent', '55']);
    assert.deepEqual(await earned(visitor), before);
    await visitor.page.getByText('Into the queue').waitFor();
    assert.deepEqual(await earned(visitor), before);
    await visitor.leave();
});

test(
    'a node that has forgotten old blocks is told, with the epoch, and in the file, too',
    { skip },
    async () => {
        const { net, carol } = world.stage;
        const holder = await net.actor('forgotten', 300n);
        await net.sluice(holder, 'stake', '100');
        await net.advance(carol);
        await net.sluice(holder, 'stake', '50');
        await net.advance(carol);
        await net.advance(carol);
        await net.localnet(['advance', '--percent', '50']);
        const visitor = await world.visit(holder, PHONE);
        const { page } = visitor;
        await visitor.to('History');
        const all = await earned(visitor);
        assert.equal(all.length, 3);
        assert.equal(await page.getByText('on. What you had').count(), 0);
        const schedule = (await world.view()).cluster.clock.epoch;
        // The second deposit came two epochs ago: of the first the node knows nothing.
        const begins = schedule - 2n;
        await visitor.instead('getSignaturesForAddress', async (route) => {
            const answer = await route.fetch();
            const body = (await answer.json()) as { result: unknown[] };
            body.result.splice(-1);
            await route.fulfill({ response: answer, json: body });
        });
        await visitor.instead('getFirstAvailableBlock', async (route, id) => {
            const error = { code: -32601, message: 'Method not found' };
            await route.fulfill({ json: { jsonrpc: '2.0', id, error }, headers: FOR_ALL });
        });
        const known = await earned(visitor);
        await page.getByText(`is known from epoch ${begins} on`).waitFor();
        assert.deepEqual(known, all.slice(0, 2));
        await visitor.isUsable();
        const link = await page.getByRole('link', { name: 'Save as CSV' }).getAttribute('href');
        const lines = decodeURIComponent(link!.split(',').slice(1).join(',')).split('\r\n');
        assert.equal(lines[1], `,,known_from,,,,${begins},`);
        assert.equal(lines.filter((line) => line.includes(',gain,')).length, 2);
        await visitor.leave();
    },
);
