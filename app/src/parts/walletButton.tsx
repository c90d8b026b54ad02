import { useState } from 'preact/hooks';

import { short } from '../format.js';
import { Problem } from '../problem.js';
import { texts } from '../texts.js';
import { connect, disconnect, useWallets, type AnyWallet, type Connected } from '../wallet.js';

type Shown = { connected: Connected | undefined; onConnected: (connected: Connected | undefined) => void };

/** Connects one of the wallets in this browser. */
export function WalletButton({ connected, onConnected }: Shown) {
    const wallets = useWallets();
    const [isOpen, setOpen] = useState(false);
    const [error, setError] = useState<unknown>();
    if (connected) {
        const leave = () => {
            disconnect(connected);
            onConnected(undefined);
        };
        return (
            <div class="wallet">
                <span>{texts.wallet.connected(connected.wallet.name, short(connected.address))}</span>
                <button type="button" class="quiet" onClick={leave}>
                    {texts.wallet.disconnect}
                </button>
            </div>
        );
    }
    const choose = async (wallet: AnyWallet) => {
        try {
            setError(undefined);
            onConnected(await connect(wallet));
            setOpen(false);
        } catch (thrown) {
            setError(thrown);
        }
    };
    return (
        <div class="wallet">
            <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
                {texts.wallet.connect}
            </button>
            {isOpen && (
                <div class="choices">
                    {wallets.length === 0 && <p>{texts.wallet.none}</p>}
                    {wallets.map((wallet) => (
                        <button type="button" key={wallet.name} onClick={() => void choose(wallet)}>
                            <img src={wallet.icon} alt="" width="20" height="20" />
                            {texts.wallet.with(wallet.name)}
                        </button>
                    ))}
                    <Problem error={error} />
                </div>
            )}
        </div>
    );
}
