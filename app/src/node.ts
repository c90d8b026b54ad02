// The node that the reader has named, and the cluster behind it.

import { createSolanaRpc, type Rpc, type SolanaRpcApi } from '@solana/kit';

export type Node = Rpc<SolanaRpcApi>;
/** A cluster, as wallets call it. */
export type Chain = `solana:${'mainnet' | 'devnet' | 'testnet' | 'localnet'}`;

const CHAINS: Readonly<Record<string, Chain>> = {
    '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d': 'solana:mainnet',
    EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG: 'solana:devnet',
    '4uhcVJyU9pJkvQyS88uRDiswHXSGkoxzaD9GzpDsUzFW': 'solana:testnet',
};

export function nodeAt(url: string): Node {
    return createSolanaRpc(url);
}

/** A cluster: which one it is, and what wallets call it. One that nobody knows is a local one. */
export type ClusterName = { genesis: string; chain: Chain };

/** The cluster of a node, by its genesis. */
export async function clusterOf(node: Node): Promise<ClusterName> {
    const genesis: string = await node.getGenesisHash().send();
    return { genesis, chain: CHAINS[genesis] ?? 'solana:localnet' };
}
