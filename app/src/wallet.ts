// Wallets of the Wallet Standard: which are there, and one that is connected.

import { useEffect, useState } from 'preact/hooks';
import { getWallets } from '@wallet-standard/app';
import type { Wallet, WalletAccount } from '@wallet-standard/base';
import {
    StandardConnect,
    StandardDisconnect,
    StandardEvents,
    type StandardConnectFeature,
    type StandardDisconnectFeature,
    type StandardEventsFeature,
} from '@wallet-standard/features';
import { SolanaSignTransaction, type SolanaSignTransactionFeature } from '@solana/wallet-standard-features';
import { isAddress, type Address } from '@solana/kit';

import { Told } from './problem.js';
import type { Chain } from './node.js';
import { texts } from './texts.js';

/** What the page needs of a wallet: it signs, and the page sends. */
type Features = SolanaSignTransactionFeature &
    StandardConnectFeature &
    Partial<StandardDisconnectFeature & StandardEventsFeature>;
export type AnyWallet = Wallet & { features: Features };

/** An account that is connected. */
export type Connected = { wallet: AnyWallet; account: WalletAccount; address: Address };

/** Every wallet of this browser that can sign for Solana, also those that come later. */
export function useWallets(): AnyWallet[] {
    const { get, on } = getWallets();
    const [wallets, setWallets] = useState(() => get().filter(signs));
    useEffect(() => {
        const renew = () => setWallets(get().filter(signs));
        renew();
        return on('register', renew);
    }, []);
    return wallets;
}

function signs(wallet: Wallet): wallet is AnyWallet {
    return SolanaSignTransaction in wallet.features && StandardConnect in wallet.features;
}

/** Asks the wallet for an account. */
export async function connect(wallet: AnyWallet): Promise<Connected> {
    const { accounts } = await asked(() => wallet.features[StandardConnect].connect());
    return connectedTo(wallet, accounts[0]);
}

function connectedTo(wallet: AnyWallet, account: WalletAccount | undefined): Connected {
    if (!account || !isAddress(account.address)) throw new Told(texts.wallet.refused);
    return { wallet, account, address: account.address };
}

export function disconnect({ wallet }: Connected): void {
    void wallet.features[StandardDisconnect]?.disconnect();
}

/** Hears when the wallet shows another account, or none. */
export function onChange(
    { wallet }: Connected,
    heard: (connected: Connected | undefined) => void,
): () => void {
    const events = wallet.features[StandardEvents];
    if (!events) return () => {};
    return events.on('change', ({ accounts }) => {
        if (accounts) heard(accounts[0] ? connectedTo(wallet, accounts[0]) : undefined);
    });
}

/** Lets the wallet sign the bytes of a transaction. */
export async function signed(
    { wallet, account }: Connected,
    chain: Chain,
    transaction: Uint8Array,
): Promise<Uint8Array> {
    if (!account.chains.includes(chain)) {
        const { wrongChain, wrongChainNext } = texts.wallet;
        throw new Told(wrongChain(chain), wrongChainNext);
    }
    const [output] = await asked(() =>
        wallet.features[SolanaSignTransaction].signTransaction({ account, chain, transaction }),
    );
    if (!output) throw new Told(texts.wallet.changed);
    return output.signedTransaction;
}

/** What a wallet answers. Its refusals have no common form: a word in them is all that tells. */
async function asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
        return await ask();
    } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        const { refused, refusedNext, failed } = texts.wallet;
        const isRefusal = /reject|declin|cancel|denied|closed/i.test(why);
        throw isRefusal ? new Told(refused, refusedNext) : new Told(failed(why));
    }
}
