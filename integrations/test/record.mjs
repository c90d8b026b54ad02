// Records what the tests run on: accounts and transactions of a pool on a local cluster with epochs of two
// days, and what the command line says of them. `cargo xtask integrations --record` runs it.

import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const PROGRAM = 'SLUdUoFDhA3hx66we6ts8oqmeiLVPrrYTzdKWTSACCb';
const EPOCHS = 12;
const started = ['start', '--port', '0', '--output', 'json'];
const settings = ['--epoch-seconds', '172800', '--epoch-yield-ppm', '300'];

const localnet = await start();
try {
    const recorded = record(localnet);
    const file = new URL('recorded.json', import.meta.url);
    writeFileSync(file, JSON.stringify(await recorded, null, 1) + '\n');
    console.log(`${file.pathname}: written`);
} finally {
    localnet.process.kill('SIGINT');
}

async function start() {
    const process = spawn(program('SLUICE_LOCALNET'), [...started, ...settings], {
        stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    for await (const part of process.stdout) {
        printed += part;
        if (printed.trimEnd().endsWith('}')) return { process, ...JSON.parse(printed) };
    }
    throw new Error(`sluice-localnet did not start: ${printed}`);
}

/** A life: deposits, two epochs with exits of every kind, and some more epochs. */
async function record({ config_file: config, rpc_url: url, validators }) {
    const of = (name, ...words) => {
        const typed = [...words, '--config', config, '--output', 'json'];
        return JSON.parse(execFileSync(program(name), typed, { stdio: ['ignore', 'pipe', 'ignore'] }));
    };
    const { pool } = of('SLUICE_CLI', 'pool', 'create', '--no-metadata', '--yes');
    const sluice = (...words) => of('SLUICE_CLI', ...words, '--pool', pool, '--yes');
    const advance = (...percent) => {
        of('SLUICE_LOCALNET', 'advance', ...percent);
        sluice('crank');
    };
    for (const { vote } of validators.slice(0, 3)) sluice('validator', 'add', vote, '--weight', '100');
    sluice('stake', '1000');
    advance('--percent', '80');
    advance();
    sluice('unstake', '100');
    sluice('stake', '50');
    sluice('unstake', '2', '--instant');
    advance('--percent', '80');
    advance();
    sluice('claim');
    sluice('stake-account', 'withdraw', '5');
    advance();
    sluice('stake-account', 'deposit', '--all');
    for (let epoch = 0; epoch < EPOCHS; epoch += 1) advance();

    const shown = sluice('pool', 'show');
    const { epochs, yields } = sluice('pool', 'history', '--epochs', '180');
    const history = await historyOf(url, pool);
    return {
        pool,
        history,
        mint: shown.mint,
        shown: shown.prices,
        epochs,
        yields,
        accounts: await accounts(url, [pool, history, shown.mint]),
        transactions: await transactions(url, pool),
    };
}

/** The account of the program with the size of a history that names the pool. */
async function historyOf(url, pool) {
    const filters = [{ dataSize: 10_128 }, { memcmp: { offset: 16, bytes: pool } }];
    const config = { encoding: 'base64', dataSlice: { offset: 0, length: 0 }, filters };
    const [found] = await rpc(url, 'getProgramAccounts', [PROGRAM, config]);
    return found.pubkey;
}

async function accounts(url, addresses) {
    const { value } = await rpc(url, 'getMultipleAccounts', [addresses, { encoding: 'base64' }]);
    return Object.fromEntries(addresses.map((address, index) => [address, value[index]]));
}

/** What touched the pool, oldest first. */
async function transactions(url, pool) {
    const found = await rpc(url, 'getSignaturesForAddress', [pool, { limit: 1000 }]);
    const read = ({ signature }) =>
        rpc(url, 'getTransaction', [signature, { encoding: 'json', maxSupportedTransactionVersion: 0 }]);
    const all = await Promise.all(found.reverse().map(read));
    return all.map(({ slot, blockTime, meta, transaction }) => ({
        signature: transaction.signatures[0],
        slot,
        blockTime,
        logs: meta.logMessages,
    }));
}

async function rpc(url, method, params) {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { result, error } = await answer.json();
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
}

function program(variable) {
    const path = process.env[variable];
    if (!path) throw new Error(`${variable} is missing: run \`cargo xtask integrations --record\``);
    return path;
}
