// What runs in the browser: it stakes, and tells how that went.

import * as kit from '@solana/kit';
import * as sluice from '@sluice/client';

type Asked = { url: string; websocketUrl: string; pool: kit.Address; secret: number[]; lamports: string };

try {
    await tell(await stake((globalThis as unknown as { asked: Asked }).asked));
} catch (error) {
    await tell({ failed: String(error), explained: sluice.explain(error) });
}

async function stake({ url, websocketUrl, pool, secret, lamports }: Asked): Promise<object> {
    const rpc = kit.createSolanaRpc(url);
    const rpcSubscriptions = kit.createSolanaRpcSubscriptions(websocketUrl);
    const owner = await kit.createKeyPairSignerFromBytes(Uint8Array.from(secret));
    const view = await sluice.loadPool(rpc, pool);
    const { lst } = sluice.quoteStake(view, BigInt(lamports));
    const instructions = await sluice.stake(view, { owner, lamports: BigInt(lamports) });
    const { value: blockhash } = await rpc.getLatestBlockhash().send();
    const message = kit.pipe(
        kit.createTransactionMessage({ version: 0 }),
        (message) => kit.setTransactionMessageFeePayerSigner(owner, message),
        (message) => kit.setTransactionMessageLifetimeUsingBlockhash(blockhash, message),
        (message) => kit.appendTransactionMessageInstructions(instructions, message),
    );
    const transaction = await kit.signTransactionMessageWithSigners(message);
    kit.assertIsSendableTransaction(transaction);
    kit.assertIsTransactionWithBlockhashLifetime(transaction);
    const confirm = kit.sendAndConfirmTransactionFactory({ rpc, rpcSubscriptions });
    await confirm(transaction, { commitment: 'confirmed' });
    return { lst: String(lst), hasNode: 'process' in globalThis, refusal: refusalOf(view) };
}

function refusalOf(view: sluice.PoolView): string | undefined {
    try {
        sluice.quoteStake(view, 5 as never);
        return undefined;
    } catch (error) {
        return sluice.explain(error);
    }
}

async function tell(answer: object): Promise<void> {
    await fetch('/', { method: 'POST', body: JSON.stringify(answer) });
}
