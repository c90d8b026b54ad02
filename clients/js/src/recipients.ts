// Who can be given LST, SOL, stake or tickets: somebody who can sign for them again.

import {
    getAddressDecoder,
    getProgramDerivedAddress,
    getAddressEncoder,
    isOffCurveAddress,
    type Address,
    type GetMultipleAccountsApi,
    type MaybeEncodedAccount,
    type Rpc,
} from '@solana/kit';

import { fetchAll, type ReadOptions } from './accounts.js';
import { SLUICE_PROGRAM_ADDRESS, TICKET_DISCRIMINATOR, getTicketDecoder } from './generated/index.js';
import { requireAddress, requireView } from './inputs.js';
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
/** Sysvars, of which some have no account. */
const SYSVARS: ReadonlySet<string> = new Set([
    'SysvarC1ock11111111111111111111111111111111',
    'SysvarEpochRewards1111111111111111111111111',
    'SysvarEpochSchedu1e111111111111111111111111',
    'SysvarFees111111111111111111111111111111111',
    'Sysvar1nstructions1111111111111111111111111',
    'SysvarLastRestartS1ot1111111111111111111111',
    'SysvarRecentB1ockHashes11111111111111111111',
    'SysvarRent111111111111111111111111111111111',
    'SysvarRewards111111111111111111111111111111',
    'SysvarS1otHashes111111111111111111111111111',
    'SysvarS1otHistory11111111111111111111111111',
    'SysvarStakeHistory1111111111111111111111111',
]);
/** Lengths of a mint and of a token account; what follows the latter says which of both it extends. */
const [MINT_BYTES, TOKEN_ACCOUNT_BYTES, EXTENDED_MINT] = [82, 165, 1];
const TOKEN_OWNER_OFFSET = 32;

const CHECKED: unique symbol = Symbol('checked');

/** An address at which nothing of a pool is lost: {@link recipientAt} makes it, and nothing else can. */
export type Recipient = {
    readonly address: Address;
    /** The pool whose view it was checked with, and with which alone it is taken. */
    readonly pool: Address;
    readonly [CHECKED]: true;
};

/** Who is a recipient. */
export type RecipientOptions = ReadOptions & {
    /** Also an account of another program, and an address without a key, such as the vault of a multisig. */
    allowProgramOwned?: boolean;
};

/**
 * Looks up who is to be given something, and refuses an address where that would be lost: an account of the
 * pool, a mint, a token account, a stake or vote account, a program and the like. An account of any other
 * program and an address without a key are refused, too, unless you know that the program keeps a wallet or
 * vault there: the reserve of another pool looks the same.
 */
export async function recipientAt(
    rpc: Rpc<GetMultipleAccountsApi>,
    view: PoolView,
    address: Address,
    { allowProgramOwned = false, ...options }: RecipientOptions = {},
): Promise<Recipient> {
    requireView(view);
    requireAddress('recipient', address);
    const [account] = await fetchAll(rpc, [address], options);
    const nobody = (await byAddress(view, address)) ?? nobodyAt(account!);
    if (nobody) throw nobodys(address, nobody);
    if (!allowProgramOwned) requireWallet(account!);
    return { address, pool: view.address, [CHECKED]: true };
}

/** Refuses what only a program can move. */
function requireWallet(account: MaybeEncodedAccount): void {
    const { address } = account;
    const refuse = (what: string) => new SluiceRefusal('no-recipient', `${address} ${what}`, { address });
    if (account.exists && account.programAddress !== SYSTEM_PROGRAM) {
        throw refuse(
            `belongs to the program ${account.programAddress}: only that program can move what it receives. ` +
                'Give the address of a wallet or of a vault or, if this is your wallet in that program, pass ' +
                'allowProgramOwned',
        );
    }
    if (isOffCurveAddress(address)) {
        throw refuse(
            'has no key: only a program can move what it receives, and most never do, such as for the ' +
                'reserve of another pool. Give the address of a wallet or, if this is the vault of your ' +
                'multisig, pass allowProgramOwned',
        );
    }
}

/** The address of a recipient, or of the owner where there is none. */
export async function recipientOr(
    owner: Signing,
    recipient: Recipient | undefined,
    view: PoolView,
): Promise<Address> {
    requireView(view);
    const { address: pool, account } = view;
    const own = addressOf(owner);
    if (recipient === undefined) return own;
    if (recipient?.[CHECKED] !== true) {
        throw new SluiceRefusal('invalid', 'A recipient is what recipientAt(rpc, view, address) answers');
    }
    const { address } = recipient;
    if (recipient.pool !== pool) {
        const what = `The recipient ${address} was checked for the pool ${recipient.pool}: ask recipientAt with this pool`;
        throw new SluiceRefusal('another-pool', what, { address });
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
    if (SYSVARS.has(address)) return { what: 'a sysvar of the cluster' };
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
