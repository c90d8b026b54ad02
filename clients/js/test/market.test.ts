// What a market would pay: figures of an answer to just this question, and nothing else of it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import * as sluice from '@sluice/client';

import { sol } from './support/localnet.js';
import { Market, quoteOf, type Answer } from './support/market.js';

let market: Market;
before(async () => {
    market = await Market.open();
});
after(() => market.close());

const MINT = 'mSoLzYCxHdYgdzU16g5QSh3i5K3z3KZK7ytfqcJm7So';
/** A view, as far as a market is asked by it. */
const view = {
    account: { mint: MINT, lstSupply: 1n },
    cluster: { clock: { slot: 1n } },
} as unknown as sluice.PoolView;

test('a market is asked for exactly this amount, and what it pays is read to the lamport', async () => {
    market.answer = (asked) => ({ body: quoteOf(asked, 1_034_567_891n) });
    const quote = await sluice.marketQuote(market.url, view, { lst: sol(7n) + 1n });
    assert.deepEqual(quote, { lamports: 7_241_975_238n, leastLamports: 7_234_733_263n });
    assert.deepEqual(Object.fromEntries(market.asked.at(-1)!), {
        inputMint: MINT,
        outputMint: 'So11111111111111111111111111111111111111112',
        amount: '7000000001',
        slippageBps: '10',
    });
    const exact = await sluice.marketQuote(market.url, view, { lst: sol(7n), slippageBps: 0 });
    assert.equal(exact.leastLamports, exact.lamports);
    // A source may have parameters of its own, such as a key.
    await sluice.marketQuote(`${market.url}?key=a&amount=1`, view, { lst: 5n });
    assert.deepEqual([market.asked.at(-1)!.get('key'), market.asked.at(-1)!.getAll('amount')], ['a', ['5']]);
});

test('an answer to another question, or one that contradicts itself, is refused', async () => {
    const changes: [Record<string, unknown>, RegExp][] = [
        [{ inputMint: 'So11111111111111111111111111111111111111112' }, /something else/],
        [{ outputMint: MINT }, /something else/],
        [{ inAmount: '1' }, /something else/],
        [{ outAmount: 1_000_000_000 }, /something else/],
        [{ outAmount: '-5' }, /something else/],
        [{ outAmount: '0', otherAmountThreshold: '0' }, /something else/],
        [{ outAmount: '18446744073709551616' }, /something else/],
        [{ otherAmountThreshold: undefined }, /something else/],
        [{ otherAmountThreshold: '1000000001' }, /contradict/],
        [{ otherAmountThreshold: '998999998' }, /contradict/],
    ];
    for (const [change, sentence] of changes) {
        market.answer = (asked) => ({ body: { ...quoteOf(asked, 1_000_000_000n), ...change } });
        await refused(sentence, JSON.stringify(change));
    }
    const answers: [Answer, RegExp][] = [
        [{ body: 'no JSON' }, /something else/],
        [{ body: null }, /something else/],
        [{ status: 400, body: { error: 'Pay me', errorCode: 'COULD_NOT_FIND_ANY_ROUTE' } }, /does not buy/],
        [{ status: 429, body: 'Pay me' }, /refuses \(HTTP 429\)$/],
        [{ status: 302, headers: { location: 'http://127.0.0.1:1/' } }, /does not answer/],
    ];
    for (const [answer, sentence] of answers) {
        market.answer = () => answer;
        await refused(sentence, JSON.stringify(answer));
    }
});

test('only a source on HTTPS or on this machine is asked, and who ends the asking is not told that it failed', async () => {
    for (const source of [
        'http://quotes.example',
        'ftp://127.0.0.1',
        'https://a:b@quotes.example',
        'https://*.example',
        'quotes',
        '',
    ]) {
        assert.equal(sluice.quoteSourceUrl(source), undefined, source);
        await assert.rejects(sluice.marketQuote(source, view, { lst: 1n }), { reason: 'invalid' });
    }
    assert.equal(sluice.quoteSourceUrl(' https://quotes.example/v1?k=1 ')?.host, 'quotes.example');
    await assert.rejects(sluice.marketQuote(market.url, view, { lst: -1n }), { reason: 'invalid' });
    const asked = sluice.marketQuote(market.url, view, { lst: 1n, signal: AbortSignal.abort() });
    await assert.rejects(asked, { name: 'AbortError' });
});

async function refused(sentence: RegExp, about: string): Promise<void> {
    await assert.rejects(sluice.marketQuote(market.url, view, { lst: sol(1n) }), (error) => {
        assert.ok(error instanceof sluice.SluiceRefusal, about);
        assert.equal(error.reason, 'source', about);
        assert.match(error.message, sentence, about);
        assert.doesNotMatch(error.message, /Pay me/);
        return true;
    });
}
