// Who prefers Anchor's client is served too: with the plain interface it decodes every account and event,
// and says the same as this package.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import anchor from '@anchor-lang/core';
import { fetchEncodedAccount, type Address } from '@solana/kit';
import * as sluice from '@sluice/client';

import { IDL } from './support/files.js';
import { sol } from './support/localnet.js';
import { setUp, viewOf, type Stage } from './support/stage.js';

const idl = JSON.parse(readFileSync(IDL, 'utf8'));

/** An enum is its variant's number here, and an object with the variant's name there. */
const VARIANTS = new Map<string, number>(
    idl.types
        .filter(({ type }: any) => type.kind === 'enum')
        .flatMap(({ type }: any) =>
            type.variants.map(({ name }: any, index: number) => [camel(name), index]),
        ),
);

function camel(name: string): string {
    return name[0]!.toLowerCase() + name.slice(1);
}

let stage: Stage;
before(async () => {
    stage = await setUp(1);
});
after(() => stage.net.stop());

function program(): anchor.Program {
    const connection = new anchor.web3.Connection(stage.net.url, 'confirmed');
    return new anchor.Program(idl, { connection });
}

/** Values of both libraries in the same words. */
function plain(value: unknown): unknown {
    if (typeof value === 'bigint') return String(value);
    if (anchor.BN.isBN(value) || value instanceof anchor.web3.PublicKey) return String(value);
    if (value instanceof Uint8Array) return [...value];
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    const { __option, discriminator: _, ...fields } = value as Record<string, unknown>;
    if (__option) return __option === 'Some' ? plain(fields['value']) : null;
    const [only, ...others] = Object.keys(fields);
    if (others.length === 0 && VARIANTS.has(only!)) return VARIANTS.get(only!);
    return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, plain(field)]));
}

test('Anchor decodes every kind of account as this package', async () => {
    const { net, alice } = stage;
    const view = await viewOf(stage);
    const { instructions, ticket } = await sluice.unstake(net.rpc, view, {
        owner: alice.signer,
        lst: sol(1n),
    });
    await net.send(alice, instructions);
    const { pageIndex, slot } = (await sluice.validators(net.rpc, view))[0]!;
    const [page] = await sluice.findPagePda({ pool: view.address, pageIndex });
    const [marker] = await sluice.findMarkerPda({ pool: view.address, vote: slot.vote });
    const [{ batchAddress }] = (await sluice.ticketsAt(net.rpc, await viewOf(stage), [ticket])) as [
        sluice.TicketView,
    ];
    const accounts: Record<string, [keyof typeof sluice.KINDS, Address]> = {
        pool: ['pool', view.address],
        rateHistory: ['history', view.account.history],
        validatorPage: ['page', page],
        marker: ['marker', marker],
        unstakeBatch: ['batch', batchAddress],
        ticket: ['ticket', ticket],
    };
    const { coder } = program();
    assert.deepEqual(
        Object.keys(accounts).sort(),
        program()
            .idl.accounts!.map(({ name }) => name)
            .sort(),
    );
    for (const [name, [kind, address]] of Object.entries(accounts)) {
        const found = await fetchEncodedAccount(net.rpc, address, { commitment: 'confirmed' });
        assert.ok(found.exists, name);
        const theirs = coder.accounts.decode(name, Buffer.from(found.data));
        assert.deepEqual(plain(theirs), plain(sluice.readAccount<unknown>(sluice.KINDS[kind], found)), name);
    }
});

test('Anchor parses what an instruction says in its logs as this package', async () => {
    const { net, alice } = stage;
    const view = await viewOf(stage);
    const landed = await net.send(
        alice,
        await sluice.stake(view, { owner: alice.signer, lamports: sol(2n) }),
    );
    const { programId, coder } = program();
    const parsed = [...new anchor.EventParser(programId, coder).parseLogs([...landed.logs])];
    assert.deepEqual(parsed.map(plain), landed.events.map(plain));
    assert.equal(parsed.length, 1);
});

test('Anchor decodes every kind of event as this package', () => {
    const { coder } = program();
    assert.equal(sluice.EVENTS.length, idl.events.length);
    for (const { name, discriminator } of idl.events) {
        const fields = typeOf(name).fields as { type: unknown }[];
        let next = 1;
        const data = [...discriminator, ...fields.flatMap(({ type }) => bytesOf(type, () => next++ % 251))];
        const theirs = coder.events.decode(Buffer.from(data).toString('base64'));
        assert.ok(theirs, name);
        assert.deepEqual(plain(sluice.eventOf(new Uint8Array(data))), plain(theirs), name);
    }
});

function typeOf(name: string): { kind: string; fields?: unknown[]; variants?: unknown[] } {
    return idl.types.find((type: { name: string }) => type.name === name).type;
}

const BYTES: Record<string, number> = { u8: 1, u16: 2, u32: 4, u64: 8, i64: 8, pubkey: 32 };

/** Bytes of a value of a type of the interface, each taken from `next`. */
function bytesOf(type: any, next: () => number): number[] {
    if (type === 'bool') return [1];
    if (typeof type === 'string') return Array.from({ length: BYTES[type]! }, next);
    if (type.option) return [1, ...bytesOf(type.option, next)];
    if (type.array) return Array.from({ length: type.array[1] }, () => bytesOf(type.array[0], next)).flat();
    const { kind, fields } = typeOf(type.defined.name);
    // An enum without fields: its first variant.
    return kind === 'enum' ? [0] : fields!.flatMap((field: any) => bytesOf(field.type, next));
}
