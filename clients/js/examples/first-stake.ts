import { readFileSync } from 'node:fs';
import * as kit from '@solana/kit';
import * as sluice from '@sluice/client';

const [url, websocketUrl, pool, keypair] = process.argv.slice(2) as [string, string, kit.Address, string];
const [rpc, rpcSubscriptions] = [kit.createSolanaRpc(url), kit.createSolanaRpcSubscriptions(websocketUrl)];
const owner = await kit.createKeyPairSignerFromBytes(new Uint8Array(JSON.parse(readFileSync(keypair, 'utf8'))));

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
    const empty = kit.setTransactionMessageFeePayerSigner(owner, kit.createTransactionMessage({ version: 0 }));
    const living = kit.setTransactionMessageLifetimeUsingBlockhash(blockhash, empty);
    const message = kit.appendTransactionMessageInstructions(instructions, living);
    const transaction = await kit.signTransactionMessageWithSigners(message);
    kit.assertIsSendableTransaction(transaction);
    kit.assertIsTransactionWithBlockhashLifetime(transaction);
    await kit.sendAndConfirmTransactionFactory({ rpc, rpcSubscriptions })(transaction, { commitment: 'confirmed' });
}
