// Bytes and logs that anybody may have written: read or refused, and nothing else.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { address, lamports, type MaybeEncodedAccount } from '@solana/kit';
import * as sluice from '@sluice/client';

const SOMEWHERE = address('SysvarC1ock11111111111111111111111111111111');
const VERSION_OFFSET = 8;
const TIMES = 300;

/** Numbers below a bound, the same in every run. */
function numbers(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return Math.floor((state / 2 ** 32) * below);
    };
}

/** Mostly zeros and highest values, which are what sums and loops trip over. */
function bytes(next: (below: number) => number, length: number): Uint8Array {
    const data = new Uint8Array(length);
    for (let at = 0; at < length; at += 1 + next(12)) {
        const value = [0, 0xff, 1, next(256)][next(4)] ?? 0;
        data.fill(value, at, at + 1 + next(16));
    }
    return data;
}

function account(data: Uint8Array): MaybeEncodedAccount {
    const about = { executable: false, lamports: lamports(1n), space: BigInt(data.length) };
    const programAddress = sluice.SLUICE_PROGRAM_ADDRESS;
    return { exists: true, address: SOMEWHERE, data, programAddress, ...about };
}

for (const kind of Object.values(sluice.KINDS)) {
    test(`${kind.name}: any bytes are read, or refused in a sentence`, () => {
        const next = numbers(kind.decoder.fixedSize);
        let read = 0;
        for (let time = 0; time < TIMES; time++) {
            const length = next(8) === 0 ? next(3 * kind.decoder.fixedSize) : kind.decoder.fixedSize;
            const data = bytes(next, length);
            if (next(8) !== 0 && length > VERSION_OFFSET) {
                data.set(Uint8Array.from(kind.discriminator));
                data[VERSION_OFFSET] = next(3);
            }
            try {
                sluice.readAccount<unknown>(kind, account(data));
                read++;
            } catch (error) {
                assert.ok(error instanceof sluice.SluiceRefusal, String(error));
            }
        }
        assert.ok(read > TIMES / 10, `only ${read} were read`);
    });
}

test('any logs have events of the program, or none', () => {
    const next = numbers(7);
    const program = sluice.SLUICE_PROGRAM_ADDRESS;
    let found = 0;
    for (let time = 0; time < TIMES; time++) {
        const event = sluice.EVENTS[next(sluice.EVENTS.length)];
        const data = bytes(next, 8 + next(600));
        if (next(8) !== 0 && event) data.set(Uint8Array.from(event.discriminator));
        const line = `Program data: ${Buffer.from(data).toString('base64')}`;
        const logs = [`Program ${program} invoke [1]`, line, `Program ${program} success`];
        const at = next(3 * line.length);
        if (next(4) === 0) logs[1] = line.slice(0, at) + String.fromCharCode(next(0x300)) + line.slice(at);
        if (next(8) === 0) logs.splice(next(3), 1);
        found += sluice.eventsOf(logs).length;
        sluice.isTruncated(logs);
    }
    assert.ok(found > TIMES / 10, `only ${found} events`);
});
