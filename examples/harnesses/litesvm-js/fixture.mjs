// Reads what `sluice-localnet fixture` wrote, into litesvm.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyPairSignerFromBytes, getBase64Decoder, getBase64Encoder, lamports } from '@solana/kit';
import { Clock, FailedTransactionMetadata, LiteSVM } from 'litesvm';

const folder = process.env.SLUICE_FIXTURE;
if (!folder) throw new Error('SLUICE_FIXTURE names no folder: write one with sluice-localnet fixture FOLDER');
const read = (...path) => JSON.parse(readFileSync(join(folder, ...path), 'utf8'));
const bytes = (text) => Uint8Array.from(getBase64Encoder().encode(text));

export const { accounts: addresses, programs } = read('addresses.json');
export const holder = await createKeyPairSignerFromBytes(Uint8Array.from(read('keys', 'holder.json')));

/** A runtime that has the pool, and stands where the pool does. Token and stake program are its own. */
export function runtime() {
    const svm = new LiteSVM();
    svm.addProgramFromFile(programs.sluice, join(folder, 'programs', 'sluice.so'));
    // A sysvar is set as any account is.
    for (const room of ['accounts', 'sysvars']) {
        for (const file of readdirSync(join(folder, room))) {
            const { pubkey, account } = read(room, file);
            svm.setAccount({
                address: pubkey,
                data: bytes(account.data[0]),
                executable: account.executable,
                lamports: lamports(BigInt(account.lamports)),
                programAddress: account.owner,
                space: BigInt(account.space),
            });
        }
    }
    return svm;
}

/** Lets a runtime's clock say another epoch. */
export function leapToEpoch(svm, epoch) {
    const now = svm.getClock();
    svm.setClock(
        new Clock(now.slot, now.epochStartTimestamp, epoch, now.leaderScheduleEpoch, now.unixTimestamp),
    );
}

/** As much of a node as the client asks: it reads accounts. */
export function rpcOf(svm) {
    const value = (address) => {
        const account = svm.getAccount(address);
        if (!account.exists) return null;
        const { data, executable, lamports, programAddress: owner, space } = account;
        return { data: [getBase64Decoder().decode(data), 'base64'], executable, lamports, owner, space };
    };
    return {
        getMultipleAccounts: (all) => ({
            send: async () => ({ context: { slot: svm.getClock().slot }, value: all.map(value) }),
        }),
    };
}

/** Fails with the program's logs where a transaction does. */
export function must(result) {
    if (result instanceof FailedTransactionMetadata) throw new Error(result.meta().logs().join('\n'));
    return result;
}
