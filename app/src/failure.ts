// Why a transaction failed on the cluster.

import { getSolanaErrorFromTransactionError, type Signature, type TransactionError } from '@solana/kit';

import type { Node } from './node.js';
import { SimulationFailed } from './problem.js';

/** What it failed with, and with the logs where the node has them: by them it is known which program refused. */
export async function failureOf(node: Node, signature: Signature, error: TransactionError): Promise<unknown> {
    const config = {
        encoding: 'base64',
        commitment: 'confirmed',
        maxSupportedTransactionVersion: 0,
    } as const;
    const found = await node
        .getTransaction(signature, config)
        .send()
        .catch(() => null);
    return new SimulationFailed(found?.meta?.logMessages ?? [], getSolanaErrorFromTransactionError(error));
}
