// The adapters for DefiLlama, on recorded accounts, with its helpers in the shape that they have there.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PROGRAM, account, adapter, recorded } from './recorded.mjs';

const SOL = 'So11111111111111111111111111111111111111112';
const SOL_PRICE = 150;

/** Runs the TVL adapter where the node has this account. */
async function tvl(found) {
    const asked = [];
    const helper = {
        getMultipleAccounts: async (addresses) => {
            asked.push(...addresses);
            return [found && { ...found, owner: { toString: () => found.owner } }];
        },
    };
    const modules = { '../helper/solana': helper, '../helper/coreAssets.json': { solana: { SOL } } };
    const { solana } = adapter('defillama/tvl/index.js', modules);
    const added = [];
    await solana.tvl({ add: (token, amount) => added.push([token, amount]) });
    return { asked, added };
}

/** Runs the yield adapter where the node has this account. */
async function apy(found) {
    const posted = [];
    const axios = {
        post: async (url, body) => {
            posted.push(body.params[0]);
            const value = found && { owner: found.owner, data: [found.data.toString('base64'), 'base64'] };
            return { data: { result: { value } } };
        },
    };
    const utils = {
        getPriceApiData: async (path) => {
            assert.equal(path, `/prices/current/solana:${SOL}`);
            return { coins: { [`solana:${SOL}`]: { price: SOL_PRICE } } };
        },
        keepFinite: (pool) => Number.isFinite(pool.tvlUsd) && Number.isFinite(pool.apyBase),
    };
    const pools = await adapter('defillama/yield/index.js', { axios, '../utils': utils }).apy();
    return { posted, pools };
}

test('the value locked is all that the pool owns, of one account', async () => {
    const { asked, added } = await tvl(account(recorded.pool));
    assert.deepEqual(asked, [recorded.pool]);
    assert.deepEqual(added, [[SOL, recorded.shown.full_lamports]]);
});

test('lamports of a locked batch are counted no more', async () => {
    const locked = 7_000_000_000n;
    const found = account(recorded.pool, ({ data }) => {
        data.writeBigUInt64LE(locked, 448);
    });
    const { added } = await tvl(found);
    const before = account(recorded.pool).data.readBigUInt64LE(448);
    assert.deepEqual(added, [[SOL, String(BigInt(recorded.shown.full_lamports) + before - locked)]]);
});

test('what is no pool of Sluice is refused by name', async () => {
    const pool = (change) => account(recorded.pool, change);
    const spoilt = [
        [undefined, /does not exist/],
        [pool((found) => ({ ...found, owner: SOL })), /not an account of Sluice/],
        [account(recorded.history), /is no pool/],
        [pool(({ data, owner }) => ({ owner, data: data.subarray(0, 1_151) })), /is cut off/],
        [pool(({ data, owner }) => ({ owner, data: data.subarray(0, 4) })), /is no pool/],
        [pool(({ data }) => void (data[8] = 0)), /must be migrated/],
    ];
    for (const [found, message] of spoilt) await assert.rejects(tvl(found), message);
    // Later versions keep the places.
    const { added } = await tvl(pool(({ data }) => void (data[8] = 9)));
    assert.equal(added[0][1], recorded.shown.full_lamports);
});

test('the yield is the growth of the price by the clock, as the command line tells it', async () => {
    const { posted, pools } = await apy(account(recorded.history));
    assert.deepEqual(posted, [recorded.history]);
    const to = recorded.epochs.at(-1);
    const from = recorded.epochs.findLast(({ epoch }) => epoch + 10 <= to.epoch);
    const price = ({ full_lamports, supply_lst }) => Number(full_lamports) / Number(supply_lst);
    const years = (to.epoch_start_timestamp - from.epoch_start_timestamp) / 31_536_000;
    const growth = (price(to) / price(from)) ** (1 / years) - 1;
    assert.equal(pools.length, 1);
    const [{ apyBase, tvlUsd, pricePerShare, ...names }] = pools;
    assert.ok(growth > 0.01 && growth < 0.2, `${growth}`);
    assert.ok(Math.abs(apyBase / 100 - growth) < 1e-12);
    const told = recorded.yields.find(({ epochs }) => epochs === 10);
    assert.ok(Math.abs(apyBase / 100 - told.apy_parts_e9 / 1e9) < 1e-8);
    assert.equal(pricePerShare, price(to));
    assert.equal(tvlUsd, (Number(to.full_lamports) / 1e9) * SOL_PRICE);
    assert.equal(JSON.stringify(names), JSON.stringify({
        pool: recorded.mint,
        chain: 'Solana',
        project: 'sluice',
        symbol: 'testSOL',
        underlyingTokens: [SOL],
        searchTokenOverride: recorded.mint,
        isIntrinsicSource: true,
    }));
});

test('epochs of half the length bring twice the yield in a year, and epochs without a time none', async () => {
    const { pools } = await apy(account(recorded.history));
    const last = recorded.epochs.at(-1).epoch_start_timestamp;
    const each = (data, change) => {
        for (let at = 48; at < data.length; at += 56) {
            const seconds = data.readBigInt64LE(at + 48);
            if (seconds > 0n) data.writeBigInt64LE(change(seconds), at + 48);
        }
    };
    const halved = account(recorded.history, ({ data }) => each(data, (at) => (at + BigInt(last)) / 2n));
    const faster = await apy(halved);
    const squared = (1 + pools[0].apyBase / 100) ** 2 - 1;
    assert.ok(Math.abs(faster.pools[0].apyBase / 100 - squared) < 1e-6);
    const unknown = account(recorded.history, ({ data }) => each(data, () => 0n));
    await assert.rejects(apy(unknown));
});

test('what is no history of Sluice is refused by name', async () => {
    const history = (change) => account(recorded.history, change);
    const spoilt = [
        [undefined, /does not exist/],
        [history((found) => ({ ...found, owner: SOL })), /not an account of Sluice/],
        [account(recorded.pool), /is no history/],
        [history(({ data, owner }) => ({ owner, data: data.subarray(0, 10_127) })), /is cut off/],
        [history(({ data }) => void data.writeUInt16LE(0, 12)), /has no 10 epochs yet/],
        [history(({ data }) => void data.writeUInt16LE(5, 12)), /has no 10 epochs yet/],
    ];
    for (const [found, message] of spoilt) await assert.rejects(apy(found), message);
    assert.equal(account(recorded.history).owner, PROGRAM);
});
