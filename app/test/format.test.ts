// Amounts as they are typed and written: no digit is lost, and what is no amount is refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { amount, parsed, percentE9, share, typed } from '../src/format.js';
import { isBad, nodeUrl, proposed } from '../src/settings.js';
import { times } from '../src/times.js';

test('what was typed is an amount to the lamport, or none', () => {
    const amounts = {
        '1': 1_000_000_000n,
        '0.000000001': 1n,
        ' 12.5 ': 12_500_000_000n,
        '.5': 500_000_000n,
        '3.': 3_000_000_000n,
        '9007199254.740993001': 9_007_199_254_740_993_001n,
    };
    for (const [text, units] of Object.entries(amounts)) assert.equal(parsed(text), units, text);
    for (const text of [
        '',
        '.',
        ' ',
        '-1',
        '+1',
        '1e9',
        '1,5',
        '1.0000000001',
        '0x10',
        '12345678901',
        '1 2',
        '١',
    ])
        assert.equal(parsed(text), undefined, text);
});

test('what is written is typed back to the same', () => {
    for (const units of [
        0n,
        1n,
        999_999_999n,
        1_000_000_000n,
        1_234_567_890_123n,
        18_446_744_073_709_551_615n,
    ]) {
        if (units < 10_000_000_000_000_000_000n) assert.equal(parsed(typed(units)), units);
        assert.equal(typed(units), amount(units).replaceAll(',', ''));
    }
    assert.equal(amount(1_234_500_000_000n), '1,234.5');
    assert.equal(amount(-1n), '−0.000000001');
    assert.equal(amount(18_446_744_073_709_551_615n), '18,446,744,073.709551615');
    assert.equal(share(1n, 3n), '33.3%');
    assert.equal(share(0n, 0n), '0.0%');
});

test('a yield that is not zero is not written as zero', () => {
    const yields = {
        '6.12%': 61_234_567n,
        '0.06%': 612_345n,
        '0.01%': 100_000n,
        '0.0029%': 29_000n,
        '0.0001%': 1_000n,
        '0.0000001%': 1n,
        '0.00%': 0n,
        '-0.0029%': -29_000n,
    };
    for (const [text, parts] of Object.entries(yields)) assert.equal(percentE9(parts), text);
});

test('dates count from the clock of the cluster, not from that of the reader', () => {
    const clock = { slot: 100n, epoch: 1n, epochStartTimestamp: 4_990n, unixTimestamp: 5_000n };
    const schedule = { slotsPerEpoch: 80n, firstNormalEpoch: 0n, firstNormalSlot: 0n };
    const known = { view: { cluster: { clock, schedule } }, slotSeconds: 0.5 } as never;
    const dates = { payableSlot: 110n, latestEpoch: 2n } as never;
    assert.deepEqual(times(known, dates), { fromMs: 5_005_000, untilMs: 5_070_000 });
    const silent = { view: { cluster: { clock, schedule } }, slotSeconds: undefined } as never;
    assert.deepEqual(times(silent, dates), { fromMs: undefined, untilMs: undefined });
});

test('only a node that a page may ask, and a pool that is an address, can be proposed', () => {
    const pool = 'So11111111111111111111111111111111111111112';
    assert.deepEqual(proposed(`#node=https://a.example/key&pool=${pool}`), {
        node: 'https://a.example/key',
        pool,
    });
    assert.deepEqual(proposed('#node=http://127.0.0.1:8899'), { node: 'http://127.0.0.1:8899/' });
    assert.deepEqual(proposed(`#node=+https://a.example%0A&pool=${pool}+`), {
        node: 'https://a.example/',
        pool,
    });
    assert.deepEqual(proposed('#/stake'), {});
    for (const good of [`#pool=${pool}`, '#node=https://a.example', '#/stake'])
        assert.equal(isBad(proposed(good)), false, good);
    for (const bad of [
        '#node=http://a.example',
        `#node=https://*.com&pool=${pool}`,
        '#pool=nothing',
        '#pool=',
    ])
        assert.equal(isBad(proposed(bad)), true, bad);
    for (const url of ['http://127.0.0.1:8899', 'http://localhost:8899', 'https://a.example'])
        assert.ok(nodeUrl(url), url);
    for (const url of [
        'http://127.0.0.1.a.example',
        'javascript:alert(1)',
        'data:,',
        'ws://127.0.0.1',
        'https://*.com',
        'https://*',
        'https://user:password@a.example',
        'https://user@a.example',
        'a',
        '',
    ])
        assert.equal(nodeUrl(url), undefined, url);
});
