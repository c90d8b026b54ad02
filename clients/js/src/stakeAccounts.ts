// Stake accounts in and out. Each function returns instructions and sends nothing.

import {
    generateKeyPairSigner,
    getAddressDecoder,
    getU32Decoder,
    getU64Decoder,
    type Address,
    type GetMultipleAccountsApi,
    type GetStakeMinimumDelegationApi,
    type Instruction,
    type Rpc,
    type TransactionSigner,
} from '@solana/kit';

import { fetchAll } from './accounts.js';
import { getDepositStakeInstructionAsync, getWithdrawStakeInstructionAsync } from './generated/index.js';
import type { Slippage } from './holders.js';
import { atLeastZero } from './integers.js';
import type { PoolView } from './pool.js';
import { minimum, quoteDepositStake, quoteWithdrawStake } from './quotes.js';
import { SluiceRefusal } from './refusal.js';
import { addressOf, createTokenAccount, signers, tokenAccountOf, type Signing } from './tokens.js';
import { isBalanced, isLeaving, validators, type Validator } from './validators.js';

const STAKE_PROGRAM = 'Stake11111111111111111111111111111111111111' as Address;
/** Where things are in a stake account that is delegated. */
const [DELEGATED, VOTE_OFFSET, STAKE_OFFSET] = [2, 124, 156];
/** A SOL, in lamports. */
const USUAL_MINIMUM_DELEGATION = 1_000_000_000n;
/** Slots for which a choice of a validator holds: prices rise meanwhile. */
const VALID_SLOTS = 300n;

/** A stake account for LST. */
export type DepositStakeInput = Slippage & {
    /** The stake account: fully active, with a validator of the pool. */
    stakeAccount: Address;
    /** Its withdrawer, who gets the LST. */
    owner: Signing;
    /** Its staker. Default: the withdrawer. */
    staker?: Signing;
    /** Whose associated token account gets the LST. Default: the owner's. */
    recipient?: Address;
    /** Who pays the rent of that account where it is missing. Default: the owner. */
    payer?: Signing;
};

/** Deposits a stake account as it is, without cooling down. */
export async function depositStake(
    rpc: Rpc<GetMultipleAccountsApi>,
    view: PoolView,
    input: DepositStakeInput,
): Promise<Instruction[]> {
    const { stakeAccount, owner, staker = owner, recipient = addressOf(owner), payer = owner } = input;
    const signer = signers();
    const { mint } = view.account;
    const { vote, lamports } = await readStake(rpc, stakeAccount);
    const validator = await validatorOf(rpc, view, vote);
    const deposit = await getDepositStakeInstructionAsync({
        mint,
        ...placeOf(validator),
        vote,
        stake: stakeAccount,
        staker: signer(staker),
        withdrawer: signer(owner),
        recipient: await tokenAccountOf(recipient, mint),
        minimumLst: minimum(quoteDepositStake(view, lamports).lst, input.slippageBps),
    });
    return [await createTokenAccount(signer(payer), recipient, mint), deposit];
}

/** LST for a stake account. */
export type WithdrawStakeInput = Slippage & {
    /** Whose LST it is. */
    owner: Signing;
    /** LST, in smallest units. */
    lst: bigint;
    /** The vote account of the validator to take stake of. Default: one that leaves, or that can give most. */
    vote?: Address;
    /** Staker and withdrawer of the new account. Default: the owner. */
    recipient?: Address;
    /** Who pays its rent. Default: the owner. */
    payer?: Signing;
    /** The token account of the LST. Default: the owner's associated one. */
    source?: Address;
    /** The key of the new account. Default: a new one, which signs with the others. */
    stakeAccount?: TransactionSigner;
};

/**
 * Leaves with active stake, in one new account. Refuses where no validator can give that much in one
 * account: take less, once for each of several validators, or use the queue.
 */
export async function withdrawStake(
    rpc: Rpc<GetMultipleAccountsApi & GetStakeMinimumDelegationApi>,
    view: PoolView,
    input: WithdrawStakeInput,
): Promise<{ instructions: Instruction[]; stakeAccount: Address; vote: Address }> {
    const { owner, lst, recipient, payer = owner, source } = input;
    const signer = signers();
    const quote = quoteWithdrawStake(view, lst);
    const validator = await giver(rpc, view, lst, input.vote);
    const account = input.stakeAccount ?? (await generateKeyPairSigner());
    const withdraw = await getWithdrawStakeInstructionAsync({
        mint: view.account.mint,
        ...placeOf(validator),
        owner: signer(owner),
        stake: account,
        payer: signer(payer),
        ...(recipient && { recipient }),
        ...(source && { source }),
        lst,
        minimumLamports: minimum(quote.lamports, input.slippageBps),
    });
    return { instructions: [withdraw], stakeAccount: account.address, vote: validator.slot.vote };
}

function placeOf({ pageIndex, slotIndex, slot }: Validator) {
    return { pageIndex, slotIndex, serial: slot.serial };
}

async function readStake(
    rpc: Rpc<GetMultipleAccountsApi>,
    address: Address,
): Promise<{ vote: Address; lamports: bigint }> {
    const [account] = await fetchAll(rpc, [address]);
    if (!account?.exists)
        throw new SluiceRefusal('missing', `There is no stake account at ${address}`, { address });
    const { data, lamports, programAddress } = account;
    if (programAddress !== STAKE_PROGRAM) {
        const what = `The account ${address} is no stake account: it belongs to the program ${programAddress}`;
        throw new SluiceRefusal('foreign', what, { address });
    }
    if (data.length < STAKE_OFFSET || getU32Decoder().decode(data) !== DELEGATED) {
        const what = `The stake account ${address} is not delegated: withdraw its SOL and deposit that`;
        throw new SluiceRefusal('impossible', what, { address });
    }
    return { vote: getAddressDecoder().decode(data, VOTE_OFFSET), lamports };
}

async function validatorOf(
    rpc: Rpc<GetMultipleAccountsApi>,
    view: PoolView,
    vote: Address,
): Promise<Validator> {
    const found = (await validators(rpc, view)).find(({ slot }) => slot.vote === vote);
    if (found) return found;
    const what = `The validator ${vote} is not one of the pool's`;
    throw new SluiceRefusal('impossible', what, { address: vote });
}

/** The validator that gives one account for all of `lst`: one that leaves first, then who has most. */
async function giver(
    rpc: Rpc<GetMultipleAccountsApi & GetStakeMinimumDelegationApi>,
    view: PoolView,
    lst: bigint,
    vote: Address | undefined,
): Promise<Validator> {
    const least = await minimumDelegation(rpc);
    const { clock } = view.cluster;
    const later = {
        ...view,
        cluster: { ...view.cluster, clock: { ...clock, slot: clock.slot + VALID_SLOTS } },
    };
    const [now, then] = [view, later].map((at) => quoteWithdrawStake(at, lst).lamports) as [bigint, bigint];
    const all = vote ? [await validatorOf(rpc, view, vote)] : await validators(rpc, view);
    const delegated = await delegations(rpc, all, clock.epoch);
    const gives = ({ slot }: Validator, index: number) =>
        now >= least && delegated[index]! - then >= least && isBalanced(view, slot, then, least);
    const spare = (validator: Validator) => delegated[all.indexOf(validator)]!;
    const [best] = all
        .filter(gives)
        .sort(
            (one, other) =>
                Number(isLeaving(other)) - Number(isLeaving(one)) || Number(spare(other) - spare(one)),
        );
    if (best) return best;
    const what = `No validator can give ${now} lamports in one stake account now: take less, or use the queue`;
    throw new SluiceRefusal('impossible', what);
}

/** The least that a stake account holds, in lamports: what it usually is where a node does not tell. */
async function minimumDelegation(rpc: Rpc<GetStakeMinimumDelegationApi>): Promise<bigint> {
    try {
        return (await rpc.getStakeMinimumDelegation().send()).value;
    } catch {
        return USUAL_MINIMUM_DELEGATION;
    }
}

/** What the validators' main accounts have delegated, zero where that is not fully active yet. */
async function delegations(
    rpc: Rpc<GetMultipleAccountsApi>,
    all: readonly Validator[],
    epoch: bigint,
): Promise<bigint[]> {
    const mains = await fetchAll(
        rpc,
        all.map(({ slot }) => slot.main),
    );
    return mains.map((main) => {
        if (!main.exists || main.data.length < STAKE_OFFSET + 24) return 0n;
        const [stake, activated, deactivated] = [0, 8, 16].map((at) =>
            getU64Decoder().decode(main.data, STAKE_OFFSET + at),
        );
        const isDelegated = getU32Decoder().decode(main.data) === DELEGATED;
        return isDelegated && activated! < epoch && deactivated === (1n << 64n) - 1n
            ? atLeastZero(stake!)
            : 0n;
    });
}
