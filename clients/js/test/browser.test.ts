// In a real browser, from a bundle: somebody stakes and confirms it. Skipped where there is no Chromium.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import * as sluice from '@sluice/client';
import { build } from 'esbuild';

import { sol } from './support/localnet.js';
import { setUp, viewOf } from './support/stage.js';

/** What a browser is called, first that of Debian. */
const CALLED = ['chromium-headless-shell', 'chromium', 'google-chrome'];
const browser = CALLED.find((name) => spawnSync(name, ['--version']).status === 0);
const skip = browser ? false : `none of ${CALLED.join(', ')} is installed: nothing is tried in a browser`;
if (skip) console.log(skip);

const folder = mkdtempSync(join(tmpdir(), 'sluice-browser-'));
after(() => rmSync(folder, { recursive: true, maxRetries: 5 }));
const PATIENCE_MS = 30_000;

test('a page in a browser stakes, and knows when that is confirmed', { skip }, async () => {
    // This file is compiled to clients/js/build/test.
    const page = fileURLToPath(new URL('support/page.js', import.meta.url));
    const bundle = join(folder, 'page.js');
    await build({ entryPoints: [page], outfile: bundle, bundle: true, format: 'esm', platform: 'browser' });
    const stage = await setUp(0);
    const { net, pool, bob } = stage;
    try {
        const { lst } = sluice.quoteStake(await viewOf(stage), sol(3n));
        const secret = JSON.parse(readFileSync(bob.keypair, 'utf8'));
        const asked = {
            url: net.url,
            websocketUrl: net.websocketUrl,
            pool,
            secret,
            lamports: String(sol(3n)),
        };
        assert.deepEqual(await told(readFileSync(bundle, 'utf8'), asked), {
            lst: String(lst),
            hasNode: false,
            refusal: 'lamports must be a bigint from 0 to 2^64 - 1, not number 5',
        });
        const { account } = await viewOf(stage);
        assert.equal(await net.tokens(await sluice.tokenAccountOf(bob.address, account.mint)), lst);
    } finally {
        await net.stop();
    }
});

/** What the page tells once it is done. */
async function told(script: string, asked: object): Promise<unknown> {
    let tell: (answer: unknown) => void = () => {};
    const answer = new Promise((resolve) => (tell = resolve));
    const server = createServer(async (request, response) => {
        if (request.method === 'POST') {
            let body = '';
            for await (const part of request) body += part;
            tell(JSON.parse(body));
            response.end();
        } else if (request.url === '/page.js') {
            response.setHeader('content-type', 'text/javascript').end(script);
        } else {
            const data = `<script>globalThis.asked = ${JSON.stringify(asked)}</script>`;
            response.setHeader('content-type', 'text/html');
            response.end(`<!doctype html>${data}<script type=module src=/page.js></script>`);
        }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
        return await shown(server, answer);
    } finally {
        server.closeAllConnections();
        server.close();
    }
}

/** Shows the page of a server until there is an answer. */
async function shown(server: Server, answer: Promise<unknown>): Promise<unknown> {
    const { port } = server.address() as AddressInfo;
    const flags = [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        `--user-data-dir=${join(folder, 'profile')}`,
    ];
    const typed = [...flags, '--remote-debugging-port=0', `http://127.0.0.1:${port}/`];
    // Debian's command is a script that starts the browser: both are one group.
    const child = spawn(browser!, typed, { stdio: 'ignore', detached: true });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error('the page told nothing')), PATIENCE_MS);
    });
    try {
        return await Promise.race([answer, late]);
    } finally {
        clearTimeout(timer);
        process.kill(-child.pid!, 'SIGKILL');
        await ended;
    }
}
