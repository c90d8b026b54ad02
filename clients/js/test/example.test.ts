// The example of the README, as somebody runs it who has read nothing else.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import * as sluice from '@sluice/client';

import { sol } from './support/localnet.js';
import { setUp, viewOf, type Stage } from './support/stage.js';

// This file is compiled to clients/js/build/test.
const PACKAGE = new URL('../../', import.meta.url);
const source = (path: string) => readFileSync(new URL(path, PACKAGE), 'utf8');

let stage: Stage;
before(async () => {
    stage = await setUp(2);
});
after(() => stage.net.stop());

test('the README has the example that is run here', () => {
    assert.ok(source('README.md').includes(`\`\`\`ts\n${source('examples/first-stake.ts')}\`\`\``));
});

test('the example has 20 lines, without empty ones and closing braces', () => {
    const lines = source('examples/first-stake.ts').split('\n');
    assert.equal(lines.filter((line) => !['', '}'].includes(line)).length, 20);
});

test('a script of 20 lines stakes, reads the yield and claims', async () => {
    const { net, pool, alice, carol } = stage;
    const view = await viewOf(stage);
    const { instructions, ticket } = await sluice.unstake(net.rpc, view, {
        owner: alice.signer,
        lst: sol(10n),
    });
    await net.send(alice, instructions);
    await net.advance(carol, 80);
    await net.advance(carol);
    const tokens = await sluice.tokenAccountOf(alice.address, view.account.mint);
    const held = await net.tokens(tokens);
    const { lst } = sluice.quoteStake(await viewOf(stage), sol(1n));

    const example = fileURLToPath(new URL('build/examples/first-stake.js', PACKAGE));
    const typed = [example, net.url, net.websocketUrl, pool, alice.keypair];
    const { stdout } = await promisify(execFile)(process.execPath, typed, { timeout: 60_000 });

    assert.match(stdout, /epochPartsE9: \d+n/);
    assert.match(stdout, new RegExp(`ticket ${ticket} paid \\d{11}n\n`));
    assert.equal(await net.tokens(tokens), held + lst);
    assert.deepEqual(await sluice.tickets(net.rpc, await viewOf(stage), alice.address), []);
});

test('a browser, which has neither `process` nor `Buffer`, can load the package', async () => {
    const script = `
        // Node's own build of kit has both.
        const kit = await import('@solana/kit');
        await import('@solana/kit/program-client-core');
        delete globalThis.process;
        delete globalThis.Buffer;
        const { explain, findPoolPda } = await import('@sluice/client');
        const [pool] = await findPoolPda({ mint: kit.address('So11111111111111111111111111111111111111112') });
        console.log(pool.length > 30, explain({ context: { code: 6000 } }));
    `;
    const typed = ['--input-type=module', '--eval', script];
    const { stdout } = await promisify(execFile)(process.execPath, typed, { cwd: fileURLToPath(PACKAGE) });
    assert.match(
        stdout,
        /^true An instruction failed with the code 6000\. If Sluice failed, .*: The pool is not/,
    );
});
