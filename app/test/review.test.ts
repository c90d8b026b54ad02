// What is signed is what was shown, of the account that is shown.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
    SLUICE_PROGRAM_ADDRESS,
    WITHDRAW_SOL_DISCRIMINATOR,
    WITHDRAW_STAKE_DISCRIMINATOR,
    getWithdrawSolInstructionDataDecoder,
    getWithdrawStakeInstructionDataDecoder,
    minimum,
    quoteStake,
} from '@sluice/client';
import {
    getBase64Encoder,
    getCompiledTransactionMessageDecoder,
    getTransactionDecoder,
    type ReadonlyUint8Array,
} from '@solana/kit';

import { sol } from '../../clients/js/test/support/localnet.js';
import { FOR_ALL, PHONE, skip, type Visitor } from './support/browser.js';
import { World, units, written } from './support/world.js';

const world = new World();
const RENT = 'Rent of new accounts, which is yours when they close';

/** The wallet changes to another account. */
const change = (visitor: Visitor, address: string) =>
    visitor.page.evaluate((address) => {
        (window as unknown as { change: (address: string) => void }).change(address);
    }, address);

test('what was checked for one account is not there for the next', { skip }, async () => {
    const { bob, carol } = world.stage;
    const visitor = await world.visit(bob, PHONE);
    const { page } = visitor;
    await visitor.type('Amount in SOL', '1');
    await visitor.press('Check the deposit');
    await page.locator('.review').waitFor();
    await change(visitor, carol.address);
    await page.locator('.review').waitFor({ state: 'detached' });
    await visitor.press('Check the deposit');
    await page.locator('.review').waitFor();
    await change(visitor, bob.address);
    await page.locator('.review').waitFor({ state: 'detached' });
    assert.equal(await visitor.signed(), 0);
    await visitor.leave();
});

test('history and tickets of one account are gone as soon as another is chosen', { skip }, async () => {
    const { net, carol } = world.stage;
    const holder = await net.actor('left', 50n);
    await net.sluice(holder, 'stake', '9');
    await net.sluice(holder, 'unstake', '3');
    const visitor = await world.visit(holder, PHONE);
    const { page } = visitor;
    await visitor.to('Tickets');
    await page.locator('.ticket').waitFor();
    await visitor.to('History');
    await visitor.press('Read my history');
    await page.getByText('Staked').waitFor();
    // Nobody tells what the other one has.
    await page.route(`${world.net.url}/**`, (route) => route.abort());
    await change(visitor, carol.address);
    await page.getByText('Staked').waitFor({ state: 'detached' });
    await change(visitor, holder.address);
    await visitor.to('Tickets');
    await page.unrouteAll();
    await page.locator('.ticket').waitFor({ timeout: 30_000 });
    await page.route(`${world.net.url}/**`, (route) => route.abort());
    await change(visitor, carol.address);
    await page.locator('.ticket').waitFor({ state: 'detached' });
    await visitor.close();
});

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
    await visitor.think(31_000);
    await visitor.press('Sign in the wallet');
    await page.getByText('has changed since you looked').waitFor();
    assert.equal(await visitor.signed(), 0);
    const { lst } = quoteStake(await world.view(), sol(10n));
    const shown = await visitor.fact('At least', '.review');
    assert.notEqual(shown, first);
    assert.equal(shown, `${written(minimum(lst))} LST`);
    await visitor.isUsable();
    await visitor.sign();
    assert.equal(await world.lstOf(bob), lst);

    // Where nothing has changed, nobody is asked again: not even where others now offer more for priority.
    let offered = 1_000;
    await visitor.instead('getRecentPrioritizationFees', async (route, id) => {
        offered += 1_000;
        const result = [{ slot: 1, prioritizationFee: offered }];
        await route.fulfill({ json: { jsonrpc: '2.0', id, result }, headers: FOR_ALL });
    });
    await visitor.type('Amount in SOL', '3');
    await visitor.press('Check the deposit');
    await page.locator('.review').waitFor();
    await visitor.think(31_000);
    const priority = await visitor.fact('of which priority fee', '.review');
    assert.ok(units(priority) > 0n, priority);
    await visitor.sign();
    assert.deepEqual([await visitor.signed(), offered], [2, 3_000]);
    await visitor.leave();
});

test('what is only an estimate is no reason to ask again', { skip }, async () => {
    const { net } = world.stage;
    const holder = await net.actor('reads', 50n);
    await net.sluice(holder, 'stake', '9');
    const visitor = await world.visit(holder, PHONE);
    const { page } = visitor;
    await visitor.to('Leave');
    await visitor.type('Amount in LST', '1');
    await visitor.press('Check the request');
    const about = 'You get, by the price of now';
    const [seen, price] = [
        await visitor.fact(about, '.review'),
        (await page.locator('#exit-price').textContent())!,
    ];
    await net.localnet(['advance', '--percent', '40']);
    await page.locator('#exit-price').filter({ hasNotText: price }).waitFor();
    await visitor.think(31_000);
    await visitor.sign();
    assert.equal(await visitor.signed(), 1);
    assert.equal((await world.ticketsOf(holder)).length, 1);
    await visitor.type('Amount in LST', '1');
    assert.notEqual(await visitor.fact(about, '[aria-label=Queue]'), seen);
    await visitor.leave();
});

test(
    'of a transaction that fails on the cluster the reason is said, and that it can be repeated',
    { skip },
    async () => {
        const { net, bob } = world.stage;
        await net.sluice(bob, 'stake', '5');
        const [one, other] = [await world.visit(bob, PHONE), await world.visit(bob, PHONE)];
        for (const tab of [one, other]) {
            await tab.to('Leave');
            await tab.type('Amount in LST', '1');
            await tab.press('Check the request');
            await tab.page.locator('.review').waitFor();
        }
        await one.sign();
        await other.press('Sign in the wallet');
        const failed = other.page.locator('[data-state=failed]');
        await failed.getByText('You can try again').waitFor({ timeout: 30_000 });
        assert.match((await failed.textContent())!, /The requester has a ticket of this number/);
        await other.isUsable();
        await other.type('Amount in LST', '1');
        await other.press('Check the request');
        await other.sign();
        assert.equal((await world.ticketsOf(bob)).length, 2);
        await one.leave();
        await other.leave();
    },
);

test(
    'what is on its way is shown after a reload, also while the node does not answer',
    { skip },
    async () => {
        const { bob } = world.stage;
        const visitor = await world.visit(bob, PHONE);
        const { page } = visitor;
        await visitor.type('Amount in SOL', '4');
        await visitor.press('Check the deposit');
        await page.locator('.review').waitFor();
        // Nobody is asked to sign what cannot be looked at once more.
        const fallSilent = () => page.route(`${world.net.url}/**`, (route) => route.abort());
        await fallSilent();
        await visitor.press('Sign in the wallet');
        await page.locator('.review .problem').getByText('The node does not answer').waitFor();
        assert.equal(await visitor.signed(), 0);
        await page.unrouteAll();
        // The node falls silent while the wallet is open.
        const release = await visitor.openWallet();
        await fallSilent();
        await release();
        await page.locator('[data-state=sending]').waitFor();
        await page.reload();
        const shown = page.locator('[data-state=unasked]');
        await shown.getByText('Do not repeat it before its fate is known').waitFor();
        await shown.getByText('Stake 4 SOL').waitFor();
        await shown.getByRole('link', { name: 'Signature' }).waitFor();
        await visitor.isUsable();
        await page.unrouteAll();
        await page.locator('[data-state=landed]').waitFor({ timeout: 40_000 });
        assert.equal(await shown.count(), 0);
        await visitor.close();
    },
);

test(
    'what goes into new accounts and comes back from them is named, and the figures add up',
    { skip },
    async () => {
        const { net, carol } = world.stage;
        const holder = await net.actor('counts', 50n);
        const visitor = await world.visit(holder, PHONE);
        /** What the reader has after a review, by its parts. */
        const reviewed = async (movedLamports: bigint): Promise<void> => {
            await visitor.page.locator('.review').waitFor();
            const part = async (name: string) =>
                (await visitor.has(name, '.review')) ? units(await visitor.fact(name, '.review')) : 0n;
            const [rent, back, fee, after] = await Promise.all(
                [RENT, 'Rent that comes back', 'Network fee', 'Your SOL afterwards'].map(part),
            );
            const before = await net.balance(holder.address);
            assert.equal(before + movedLamports - rent! + back! - fee!, after);
            assert.ok(rent! > 0n || back! > 0n);
            await visitor.sign();
            assert.equal(await net.balance(holder.address), after);
        };
        await visitor.type('Amount in SOL', '20');
        await visitor.press('Check the deposit');
        await reviewed(-sol(20n));
        await visitor.to('Leave');
        await visitor.type('Amount in LST', '2');
        await visitor.press('Check the request');
        await reviewed(0n);
        await visitor.to('Leave');
        await visitor.type('Amount in LST', '4');
        await visitor.page.getByText('Validator', { exact: true }).waitFor();
        await visitor.press('Check the stake account');
        await reviewed(0n);
        await net.advance(carol, 80);
        await net.advance(carol);
        await visitor.to('Tickets');
        await visitor.page.locator('[data-state=paid]').waitFor({ timeout: 30_000 });
        const [ticket] = await world.ticketsOf(holder);
        await visitor.press('Check the claim');
        await reviewed(ticket!.claimableLamports);
        await visitor.leave();
    },
);

test('the ways out that have a bound name the one that is signed', { skip }, async () => {
    const { net } = world.stage;
    const holder = await net.actor('bound', 50n);
    await net.sluice(holder, 'stake', '20');
    const visitor = await world.visit(holder, PHONE);
    const bounds: bigint[] = [];
    await visitor.instead('simulateTransaction', async (route) => {
        const asked = route.request().postDataJSON() as { params: [string] };
        bounds.push(...boundsIn(asked.params[0]));
        await route.fallback();
    });
    await visitor.to('Leave');
    for (const [way, label] of [
        ['Now', 'Check the exit'],
        ['As a stake account', 'Check the stake account'],
    ] as const) {
        await visitor.type('Amount in LST', '4');
        await visitor.page.getByText('Validator', { exact: true }).waitFor();
        assert.ok(await visitor.has('At least', `[aria-label="${way}"]`));
        await visitor.press(label);
        await visitor.page.locator('.review').waitFor();
        assert.equal(units(await visitor.fact('At least', '.review')), bounds.at(-1));
        await visitor.sign();
    }
    assert.equal(bounds.length, 2);
    await visitor.leave();
});

/** The least that the exits in a transaction take. */
function boundsIn(wire: string): bigint[] {
    const { messageBytes } = getTransactionDecoder().decode(getBase64Encoder().encode(wire));
    const message = getCompiledTransactionMessageDecoder().decode(messageBytes);
    assert.ok(message.version === 0);
    return message.instructions.flatMap(({ programAddressIndex, data }) => {
        if (!data || message.staticAccounts[programAddressIndex] !== SLUICE_PROGRAM_ADDRESS) return [];
        const has = (discriminator: ReadonlyUint8Array) =>
            discriminator.every((byte, index) => data[index] === byte);
        if (has(WITHDRAW_SOL_DISCRIMINATOR))
            return [getWithdrawSolInstructionDataDecoder().decode(data).minimumLamports];
        if (has(WITHDRAW_STAKE_DISCRIMINATOR))
            return [getWithdrawStakeInstructionDataDecoder().decode(data).minimumLamports];
        return [];
    });
}
