import { readFileSync } from 'node:fs';
import * as kit from '@solana/kit';
import * as sluice from '@sluice/client';

const [url, websocketUrl, pool, keypair] = process.argv.slice(2) as [string, string, kit.Address, string];
const [rpc, rpcSubscriptions] = [kit.createSolanaRpc(url), kit.createSolanaRpcSubscriptions(websocketUrl)];
const confirm = kit.sendAndConfirmTransactionFactory({ rpc, rpcSubscriptions });
const secret: number[] = JSON.parse(readFileSync(keypair, 'utf8'));
const owner = await kit.createKeyPairSignerFromBytes(Uint8Array.from(secret));

const view = await sluice.loadPool(rpc, pool);
console.log('1 SOL buys', sluice.quoteStake(view, 1_000_000_000n).lst);
await send(await sluice.stake(view, { owner, lamports: 1_000_000_000n }));
console.log('yield', sluice.apy(await sluice.history(rpc, view), 1n));
for (const ticket of await sluice.tickets(rpc, view, owner.address)) {
    if (ticket.claimableLamports > 0n) await send(await sluice.claim(view, ticket));
    console.log('ticket', ticket.address, ticket.state, ticket.claimableLamports);
}

async function send(instructions: kit.Instruction[]): Promise<void> {
    const { value: blockhash } = await rpc.getLatestBlockhash().send();
    const empty = kit.createTransactionMessage({ version: 0 });
    const paid = kit.setTransactionMessageFeePayerSigner(owner, empty);
    const living = kit.setTransactionMessageLifetimeUsingBlockhash(blockhash, paid);
    const message = kit.appendTransactionMessageInstructions(instructions, living);
    const transaction = await kit.signTransactionMessageWithSigners(message);
    kit.assertIsSendableTransaction(transaction);
    kit.assertIsTransactionWithBlockhashLifetime(transaction);
    await confirm(transaction, { commitment: 'confirmed' });
}
