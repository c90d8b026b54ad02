// A cluster of its own for a test, the command line beside it, and what tests send.

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import {
    appendTransactionMessageInstructions,
    createKeyPairSignerFromPrivateKeyBytes,
    createSolanaRpc,
    createTransactionMessage,
    getBase64EncodedWireTransaction,
    getSignatureFromTransaction,
    getAddressEncoder,
    pipe,
    setTransactionMessageFeePayerSigner,
    setTransactionMessageLifetimeUsingBlockhash,
    partiallySignTransactionMessageWithSigners,
    type Address,
    type Instruction,
    type KeyPairSigner,
    type Signature,
} from '@solana/kit';
import { eventsOf, type SluiceEvent } from '@sluice/client';

import { file } from './files.js';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
/** So long that no epoch ends by itself. */
const EPOCH_SECONDS = '3000';
const SOL = 1_000_000_000n;

/** Somebody with a key, in a file, too. */
export type Actor = { signer: KeyPairSigner; address: Address; keypair: string };

/** What the command line prints with `--output json`. */
export type Json = { readonly [key: string]: any };

/** A transaction that was confirmed. */
export type Landed = { slot: bigint; logs: readonly string[]; events: SluiceEvent[]; feeLamports: bigint };

/** A cluster that runs. */
export class Localnet {
    readonly rpc;
    private pool: Address | undefined;

    private constructor(
        private readonly process: ChildProcess,
        private readonly folder: string,
        readonly url: string,
        readonly websocketUrl: string,
        readonly votes: Address[],
        /** Where the page for holders is; empty where it is not served. */
        readonly pageUrl: string,
    ) {
        this.rpc = createSolanaRpc(url);
    }

    /** Starts one, with further arguments. */
    static async start(...more: string[]): Promise<Localnet> {
        const folder = mkdtempSync(join(tmpdir(), 'sluice-js-'));
        const lasting = more.includes('--epoch-seconds') ? [] : ['--epoch-seconds', EPOCH_SECONDS];
        const typed = ['start', '--port', '0', ...lasting, ...more, '--output', 'json'];
        const child = spawn(file('SLUICE_LOCALNET', 'debug/sluice-localnet'), typed, {
            cwd: ROOT,
            env: clean(folder),
            stdio: ['ignore', 'pipe', 'inherit'],
        });
        let printed = '';
        for await (const part of child.stdout!) {
            printed += part;
            const told = parsed(printed);
            if (told) {
                const votes = told['validators'].map(({ vote }: Json) => vote);
                const page = told['page_url'] ?? '';
                return new Localnet(child, folder, told['rpc_url'], told['websocket_url'], votes, page);
            }
        }
        throw new Error(`sluice-localnet did not start: ${printed}`);
    }

    /** Ends it. */
    async stop(): Promise<void> {
        const ended = new Promise((resolve) => this.process.once('exit', resolve));
        this.process.kill('SIGINT');
        await ended;
        rmSync(this.folder, { recursive: true });
    }

    /** The pool that commands are about from now on. */
    use(pool: Address): void {
        this.pool = pool;
    }

    /** Somebody new, with this much SOL. */
    async actor(name: string, sol: bigint): Promise<Actor> {
        const secret = randomBytes(32);
        const signer = await createKeyPairSignerFromPrivateKeyBytes(secret);
        const keypair = join(this.folder, `${name}.json`);
        writeFileSync(keypair, JSON.stringify([...secret, ...getAddressEncoder().encode(signer.address)]), {
            mode: 0o600,
        });
        await this.localnet(['airdrop', String(sol), signer.address]);
        return { signer, address: signer.address, keypair };
    }

    /** Runs `sluice` as somebody. */
    async sluice(actor: Actor, ...words: string[]): Promise<Json> {
        const pool = this.pool ? ['--pool', this.pool] : [];
        return await this.run('SLUICE_CLI', 'debug/sluice', [
            ...words,
            ...pool,
            '--keypair',
            actor.keypair,
            '--yes',
        ]);
    }

    /** Runs `sluice-localnet`. */
    async localnet(words: string[]): Promise<Json> {
        return await this.run('SLUICE_LOCALNET', 'debug/sluice-localnet', words);
    }

    private async run(variable: string, name: string, words: string[]): Promise<Json> {
        const typed = [...words, '--url', this.url, '--output', 'json'];
        const { stdout } = await promisify(execFile)(file(variable, name), typed, {
            env: clean(this.folder),
        });
        return JSON.parse(stdout);
    }

    /** Jumps to the next epoch, or to a part of the running one, and turns the cranks. */
    async advance(cranker: Actor, percent?: number): Promise<void> {
        await this.localnet(['advance', ...(percent ? ['--percent', String(percent)] : [])]);
        await this.sluice(cranker, 'crank');
    }

    /** Sends instructions, and waits until they are confirmed. */
    async send(payer: Actor, instructions: Instruction[]): Promise<Landed> {
        const signed = await this.signed(payer, instructions);
        await this.rpc
            .sendTransaction(getBase64EncodedWireTransaction(signed), { encoding: 'base64' })
            .send();
        return await this.landed(getSignatureFromTransaction(signed));
    }

    /** What an instruction of the program answers in a simulation, and at which slot. */
    async ask(payer: Actor, instruction: Instruction): Promise<{ slot: bigint; data: Uint8Array }> {
        const signed = await this.signed(payer, [instruction]);
        const { context, value } = await this.rpc
            .simulateTransaction(getBase64EncodedWireTransaction(signed), {
                encoding: 'base64',
                commitment: 'confirmed',
            })
            .send();
        return { slot: context.slot, data: new Uint8Array(Buffer.from(value.returnData!.data[0], 'base64')) };
    }

    /** The compute units that instructions take in a simulation. */
    async units(payer: Actor, instructions: Instruction[]): Promise<bigint> {
        const signed = await this.signed(payer, instructions);
        const config = { encoding: 'base64', commitment: 'confirmed' } as const;
        const { value } = await this.rpc
            .simulateTransaction(getBase64EncodedWireTransaction(signed), config)
            .send();
        if (value.err) throw new Error(value.logs?.join('\n'));
        return value.unitsConsumed!;
    }

    /** A transaction, signed by those who are here. */
    async signed(payer: Actor, instructions: Instruction[]) {
        const { value: blockhash } = await this.rpc.getLatestBlockhash().send();
        const message = pipe(
            createTransactionMessage({ version: 0 }),
            (message) => setTransactionMessageFeePayerSigner(payer.signer, message),
            (message) => setTransactionMessageLifetimeUsingBlockhash(blockhash, message),
            (message) => appendTransactionMessageInstructions(instructions, message),
        );
        return await partiallySignTransactionMessageWithSigners(message);
    }

    /** A transaction, once it is confirmed. */
    async landed(signature: Signature): Promise<Landed> {
        for (let tries = 0; tries < 200; tries += 1) {
            const config = {
                commitment: 'confirmed',
                encoding: 'json',
                maxSupportedTransactionVersion: 0,
            } as const;
            const found = await this.rpc.getTransaction(signature, config).send();
            if (found?.meta) {
                const { err, logMessages, fee } = found.meta;
                if (err) throw new Error(`${signature} failed: ${logMessages?.join('\n')}`);
                const logs = logMessages ?? [];
                return { slot: found.slot, logs, events: eventsOf(logs), feeLamports: fee };
            }
            await pause(50);
        }
        throw new Error(`${signature} was not confirmed`);
    }

    /** Lamports of an account. */
    async balance(address: Address): Promise<bigint> {
        return (await this.rpc.getBalance(address, { commitment: 'confirmed' }).send()).value;
    }

    /** LST in a token account. */
    async tokens(address: Address): Promise<bigint> {
        const { value } = await this.rpc.getTokenAccountBalance(address, { commitment: 'confirmed' }).send();
        return BigInt(value.amount);
    }
}

/** So many lamports. */
export function sol(amount: bigint): bigint {
    return amount * SOL;
}

/** The data of the one event with this name. */
export function event<Name extends SluiceEvent['name']>({ events }: Landed, name: Name): Events[Name] {
    const found = events.filter((event) => event.name === name);
    if (found.length !== 1)
        throw new Error(`${found.length} events ${name} in ${events.map((event) => event.name)}`);
    return found[0]!.data as Events[Name];
}

type Events = { [Event in SluiceEvent as Event['name']]: Event['data'] };

/** The environment without the configuration of the person who runs the tests. */
function clean(home: string): NodeJS.ProcessEnv {
    const { PATH, SLUICE_ELF, SLUICE_TOKEN_METADATA_ELF } = process.env;
    return { PATH, HOME: home, ...(SLUICE_ELF && { SLUICE_ELF, SLUICE_TOKEN_METADATA_ELF }) };
}

function parsed(text: string): Json | undefined {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
