// What was recorded, and how the tests read it.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import vm from 'node:vm';

export const recorded = JSON.parse(readFileSync(new URL('recorded.json', import.meta.url)));
export const PROGRAM = 'SLUdUoFDhA3hx66we6ts8oqmeiLVPrrYTzdKWTSACCb';

const NAMES = {
    POOL_ADDRESS: recorded.pool,
    HISTORY_ADDRESS: recorded.history,
    MINT_ADDRESS: recorded.mint,
    TOKEN_SYMBOL: 'testSOL',
    TOKEN_NAME: 'Test Staked SOL',
    LOGO_URI: 'https://example.org/logo.png',
};

/** A file of this folder with the recorded pool's names filled in. */
export function filled(path) {
    const text = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
    return Object.entries(NAMES).reduce((text, [name, value]) => text.replaceAll(name, value), text);
}

/** What an adapter exports, where it is required with these modules in their project's places. */
export function adapter(path, modules) {
    const require = (name) => {
        if (!(name in modules)) throw new Error(`${path} requires ${name}`);
        return modules[name];
    };
    const module = { exports: {} };
    const { process } = globalThis;
    vm.runInNewContext(filled(path), { module, require, process, Buffer, Error, Number, Promise, Array, String });
    return module.exports;
}

/** An account as nodes tell it, with its bytes; `change` may spoil a copy first. */
export function account(address, change = () => {}) {
    const { owner, data } = structuredClone(recorded.accounts[address]);
    const copy = { owner, data: Buffer.from(data[0], 'base64') };
    return change(copy) ?? copy;
}

/** The events of the recorded transactions, decoded by the interface. */
export function events(name) {
    const require = createRequire(import.meta.url);
    const idl = require('../../idl/sluice.json');
    const types = Object.fromEntries(idl.types.map((type) => [type.name, type.type]));
    const discriminator = Buffer.from(idl.events.find((event) => event.name === name).discriminator);
    const data = recorded.transactions.flatMap(({ logs }) =>
        logs
            .filter((line) => line.startsWith('Program data: '))
            .map((line) => Buffer.from(line.slice(14), 'base64')),
    );
    const ours = data.filter((bytes) => bytes.subarray(0, 8).equals(discriminator));
    return ours.map((bytes) => fields(types, name, { bytes, at: 8 }));
}

function fields(types, name, reader) {
    const read = types[name].fields.map((field) => [field.name, value(types, field.type, reader)]);
    return Object.fromEntries(read);
}

function value(types, type, reader) {
    const take = (length) => reader.bytes.subarray(reader.at, (reader.at += length));
    switch (type) {
        case 'u64':
            return take(8).readBigUInt64LE();
        case 'i64':
            return take(8).readBigInt64LE();
        case 'bool':
            return take(1)[0] === 1;
        case 'pubkey':
            return take(32).toString('hex');
        default:
            return fields(types, type.defined.name, reader);
    }
}
