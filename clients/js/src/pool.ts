// A pool at one slot: what quotes, dates and instructions follow from.

import type { Address, GetMultipleAccountsApi, MaybeEncodedAccount, Rpc } from '@solana/kit';

import { KINDS, fetchAll, readAccount, type ReadOptions } from './accounts.js';
import { SYSVARS, readClock, readCluster, type Clock, type Cluster } from './cluster.js';
import {
    findClaimsVaultPda,
    findHistoryPda,
    findPoolPda,
    type EpochRate,
    type Pool,
    type ValidatorPage,
} from './generated/index.js';
import { requireAddress, requireAmount, requireView } from './inputs.js';
import { NEVER, floor, saturating, u64 } from './integers.js';
import { full, value } from './ledger.js';
import { ratesOf } from './rates.js';
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
    /** The pages of validators where they belong to the view, as those of {@link priced} do. */
    pages?: readonly ValidatorPage[];
};

/** Reads a pool, in one call of the node. Refuses what is no pool of this program, or of another layout version. */
export async function loadPool(
    rpc: Rpc<GetMultipleAccountsApi>,
    address: Address,
    options: ReadOptions = {},
): Promise<PoolView> {
    return (await readPool(rpc, address, [], options)).view;
}

/** Reads a pool and its last epochs, oldest first and 180 at most, in one call: all is of one slot. */
export async function loadPoolWithRates(
    rpc: Rpc<GetMultipleAccountsApi>,
    address: Address,
    options: ReadOptions = {},
): Promise<{ view: PoolView; rates: EpochRate[] }> {
    requireAddress('The pool', address);
    const [history] = await findHistoryPda({ pool: address });
    const { view, others } = await readPool(rpc, address, [history], options);
    return { view, rates: ratesOf(view, others[0]!) };
}

/** Reads a pool with other accounts. Where its vault is follows from its address. */
async function readPool(
    rpc: Rpc<GetMultipleAccountsApi>,
    address: Address,
    more: readonly Address[],
    options: ReadOptions,
): Promise<{ view: PoolView; others: MaybeEncodedAccount[] }> {
    requireAddress('The pool', address);
    const [claimsVault] = await findClaimsVaultPda({ pool: address });
    const wanted = [address, claimsVault, SYSVARS.clock, SYSVARS.rent, SYSVARS.schedule, ...more];
    const [pool, vault, clock, rent, schedule, ...others] = await fetchAll(rpc, wanted, options);
    const account = readAccount(KINDS.pool, pool!);
    const cluster = readCluster([clock!, rent!, schedule!]);
    requireReached(cluster.clock, options);
    const [derived] = await findPoolPda({ mint: account.mint });
    if (derived !== address || account.claimsVault !== claimsVault) {
        const what = `The account ${address} is not the pool of the mint ${account.mint}`;
        throw new SluiceRefusal('another-pool', what, { address });
    }
    const claimsVaultLamports = vault?.exists ? vault.lamports : 0n;
    return { view: { address, account, cluster, claimsVaultLamports }, others };
}

/**
 * The pool at the slot of other accounts: its own account, its vault and the clock were read with them. Rents
 * and schedule do not change.
 */
export function renewed(
    view: PoolView,
    [pool, vault, clock]: readonly MaybeEncodedAccount[],
    options: ReadOptions,
): PoolView {
    const cluster = { ...view.cluster, clock: readClock(clock) };
    requireReached(cluster.clock, options);
    const claimsVaultLamports = vault?.exists ? vault.lamports : 0n;
    return { ...view, account: readAccount(KINDS.pool, pool!), cluster, claimsVaultLamports };
}

/** Refuses what a node answers that has not seen the slot, and does not say so. */
function requireReached({ slot }: Clock, { minContextSlot = 0n }: ReadOptions): void {
    if (slot >= minContextSlot) return;
    const what = `The node answered the state of slot ${slot}, which is before slot ${minContextSlot}`;
    throw new SluiceRefusal('node', `${what}: ask again later, or another one`);
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

/** What LST are worth, in lamports rounded down, before fees. */
export type Worth = {
    /** To who leaves now. */
    nowLamports: bigint;
    /** Once the rewards that drip have dripped, if nothing else happens. */
    laterLamports: bigint;
};

/** What an amount of LST is worth at the slot of a view, and what it will be worth. */
export function worth(view: PoolView, lst: bigint): Worth {
    requireView(view);
    requireAmount('lst', lst);
    const { account, cluster } = view;
    const { lstSupply } = account;
    return {
        nowLamports: floor(lst, value(account, cluster.clock.slot), lstSupply),
        laterLamports: floor(lst, full(account), lstSupply),
    };
}

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
export function prices(view: PoolView): Prices {
    requireView(view);
    const { account, cluster } = view;
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

/** What of a pool is closed at the slot of a view. The queue, claims and cancellations never are. */
export type Closures = {
    /** It is not priced for this epoch: deposits and exits at once wait, or price it first. */
    isStale: boolean;
    /** After an abnormal loss, deposits and exits at once are closed until this epoch at the latest. */
    breakerUntilEpoch: bigint | undefined;
    /** The guardian has closed deposits until this epoch. */
    pausedUntilEpoch: bigint | undefined;
};

/** For so many epochs a tripped breaker holds at most. */
const BREAKER_EPOCHS = 10n;

/** What is closed. */
export function closures(view: PoolView): Closures {
    requireView(view);
    const { finalizedEpoch, breakerEpoch, pausedUntilEpoch } = view.account;
    const { epoch } = view.cluster.clock;
    return {
        isStale: finalizedEpoch !== epoch,
        breakerUntilEpoch: breakerEpoch === NEVER ? undefined : saturating(breakerEpoch + BREAKER_EPOCHS),
        pausedUntilEpoch: epoch < pausedUntilEpoch ? pausedUntilEpoch : undefined,
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
