// The entry for Sanctum's list, with the fields that the list's own reader asks for.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { account, filled, recorded } from './recorded.mjs';

/** Tables of strings and numbers: all that an entry has. */
function tables(text) {
    const read = {};
    let table = read;
    for (const line of text.split('\n').filter((line) => line && !line.startsWith('#'))) {
        const header = /^\[+([\w.]+)\]+$/.exec(line);
        if (header) {
            table = read[header[1]] = {};
            continue;
        }
        const [, name, value] = /^(\w+) = (.+)$/.exec(line);
        table[name] = JSON.parse(value);
    }
    return read;
}

test('the entry has the fields of the list and the facts of the chain', () => {
    const { sanctum_lst_list: entry, 'sanctum_lst_list.pool': pool, ...others } = tables(
        filled('sanctum/sanctum-lst-list.toml'),
    );
    assert.deepEqual(others, {});
    const fields = ['decimals', 'logo_uri', 'mint', 'name', 'symbol', 'token_program'];
    assert.deepEqual(Object.keys(entry).sort(), fields);
    const mint = account(recorded.mint);
    assert.equal(entry.mint, recorded.mint);
    assert.equal(entry.token_program, mint.owner);
    assert.equal(entry.decimals, mint.data[44]);
    assert.deepEqual(pool, { program: 'Sluice', pool: recorded.pool });
});
