// The stake program: its accounts, how far their stake is active, and the instructions that prepare them.

import {
    AccountRole,
    getAddressDecoder,
    getAddressEncoder,
    getArrayDecoder,
    getI64Decoder,
    getStructDecoder,
    getU32Decoder,
    getU32Encoder,
    getU64Decoder,
    getU64Encoder,
    type Address,
    type Instruction,
    type MaybeEncodedAccount,
    type TransactionSigner,
} from '@solana/kit';

import { SYSVARS } from './cluster.js';
import { BPS, NEVER, atLeastZero, least, most } from './integers.js';

export const STAKE_PROGRAM = 'Stake11111111111111111111111111111111111111' as Address;
const STAKE_CONFIG = 'StakeConfig11111111111111111111111111111111' as Address;
/** The custodian of an account that has none. */
export const NO_CUSTODIAN = '11111111111111111111111111111111' as Address;
const STAKE_ACCOUNT_BYTES = 200;
const [INITIALIZED, DELEGATED] = [1, 2];

/** A delegation as stored. */
export type Delegation = {
    /** The vote account. */
    vote: Address;
    /** What is delegated. */
    lamports: bigint;
    /** Epoch in which it began to activate. */
    activationEpoch: bigint;
    /** Epoch in which it began to deactivate; the largest number for not. */
    deactivationEpoch: bigint;
};

/** A stake account that was initialized. */
export type StakeAccount = {
    /** Everything that it holds. */
    lamports: bigint;
    staker: Address;
    withdrawer: Address;
    /** Until when it is locked up, as a unix timestamp in seconds. */
    lockedUntil: bigint;
    lockedUntilEpoch: bigint;
    /** Who may change the lockup. */
    custodian: Address;
    /** `undefined` where there never was one. */
    delegation: Delegation | undefined;
};

const ACCOUNT = getStructDecoder([
    ['kind', getU32Decoder()],
    ['rent', getU64Decoder()],
    ['staker', getAddressDecoder()],
    ['withdrawer', getAddressDecoder()],
    ['lockedUntil', getI64Decoder()],
    ['lockedUntilEpoch', getU64Decoder()],
    ['custodian', getAddressDecoder()],
    ['vote', getAddressDecoder()],
    ['delegated', getU64Decoder()],
    ['activationEpoch', getU64Decoder()],
    ['deactivationEpoch', getU64Decoder()],
]);

/** Reads a stake account; `undefined` where it is none that was initialized. */
export function readStakeAccount(account: MaybeEncodedAccount): StakeAccount | undefined {
    if (!account.exists || account.programAddress !== STAKE_PROGRAM) return undefined;
    if (account.data.length !== STAKE_ACCOUNT_BYTES) return undefined;
    const {
        kind,
        vote,
        delegated,
        activationEpoch,
        deactivationEpoch,
        rent: _,
        ...held
    } = ACCOUNT.decode(account.data);
    if (kind !== INITIALIZED && kind !== DELEGATED) return undefined;
    const delegation = { vote, lamports: delegated, activationEpoch, deactivationEpoch };
    return {
        ...held,
        lamports: account.lamports,
        delegation: kind === DELEGATED ? delegation : undefined,
    };
}

const ENTRY = getStructDecoder([
    ['epoch', getU64Decoder()],
    ['effective', getU64Decoder()],
    ['activating', getU64Decoder()],
    ['deactivating', getU64Decoder()],
]);
/** The sysvar of the stake history. */
export const STAKE_HISTORY = getArrayDecoder(ENTRY, { size: getU64Decoder() });

/** What of the cluster's stake warmed up and cooled down in an epoch. */
type HistoryEntry = { epoch: bigint; effective: bigint; activating: bigint; deactivating: bigint };

/** The stake history by epoch. */
export type StakeHistory = ReadonlyMap<bigint, HistoryEntry>;

/** What the stake of an account does. */
export type StakeState = 'inactive' | 'activating' | 'partly_active' | 'active' | 'deactivating';

/** What a delegation does in `epoch`, as the stake program says it. */
export function stateOfDelegation(
    delegation: Delegation | undefined,
    epoch: bigint,
    history: StakeHistory,
): StakeState {
    if (!delegation) return 'inactive';
    const { lamports, activationEpoch, deactivationEpoch } = delegation;
    const effective = effectiveIn(delegation, epoch, history);
    const isWanted = activationEpoch <= epoch && epoch < deactivationEpoch;
    if (effective === 0n && !(isWanted && lamports > 0n)) return 'inactive';
    if (deactivationEpoch !== NEVER) return 'deactivating';
    if (effective === lamports) return 'active';
    return effective === 0n ? 'activating' : 'partly_active';
}

function effectiveIn(delegation: Delegation, epoch: bigint, history: StakeHistory): bigint {
    const { deactivationEpoch } = delegation;
    const activated = activatedIn(delegation, epoch, history);
    if (epoch <= deactivationEpoch) return activated;
    let entry = history.get(deactivationEpoch);
    if (!entry) return 0n;
    let left = activated;
    for (let now = deactivationEpoch + 1n; entry && entry.deactivating > 0n; now += 1n) {
        left = atLeastZero(left - most(changed(left, entry.deactivating, entry.effective), 1n));
        if (left === 0n || now >= epoch) break;
        entry = history.get(now);
    }
    return left;
}

function activatedIn(delegation: Delegation, epoch: bigint, history: StakeHistory): bigint {
    const { lamports, activationEpoch, deactivationEpoch } = delegation;
    // A stake of the cluster's first block.
    if (activationEpoch === NEVER) return lamports;
    if (activationEpoch === deactivationEpoch || epoch <= activationEpoch) return 0n;
    let entry = history.get(activationEpoch);
    if (!entry) return lamports;
    let activated = 0n;
    for (let now = activationEpoch + 1n; entry && entry.activating > 0n; now += 1n) {
        activated += most(changed(lamports - activated, entry.activating, entry.effective), 1n);
        if (activated >= lamports) return lamports;
        if (now >= epoch || now >= deactivationEpoch) break;
        entry = history.get(now);
    }
    return activated;
}

/** Of all stake, this share warms up and as much cools down in an epoch. */
const RATE_BPS = 900n;

/** What of an account's part changes in an epoch in which `all` of the cluster's wants to. */
function changed(part: bigint, all: bigint, effective: bigint): bigint {
    if (part === 0n || all === 0n || effective === 0n) return 0n;
    return least((part * effective * RATE_BPS) / (all * BPS), part);
}

const [AUTHORIZE, DELEGATE, WITHDRAW, DEACTIVATE, SET_LOCKUP] = [1, 2, 4, 5, 6] as const;
const AS_STAKER = 0;

/** Something that the withdrawer of a stake account does with it. */
export class StakeInstructions {
    constructor(
        private readonly stake: Address,
        private readonly wallet: TransactionSigner,
    ) {}

    /** The withdrawer becomes the staker. */
    takeStaker(): Instruction {
        const { address } = this.wallet;
        const named = [...getAddressEncoder().encode(address), ...getU32Encoder().encode(AS_STAKER)];
        return this.instruction(AUTHORIZE, named, [SYSVARS.clock]);
    }

    /** Nobody may lock it up any more. */
    clearCustodian(): Instruction {
        const nobody = [0, 0, 1, ...getAddressEncoder().encode(NO_CUSTODIAN)];
        return this.instruction(SET_LOCKUP, nobody, []);
    }

    /** Delegates it, or takes a deactivation of this epoch back. */
    delegate(vote: Address): Instruction {
        const read = [vote, SYSVARS.clock, SYSVARS.stakeHistory, STAKE_CONFIG];
        return this.instruction(DELEGATE, [], read);
    }

    deactivate(): Instruction {
        return this.instruction(DEACTIVATE, [], [SYSVARS.clock]);
    }

    /** Lamports that are not staked, to the withdrawer. */
    withdraw(lamports: bigint): Instruction {
        const amount = [...getU64Encoder().encode(lamports)];
        const read = [SYSVARS.clock, SYSVARS.stakeHistory];
        return this.instruction(WITHDRAW, amount, read, [this.wallet.address]);
    }

    private instruction(
        kind: number,
        fields: number[],
        read: Address[],
        written: Address[] = [],
    ): Instruction {
        const writable = [this.stake, ...written].map((address) => ({ address, role: AccountRole.WRITABLE }));
        const readonly = read.map((address) => ({ address, role: AccountRole.READONLY }));
        const { address } = this.wallet;
        const signs = { address, role: AccountRole.READONLY_SIGNER, signer: this.wallet };
        return {
            programAddress: STAKE_PROGRAM,
            accounts: [...writable, ...readonly, signs as never],
            data: new Uint8Array([...getU32Encoder().encode(kind), ...fields]),
        };
    }
}
