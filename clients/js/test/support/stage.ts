// A pool with three validators that has earned some epochs of rewards.

import { address, type Address } from '@solana/kit';
import { loadPool, stake, type PoolView } from '@sluice/client';

import { Localnet, sol, type Actor } from './localnet.js';

export type Stage = { net: Localnet; pool: Address; alice: Actor; bob: Actor; carol: Actor };

/** Alice runs the pool and holds 1,000 SOL in it; Bob and Carol have SOL. The cluster takes further arguments. */
export async function setUp(epochs: number, ...more: string[]): Promise<Stage> {
    const net = await Localnet.start(...more);
    try {
        return await fill(net, epochs);
    } catch (error) {
        await net.stop();
        throw error;
    }
}

async function fill(net: Localnet, epochs: number): Promise<Stage> {
    const alice = await net.actor('alice', 5_000n);
    const bob = await net.actor('bob', 5_000n);
    const carol = await net.actor('carol', 100n);
    const created = await net.sluice(alice, 'pool', 'create', '--no-metadata');
    const pool = address(created['pool']);
    net.use(pool);
    for (const vote of net.votes.slice(0, 3))
        await net.sluice(alice, 'validator', 'add', vote, '--weight', '100');
    const stage = { net, pool, alice, bob, carol };
    await net.send(alice, await stake(await viewOf(stage), { owner: alice.signer, lamports: sol(1_000n) }));
    await net.advance(carol, 80);
    for (let epoch = 0; epoch < epochs; epoch += 1) await net.advance(carol);
    return stage;
}

/** The pool as the cluster has it now. */
export async function viewOf({ net, pool }: Stage): Promise<PoolView> {
    return await loadPool(net.rpc, pool);
}

/** The same view at another slot: nothing but time has passed. */
export function at(view: PoolView, slot: bigint): PoolView {
    return { ...view, cluster: { ...view.cluster, clock: { ...view.cluster.clock, slot } } };
}
