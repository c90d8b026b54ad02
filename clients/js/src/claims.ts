// Which claims are made together, and which are not worth it.

import type { Address } from '@solana/kit';

import type { TicketView } from './tickets.js';

/** So many claims fit one transaction without a lookup table. */
export const CLAIMS_PER_TRANSACTION = 5;
const LAMPORTS_PER_SIGNATURE = 5_000n;

type Worth = Pick<TicketView, 'claimableLamports' | 'rentRecipient'>;

/**
 * Whether a claim brings one of `payers` more than its fee. Anybody can make dust tickets for others. One's own
 * return at least their rent.
 */
export function isWorthItsFee(
    { claimableLamports, rentRecipient }: Worth,
    payers: readonly Address[],
): boolean {
    return payers.includes(rentRecipient) || claimableLamports >= LAMPORTS_PER_SIGNATURE;
}

/** Whether a claim succeeds now, and pays something or gives rent back. */
export function isClaimable({ claimableLamports, state, ownerLacksLamports }: TicketView): boolean {
    return ownerLacksLamports === 0n && (claimableLamports > 0n || state === 'paid');
}

/** Tickets that a claim succeeds for now. */
export type ClaimsDue = {
    /** Those that are worth their fee, first what pays most. */
    due: TicketView[];
    /** How many are not. */
    dust: number;
};

/** What of these tickets can be claimed now, by who pays for it. */
export function claimsDue(tickets: readonly TicketView[], payers: readonly Address[]): ClaimsDue {
    const claimable = tickets.filter(isClaimable);
    const due = claimable
        .filter((ticket) => isWorthItsFee(ticket, payers))
        .sort((one, other) => Number(other.claimableLamports - one.claimableLamports));
    return { due, dust: claimable.length - due.length };
}
