// Whether a pool is what it says: its book added up again from raw accounts. See
// `crates/client/src/quote/verify`, which compares more.

import {
    getAddressDecoder,
    type Address,
    type GetMultipleAccountsApi,
    type MaybeEncodedAccount,
    type ReadonlyUint8Array,
    type Rpc,
} from '@solana/kit';

import { fetchAll, type ReadOptions } from './accounts.js';
import {
    findClaimsVaultPda,
    findEscrowPda,
    findFeesPda,
    findHistoryPda,
    findMintAuthorityPda,
    findReservePda,
    findStakeAuthorityPda,
    type Slot,
} from './generated/index.js';
import { full } from './ledger.js';
import { loadPool, type PoolView } from './pool.js';
import { SluiceRefusal } from './refusal.js';
import { readStakeAccount } from './stakeProgram.js';
import { SYSTEM_PROGRAM, TOKEN_PROGRAM } from './tokens.js';
import { validators } from './validators.js';

/** What is compared. */
export type CheckSubject =
    /** The pool names the addresses that follow from its own. */
    | 'addresses'
    /** Only the program can mint the token, nobody can freeze it, and it has 9 decimals. */
    | 'mint'
    /** No more LST exist than the price counts. */
    | 'supply'
    /** The reserve is the system program's, and holds what is booked. */
    | 'reserve'
    /** The escrow is the program's, and has the queued LST beside the seed's. */
    | 'escrow'
    /** The claims vault has what tickets are owed, beside its rent. */
    | 'claims'
    /** The list has as many validators as the pool counts, each once. */
    | 'validators'
    /** The stake accounts that are booked add up to what the pool says. */
    | 'staked'
    /** Each stake account is the pool's alone, of its validator, and has what is booked. */
    | 'stake-accounts'
    /** Stake accounts and reserve hold what the price says that the pool owns. */
    | 'backing';

/** Two figures: what must be there at least, or exactly, and what is there. */
export type Check = {
    subject: CheckSubject;
    isOk: boolean;
    /** What the figures count. */
    unit: 'lamports' | 'lst' | 'accounts';
    expected: bigint;
    found: bigint;
};

/** What was compared, and came of it. */
export type Verification = {
    checks: Check[];
    isOk: boolean;
    /** The slot of the second reading of the pool. */
    slot: bigint;
    /** The pool is not priced for this epoch: sums of stake are compared once it is. */
    isPriced: boolean;
};

/** So often a pool is read that does not rest. */
const READINGS = 5;

/**
 * Adds the book of a pool up from its accounts. The pool is read before and after everything else: if it changed
 * meanwhile, all is read again. Refuses a pool that does not rest.
 */
export async function verify(
    rpc: Rpc<GetMultipleAccountsApi>,
    address: Address,
    options: ReadOptions = {},
): Promise<Verification> {
    for (let reading = 0; reading < READINGS; reading += 1) {
        const view = await loadPool(rpc, address, options);
        const evidence = await gather(rpc, view, options);
        const after = await loadPool(rpc, address, options);
        const pages = await validators(rpc, after, options);
        if (isSame([view.account, evidence.slots], [after.account, pages.map(({ slot }) => slot)]))
            return await compare(after, evidence);
    }
    throw new SluiceRefusal('node', 'The pool changed again and again while it was read: try again later');
}

/** The accounts beside the pool. */
type Evidence = { slots: Slot[]; at: ReadonlyMap<Address, MaybeEncodedAccount> };

async function gather(
    rpc: Rpc<GetMultipleAccountsApi>,
    view: PoolView,
    options: ReadOptions,
): Promise<Evidence> {
    const slots = (await validators(rpc, view, options)).map(({ slot }) => slot);
    const { mint, reserve, escrow, claimsVault } = view.account;
    const stakes = slots.flatMap(({ main, transient }) => [main, transient]);
    const found = await fetchAll(rpc, [mint, reserve, escrow, claimsVault, ...stakes], options);
    return { slots, at: new Map(found.map((account) => [account.address, account])) };
}

function isSame(before: unknown, after: unknown): boolean {
    const written = (value: unknown) =>
        JSON.stringify(value, (_, field) => (typeof field === 'bigint' ? String(field) : field));
    return written(before) === written(after);
}

async function compare(view: PoolView, { slots, at }: Evidence): Promise<Verification> {
    const { account: pool, cluster } = view;
    const isPriced = pool.finalizedEpoch === cluster.clock.epoch;
    const held = slots.flatMap((slot) => heldOf(slot, pool.stakeAuthority, at));
    const really = sum(held.map(({ lamports }) => lamports));
    const reserve = at.get(pool.reserve)!;
    const reserveLamports = lamportsOf(reserve);
    const checks: Check[] = [
        await addresses(view),
        ...token(view, at),
        atLeast('reserve', 'lamports', pool.reserveLamports, reserveLamports, isPurse(reserve)),
        escrow(view, at),
        atLeast(
            'claims',
            'lamports',
            pool.claimsLamports + cluster.emptyRentLamports,
            lamportsOf(at.get(pool.claimsVault)!),
            isPurse(at.get(pool.claimsVault)!),
        ),
        exactly(
            'validators',
            'accounts',
            BigInt(pool.validatorCount),
            BigInt(new Set(slots.map(({ vote }) => vote)).size),
        ),
        exactly(
            'stake-accounts',
            'accounts',
            BigInt(held.length),
            BigInt(held.filter(({ isOk }) => isOk).length),
        ),
        atLeast('backing', 'lamports', full(pool), really + reserveLamports - pool.lockedLamports, true),
    ];
    // Before it is priced, the sums are those of the epoch before, and the pages already those of the new one.
    const booked = sum(slots.map(({ mainLamports, transientLamports }) => mainLamports + transientLamports));
    if (isPriced) checks.push(exactly('staked', 'lamports', pool.stakedLamports, booked));
    return { checks, isOk: checks.every(({ isOk }) => isOk), slot: cluster.clock.slot, isPriced };
}

/** A stake account that is booked: what of it is the pool's, and whether all is as it must be. */
type Held = { lamports: bigint; isOk: boolean };

function heldOf(slot: Slot, authority: Address, at: Evidence['at']): Held[] {
    const both = [
        [slot.main, slot.mainLamports],
        [slot.transient, slot.transientLamports],
    ] as const;
    return both.flatMap(([address, booked]): Held[] => {
        const stake = readStakeAccount(at.get(address)!);
        if (booked === 0n && !stake) return [];
        const isOurs = stake?.staker === authority && stake.withdrawer === authority;
        if (!stake || !isOurs) return [{ lamports: 0n, isOk: booked === 0n }];
        const isFree = stake.lockedUntil === 0n && stake.lockedUntilEpoch === 0n;
        const isThere = stake.delegation === undefined || stake.delegation.vote === slot.vote;
        return [{ lamports: stake.lamports, isOk: isFree && isThere && stake.lamports >= booked }];
    });
}

async function addresses({ address: pool, account }: PoolView): Promise<Check> {
    const derived = await Promise.all([
        findReservePda({ pool }),
        findClaimsVaultPda({ pool }),
        findStakeAuthorityPda({ pool }),
        findMintAuthorityPda({ pool }),
        findEscrowPda({ pool }),
        findFeesPda({ pool }),
        findHistoryPda({ pool }),
    ]);
    const { reserve, claimsVault, stakeAuthority, mintAuthority, escrow, fees, history } = account;
    const named = [reserve, claimsVault, stakeAuthority, mintAuthority, escrow, fees, history];
    const right = named.filter((address, index) => address === derived[index]![0]);
    return exactly('addresses', 'accounts', BigInt(named.length), BigInt(right.length));
}

/** Where a mint has what: who mints, the supply, the decimals, who freezes. */
const MINT_BYTES = 82;
const [MINTER, SUPPLY, DECIMALS, FREEZER] = [0, 36, 44, 46];
const LST_DECIMALS = 9;

function token({ account: pool }: PoolView, at: Evidence['at']): Check[] {
    const mint = at.get(pool.mint)!;
    const isMint = mint.exists && mint.programAddress === TOKEN_PROGRAM && mint.data.length === MINT_BYTES;
    const data = isMint ? mint.data : new Uint8Array(MINT_BYTES);
    const isBound =
        isMint &&
        u32At(data, MINTER) === 1 &&
        addressAt(data, MINTER + 4) === pool.mintAuthority &&
        u32At(data, FREEZER) === 0 &&
        data[DECIMALS] === LST_DECIMALS;
    const supply = u64At(data, SUPPLY);
    return [
        exactly('mint', 'accounts', 1n, isBound ? 1n : 0n),
        {
            subject: 'supply',
            unit: 'lst',
            expected: pool.lstSupply,
            found: supply,
            isOk: isMint && supply <= pool.lstSupply,
        },
    ];
}

/** Where a token account has what: its mint, its owner, the amount. */
const TOKEN_ACCOUNT_BYTES = 165;
const [OF_MINT, OWNER, AMOUNT] = [0, 32, 64];

function escrow({ account: pool }: PoolView, at: Evidence['at']): Check {
    const found = at.get(pool.escrow)!;
    const isTokens =
        found.exists && found.programAddress === TOKEN_PROGRAM && found.data.length === TOKEN_ACCOUNT_BYTES;
    const data = isTokens ? found.data : new Uint8Array(TOKEN_ACCOUNT_BYTES);
    const isOurs = addressAt(data, OWNER) === pool.mintAuthority && addressAt(data, OF_MINT) === pool.mint;
    const expected = pool.openLst + pool.lockedLst + pool.deadLst;
    return atLeast('escrow', 'lst', expected, u64At(data, AMOUNT), isTokens && isOurs);
}

function atLeast(
    subject: CheckSubject,
    unit: Check['unit'],
    expected: bigint,
    found: bigint,
    holds: boolean,
): Check {
    return { subject, unit, expected, found, isOk: holds && found >= expected };
}

function exactly(subject: CheckSubject, unit: Check['unit'], expected: bigint, found: bigint): Check {
    return { subject, unit, expected, found, isOk: found === expected };
}

/** A purse is the system program's and has no data, so that nothing but a signature moves its lamports. */
function isPurse(account: MaybeEncodedAccount): boolean {
    return !account.exists || (account.programAddress === SYSTEM_PROGRAM && account.data.length === 0);
}

function lamportsOf(account: MaybeEncodedAccount): bigint {
    return account.exists ? account.lamports : 0n;
}

function sum(amounts: readonly bigint[]): bigint {
    return amounts.reduce((all, one) => all + one, 0n);
}

function viewOf(data: ReadonlyUint8Array): DataView {
    return new DataView(data.buffer, data.byteOffset, data.byteLength);
}

const u32At = (data: ReadonlyUint8Array, at: number) => viewOf(data).getUint32(at, true);
const u64At = (data: ReadonlyUint8Array, at: number) => viewOf(data).getBigUint64(at, true);
const addressAt = (data: ReadonlyUint8Array, at: number) => getAddressDecoder().decode(data, at);
