// The stake of a pool, account by account: what exits and deposits of stake follow from.

import type { Address, GetMultipleAccountsApi, GetStakeMinimumDelegationApi, Rpc } from '@solana/kit';

import { fetchAll, type ReadOptions } from './accounts.js';
import { SYSVARS, readSysvar } from './cluster.js';
import { atLeastZero } from './integers.js';
import type { PoolView } from './pool.js';
import { SluiceRefusal } from './refusal.js';
import {
    STAKE_HISTORY,
    readStakeAccount,
    stateOfDelegation,
    type StakeAccount,
    type StakeHistory,
} from './stakeProgram.js';
import { validators, type Validator } from './validators.js';

/** What a node that does not tell the minimum delegation is taken to have: a SOL, as on mainnet. */
const USUAL_MINIMUM_DELEGATION = 1_000_000_000n;

/** What loading needs to ask. */
export type StakesRpc = Rpc<GetMultipleAccountsApi & GetStakeMinimumDelegationApi>;

/** A pool's validators with their active stake. */
export type Stakes = {
    view: PoolView;
    validators: Validator[];
    /** The main stake accounts, by vote account, where they are the pool's. */
    mains: ReadonlyMap<Address, StakeAccount>;
    history: StakeHistory;
    /** The least that a stake account may have delegated. */
    minimumLamports: bigint;
};

/** Reads all validators of a pool, with their stake. */
export async function loadStakes(rpc: StakesRpc, view: PoolView, options: ReadOptions = {}): Promise<Stakes> {
    const all = await validators(rpc, view, options);
    const wanted = [SYSVARS.stakeHistory, ...all.map(({ slot }) => slot.main)];
    const [history, ...mains] = await fetchAll(rpc, wanted, options);
    const { stakeAuthority } = view.account;
    const read = all.flatMap(({ slot }, index): [Address, StakeAccount][] => {
        const main = readStakeAccount(mains[index]!);
        const isOurs = main?.staker === stakeAuthority && main.withdrawer === stakeAuthority;
        return main && isOurs ? [[slot.vote, main]] : [];
    });
    const entries = readSysvar(STAKE_HISTORY, history);
    return {
        view,
        validators: all,
        mains: new Map(read),
        history: new Map(entries.map((entry) => [entry.epoch, entry])),
        minimumLamports: await minimumDelegation(rpc),
    };
}

/** The least that a stake account holds, in lamports: what it usually is where a node does not tell. */
async function minimumDelegation(rpc: Rpc<GetStakeMinimumDelegationApi>): Promise<bigint> {
    try {
        return (await rpc.getStakeMinimumDelegation().send()).value;
    } catch {
        return USUAL_MINIMUM_DELEGATION;
    }
}

/** The validator with this vote account. */
export function validatorOf({ validators }: Stakes, vote: Address): Validator {
    const found = validators.find(({ slot }) => slot.vote === vote);
    if (found) return found;
    const what = `The validator ${vote} is not one of the pool's`;
    throw new SluiceRefusal('impossible', what, { address: vote });
}

/** What a validator's main account has delegated, where all of it is active. */
export function activeMain({ mains, view, history }: Stakes, vote: Address): bigint | undefined {
    const delegation = mains.get(vote)?.delegation;
    const isActive = stateOfDelegation(delegation, view.cluster.clock.epoch, history) === 'active';
    return isActive ? delegation?.lamports : undefined;
}

/** Whether main holds today's rent beside its stake, or the reserve can top it up. */
export function canSplit({ mains, view }: Stakes, vote: Address, delegated: bigint): boolean {
    const { account, cluster } = view;
    const held = mains.get(vote)?.lamports ?? 0n;
    const missing = atLeastZero(cluster.stakeRentLamports - atLeastZero(held - delegated));
    return missing <= atLeastZero(account.reserveLamports - cluster.emptyRentLamports);
}

/** Where a validator stands, as instructions ask for it. */
export function placeOf({ pageIndex, slotIndex, slot }: Validator) {
    return { pageIndex, slotIndex, serial: slot.serial };
}
