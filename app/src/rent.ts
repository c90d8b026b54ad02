// What a transaction puts into new accounts, and what comes back from those that it closes.

import { isWritableRole, type Address, type Instruction } from '@solana/kit';

/** How much an account has, and how many bytes; `null` where there is none. */
type Account = { lamports: bigint; space: bigint } | null | undefined;
export type Change = { address: Address; before: Account; after: Account };

/** The runtime counts so many bytes for each account beside its data. */
const BYTES_BESIDE = 128n;

/** The accounts that instructions write. */
export function writtenBy(instructions: readonly Instruction[]): Address[] {
    const all = instructions.flatMap(({ accounts = [] }) =>
        accounts.filter(({ role }) => isWritableRole(role)).map(({ address }) => address),
    );
    return [...new Set(all)];
}

/** Lamports that new accounts need, by the rent of an empty one. What else they hold is not rent. */
export function rentOfNew(changes: readonly Change[], emptyRentLamports: bigint): bigint {
    return changes.reduce((sum, { before, after }) => {
        if (bytesOf(before) > 0n || bytesOf(after) === 0n) return sum;
        const rent = (emptyRentLamports * (BYTES_BESIDE + bytesOf(after))) / BYTES_BESIDE;
        return sum + rent - (before?.lamports ?? 0n);
    }, 0n);
}

/** Lamports that were in accounts that close, of those whose rent is the reader's. */
export function rentOfClosed(changes: readonly Change[], own: readonly Address[]): bigint {
    return changes.reduce((sum, { address, before, after }) => {
        const isClosed = bytesOf(before) > 0n && bytesOf(after) === 0n && own.includes(address);
        return isClosed ? sum + (before?.lamports ?? 0n) : sum;
    }, 0n);
}

/** The data of an account that is there. */
function bytesOf(account: Account): bigint {
    return account && account.lamports > 0n ? account.space : 0n;
}
