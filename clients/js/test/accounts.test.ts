// What is no account of the program, or of another version, is refused with a sentence that says which and
// why.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
    address,
    getSolanaErrorFromTransactionError,
    lamports,
    type Address,
    type MaybeEncodedAccount,
    type TransactionError,
} from '@solana/kit';
import * as sluice from '@sluice/client';

const SOMEWHERE = address('SysvarC1ock11111111111111111111111111111111');
const ELSEWHERE = address('Stake11111111111111111111111111111111111111');
const VERSION_OFFSET = 8;

/** An account of the program with these bytes. */
function account(
    data: Uint8Array,
    programAddress: Address = sluice.SLUICE_PROGRAM_ADDRESS,
): MaybeEncodedAccount {
    const about = { executable: false, lamports: lamports(1n), space: BigInt(data.length) };
    return { exists: true, address: SOMEWHERE, data, programAddress, ...about };
}

/** An empty account of a kind, with this layout version. */
function empty(kind: (typeof sluice.KINDS)[keyof typeof sluice.KINDS], version: number): Uint8Array {
    const data = new Uint8Array(kind.decoder.fixedSize);
    data.set(kind.discriminator as Uint8Array);
    data[VERSION_OFFSET] = version;
    return data;
}

function refused(
    kind: keyof typeof sluice.KINDS,
    found: MaybeEncodedAccount,
    reason: string,
    message: RegExp,
): void {
    const read = () => sluice.readAccount<unknown>(sluice.KINDS[kind], found);
    assert.throws(read, (error: sluice.SluiceRefusal) => {
        assert.equal(error.reason, reason);
        assert.equal(error.address, SOMEWHERE);
        assert.match(error.message, message);
        return true;
    });
}

for (const kind of Object.keys(sluice.KINDS) as (keyof typeof sluice.KINDS)[]) {
    const { name } = sluice.KINDS[kind];
    const usual = empty(sluice.KINDS[kind], sluice.LAYOUT_VERSION);

    test(`${name}: read where it is one`, () => {
        const read = sluice.readAccount<{ version: number }>(sluice.KINDS[kind], account(usual));
        assert.equal(read.version, sluice.LAYOUT_VERSION);
    });

    test(`${name}: refused where there is no account, one of another program, or one of another kind`, () => {
        refused(kind, { exists: false, address: SOMEWHERE }, 'missing', /There is no/);
        refused(kind, account(usual, ELSEWHERE), 'foreign', /belongs to the program Stake/);
        refused(kind, account(new Uint8Array(usual.length)), 'another-kind', /is no/);
        refused(kind, account(new Uint8Array()), 'another-kind', /is no/);
    });

    test(`${name}: refused where it is truncated, too long, or of a newer version`, () => {
        refused(kind, account(usual.subarray(0, -1)), 'wrong-size', /has \d+ bytes instead of \d+/);
        refused(kind, account(usual.subarray(0, VERSION_OFFSET)), 'wrong-size', /has 8 bytes/);
        refused(kind, account(new Uint8Array([...usual, 0])), 'wrong-size', /bytes instead of/);
        const newer = account(empty(sluice.KINDS[kind], sluice.LAYOUT_VERSION + 1));
        refused(
            kind,
            newer,
            'unknown-version',
            /layout version 2, which this client does not know: update it/,
        );
    });
}

test('accounts whose layout was migrated are refused in their first version, tickets are not', () => {
    for (const kind of ['pool', 'page', 'history'] as const) {
        refused(kind, account(empty(sluice.KINDS[kind], 0)), 'unknown-version', /has to be migrated first/);
    }
    for (const kind of ['ticket', 'batch', 'marker'] as const) {
        assert.ok(sluice.readAccount<unknown>(sluice.KINDS[kind], account(empty(sluice.KINDS[kind], 0))));
    }
});

test('what a node answers instead of an answer is a sentence, and what nobody knows is none', () => {
    // As kit makes them for browsers: elsewhere it needs a text for each code.
    const answered = (code: number) =>
        sluice.explain(Object.assign(new Error(), { name: 'SolanaError', context: { __code: code } }));
    for (const [code, sentence] of [
        [-32_005, /behind the cluster/],
        [-32_016, /behind what was read before/],
        [-32_004, /does not have the block yet/],
        [-32_601, /does not answer one of the questions/],
        [-32_603, /an error of its own/],
        [-32_429, /more often than it allows/],
    ] as const) {
        assert.match(answered(code) ?? '', sentence, String(code));
    }
    assert.equal(answered(-32_099), undefined);
});

test('an error without logs is explained as far as that is certain, wherever its code is nested', () => {
    const sentence =
        /^An instruction failed with the code 6000. If Sluice failed, that is: The pool is not pri/;
    assert.match(sluice.explain({ cause: { context: { code: 6000 } } }) ?? '', sentence);
    assert.match(sluice.explain({ InstructionError: [1, { Custom: 6000n }] }) ?? '', sentence);
    assert.equal(sluice.explain({ InstructionError: [1, { Custom: 1 }] }), undefined);
    assert.equal(sluice.explain(new Error('what else')), undefined);
});

test('a transaction that ran out of compute units is told so, with its logs and without', () => {
    const program = sluice.SLUICE_PROGRAM_ADDRESS;
    const logs = [
        `Program ${program} invoke [1]`,
        `Program ${program} consumed 9000 of 9000 compute units`,
        `Program ${program} failed: exceeded CUs meter at BPF instruction`,
    ];
    for (const why of ['ComputationalBudgetExceeded', 'ProgramFailedToComplete']) {
        const cause = getSolanaErrorFromTransactionError({ InstructionError: [1, why] } as TransactionError);
        for (const error of [cause, { logs, cause }])
            assert.match(sluice.explain(error) ?? '', /took more compute units than it was allowed/);
    }
    // By the logs alone nobody knows.
    assert.equal(sluice.explain({ logs }), undefined);
});

test('a code of another program, which its logs name, is not explained as one of Sluice', () => {
    const failed = (program: Address) => ({
        context: {
            logs: [
                `Program ${program} invoke [1]`,
                `Program ${program} failed: custom program error: 0x1770`,
            ],
        },
        cause: { context: { code: 6000 } },
    });
    assert.equal(sluice.explain(failed(ELSEWHERE)), undefined);
    assert.match(sluice.explain(failed(sluice.SLUICE_PROGRAM_ADDRESS)) ?? '', /^The pool is not priced/);
});

test('bytes that are no event are none, and no line of another program is', () => {
    assert.equal(sluice.eventOf(new Uint8Array()), undefined);
    const [first] = sluice.EVENTS;
    assert.equal(sluice.eventOf(new Uint8Array(first.discriminator)), undefined);
    const data = Buffer.from([...sluice.EVENTS[0].discriminator, ...new Uint8Array(500)]).toString('base64');
    const inside = (program: string) => [
        `Program ${program} invoke [1]`,
        `Program data: ${data}`,
        `Program ${program} success`,
    ];
    assert.equal(sluice.eventsOf(inside(sluice.SLUICE_PROGRAM_ADDRESS)).length, 1);
    assert.equal(sluice.eventsOf(inside(ELSEWHERE)).length, 0);
    assert.equal(sluice.eventsOf(['Program data: %%%', ...inside(sluice.SLUICE_PROGRAM_ADDRESS)]).length, 1);
    // What is rolled back has not happened.
    const failed = [
        `Program ${ELSEWHERE} invoke [1]`,
        `Program ${ELSEWHERE} failed: custom program error: 0x1`,
    ];
    assert.deepEqual(sluice.eventsOf([...inside(sluice.SLUICE_PROGRAM_ADDRESS), ...failed]), []);
    const boasting = ['Program log: failed: nothing', ...inside(sluice.SLUICE_PROGRAM_ADDRESS)];
    assert.equal(sluice.eventsOf(boasting).length, 1);
    assert.deepEqual([boasting, [...boasting, 'Log truncated']].map(sluice.isTruncated), [false, true]);
});
