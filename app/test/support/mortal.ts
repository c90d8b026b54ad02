// A browser of its own that a test can kill, on a profile that stays.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

import type { Actor } from '../../../clients/js/test/support/localnet.js';
import type { Stage } from '../../../clients/js/test/support/stage.js';
import { Visitor, executable } from './browser.js';

/** A profile on the disk, and the browser that runs on it. */
export class Profile {
    private readonly folder = mkdtempSync(join(tmpdir(), 'sluice-profile-'));
    private running: ChildProcess | undefined;

    /** Starts a browser on it, in which somebody opens a tab. */
    async start(stage: Stage, actor: Actor): Promise<Visitor> {
        const typed = ['--headless', '--no-sandbox', '--remote-debugging-port=0'];
        // A group of its own: with the browser ends all that it has started.
        const started = spawn(executable(), [...typed, `--user-data-dir=${this.folder}`], {
            detached: true,
            stdio: ['ignore', 'ignore', 'pipe'],
        });
        this.running = started;
        let said = '';
        for await (const part of started.stderr.setEncoding('utf8')) {
            said += part;
            const url = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
            if (url === undefined) continue;
            const browser = await chromium.connectOverCDP(url);
            return await Visitor.into(browser.contexts()[0]!, stage, actor);
        }
        throw new Error(`The browser did not start: ${said}`);
    }

    /** The browser dies at once, and writes nothing more. */
    async kill(): Promise<void> {
        await this.end('SIGKILL');
    }

    /** The browser is closed as readers close it, and writes all. */
    async close(): Promise<void> {
        await this.end('SIGTERM');
    }

    async remove(): Promise<void> {
        await this.kill();
        rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    }

    private async end(signal: NodeJS.Signals): Promise<void> {
        const { running } = this;
        this.running = undefined;
        if (!running || running.exitCode !== null) return;
        const ended = once(running, 'exit');
        process.kill(-running.pid!, signal);
        await ended;
    }
}
