// Stake accounts for LST, without cooling down where that can be.

import type { Address, Instruction, TransactionSigner } from '@solana/kit';

import { fetchAll, readOptions, type ReadOptions } from './accounts.js';
import { getDepositSolInstructionAsync, getDepositStakeInstructionAsync } from './generated/index.js';
import type { Slippage } from './holders.js';
import { requireAddress } from './inputs.js';
import type { PoolView } from './pool.js';
import { minimum, quoteDepositStake, quoteStake, type StakeQuote } from './quotes.js';
import { recipientOr, type Recipient } from './recipients.js';
import { SluiceRefusal } from './refusal.js';
import { STAKE_PROGRAM, StakeInstructions, readStakeAccount, type StakeAccount } from './stakeProgram.js';
import { routeOf, type Preparation, type StakeRoute } from './stakeRoutes.js';
import { loadStakes, placeOf, type StakesRpc } from './stakes.js';
import { addressOf, createTokenAccount, signers, tokenAccountOf, type Signing } from './tokens.js';
import { readVoteAccount } from './votes.js';

/** A stake account for LST. */
export type DepositStakeInput = Slippage &
    ReadOptions & {
        /** The stake account. */
        stakeAccount: Address;
        /** Its withdrawer, who alone signs. */
        owner: Signing;
        /** Whose associated token account gets the LST. Default: the owner's. */
        recipient?: Recipient;
        /** Who pays the rent of that account where it is missing. Default: the owner. */
        payer?: Signing;
    };

/** What is done with a stake account, and what it brings. */
export type StakeDeposit = { route: StakeRoute; quote: StakeQuote; instructions: Instruction[] };

/** The shortest way of a stake account into the pool: as it is, as SOL, later, or none. */
export async function stakeRoute(
    rpc: StakesRpc,
    view: PoolView,
    { stakeAccount, owner, ...more }: ReadOptions & { stakeAccount: Address; owner: Address },
): Promise<StakeRoute> {
    requireAddress('owner', owner);
    const options = readOptions(more);
    const held = await stakeAt(rpc, stakeAccount, options);
    const stakes = await loadStakes(rpc, view, options);
    const vote = held.delegation && (await fetchAll(rpc, [held.delegation.vote], options))[0];
    return routeOf(stakes, { held, owner, vote: vote && readVoteAccount(vote) });
}

/**
 * Deposits a stake account, with all that has to be done before: as it is, or the SOL of one that is not
 * active. Refuses one that cannot come in now, and says why and what to do.
 */
export async function depositStake(
    rpc: StakesRpc,
    view: PoolView,
    input: DepositStakeInput,
): Promise<StakeDeposit> {
    const { stakeAccount, owner, payer = owner } = input;
    const recipient = await recipientOr(owner, input.recipient, view);
    const asked = { stakeAccount, owner: addressOf(owner), ...readOptions(input) };
    const route = await stakeRoute(rpc, view, asked);
    if (route.way !== 'deposit' && route.way !== 'deposit_sol') throw refused(view, stakeAccount, route);
    const signer = signers(owner, payer);
    const { mint } = view.account;
    const quote = (route.way === 'deposit' ? quoteDepositStake : quoteStake)(view, route.lamports);
    const ensured = await createTokenAccount(signer(payer), recipient, mint);
    const instructions = await taking(route, {
        mint,
        wallet: signer(owner),
        stakeAccount,
        recipient: await tokenAccountOf(recipient, mint),
        minimumLst: minimum(quote.lst, input.slippageBps),
    });
    return { route, quote, instructions: [ensured, ...instructions] };
}

/**
 * Deactivates a stake account that cannot be deposited as it is, so that its SOL can be once it is free.
 * Refuses one for which there is a shorter way, or none.
 */
export async function deactivateStake(
    rpc: StakesRpc,
    view: PoolView,
    { stakeAccount, owner, ...more }: ReadOptions & { stakeAccount: Address; owner: Signing },
): Promise<Instruction[]> {
    const asked = { stakeAccount, owner: addressOf(owner), ...readOptions(more) };
    const route = await stakeRoute(rpc, view, asked);
    if (route.way === 'wait' || route.way === 'impossible') throw refused(view, stakeAccount, route);
    if (route.way !== 'deactivate') {
        const what = `The stake account ${stakeAccount} can be deposited now: use depositStake`;
        throw new SluiceRefusal('impossible', what, { address: stakeAccount });
    }
    const stake = new StakeInstructions(stakeAccount, signers(owner)(owner));
    return [...route.first.map((step) => prepared(stake, step)), stake.deactivate()];
}

type Taking = {
    mint: Address;
    wallet: TransactionSigner;
    stakeAccount: Address;
    /** A token account. */
    recipient: Address;
    minimumLst: bigint;
};

type OpenRoute = Extract<StakeRoute, { way: 'deposit' | 'deposit_sol' }>;

async function taking(route: OpenRoute, { wallet, stakeAccount, ...common }: Taking): Promise<Instruction[]> {
    const stake = new StakeInstructions(stakeAccount, wallet);
    if (route.way === 'deposit_sol') {
        const { first, lamports } = route;
        const deposit = await getDepositSolInstructionAsync({ ...common, depositor: wallet, lamports });
        return [...first.map((step) => prepared(stake, step)), stake.withdraw(lamports), deposit];
    }
    const { validator, first } = route;
    const { vote } = validator.slot;
    const deposit = await getDepositStakeInstructionAsync({
        ...common,
        ...placeOf(validator),
        vote,
        stake: stakeAccount,
        staker: wallet,
        withdrawer: wallet,
    });
    return [...first.map((step) => prepared(stake, step)), deposit];
}

function prepared(stake: StakeInstructions, step: Preparation): Instruction {
    switch (step.does) {
        case 'take_staker':
            return stake.takeStaker();
        case 'clear_custodian':
            return stake.clearCustodian();
        case 'reactivate':
            return stake.delegate(step.vote);
        case 'withdraw_idle':
            return stake.withdraw(step.lamports);
        case 'deactivate':
            return stake.deactivate();
    }
}

type ClosedRoute = Exclude<StakeRoute, OpenRoute>;

function refused({ cluster }: PoolView, address: Address, { way, why }: ClosedRoute): SluiceRefusal {
    const later = `from epoch ${cluster.clock.epoch + 1n} on`;
    const next = {
        deactivate: `: deactivate it with deactivateStake, then deposit its SOL ${later}`,
        wait: ` ${later}`,
        impossible: '',
    }[way];
    const what = `The stake account ${address} cannot be deposited now: ${why}${next}`;
    return new SluiceRefusal('impossible', what, { address });
}

async function stakeAt(rpc: StakesRpc, address: Address, options: ReadOptions): Promise<StakeAccount> {
    requireAddress('stakeAccount', address);
    const [account] = await fetchAll(rpc, [address], options);
    const held = readStakeAccount(account!);
    if (held) return held;
    if (!account?.exists) {
        throw new SluiceRefusal('missing', `There is no stake account at ${address}`, { address });
    }
    const { programAddress } = account;
    const isForeign = programAddress !== STAKE_PROGRAM;
    const why = isForeign ? `: it belongs to the program ${programAddress}` : ' that was initialized';
    throw new SluiceRefusal(
        isForeign ? 'foreign' : 'another-kind',
        `The account ${address} is no stake account${why}`,
        { address },
    );
}
