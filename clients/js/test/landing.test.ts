// The fate of a signed transaction, on a node that tells a story by the clock: done once, and never called
// failed or lost while it may still arrive.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSolanaRpcFromTransport, type RpcTransport } from '@solana/kit';
import { land, type Fate, type LandingStage, type SentTransaction } from '@sluice/client';

const SECOND = 1_000;
const SENT = {
    signature: '5'.repeat(87),
    wire: 'AQ==',
    lastValidBlockHeight: 1_000n,
    fromSlot: 5_000n,
    fetchedAtMs: 0,
} as unknown as SentTransaction;

/** What a node says at a second: where the transaction is, and which final block is the last. */
type Scene = {
    status?: 'processed' | 'confirmed' | 'finalized' | undefined;
    failed?: boolean;
    finalHeight?: number;
    /** How many slots its answer about the status lags behind its final block. */
    lag?: number;
    isSilent?: boolean;
    firstBlock?: number;
};

type Told = { fate: Fate; stages: string[]; sendings: number[]; seconds: number };

/** Follows a transaction on a node of which `scene` says what it answers when. */
async function follow(scene: (second: number) => Scene, sent = SENT): Promise<Told> {
    let now = 0;
    const [stages, sendings]: [string[], number[]] = [[], []];
    const clock = {
        now: () => now,
        pause: async (milliseconds: number) => {
            now += milliseconds;
            assert.ok(now < 3_600 * SECOND, `nothing is decided: ${stages}`);
        },
    };
    const transport = async ({ payload }: Parameters<RpcTransport>[0]) => {
        const { id, method } = payload as { id: string; method: string };
        const { status, failed, finalHeight = 0, lag = 0, isSilent, firstBlock = 0 } = scene(now / SECOND);
        if (isSilent) throw new Error('silence');
        const slot = 10_000 + finalHeight;
        if (method === 'sendTransaction') {
            sendings.push(now / SECOND);
            throw new Error('the node refuses, and has perhaps passed it on');
        }
        const err = failed ? { InstructionError: [0, { Custom: 6_000 }] } : null;
        const found = status
            ? { slot: 77, err, confirmationStatus: status, confirmations: 1, status: { Ok: null } }
            : null;
        const results: Record<string, unknown> = {
            getSignatureStatuses: { context: { slot: slot - lag }, value: [found] },
            getEpochInfo: { blockHeight: finalHeight, absoluteSlot: slot },
            getFirstAvailableBlock: firstBlock,
        };
        return { jsonrpc: '2.0', id, result: results[method] };
    };
    const rpc = createSolanaRpcFromTransport(transport as RpcTransport);
    const onStage = ({ kind }: LandingStage) => stages.push(kind);
    const fate = await land(rpc as never, sent, { onStage, clock });
    return {
        fate,
        stages: stages.filter((stage, at) => stage !== stages[at - 1]),
        sendings,
        seconds: now / SECOND,
    };
}

test('it is sent every two seconds until it is confirmed, and followed until it is final', async () => {
    const { fate, stages, sendings } = await follow((second) => ({
        status: second < 9 ? undefined : second < 10 ? 'processed' : second < 22 ? 'confirmed' : 'finalized',
    }));
    assert.deepEqual(fate, { kind: 'landed', slot: 77n });
    assert.deepEqual(stages, ['sending', 'confirmed']);
    assert.ok(sendings.length >= 3 && sendings.length <= 6, `${sendings}`);
    assert.ok(
        sendings.every((second) => second < 12),
        `${sendings}`,
    );
});

test('one that failed is called so once that is final, and not before', async () => {
    const { fate, stages, sendings, seconds } = await follow((second) => ({
        status: second < 5 ? 'confirmed' : second < 8 ? undefined : second < 20 ? 'confirmed' : 'finalized',
        failed: second < 5,
    }));
    // The block in which it failed was dropped, and in another one it did what it says.
    assert.deepEqual(fate, { kind: 'landed', slot: 77n });
    assert.deepEqual(stages, ['sending', 'confirmed', 'sending', 'confirmed']);
    assert.ok(
        sendings.some((second) => second > 5),
        'it was not sent again',
    );
    assert.ok(seconds >= 20);
    const { fate: other } = await follow(() => ({ status: 'finalized', failed: true }));
    assert.equal(other.kind, 'failed');
});

test('it never arrived only five minutes after the signing, past a final height', async () => {
    const { fate, stages, sendings, seconds } = await follow((second) => ({
        finalHeight: second < 60 ? 1_000 : 1_001,
    }));
    assert.deepEqual(fate, { kind: 'expired' });
    assert.deepEqual(stages, ['sending', 'overdue']);
    assert.ok(seconds >= 300 && seconds < 310, `${seconds}`);
    assert.ok(sendings.at(-1)! >= 55 && sendings.at(-1)! < 65, `${sendings.at(-1)}`);
});

test('a node that is silent, lags, or forgets decides nothing', async () => {
    const silent = await follow((second) => (second < 900 ? { isSilent: true } : { status: 'finalized' }));
    assert.equal(silent.fate.kind, 'landed');
    const lagging = await follow((second) => ({
        finalHeight: 2_000,
        lag: second < 700 ? 1 : 0,
        status: second < 800 ? undefined : 'finalized',
    }));
    assert.equal(lagging.fate.kind, 'expired');
    assert.ok(lagging.seconds >= 700, 'an answer older than the final block was believed');
    const forgetful = await follow(() => ({ finalHeight: 90_000, firstBlock: 5_001 }));
    assert.deepEqual(forgetful.fate, { kind: 'unknown' });
});

test('one that turns up after it seemed over has landed', async () => {
    const { fate, stages } = await follow((second) => ({
        finalHeight: 2_000,
        status: second < 100 ? undefined : 'finalized',
    }));
    assert.deepEqual(fate, { kind: 'landed', slot: 77n });
    assert.deepEqual(stages, ['sending', 'overdue']);
});

test('within 30 seconds nothing is over, whatever a node says of its height', async () => {
    const { stages, fate } = await follow((second) => ({
        finalHeight: 1_000_000,
        status: second < 29 ? undefined : 'finalized',
    }));
    assert.deepEqual([stages, fate.kind], [['sending'], 'landed']);
});

test('one that a clock ahead of this one has dated comes to an end all the same', async () => {
    const ahead = { ...SENT, fetchedAtMs: 8e15 };
    const { fate, seconds } = await follow((second) => ({ finalHeight: second < 60 ? 0 : 1_001 }), ahead);
    assert.deepEqual(fate, { kind: 'expired' });
    assert.ok(seconds >= 300 && seconds < 310, `${seconds}`);
});
