// The queries for Dune, on recorded transactions. DuckDB runs them: it has Trino's syntax but for the few
// words that are replaced here, and Dune's functions are declared for it.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { DuckDBInstance } from '@duckdb/node-api';

import { PROGRAM, account, events, filled, recorded } from './recorded.mjs';

const DIALECT = `
CREATE TYPE UINT256 AS HUGEINT;
CREATE MACRO bytearray_substring(data, first, length) AS data[first:first + length - 1];
CREATE MACRO bytearray_length(data) AS octet_length(data);
CREATE MACRO bytearray_reverse(data) AS
    from_hex(array_to_string(list_reverse(regexp_extract_all(hex(data), '..')), ''));
CREATE MACRO bytearray_to_uint256(data) AS ('0x' || hex(data))::UBIGINT::HUGEINT;
CREATE MACRO regexp_like(text, pattern) AS regexp_matches(text, pattern);
CREATE TABLE addresses (base58 VARCHAR, key BLOB);
CREATE MACRO from_base58(address) AS (SELECT key FROM addresses WHERE base58 = address);
CREATE SCHEMA solana;
CREATE TABLE solana.instruction_calls (
    block_time TIMESTAMP, block_slot BIGINT, tx_index INTEGER, tx_id VARCHAR, tx_success BOOLEAN,
    executing_account VARCHAR, log_messages VARCHAR[]);`;

const STRANGER = '11111111111111111111111111111112';
let connection;

/** What a query of this folder answers. */
const query = async (name) => (await connection.runAndReadAll(inDuckDb(filled(`dune/${name}.sql`)))).getRowObjects();

function inDuckDb(sql) {
    return sql
        .replace(/0x([0-9a-f]{16})\b/g, "from_hex('$1')")
        .replaceAll('LAST_VALUE(invoked) IGNORE NULLS', 'LAST_VALUE(invoked IGNORE NULLS)');
}

async function insert({ signature, slot, blockTime, logs }, index) {
    const values = `to_timestamp(${blockTime})::TIMESTAMP, ${slot}, ${index}, '${signature}', true, '${PROGRAM}'`;
    const lines = logs.map((line) => `'${line.replaceAll("'", "''")}'`);
    // A row for each instruction of ours: two, so that doubles would show.
    const row = `(${values}, [${lines.join(', ')}])`;
    await connection.run(`INSERT INTO solana.instruction_calls VALUES ${row}, ${row}`);
}

before(async () => {
    connection = await (await DuckDBInstance.create(':memory:')).connect();
    for (const statement of DIALECT.split(';').filter((part) => part.trim())) await connection.run(statement);
    const key = account(recorded.history).data.subarray(16, 48).toString('hex');
    await connection.run(`INSERT INTO addresses VALUES ('${recorded.pool}', from_hex('${key}'))`);
    for (const [index, transaction] of recorded.transactions.entries()) await insert(transaction, index);
    await connection.run(`CREATE VIEW query_EVENTS AS ${inDuckDb(filled('dune/events.sql'))}`);
});

const sum = (rows, field) => rows.reduce((all, row) => all + row[field], 0n);

test('deposits are those of the events, to the lamport', async () => {
    const rows = await query('deposits');
    const told = [...events('SolDeposited'), ...events('StakeDeposited')];
    assert.ok(rows.length >= 2);
    assert.equal(rows.length, told.length);
    for (const field of ['lamports', 'fee_lamports', 'lst']) assert.equal(sum(rows, field), sum(told, field));
    assert.equal(sum(rows, 'charge_lamports'), sum(events('SolDeposited'), 'charge_lamports'));
    assert.deepEqual(new Set(rows.map(({ kind }) => kind)), new Set(['sol', 'stake']));
});

test('exits are those of the events, of every kind, to the lamport', async () => {
    const rows = await query('exits');
    const kinds = { instant: 'SolWithdrawn', stake: 'StakeWithdrawn', queue: 'TicketClaimed' };
    for (const [kind, name] of Object.entries(kinds)) {
        const of = rows.filter((row) => row.kind === kind);
        const told = events(name);
        assert.ok(told.length > 0, name);
        assert.equal(of.length, told.length, name);
        assert.equal(sum(of, 'lamports'), sum(told, 'lamports'));
        if (kind !== 'queue') assert.equal(sum(of, 'fee_lamports'), sum(told, 'fee_lamports'));
    }
});

test('prices are those of the history, and the yield goes by the clock', async () => {
    const rows = await query('price');
    const told = rows.map(({ epoch, epoch_start, full_lamports, lst_supply }) =>
        [epoch, epoch_start, full_lamports, lst_supply].map(String),
    );
    const history = recorded.epochs.map(({ epoch, epoch_start_timestamp, full_lamports, supply_lst }) =>
        [epoch, epoch_start_timestamp, full_lamports, supply_lst].map(String),
    );
    assert.deepEqual(told, history);
    for (const [index, { yielded }] of recorded.epochs.entries()) {
        const { apy, exit_price, deposit_price } = rows[index];
        assert.ok(exit_price <= deposit_price);
        if (yielded) assert.ok(Math.abs(apy - yielded.apy_parts_e9 / 1e9) < 1e-8, `${apy}`);
        else assert.equal(apy, null);
    }
});

test('the value locked at the end of the last day is what the pool owns', async () => {
    const rows = await query('tvl');
    const days = new Set(recorded.transactions.map(({ blockTime }) => Math.floor(blockTime / 86_400)));
    assert.ok(rows.length <= days.size && rows.length > 10);
    assert.equal(String(rows.at(-1).full_lamports), recorded.shown.full_lamports);
    assert.equal(String(rows.at(-1).lst_supply), recorded.shown.supply_lst);
});

test('what another program logs in the same transaction is no event of ours', async () => {
    const before = await query('deposits');
    const genuine = recorded.transactions.find(({ logs }) => logs.some(isDeposit));
    const line = genuine.logs.find(isDeposit);
    const forged = [
        `Program ${STRANGER} invoke [1]`,
        line,
        `Program ${PROGRAM} invoke [2]`,
        `Program ${PROGRAM} success`,
        line,
        `Program log: Program ${PROGRAM} invoke [2]`,
        line,
        `Program ${STRANGER} success`,
    ];
    await insert({ ...genuine, signature: 'forged', logs: forged }, 7);
    assert.deepEqual(await query('deposits'), before);
    const called = [`Program ${STRANGER} invoke [1]`, ...genuine.logs.map(deeper), `Program ${STRANGER} success`];
    await insert({ ...genuine, signature: 'called', logs: called }, 8);
    assert.equal((await query('deposits')).length, before.length + 1);
});

const isDeposit = (line) => line.startsWith(`Program data: ${Buffer.from('6f491eb56f22c8', 'hex').toString('base64').slice(0, 8)}`);
const deeper = (line) => line.replace(/invoke \[(\d+)\]/, (_, depth) => `invoke [${Number(depth) + 1}]`);
