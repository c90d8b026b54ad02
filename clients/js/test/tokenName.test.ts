// What the token is called, as the command line says it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { address, type Address } from '@solana/kit';
import * as sluice from '@sluice/client';

import { altered, withBytes } from './support/altered.js';
import { Localnet, type Actor } from './support/localnet.js';

const URI = 'https://example.org/pearl.json';

let net: Localnet, alice: Actor;
before(async () => {
    net = await Localnet.start();
    alice = await net.actor('alice', 100n);
});
after(() => net.stop());

async function poolWith(...name: string[]): Promise<sluice.PoolView> {
    const created = await net.sluice(alice, 'pool', 'create', ...name);
    net.use(address(created['pool']));
    return await sluice.loadPool(net.rpc, address(created['pool']));
}

test('the name of a token is what the command line says, and one without has none', async () => {
    const nameless = await poolWith('--no-metadata');
    assert.equal(await sluice.tokenName(net.rpc, nameless), undefined);

    const view = await poolWith('--name', 'Pearl', '--symbol', 'PRL', '--uri', URI);
    const read = await sluice.tokenName(net.rpc, view);
    assert.deepEqual(read, { name: 'Pearl', symbol: 'PRL', uri: URI, updateAuthority: alice.address });
    const told = await net.sluice(alice, 'pool', 'metadata', 'show');
    const { name, symbol, uri } = told['token'];
    assert.deepEqual([name, symbol, uri], ['Pearl', 'PRL', URI]);

    const metadata = told['metadata'] as Address;
    const asIf = (change: (bytes: Uint8Array) => Uint8Array) =>
        altered(net.url, metadata, (account) => withBytes(account, change));
    // A name that turns the text around it is shown for what it is.
    const turned = asIf((bytes) => replaced(bytes, 69, new TextEncoder().encode('P\u{202e}l')));
    assert.equal((await sluice.tokenName(turned, view))?.name, 'P\u{fffd}l');
    const refused = { name: 'SluiceRefusal', reason: 'another-kind', address: metadata };
    const ofAnother = asIf((bytes) => replaced(bytes, 33, new Uint8Array(32)));
    const ofAnotherKind = asIf((bytes) => replaced(bytes, 0, new Uint8Array([6])));
    const noText = asIf((bytes) => replaced(bytes, 69, new Uint8Array([0xff])));
    const short = asIf((bytes) => bytes.slice(0, 70));
    for (const rpc of [ofAnother, ofAnotherKind, noText, short])
        await assert.rejects(sluice.tokenName(rpc, view), refused);
});

/** The bytes with others in this place. */
function replaced(bytes: Uint8Array, offset: number, others: Uint8Array): Uint8Array {
    bytes.set(others, offset);
    return bytes;
}
