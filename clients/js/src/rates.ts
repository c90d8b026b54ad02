// The history account of a pool: what its epochs booked.

import type { Address, MaybeEncodedAccount } from '@solana/kit';

import { KINDS, readAccount } from './accounts.js';
import type { EpochRate, Pool, RateHistory } from './generated/index.js';
import { SluiceRefusal } from './refusal.js';

/** The epochs in a pool's history account, oldest first. Refuses that of another pool. */
export function ratesOf(
    { address, account }: { address: Address; account: Pool },
    found: MaybeEncodedAccount,
): EpochRate[] {
    const read = readAccount(KINDS.history, found);
    if (read.pool !== address) {
        const what = `The rate history at ${account.history} belongs to the pool ${read.pool}`;
        throw new SluiceRefusal('another-pool', what, { address: account.history });
    }
    return epochsOf(read);
}

/** The epochs of a history account, oldest first. */
export function epochsOf({ epochs, next, count }: RateHistory): EpochRate[] {
    const oldest = next + epochs.length - count;
    return Array.from({ length: count }, (_, index) => epochs[(oldest + index) % epochs.length]!);
}
