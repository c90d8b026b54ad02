// Both prices as they were. The pool's record on the chain has the deposit price of each epoch; the exit price stands only
// in the events of the transactions that priced the epochs, as long as a node has those.

import type { EpochRate } from './generated/index.js';
import { requireView, requireWhole } from './inputs.js';
import { full, value } from './ledger.js';
import type { PoolView } from './pool.js';
import { listed, readPast, type PastRpc } from './transactions.js';

/** Both prices in the moment when an epoch was priced: its rewards were booked, and had not begun to drip. */
export type EpochPrices = {
    epoch: bigint;
    /** The slot of that moment. */
    slot: bigint;
    /** Lamports for a whole new LST, rounded down. */
    depositPriceLamports: bigint;
    /** Lamports that a whole LST was worth to who left, before fees, rounded down. */
    exitPriceLamports: bigint;
};

const WHOLE_LST = 1_000_000_000n;
const USUAL_MOST = 30;

/**
 * Both prices of the last epochs, oldest first, as far as the node has the transactions that priced them: 30 are read
 * unless said otherwise. An event that is not what the record on the chain says is left out.
 */
export async function pastPrices(
    rpc: PastRpc,
    view: PoolView,
    rates: readonly EpochRate[],
    { most = USUAL_MOST }: { most?: number } = {},
): Promise<EpochPrices[]> {
    requireView(view);
    requireWhole('most', most, 1, 1_000);
    // Only what prices an epoch writes the record.
    const named = await listed(rpc, view.account.history, most);
    const good = named.flatMap(({ signature, err }) => (err === null ? [signature] : []));
    const past = await readPast(rpc, good);
    const recorded = new Map(rates.map((rate) => [rate.epoch, rate]));
    return past.flatMap((one) =>
        (one?.events ?? []).flatMap(({ name, data }): EpochPrices[] => {
            if (name !== 'epochFinalized' || data.pool !== view.address) return [];
            const { epoch, slot, books } = data;
            const rate = recorded.get(epoch);
            const isRecorded = rate?.fullLamports === full(books) && rate.lstSupply === books.lstSupply;
            if (!isRecorded || books.lstSupply === 0n) return [];
            const price = (lamports: bigint) => (lamports * WHOLE_LST) / books.lstSupply;
            return [
                {
                    epoch,
                    slot,
                    depositPriceLamports: price(full(books)),
                    exitPriceLamports: price(value(books, slot)),
                },
            ];
        }),
    );
}
