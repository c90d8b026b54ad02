// Associated token accounts, of owners with and without a key.

import {
    AccountRole,
    createNoopSigner,
    getAddressEncoder,
    getProgramDerivedAddress,
    type Address,
    type Instruction,
    type ReadonlyUint8Array,
    type TransactionSigner,
} from '@solana/kit';

import { requireAddress } from './inputs.js';

/** The program of the LST. */
export const TOKEN_PROGRAM = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA' as Address;
/** Owns wallets. */
export const SYSTEM_PROGRAM = '11111111111111111111111111111111' as Address;
/** Creates token accounts. */
export const ASSOCIATED_TOKEN_PROGRAM = 'ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL' as Address;
/** Creates the account where it is missing, and fails where it is somebody else's by now. */
const CREATE_IDEMPOTENT = new Uint8Array([1]);
/** Where a token account has its amount. */
const AMOUNT_OFFSET = 64;

/** Somebody who signs: a signer, or the address of one who signs elsewhere, such as the vault of a multisig. */
export type Signing = Address | TransactionSigner;

/**
 * Turns those who sign into signers. The same address comes as the same signer, since kit refuses a message
 * with two for one address: as the one that can sign, where there is one.
 */
export function signers(...all: Signing[]): (signing: Signing) => TransactionSigner {
    const known = new Map<Address, TransactionSigner>();
    for (const signer of all) {
        const address = addressOf(signer);
        if (typeof signer !== 'string' && !known.has(address)) known.set(address, signer);
    }
    return (signing) => {
        const address = addressOf(signing);
        const signer = known.get(address) ?? createNoopSigner(address);
        known.set(address, signer);
        return signer;
    };
}

/** The address of somebody who signs. */
export function addressOf(somebody: Signing): Address {
    const address = typeof somebody === 'string' ? somebody : somebody?.address;
    requireAddress('Who signs', address);
    return address;
}

/** The associated token account of an owner, who may be an address without a key. */
export async function tokenAccountOf(owner: Address, mint: Address): Promise<Address> {
    const encode = getAddressEncoder().encode;
    const [address] = await getProgramDerivedAddress({
        programAddress: ASSOCIATED_TOKEN_PROGRAM,
        seeds: [encode(owner), encode(TOKEN_PROGRAM), encode(mint)],
    });
    return address;
}

/** The tokens in the data of a token account; none in what has too few bytes to be one. */
export function tokensIn(data: ReadonlyUint8Array): bigint {
    if (data.length < AMOUNT_OFFSET + 8) return 0n;
    return new DataView(data.buffer, data.byteOffset).getBigUint64(AMOUNT_OFFSET, true);
}

/** The instruction that creates an owner's associated token account where it is missing. */
export async function createTokenAccount(
    payer: TransactionSigner,
    owner: Address,
    mint: Address,
): Promise<Instruction> {
    const readonly = (address: Address) => ({ address, role: AccountRole.READONLY });
    return {
        programAddress: ASSOCIATED_TOKEN_PROGRAM,
        accounts: [
            { address: payer.address, role: AccountRole.WRITABLE_SIGNER, signer: payer } as never,
            { address: await tokenAccountOf(owner, mint), role: AccountRole.WRITABLE },
            ...[owner, mint, SYSTEM_PROGRAM, TOKEN_PROGRAM].map(readonly),
        ],
        data: CREATE_IDEMPOTENT,
    };
}
