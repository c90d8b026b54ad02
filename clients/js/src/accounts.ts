// Accounts of the program, from bytes: which one cannot be read, and why.

import {
    fetchEncodedAccounts,
    type Address,
    type FixedSizeDecoder,
    type GetMultipleAccountsApi,
    type MaybeEncodedAccount,
    type ReadonlyUint8Array,
    type Rpc,
} from '@solana/kit';

import * as generated from './generated/index.js';
import { SluiceRefusal } from './refusal.js';

/** The layout version that this client knows. */
export const LAYOUT_VERSION = 1;
/** The version before it. Tickets and batches have the same fields in both. */
const FIRST_VERSION = 0;

/** A kind of account of the program. */
type Kind<T> = {
    name: string;
    discriminator: ReadonlyUint8Array;
    decoder: FixedSizeDecoder<T>;
    /** The oldest layout version whose fields are the same. */
    oldest: number;
};

/** The kinds of accounts that the program has. */
export const KINDS = {
    pool: kind('pool', generated.POOL_DISCRIMINATOR, generated.getPoolDecoder(), LAYOUT_VERSION),
    history: kind(
        'rate history',
        generated.RATE_HISTORY_DISCRIMINATOR,
        generated.getRateHistoryDecoder(),
        LAYOUT_VERSION,
    ),
    page: kind(
        'page of validators',
        generated.VALIDATOR_PAGE_DISCRIMINATOR,
        generated.getValidatorPageDecoder(),
        LAYOUT_VERSION,
    ),
    marker: kind(
        'validator marker',
        generated.MARKER_DISCRIMINATOR,
        generated.getMarkerDecoder(),
        FIRST_VERSION,
    ),
    batch: kind(
        'unstake batch',
        generated.UNSTAKE_BATCH_DISCRIMINATOR,
        generated.getUnstakeBatchDecoder(),
        FIRST_VERSION,
    ),
    ticket: kind('ticket', generated.TICKET_DISCRIMINATOR, generated.getTicketDecoder(), FIRST_VERSION),
} as const;

function kind<T>(
    name: string,
    discriminator: ReadonlyUint8Array,
    decoder: FixedSizeDecoder<T>,
    oldest: number,
): Kind<T> {
    return { name, discriminator, decoder, oldest };
}

/**
 * Reads an account that must be of this kind. Throws a {@link SluiceRefusal} that says which account
 * cannot be read, and why.
 */
export function readAccount<T>(kind: Kind<T>, account: MaybeEncodedAccount): T {
    const { address } = account;
    const refuse = (reason: SluiceRefusal['reason'], what: string) =>
        new SluiceRefusal(reason, what, { address });
    if (!account.exists) throw refuse('missing', `There is no ${kind.name} at ${address}`);
    const { data, programAddress } = account;
    if (programAddress !== generated.SLUICE_PROGRAM_ADDRESS) {
        throw refuse(
            'foreign',
            `The account ${address} is no ${kind.name}: it belongs to the program ${programAddress}`,
        );
    }
    if (!kind.discriminator.every((byte, index) => data[index] === byte)) {
        throw refuse('another-kind', `The account ${address} is no ${kind.name}`);
    }
    const version = data[kind.discriminator.length];
    if (version !== undefined && version > LAYOUT_VERSION) {
        throw refuse(
            'unknown-version',
            `The ${kind.name} at ${address} has layout version ${version}, which this client does not know: update it`,
        );
    }
    if (version !== undefined && version < kind.oldest) {
        throw refuse(
            'unknown-version',
            `The ${kind.name} at ${address} has layout version ${version}, which has to be migrated first: ` +
                'anybody can do that with `sluice pool migrate`',
        );
    }
    if (data.length !== kind.decoder.fixedSize) {
        throw refuse(
            'wrong-size',
            `The ${kind.name} at ${address} has ${data.length} bytes instead of ${kind.decoder.fixedSize}`,
        );
    }
    return kind.decoder.decode(data);
}

/** Accounts that one call of a node answers at most. */
const MOST_AT_ONCE = 100;

/** What reads ask for. */
export type ReadOptions = {
    /** The node must have seen this slot, such as that of a transaction of yours; one that lags then refuses. */
    minContextSlot?: bigint;
};

/** What reads ask for, of an input that has more. */
export function readOptions({ minContextSlot }: ReadOptions): ReadOptions {
    return minContextSlot === undefined ? {} : { minContextSlot };
}

/** Accounts in the order of their addresses, with as few calls as a node allows. */
export async function fetchAll(
    rpc: Rpc<GetMultipleAccountsApi>,
    addresses: readonly Address[],
    options: ReadOptions = {},
): Promise<MaybeEncodedAccount[]> {
    const found: MaybeEncodedAccount[] = [];
    for (let first = 0; first < addresses.length; first += MOST_AT_ONCE) {
        const wanted = addresses.slice(first, first + MOST_AT_ONCE);
        const part = await fetchEncodedAccounts(rpc, wanted, options);
        if (part.length !== wanted.length || part.some((account) => !account)) {
            const what = `The node answered ${part.length} accounts where ${wanted.length} were asked for`;
            throw new SluiceRefusal('node', `${what}: ask another one`);
        }
        found.push(...part);
    }
    return found;
}
