// Leaving with active stake: in stake accounts of one validator or several.

import { generateKeyPairSigner, type Address, type Instruction, type TransactionSigner } from '@solana/kit';

import { readOptions, type ReadOptions } from './accounts.js';
import { getWithdrawStakeInstructionAsync } from './generated/index.js';
import type { Slippage } from './holders.js';
import { requireWhole } from './inputs.js';
import type { PoolView } from './pool.js';
import { minimum, requireStakeExit } from './quotes.js';
import { recipientOr, type Recipient } from './recipients.js';
import { SluiceRefusal } from './refusal.js';
import { StakeExitPlanner, type StakeExitPart, type StakeExitPlan } from './stakeExitPlan.js';
import { loadStakes, placeOf, validatorOf, type Stakes, type StakesRpc } from './stakes.js';
import { signers, type Signing } from './tokens.js';

const [USUAL_ACCOUNTS, MOST_ACCOUNTS] = [8, 64];

/** How LST become stake accounts. */
export type StakeExitInput = ReadOptions & {
    /** LST, in smallest units. */
    lst: bigint;
    /** The vote account of the only validator to take stake of. Default: those that are best for who stays. */
    vote?: Address;
    /** Stake accounts to take at most, up to 64. Default: 8. */
    mostAccounts?: number;
};

/**
 * Which validators would give how much. What none can give is left to the queue: a stake account needs the
 * minimum delegation, and so does what stays with the validator, which also keeps about its part of all
 * stake.
 */
export async function planWithdrawStake(
    rpc: StakesRpc,
    view: PoolView,
    { lst, vote, mostAccounts = USUAL_ACCOUNTS, ...more }: StakeExitInput,
): Promise<StakeExitPlan> {
    requireWhole('mostAccounts', mostAccounts, 1, MOST_ACCOUNTS);
    requireStakeExit(view, lst);
    const stakes = await loadStakes(rpc, view, readOptions(more));
    if (vote === undefined) return new StakeExitPlanner(stakes).plan(lst, mostAccounts);
    return { parts: [ofValidator(stakes, vote, lst)], queuedLst: 0n };
}

function ofValidator(stakes: Stakes, vote: Address, lst: bigint): StakeExitPart {
    const validator = validatorOf(stakes, vote);
    const planner = new StakeExitPlanner(stakes);
    try {
        return planner.quote(validator, lst);
    } catch (error) {
        const range = planner.range(validator);
        if (!(error instanceof SluiceRefusal) || !range) throw error;
        const gives = `${vote} gives one stake account for ${range.leastLst} to ${range.mostLst} units of LST now`;
        const { code, message } = error;
        throw new SluiceRefusal('rule', `${message}. ${gives}; without vote, others give, too`, {
            address: vote,
            ...(code !== undefined && { code }),
        });
    }
}

/** LST for stake accounts. */
export type WithdrawStakeInput = StakeExitInput &
    Slippage & {
        /** Whose LST it is. */
        owner: Signing;
        /** Staker and withdrawer of the new accounts. Default: the owner. */
        recipient?: Recipient;
        /** Who pays their rent. Default: the owner. */
        payer?: Signing;
        /** The token account of the LST. Default: the owner's associated one. */
        source?: Address;
        /** The keys of the new accounts, in order. Default: new ones, which sign with the others. */
        stakeAccounts?: readonly TransactionSigner[];
    };

/** What makes one stake account: a transaction's worth. */
export type StakeWithdrawal = StakeExitPart & { instructions: Instruction[]; stakeAccount: Address };

/**
 * Leaves with active stake: each of the withdrawals is a transaction. What no validator can give is in
 * `queuedLst`, and stays with the owner until `unstake` takes it to the queue.
 */
export async function withdrawStake(
    rpc: StakesRpc,
    view: PoolView,
    input: WithdrawStakeInput,
): Promise<{ withdrawals: StakeWithdrawal[]; queuedLst: bigint }> {
    const recipient = await recipientOr(input.owner, input.recipient, view);
    const { parts, queuedLst } = await planWithdrawStake(rpc, view, input);
    const withdrawals: StakeWithdrawal[] = [];
    for (const [index, part] of parts.entries()) {
        const key = input.stakeAccounts?.[index] ?? (await generateKeyPairSigner());
        const instructions = [await withdrawal(view, input, recipient, part, key)];
        withdrawals.push({ ...part, instructions, stakeAccount: key.address });
    }
    return { withdrawals, queuedLst };
}

async function withdrawal(
    view: PoolView,
    { owner, payer = owner, source, slippageBps }: WithdrawStakeInput,
    recipient: Address,
    { validator, lst, lamports }: StakeExitPart,
    stake: TransactionSigner,
): Promise<Instruction> {
    const signer = signers(owner, payer);
    return await getWithdrawStakeInstructionAsync({
        mint: view.account.mint,
        ...placeOf(validator),
        owner: signer(owner),
        stake,
        payer: signer(payer),
        recipient,
        ...(source && { source }),
        lst,
        minimumLamports: minimum(lamports, slippageBps),
    });
}
