// Who can be given LST, SOL, stake or tickets: somebody who can sign for them again.

import {
    getAddressDecoder,
    getProgramDerivedAddress,
    getAddressEncoder,
    type Address,
    type GetMultipleAccountsApi,
    type MaybeEncodedAccount,
    type Rpc,
} from '@solana/kit';

import { fetchAll } from './accounts.js';
import { SLUICE_PROGRAM_ADDRESS, TICKET_DISCRIMINATOR, getTicketDecoder } from './generated/index.js';
import { requireAddress } from './inputs.js';
import type { PoolView } from './pool.js';
import { SluiceRefusal } from './refusal.js';
import { STAKE_PROGRAM, readStakeAccount } from './stakeProgram.js';
import { SYSTEM_PROGRAM, TOKEN_PROGRAM, addressOf, tokenAccountOf, type Signing } from './tokens.js';

const TOKEN_2022_PROGRAM = 'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb' as Address;
const METADATA_PROGRAM = 'metaqbxxUerdq28cj1RbAWkYQm3ybzjb6a8bt518x1s' as Address;
const INCINERATOR = '1nc1nerator11111111111111111111111111111111' as Address;
/** What the accounts of programs of the cluster are, none of which can sign. */
const NEVER_SIGN: Readonly<Record<string, string>> = {
    NativeLoader1111111111111111111111111111111: 'a program',
    BPFLoader2111111111111111111111111111111111: 'the code of a program',
    BPFLoader1111111111111111111111111111111111: 'the code of a program',
    BPFLoaderUpgradeab1e11111111111111111111111: 'the code of a program',
    LoaderV411111111111111111111111111111111111: 'the code of a program',
    AddressLookupTab1e1111111111111111111111111: 'a lookup table',
    Config1111111111111111111111111111111111111: 'a configuration of the cluster',
    Vote111111111111111111111111111111111111111: 'a vote account',
    Sysvar1111111111111111111111111111111111111: 'a sysvar of the cluster',
};
/** Lengths of a mint and of a token account; what follows the latter says which of both it extends. */
const [MINT_BYTES, TOKEN_ACCOUNT_BYTES, EXTENDED_MINT] = [82, 165, 1];
const TOKEN_OWNER_OFFSET = 32;

const CHECKED: unique symbol = Symbol('checked');

/** An address at which nothing is lost: {@link recipientAt} makes it, and nothing else can. */
export type Recipient = { readonly address: Address; readonly [CHECKED]: true };

/**
 * Looks up who is to be given something, and refuses an address where that would be lost: an account of the
 * pool, a mint, a token account, a stake or vote account, a program and the like. An address without an
 * account is taken for a wallet or for the vault of a multisig. An account of any other program is refused,
 * too, unless you know that the program keeps wallets there.
 */
export async function recipientAt(
    rpc: Rpc<GetMultipleAccountsApi>,
    view: PoolView,
    address: Address,
    { allowProgramOwned = false }: { allowProgramOwned?: boolean } = {},
): Promise<Recipient> {
    requireAddress('recipient', address);
    const [account] = await fetchAll(rpc, [address]);
    const nobody = (await byAddress(view, address)) ?? nobodyAt(account!);
    if (nobody) throw nobodys(address, nobody);
    if (account!.exists && account!.programAddress !== SYSTEM_PROGRAM && !allowProgramOwned) {
        const what =
            `${address} belongs to the program ${account!.programAddress}: only that program can move what ` +
            'it receives. Give the address of a wallet or of a vault or, if this is your wallet in that ' +
            'program, pass allowProgramOwned';
        throw new SluiceRefusal('no-recipient', what, { address });
    }
    return { address, [CHECKED]: true };
}

/** The address of a recipient, or of the owner where there is none. */
export async function recipientOr(
    owner: Signing,
    recipient: Recipient | undefined,
    { account }: PoolView,
): Promise<Address> {
    const own = addressOf(owner);
    if (recipient === undefined) return own;
    if (recipient?.[CHECKED] !== true) {
        throw new SluiceRefusal('invalid', 'A recipient is what recipientAt(rpc, view, address) answers');
    }
    // It may not be there yet, and then looks like a wallet.
    if (recipient.address === (await tokenAccountOf(own, account.mint))) {
        throw nobodys(recipient.address, { what: 'a token account', owner: own });
    }
    return recipient.address;
}

/** What an account is that nobody can sign for, and who owns what is in it. */
type Nobody = { what: string; owner?: Address };

function nobodys(address: Address, { what, owner }: Nobody): SluiceRefusal {
    const meant = owner ? `: perhaps you mean its owner, ${owner}` : '';
    const sentence = `${address} is ${what}, and nobody can sign for what it receives${meant}. `;
    const next = 'Give the address of a wallet or of a vault';
    return new SluiceRefusal('no-recipient', sentence + next, { address });
}

/** What an address is, whether or not there is an account. */
async function byAddress(
    { address: pool, account }: PoolView,
    address: Address,
): Promise<Nobody | undefined> {
    const { mint, stakeAuthority, mintAuthority, reserve, claimsVault, escrow, fees, history } = account;
    if (address === mint) return { what: "the mint of the pool's token" };
    if (
        [pool, stakeAuthority, mintAuthority, reserve, claimsVault, escrow, fees, history].includes(address)
    ) {
        return { what: 'an address of the pool' };
    }
    if (address === INCINERATOR) return { what: 'the incinerator' };
    const encode = getAddressEncoder().encode;
    const [metadata] = await getProgramDerivedAddress({
        programAddress: METADATA_PROGRAM,
        seeds: ['metadata', encode(METADATA_PROGRAM), encode(mint)],
    });
    return address === metadata ? { what: "the account of the pool token's name" } : undefined;
}

function nobodyAt(account: MaybeEncodedAccount): Nobody | undefined {
    if (!account.exists) return undefined;
    const { programAddress, data } = account;
    if (account.executable) return { what: 'a program' };
    if (programAddress === SLUICE_PROGRAM_ADDRESS) return ofSluice(data as Uint8Array);
    if (programAddress === STAKE_PROGRAM) {
        const owner = readStakeAccount(account)?.withdrawer;
        return { what: 'a stake account', ...(owner && { owner }) };
    }
    if ([TOKEN_PROGRAM, TOKEN_2022_PROGRAM].includes(programAddress)) return ofTokens(data as Uint8Array);
    const what = NEVER_SIGN[programAddress];
    return what === undefined ? undefined : { what };
}

function ofSluice(data: Uint8Array): Nobody {
    const isTicket = TICKET_DISCRIMINATOR.every((byte, index) => data[index] === byte);
    if (!isTicket || data.length !== getTicketDecoder().fixedSize) return { what: 'an account of Sluice' };
    return { what: 'a ticket', owner: getTicketDecoder().decode(data).owner };
}

function ofTokens(data: Uint8Array): Nobody {
    if (data.length === MINT_BYTES || data[TOKEN_ACCOUNT_BYTES] === EXTENDED_MINT) {
        return { what: 'the mint of a token' };
    }
    if (data.length < TOKEN_ACCOUNT_BYTES) return { what: 'a token account' };
    return { what: 'a token account', owner: getAddressDecoder().decode(data, TOKEN_OWNER_OFFSET) };
}
