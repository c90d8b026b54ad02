// The shortest way of a stake account into the pool. See `crates/client/src/plan/stake_in/route.rs`.

import type { Address } from '@solana/kit';

import { NEVER, atLeastZero, u64 } from './integers.js';
import * as math from './ledger.js';
import { holds } from './refusal.js';
import { NO_CUSTODIAN, stateOfDelegation, type StakeAccount, type StakeState } from './stakeProgram.js';
import { last } from './stakeExitPlan.js';
import { activeMain, type Stakes } from './stakes.js';
import { hasRoom, takesStake, type Validator } from './validators.js';
import { isAcceptable, isVoting, type VoteAccount } from './votes.js';

/** What is done before, in the same transaction. */
export type Preparation =
    /** The withdrawer makes itself the staker. */
    | { does: 'take_staker' }
    /** The withdrawer removes the custodian of a lockup that has ended. */
    | { does: 'clear_custodian' }
    /** The deactivation of this very epoch is taken back, for this validator. */
    | { does: 'reactivate'; vote: Address }
    /** Lamports that are neither staked nor rent go to the withdrawer. */
    | { does: 'withdraw_idle'; lamports: bigint }
    /** Stake that only this epoch began to activate is deactivated: it was never effective. */
    | { does: 'deactivate' };

/** A way into the pool. */
export type StakeRoute =
    /** Deposit it as it is. */
    | { way: 'deposit'; validator: Validator; first: Preparation[]; lamports: bigint }
    /** Withdraw its SOL at once, and deposit that. */
    | { way: 'deposit_sol'; first: Preparation[]; lamports: bigint }
    /** Deactivate it now, and come back once its SOL is free: it cannot be deposited, because of `why`. */
    | { way: 'deactivate'; first: Preparation[]; why: string }
    /** Nothing can be done now but waiting, until the next epoch at least. */
    | { way: 'wait'; why: string }
    /** There is no way. */
    | { way: 'impossible'; why: string };

/** A stake account, whose withdrawer `owner` wants to deposit it, and the vote account of its validator. */
export type Offer = { held: StakeAccount; owner: Address; vote: VoteAccount | undefined };

/** The shortest way. Whether deposits are open at all, quotes say. */
export function routeOf(stakes: Stakes, offer: Offer): StakeRoute {
    const { held, owner } = offer;
    const why = obstacle(stakes, offer);
    if (why !== undefined) return { way: 'impossible', why };
    const first: Preparation[] = held.staker === owner ? [] : [{ does: 'take_staker' }];
    const state = stateOfDelegation(held.delegation, stakes.view.cluster.clock.epoch, stakes.history);
    if (state === 'inactive') return { way: 'deposit_sol', first, lamports: held.lamports };
    if (state !== 'activating') return asStake(stakes, offer, state, first);
    return { way: 'deposit_sol', first: [...first, { does: 'deactivate' }], lamports: held.lamports };
}

function obstacle({ view }: Stakes, { held, owner }: Offer): string | undefined {
    const { clock } = view.cluster;
    const { withdrawer, lockedUntil, lockedUntilEpoch } = held;
    if (withdrawer === view.account.stakeAuthority) return "it is the pool's own";
    if (withdrawer !== owner) return `its withdrawer is ${withdrawer}, who alone can give it away`;
    if (lockedUntilEpoch > clock.epoch) return `it is locked up until epoch ${lockedUntilEpoch}`;
    const seconds = lockedUntil - clock.unixTimestamp;
    return seconds > 0n ? `it is locked up for another ${seconds} seconds` : undefined;
}

const COOLS_DOWN: StakeRoute = { way: 'wait', why: 'it cools down: deposit its SOL' };

function asStake(stakes: Stakes, offer: Offer, state: StakeState, first: Preparation[]): StakeRoute {
    const { delegation } = offer.held;
    const validator = stakes.validators.find(({ slot }) => slot.vote === delegation!.vote);
    const why = reasonAgainst(stakes, validator, offer.vote);
    if (why !== undefined || !validator) {
        return state === 'deactivating' ? COOLS_DOWN : { way: 'deactivate', first, why: why! };
    }
    const canReactivate = delegation!.deactivationEpoch === stakes.view.cluster.clock.epoch;
    const hasActiveMain = activeMain(stakes, validator.slot.vote) !== undefined;
    // A deactivation can be taken back in its own epoch alone, so nothing else is worth waiting for.
    if (state === 'deactivating' && (!canReactivate || !hasActiveMain)) return COOLS_DOWN;
    if (state === 'partly_active') {
        return { way: 'wait', why: 'it is not fully active yet: deposit it' };
    }
    if (!hasActiveMain) {
        const why = "the pool's own stake with its validator is not active: deposit it";
        return { way: 'wait', why };
    }
    return asItIs(stakes, offer.held, validator, first);
}

/** Why the pool takes no stake of a validator; `undefined` where it does. */
function reasonAgainst(
    stakes: Stakes,
    validator: Validator | undefined,
    vote: VoteAccount | undefined,
): string | undefined {
    if (!validator) return "its validator is not one of the pool's";
    if (!takesStake(validator)) return 'its validator is leaving the pool';
    const { account, cluster } = stakes.view;
    if (!vote || !isAcceptable(vote, account.config)) {
        return 'its validator keeps more than the pool allows, or its vote account is unusable';
    }
    if (!isVoting(vote, cluster)) return 'its validator has not voted in this epoch, so it earns nothing';
    const { slot } = validator;
    const isUnwanted = slot.weight === 0 && slot.nextWeight === 0;
    if (isUnwanted && activeMain(stakes, slot.vote) === undefined) {
        return 'the pool has no stake with its validator, and wants none';
    }
    return undefined;
}

function asItIs(
    stakes: Stakes,
    held: StakeAccount,
    validator: Validator,
    taken: readonly Preparation[],
): StakeRoute {
    const delegation = held.delegation!;
    const rent = stakes.view.cluster.stakeRentLamports;
    const first = [...taken];
    if (held.custodian !== NO_CUSTODIAN) first.push({ does: 'clear_custodian' });
    const coolsDown = delegation.deactivationEpoch !== NEVER;
    if (coolsDown) first.push({ does: 'reactivate', vote: delegation.vote });
    let { lamports } = held;
    const idle = atLeastZero(atLeastZero(lamports - delegation.lamports) - rent);
    if (idle > rent) {
        lamports -= idle;
        first.push({ does: 'withdraw_idle', lamports: idle });
    }
    const room = roomFor(stakes, validator);
    if (lamports > room) {
        // It is on its way out already.
        if (coolsDown) return COOLS_DOWN;
        return { way: 'deactivate', first, why: withoutRoom(atLeastZero(room - rent)) };
    }
    return { way: 'deposit', validator, first, lamports };
}

/** The most stake of a validator that a deposit may bring now; all there is where nothing binds it. */
function roomFor({ view, minimumLamports }: Stakes, { slot }: Validator): bigint {
    const all = atLeastZero(NEVER - u64(math.full(view.account)));
    return last(all, (offered) => holds(() => hasRoom(view, slot, offered, minimumLamports)));
}

function withoutRoom(room: bigint): string {
    const full = 'its validator would have more of the pool than its share cap allows';
    return room === 0n ? full : `${full} (${room} lamports of it can be split off and deposited)`;
}
