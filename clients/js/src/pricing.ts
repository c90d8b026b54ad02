// A pool that nobody has priced for the running epoch: what prices it, and what it is then. The program itself
// says that, in a simulation, so that no rule of it stands here a second time.

import {
    AccountRole,
    compileTransaction,
    createNoopSigner,
    createTransactionMessage,
    getBase64EncodedWireTransaction,
    getSolanaErrorFromTransactionError,
    parseBase64RpcAccount,
    pipe,
    setTransactionMessageComputeUnitLimit,
    setTransactionMessageFeePayerSigner,
    setTransactionMessageLifetimeUsingBlockhash,
    appendTransactionMessageInstructions,
    type Address,
    type Blockhash,
    type GetMultipleAccountsApi,
    type Instruction,
    type MaybeEncodedAccount,
    type Rpc,
    type SimulateTransactionApi,
    type TransactionError,
} from '@solana/kit';

import { KINDS, readAccount, readOptions, type ReadOptions } from './accounts.js';
import { explain } from './explain.js';
import {
    SLUICE_PROGRAM_ADDRESS,
    getFinalizeEpochInstructionAsync,
    getObserveInstructionAsync,
    type Slot,
} from './generated/index.js';
import { requireAddress, requireView } from './inputs.js';
import { failureIn } from './logs.js';
import type { PoolView } from './pool.js';
import { SluiceRefusal } from './refusal.js';
import { SYSTEM_PROGRAM } from './tokens.js';
import { SLOT_STATES, pageAddresses, validatorPages } from './validators.js';

/** What prices a pool, and the pool as it is then. */
export type Priced = {
    /** For quotes and builders. What they build fails without the instructions below before it. */
    view: PoolView;
    /** To be put before, in the same transaction; none where the pool is priced. They do no harm where somebody else was quicker. */
    instructions: Instruction[];
};

/** Who is taken to pay for the simulation: an account with some SOL. Nothing is signed. */
export type PricingInput = ReadOptions & { payer: Address };

/** So many stake accounts fit one transaction with a deposit, or with an instant exit. */
const MOST_STAKES = 16;
const MOST_UNITS = 1_400_000;
/** The node puts one of its own in its place. */
const ANY_BLOCKHASH = SYSTEM_PROGRAM as string as Blockhash;
/** Flags of a slot: what its transient stake account was used for last. */
const [ACTIVATING, DEACTIVATING] = [8, 16];

/**
 * The pool as it is once it is priced for the epoch of the view, as the node finds it by trying that. Refuses as the
 * program would, where the cluster still pays the epoch's rewards, and where more than 16 stake accounts are to be
 * read. So many fit one transaction with a deposit or an instant exit; with an exit as a stake account 12 do.
 */
export async function priced(
    rpc: Rpc<GetMultipleAccountsApi & SimulateTransactionApi>,
    view: PoolView,
    { payer, ...more }: PricingInput,
): Promise<Priced> {
    requireView(view);
    requireAddress('payer', payer);
    const { account, cluster } = view;
    const { epoch } = cluster.clock;
    if (account.finalizedEpoch === epoch) return { view, instructions: [] };
    const addresses = await pageAddresses(view);
    const pages = await validatorPages(rpc, view, readOptions(more));
    const stakes = pages.flatMap(({ slots }) => slots.filter(isDue(epoch)).flatMap(stakesToRead(epoch)));
    if (stakes.length > MOST_STAKES) {
        const what = `${stakes.length} stake accounts are to be read to price the pool, too many for one transaction`;
        throw new SluiceRefusal('impossible', `${what}: anybody can turn the cranks with \`sluice crank\``);
    }
    const observed = pages.map(({ slots }, index) => observation(view, index, slots));
    const finalize = await getFinalizeEpochInstructionAsync({ mint: account.mint });
    const all = addresses.map((address) => ({ address, role: AccountRole.READONLY }));
    const instructions: Instruction[] = [
        ...(await Promise.all(observed)).flatMap((instruction) => instruction ?? []),
        { ...finalize, accounts: [...finalize.accounts, ...all] },
    ];
    const asked = [view.address, ...addresses];
    const { slot, accounts } = await simulated(rpc, payer, instructions, asked, readOptions(more));
    const [pool, ...pagesThen] = accounts;
    const then = {
        ...view,
        account: readAccount(KINDS.pool, pool!),
        cluster: { ...cluster, clock: { ...cluster.clock, slot } },
        pages: pagesThen.map((page) => readAccount(KINDS.page, page)),
    };
    if (then.account.finalizedEpoch !== epoch) {
        const what = `The node priced epoch ${then.account.finalizedEpoch}, not ${epoch}`;
        throw new SluiceRefusal('node', `${what}: read the pool anew`);
    }
    return { view: then, instructions };
}

/** Reads all validators of a page that were not read in this epoch; `undefined` where there is none. */
async function observation(
    { address: pool, cluster }: PoolView,
    pageIndex: number,
    slots: readonly Slot[],
): Promise<Instruction | undefined> {
    const { epoch } = cluster.clock;
    const due = slots.filter(isDue(epoch));
    if (due.length === 0) return undefined;
    const first = slots.findIndex(isDue(epoch));
    const count = slots.findLastIndex(isDue(epoch)) - first + 1;
    const observe = await getObserveInstructionAsync({ pool, pageIndex, first, count });
    const stakes = due.flatMap(stakesToRead(epoch));
    const read = stakes.map((address) => ({ address, role: AccountRole.READONLY }));
    return { ...observe, accounts: [...observe.accounts, ...read] };
}

function isDue(epoch: bigint): (slot: Slot) => boolean {
    return ({ state, observedEpoch }) =>
        state !== SLOT_STATES.indexOf('empty') && BigInt(observedEpoch) !== epoch;
}

/** Main always, transient where it may have earned or holds stake. */
function stakesToRead(epoch: bigint): (slot: Slot) => Address[] {
    return ({ main, transient, flags, movedEpoch }) => {
        const isRead = flags & ACTIVATING ? BigInt(movedEpoch) + 1n < epoch : (flags & DEACTIVATING) !== 0;
        return isRead ? [main, transient] : [main];
    };
}

/** What accounts are after these instructions, by a node. */
async function simulated(
    rpc: Rpc<SimulateTransactionApi>,
    payer: Address,
    instructions: readonly Instruction[],
    addresses: Address[],
    { minContextSlot }: ReadOptions,
): Promise<{ slot: bigint; accounts: MaybeEncodedAccount[] }> {
    const lifetime = { blockhash: ANY_BLOCKHASH, lastValidBlockHeight: 0n };
    const message = pipe(
        createTransactionMessage({ version: 0 }),
        (message) => setTransactionMessageFeePayerSigner(createNoopSigner(payer), message),
        (message) => setTransactionMessageLifetimeUsingBlockhash(lifetime, message),
        (message) => setTransactionMessageComputeUnitLimit(MOST_UNITS, message),
        (message) => appendTransactionMessageInstructions(instructions, message),
    );
    const transaction = compileTransaction(message);
    const { context, value } = await rpc
        .simulateTransaction(getBase64EncodedWireTransaction(transaction), {
            encoding: 'base64',
            commitment: 'confirmed',
            sigVerify: false,
            replaceRecentBlockhash: true,
            accounts: { addresses, encoding: 'base64' },
            ...(minContextSlot !== undefined && { minContextSlot }),
        })
        .send();
    if (value.err) throw refusalOf(value.err, value.logs ?? []);
    if (value.accounts?.length !== addresses.length) {
        const what = `The node answered ${value.accounts?.length ?? 0} accounts of a simulation`;
        throw new SluiceRefusal('node', `${what} where ${addresses.length} were asked for: ask another one`);
    }
    const accounts = value.accounts.map((account, index) =>
        parseBase64RpcAccount(addresses[index]!, account),
    );
    return { slot: context.slot, accounts };
}

/** What the program refused with, or else what the cluster did. */
function refusalOf(err: TransactionError, logs: readonly string[]): Error {
    const failure = failureIn(logs);
    const isOurs = failure?.code !== undefined && failure.programs.at(-1) === SLUICE_PROGRAM_ADDRESS;
    const sentence = isOurs ? explain({ logs }) : undefined;
    if (!isOurs || sentence === undefined) return getSolanaErrorFromTransactionError(err);
    return new SluiceRefusal('rule', sentence, { code: failure.code! });
}
