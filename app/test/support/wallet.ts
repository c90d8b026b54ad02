// A wallet of the Wallet Standard with a key in the page. It runs in the browser, from its text alone.

/** What the test tells the wallet, and what the wallet notes. */
export type TestWallet = { address: string; publicKey: number[]; privateKey: number[]; chain: string };

/** Registers the wallet with the page. `window.declines` makes it decline, `window.change` shows another account,
 * and it waits for `window.held`. `window.asked` says that it was asked to sign. */
export function installWallet({ address, publicKey, privateKey, chain }: TestWallet): void {
    const account = {
        address,
        publicKey: new Uint8Array(publicKey),
        chains: [chain],
        features: ['solana:signTransaction'],
    };
    // What PKCS #8 has before the bytes of an Ed25519 key.
    const head = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    const key = crypto.subtle.importKey('pkcs8', new Uint8Array([...head, ...privateKey]), 'Ed25519', false, [
        'sign',
    ]);
    const page = window as unknown as {
        declines?: boolean;
        held?: Promise<void>;
        asked?: boolean;
        signed: number;
        change: (address: string) => void;
    };
    page.signed = 0;
    const listeners: ((changed: object) => void)[] = [];
    page.change = (address) => listeners.forEach((hear) => hear({ accounts: [{ ...account, address }] }));

    /** Signs as the first signer. */
    const sign = async ({ transaction }: { transaction: Uint8Array<ArrayBuffer> }) => {
        page.asked = true;
        await page.held;
        if (page.declines) throw new Error('User rejected the request.');
        const signatures = transaction[0]!;
        const message = transaction.slice(1 + 64 * signatures);
        const signature = new Uint8Array(await crypto.subtle.sign('Ed25519', await key, message));
        const signedTransaction = transaction.slice();
        signedTransaction.set(signature, 1);
        page.signed += 1;
        return { signedTransaction };
    };
    const wallet = {
        version: '1.0.0',
        name: 'Test wallet',
        icon: 'data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=',
        chains: [chain],
        accounts: [account],
        features: {
            'standard:connect': { version: '1.0.0', connect: async () => ({ accounts: [account] }) },
            'standard:events': {
                version: '1.0.0',
                on: (_: string, hear: (changed: object) => void) => {
                    listeners.push(hear);
                    return () => void listeners.splice(listeners.indexOf(hear), 1);
                },
            },
            'solana:signTransaction': {
                version: '1.0.0',
                supportedTransactionVersions: ['legacy', 0],
                signTransaction: (...inputs: { transaction: Uint8Array<ArrayBuffer> }[]) =>
                    Promise.all(inputs.map(sign)),
            },
        },
    };
    const register = (api: { register: (wallet: object) => void }) => api.register(wallet);
    window.addEventListener('wallet-standard:app-ready', (event) => register((event as CustomEvent).detail));
    window.dispatchEvent(new CustomEvent('wallet-standard:register-wallet', { detail: register }));
}
