// What the LST is called, by the Token Metadata program. Anybody can have written anything there.

import {
    addDecoderSizePrefix,
    getAddressDecoder,
    getAddressEncoder,
    getBytesDecoder,
    getProgramDerivedAddress,
    getStructDecoder,
    getU32Decoder,
    getU8Decoder,
    transformDecoder,
    type Address,
    type GetMultipleAccountsApi,
    type Rpc,
} from '@solana/kit';

import { fetchAll, type ReadOptions } from './accounts.js';
import { requireView } from './inputs.js';
import type { PoolView } from './pool.js';
import { SluiceRefusal } from './refusal.js';

/** The program that keeps the names of tokens. */
export const TOKEN_METADATA_PROGRAM = 'metaqbxxUerdq28cj1RbAWkYQm3ybzjb6a8bt518x1s' as Address;
/** First byte of a metadata account. */
const METADATA_V1 = 4;
/** What nobody sees: controls, marks of direction, characters without width, fillers, tags. As the command line's. */
const HIDDEN =
    /[\p{Cc}\u{ad}\u{61c}\u{115f}\u{1160}\u{180e}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2060}-\u{206f}\u{2800}\u{3164}\u{feff}\u{ffa0}\u{fff9}-\u{fffb}\u{e0000}-\u{e007f}]/gu;

/** What the LST is called. Two tokens can be called the same: compare the mint. */
export type TokenName = {
    /** The name. What cannot be seen in it is shown as U+FFFD. */
    name: string;
    /** The symbol, in the same way. */
    symbol: string;
    /** The address of a JSON file with the logo and the description, in the same way. */
    uri: string;
    /** Who can change all that. */
    updateAuthority: Address;
};

/** Reads what the pool's token is called; nothing where it has no metadata. */
export async function tokenName(
    rpc: Rpc<GetMultipleAccountsApi>,
    view: PoolView,
    options: ReadOptions = {},
): Promise<TokenName | undefined> {
    requireView(view);
    const { mint } = view.account;
    const address = await metadataOf(mint);
    const [account] = await fetchAll(rpc, [address], options);
    // Somebody may have sent lamports to the address of metadata that does not exist.
    if (!account?.exists || account.programAddress !== TOKEN_METADATA_PROGRAM) return undefined;
    const read = decoded(account.data);
    if (read?.key !== METADATA_V1 || read.mint !== mint) {
        throw new SluiceRefusal(
            'another-kind',
            `The account ${address} is no metadata of the token ${mint}`,
            {
                address,
            },
        );
    }
    const { updateAuthority, name, symbol, uri } = read;
    return { name: shown(name), symbol: shown(symbol), uri: shown(uri), updateAuthority };
}

/** Where the metadata of a mint is. */
async function metadataOf(mint: Address): Promise<Address> {
    const bytes = getAddressEncoder();
    const seeds = ['metadata', bytes.encode(TOKEN_METADATA_PROGRAM), bytes.encode(mint)];
    return (await getProgramDerivedAddress({ programAddress: TOKEN_METADATA_PROGRAM, seeds }))[0];
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const TEXT = transformDecoder(addDecoderSizePrefix(getBytesDecoder(), getU32Decoder()), (bytes) =>
    UTF_8.decode(new Uint8Array(bytes)),
);
/** The fields whose place in the account never changed. */
const METADATA = getStructDecoder([
    ['key', getU8Decoder()],
    ['updateAuthority', getAddressDecoder()],
    ['mint', getAddressDecoder()],
    ['name', TEXT],
    ['symbol', TEXT],
    ['uri', TEXT],
]);

function decoded(data: Parameters<typeof METADATA.decode>[0]) {
    try {
        return METADATA.decode(data);
    } catch {
        return undefined;
    }
}

/** The program fills texts with zeros up to their full length. */
function shown(text: string): string {
    return text.replace(/\0+$/u, '').replace(HIDDEN, '\u{fffd}');
}
