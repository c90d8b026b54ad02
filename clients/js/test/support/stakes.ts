// Stake accounts of people, made by hand.

import {
    AccountRole,
    generateKeyPairSigner,
    getAddressEncoder,
    getI64Encoder,
    getU32Encoder,
    getU64Encoder,
    type Address,
    type Instruction,
} from '@solana/kit';

import type { Actor, Localnet } from './localnet.js';

const SYSTEM = '11111111111111111111111111111111' as Address;
const STAKE = 'Stake11111111111111111111111111111111111111' as Address;
const CLOCK = 'SysvarC1ock11111111111111111111111111111111' as Address;
const HISTORY = 'SysvarStakeHistory1111111111111111111111111' as Address;
const RENT = 'SysvarRent111111111111111111111111111111111' as Address;
const CONFIG = 'StakeConfig11111111111111111111111111111111' as Address;
const SPACE = 200n;

/** How a stake account is. */
export type Held = {
    lamports: bigint;
    /** Delegated to this validator. */
    vote?: Address;
    staker?: Address;
    withdrawer?: Address;
    lockedUntilEpoch?: bigint;
    custodian?: Address;
};

/** Somebody makes a stake account. Its staker must be somebody who is here, if it is delegated. */
export async function makeStake(net: Localnet, owner: Actor, held: Held): Promise<Address> {
    const stake = await generateKeyPairSigner();
    const { lamports, vote, withdrawer = owner.address, lockedUntilEpoch = 0n, custodian = SYSTEM } = held;
    const key = getAddressEncoder().encode;
    const [u32, u64] = [getU32Encoder().encode, getU64Encoder().encode];
    const create: Instruction = {
        programAddress: SYSTEM,
        accounts: [
            { address: owner.address, role: AccountRole.WRITABLE_SIGNER },
            { address: stake.address, role: AccountRole.WRITABLE_SIGNER, signer: stake } as never,
        ],
        data: new Uint8Array([...u32(0), ...u64(lamports), ...u64(SPACE), ...key(STAKE)]),
    };
    const lockup = [...getI64Encoder().encode(0n), ...u64(lockedUntilEpoch), ...key(custodian)];
    const initialize: Instruction = {
        programAddress: STAKE,
        accounts: [
            { address: stake.address, role: AccountRole.WRITABLE },
            { address: RENT, role: AccountRole.READONLY },
        ],
        data: new Uint8Array([...u32(0), ...key(owner.address), ...key(withdrawer), ...lockup]),
    };
    const then = vote ? [delegate(stake.address, owner.address, vote)] : [];
    const renamed = held.staker ? [authorize(stake.address, owner.address, held.staker)] : [];
    await net.send(owner, [create, initialize, ...then, ...renamed]);
    return stake.address;
}

/** The staker delegates it. */
function delegate(stake: Address, staker: Address, vote: Address): Instruction {
    const read = [vote, CLOCK, HISTORY, CONFIG];
    return stakeInstruction([2, 0, 0, 0], stake, read, staker);
}

/** The staker deactivates it. */
export function deactivate(stake: Address, staker: Address): Instruction {
    return stakeInstruction([5, 0, 0, 0], stake, [CLOCK], staker);
}

/** The staker names another one. */
export function authorize(stake: Address, staker: Address, other: Address): Instruction {
    const data = [1, 0, 0, 0, ...getAddressEncoder().encode(other), 0, 0, 0, 0];
    return stakeInstruction(data, stake, [CLOCK], staker);
}

/** Lamports for any address. */
export function transfer(from: Address, to: Address, lamports: bigint): Instruction {
    return {
        programAddress: SYSTEM,
        accounts: [
            { address: from, role: AccountRole.WRITABLE_SIGNER },
            { address: to, role: AccountRole.WRITABLE },
        ],
        data: new Uint8Array([2, 0, 0, 0, ...getU64Encoder().encode(lamports)]),
    };
}

function stakeInstruction(data: number[], stake: Address, read: Address[], signer: Address): Instruction {
    const readonly = read.map((address) => ({ address, role: AccountRole.READONLY }));
    const signs = { address: signer, role: AccountRole.READONLY_SIGNER };
    return {
        programAddress: STAKE,
        accounts: [{ address: stake, role: AccountRole.WRITABLE }, ...readonly, signs],
        data: new Uint8Array(data),
    };
}
