// A pool at one slot: what quotes, dates and instructions follow from.

import type { Address, GetMultipleAccountsApi, Rpc } from '@solana/kit';

import { KINDS, fetchAll, readAccount, type ReadOptions } from './accounts.js';
import { SYSVARS, readCluster, type Cluster } from './cluster.js';
import { findPoolPda, type Pool } from './generated/index.js';
import { requireAddress } from './inputs.js';
import { u64 } from './integers.js';
import { full, value } from './ledger.js';
import { SluiceRefusal } from './refusal.js';

/** A pool at one slot. */
export type PoolView = {
    /** The pool's address. */
    address: Address;
    /** Its account. */
    account: Pool;
    /** What the cluster says at that slot. */
    cluster: Cluster;
    /** Lamports really in the vault that tickets are paid from. */
    claimsVaultLamports: bigint;
};

/** Reads a pool. Refuses what is no pool of this program, or of another layout version. */
export async function loadPool(
    rpc: Rpc<GetMultipleAccountsApi>,
    address: Address,
    options: ReadOptions = {},
): Promise<PoolView> {
    requireAddress('The pool', address);
    const [first] = await fetchAll(rpc, [address], options);
    const { claimsVault } = readAccount(KINDS.pool, first!);
    const wanted = [address, claimsVault, SYSVARS.clock, SYSVARS.rent, SYSVARS.schedule];
    const [pool, vault, ...sysvars] = await fetchAll(rpc, wanted, options);
    const account = readAccount(KINDS.pool, pool!);
    const [derived] = await findPoolPda({ mint: account.mint });
    if (derived !== address) {
        const what = `The account ${address} is not the pool of the mint ${account.mint}`;
        throw new SluiceRefusal('another-pool', what, { address });
    }
    return {
        address,
        account,
        cluster: readCluster(sysvars),
        claimsVaultLamports: vault?.exists ? vault.lamports : 0n,
    };
}

/** Reads the pool of an LST. */
export async function loadPoolOfMint(
    rpc: Rpc<GetMultipleAccountsApi>,
    mint: Address,
    options: ReadOptions = {},
): Promise<PoolView> {
    requireAddress('The mint', mint);
    const [address] = await findPoolPda({ mint });
    try {
        return await loadPool(rpc, address, options);
    } catch (error) {
        if (!(error instanceof SluiceRefusal) || error.reason !== 'missing') throw error;
        throw new SluiceRefusal('missing', `${mint} is not the mint of a pool`, { address: mint });
    }
}

const WHOLE_LST = 1_000_000_000n;

/** Both prices of a pool at its slot, and the amounts that they are made of. */
export type Prices = {
    /** What the pool owns. */
    fullLamports: bigint;
    /** What exits share. */
    valueLamports: bigint;
    supplyLst: bigint;
    /** Lamports for a whole new LST, rounded down; `undefined` without LST. */
    depositPriceLamports: bigint | undefined;
    /** Lamports that a whole LST is worth to who leaves, before fees, rounded down. */
    exitPriceLamports: bigint | undefined;
    slot: bigint;
    /** Whether they hold for the running epoch; if not, somebody has to turn the cranks first. */
    isFresh: boolean;
};

/** Both prices. */
export function prices({ account, cluster }: PoolView): Prices {
    const { slot, epoch } = cluster.clock;
    const [fullLamports, valueLamports] = [full(account), value(account, slot)];
    const supplyLst = account.lstSupply;
    const price = (lamports: bigint) => (supplyLst === 0n ? undefined : (lamports * WHOLE_LST) / supplyLst);
    return {
        fullLamports,
        valueLamports,
        supplyLst,
        depositPriceLamports: price(fullLamports),
        exitPriceLamports: price(valueLamports),
        slot,
        isFresh: account.finalizedEpoch === epoch,
    };
}

/** The pool with its queue rolled, as every instruction that touches the queue finds it. */
export function rolled(account: Pool, slot: bigint): Pool {
    const { openLockSlot, openBatch, openLst, lockedLst } = account;
    if (openLockSlot === 0n || slot < openLockSlot) return account;
    return {
        ...account,
        lockedLst: u64(lockedLst + openLst),
        openLst: 0n,
        openLockSlot: 0n,
        openBatch: u64(openBatch + 1n),
    };
}
