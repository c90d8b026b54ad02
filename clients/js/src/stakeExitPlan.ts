// Which validators' stake an exit takes. One that leaves the pool gives first, then the one that can give
// most. See `crates/client/src/plan/stake_out`.

import {
    SLUICE_ERROR__INSUFFICIENT_RESERVE,
    SLUICE_ERROR__MAIN_NOT_ACTIVE,
    SLUICE_ERROR__STAKE_EXIT_TOO_LARGE,
    SLUICE_ERROR__STAKE_EXIT_TOO_SMALL,
    SLUICE_ERROR__STAKE_EXIT_UNBALANCED,
    type Pool,
    type Slot,
} from './generated/index.js';
import { atLeastZero, least } from './integers.js';
import * as math from './ledger.js';
import { rolled } from './pool.js';
import { ensure, holds, rule } from './refusal.js';
import { activeMain, canSplit, type Stakes } from './stakes.js';
import { isBalanced, isLeaving, type Validator } from './validators.js';

/** Slots for which a plan holds: prices rise meanwhile, and with them what the same LST takes. */
const VALID_SLOTS = 300n;

/** One stake account of an exit. */
export type StakeExitPart = {
    /** The validator that gives it. */
    validator: Validator;
    /** LST to burn. */
    lst: bigint;
    /** Active stake for them, at the price of now. */
    lamports: bigint;
    /** What of their value stays with the other holders. */
    feeLamports: bigint;
};

/** How LST become stake accounts. */
export type StakeExitPlan = {
    /** The stake accounts, in the order in which they are to be taken. */
    parts: StakeExitPart[];
    /** LST that no validator can give as stake: for the queue. */
    queuedLst: bigint;
};

/** A validator whose main account can be split. */
type Giver = { validator: Validator; slot: Slot; delegated: bigint };
type Exit = math.StakeExit<Pool>;

/** The pool's books as the parts planned so far leave them. */
export class StakeExitPlanner {
    private pool: Pool;
    private readonly now: bigint;
    private readonly late: bigint;
    private readonly givers: Giver[];

    /** For the exits from a pool in which these are open. */
    constructor(private readonly stakes: Stakes) {
        const { account, cluster } = stakes.view;
        this.now = cluster.clock.slot;
        this.late = this.now + VALID_SLOTS;
        this.pool = rolled(account, this.now);
        const givers = stakes.validators.flatMap((validator) => this.giver(validator) ?? []);
        const sorted = givers.map((giver) => ({ giver, spare: this.spare(giver) }));
        sorted.sort(
            (one, other) =>
                Number(isLeaving(other.giver.validator)) - Number(isLeaving(one.giver.validator)) ||
                (one.spare < other.spare ? 1 : one.spare > other.spare ? -1 : 0),
        );
        this.givers = sorted.map(({ giver }) => giver);
    }

    /** An exit of `lst` with at most so many stake accounts. */
    plan(lst: bigint, mostAccounts: number): StakeExitPlan {
        const plan: StakeExitPlan = { parts: [], queuedLst: lst };
        while (plan.queuedLst > 0n && plan.parts.length < mostAccounts) {
            const next = this.next(plan.queuedLst);
            if (!next) break;
            const part = this.take(next.giver, next.lst);
            plan.queuedLst -= part.lst;
            plan.parts.push(part);
        }
        return plan;
    }

    /** An exit of `lst` with one account of this validator. Fails as the program would. */
    quote(validator: Validator, lst: bigint): StakeExitPart {
        const { slot } = validator;
        const delegated = activeMain(this.stakes, slot.vote);
        if (delegated === undefined) throw rule(SLUICE_ERROR__MAIN_NOT_ACTIVE);
        ensure(canSplit(this.stakes, slot.vote, delegated), SLUICE_ERROR__INSUFFICIENT_RESERVE);
        return partOf(validator, this.fit({ validator, slot, delegated }, lst, this.now));
    }

    /** For how much LST a validator gives one stake account now; `undefined` where for none. */
    range(validator: Validator): { leastLst: bigint; mostLst: bigint } | undefined {
        const giver = this.giver(validator);
        if (!giver) return undefined;
        const supply = this.pool.lstSupply;
        const mostLst = this.most(this.spare(giver), supply);
        const leastLst = this.least(this.stakes.minimumLamports, supply);
        return leastLst !== undefined && leastLst <= mostLst ? { leastLst, mostLst } : undefined;
    }

    private giver(validator: Validator): Giver | undefined {
        const { slot } = validator;
        const delegated = activeMain(this.stakes, slot.vote);
        if (delegated === undefined || !canSplit(this.stakes, slot.vote, delegated)) return undefined;
        return { validator, slot, delegated };
    }

    /** What a validator can give: it keeps the minimum delegation and, where it stays, its part. */
    private spare({ slot, delegated }: Giver): bigint {
        const spare = atLeastZero(delegated - this.stakes.minimumLamports);
        return last(spare, (taken) => this.isBalanced(slot, taken));
    }

    private isBalanced(slot: Slot, taken: bigint): boolean {
        const view = { ...this.stakes.view, account: this.pool };
        return holds(() => isBalanced(view, slot, taken, this.stakes.minimumLamports));
    }

    /** Who gives next, and for how much: all that is left where one can, else as much as the first can. */
    private next(left: bigint): { giver: Giver; lst: bigint } | undefined {
        const whole = this.givers.find((giver) => this.serves(giver, left));
        if (whole) return { giver: whole, lst: left };
        for (const giver of this.givers) {
            const lst = this.partOf(giver, left);
            if (lst !== undefined) return { giver, lst };
        }
        return undefined;
    }

    /**
     * The most that a validator gives. A little less where the rest would otherwise be too small for another
     * account, which another validator could give.
     */
    private partOf(giver: Giver, left: bigint): bigint | undefined {
        const whole = this.whole(giver, left);
        if (whole !== undefined) return whole;
        const most = this.most(this.spare(giver), left);
        if (!this.serves(giver, most)) return undefined;
        const fewest = this.least(this.stakes.minimumLamports, left);
        if (fewest === undefined) return most;
        const rest = left - most;
        const spared = atLeastZero(left - fewest);
        const isShared =
            rest > 0n &&
            rest < fewest &&
            this.givers.some((other) => other !== giver && this.serves(other, fewest));
        return isShared && this.serves(giver, spared) ? spared : most;
    }

    /** The LST that take all that a leaving validator has, where there is that much to give. */
    private whole(giver: Giver, left: bigint): bigint | undefined {
        let fitted: bigint | undefined;
        const isWhole = holds(() => {
            const exit = math.stakeExit(this.pool, left, this.fee(), this.now);
            fitted = this.fit(giver, left, this.now).lst;
            return this.takesAll(giver, exit);
        });
        return isWhole ? fitted : undefined;
    }

    /** Books what a validator gives. It may give once more, when all others have given. */
    private take(giver: Giver, lst: bigint): StakeExitPart {
        const exit = this.fit(giver, lst, this.now);
        this.pool = exit.ledger;
        const { validator, slot, delegated } = giver;
        const left = {
            validator,
            delegated: atLeastZero(delegated - exit.lamports),
            slot: { ...slot, mainLamports: atLeastZero(slot.mainLamports - exit.lamports) },
        };
        this.givers.splice(this.givers.indexOf(giver), 1);
        this.givers.push(left);
        return partOf(validator, exit);
    }

    /** Whether the validator gives one account for all of `lst`, as long as the plan holds. */
    private serves(giver: Giver, lst: bigint): boolean {
        if (lst === 0n) return false;
        return holds(() => {
            const { lst: burned } = this.fit(giver, lst, this.now);
            this.fit(giver, lst, this.late);
            return burned === lst;
        });
    }

    /** What the program gives of this validator: both sides keep the minimum delegation. */
    private fit(giver: Giver, lst: bigint, slot: bigint): Exit {
        const exit = this.fitted(giver, math.stakeExit(this.pool, lst, this.fee(), slot), slot);
        ensure(this.isBalanced(giver.slot, exit.lamports), SLUICE_ERROR__STAKE_EXIT_UNBALANCED);
        return exit;
    }

    /** Only where the validator leaves, main may go as a whole, for LST of its worth. */
    private fitted(giver: Giver, exit: Exit, slot: bigint): Exit {
        const { delegated } = giver;
        const { minimumLamports } = this.stakes;
        if (this.takesAll(giver, exit)) {
            const lst = math.lstForStake(this.pool, delegated, this.fee(), slot);
            const whole = math.stakeExit(this.pool, least(lst, exit.lst), this.fee(), slot);
            return math.limitedTo(whole, delegated);
        }
        ensure(exit.lamports >= minimumLamports, SLUICE_ERROR__STAKE_EXIT_TOO_SMALL);
        const kept = atLeastZero(delegated - exit.lamports);
        ensure(kept >= minimumLamports, SLUICE_ERROR__STAKE_EXIT_TOO_LARGE);
        return exit;
    }

    private takesAll({ validator, delegated }: Giver, { lamports }: Exit): boolean {
        return isLeaving(validator) && lamports >= delegated && delegated >= this.stakes.minimumLamports;
    }

    private fee(): math.StakeExitFee {
        return { feeBps: this.pool.config.stakeExitFeeBps, rateE12: this.pool.rewardRateE12 };
    }

    /** The most LST, up to `limit`, that take no more than `lamports` however long the plan holds. */
    private most(lamports: bigint, limit: bigint): bigint {
        return last(limit, (lst) =>
            holds(() => math.stakeExit(this.pool, lst, this.fee(), this.late).lamports <= lamports),
        );
    }

    /** The least LST, up to `limit`, that take `lamports` or more; `undefined` where not even all do. */
    private least(lamports: bigint, limit: bigint): bigint | undefined {
        const short = last(limit, (lst) =>
            holds(() => math.stakeExit(this.pool, lst, this.fee(), this.now).lamports < lamports),
        );
        return short < limit ? short + 1n : undefined;
    }
}

function partOf(validator: Validator, { lst, lamports, feeLamports }: Exit): StakeExitPart {
    return { validator, lst, lamports, feeLamports };
}

/** The last amount up to `limit` for which something holds that holds for all below it: by bisection. */
export function last(limit: bigint, isTrue: (amount: bigint) => boolean): bigint {
    let [fewest, most] = [0n, limit];
    while (fewest < most) {
        const middle = fewest + (most - fewest + 1n) / 2n;
        if (isTrue(middle)) fewest = middle;
        else most = middle - 1n;
    }
    return fewest;
}
