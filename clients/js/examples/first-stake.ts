import { readFileSync } from 'node:fs';
import * as kit from '@solana/kit';
import * as sluice from '@sluice/client';

const [url, websocketUrl, pool, key] = process.argv.slice(2) as [string, string, kit.Address, string];
const [rpc, rpcSubscriptions] = [kit.createSolanaRpc(url), kit.createSolanaRpcSubscriptions(websocketUrl)];
const owner = await kit.createKeyPairSignerFromBytes(new Uint8Array(JSON.parse(readFileSync(key, 'utf8'))));

const view = await sluice.loadPool(rpc, pool);
await send(await sluice.stake(view, { owner, lamports: 1_000_000_000n }));
console.log('yield', sluice.apy(await sluice.history(rpc, view), 1n));
for (const ticket of await sluice.tickets(rpc, view, owner.address)) {
    console.log('ticket', ticket.address, ticket.state, ticket.claimableLamports);
    if (ticket.claimableLamports > 0n) await send(await sluice.claim(view, ticket));
}

async function send(instructions: kit.Instruction[]): Promise<void> {
    const { value: blockhash } = await rpc.getLatestBlockhash().send();
    const paid = kit.setTransactionMessageFeePayerSigner(owner, kit.createTransactionMessage({ version: 0 }));
    const dated = kit.setTransactionMessageLifetimeUsingBlockhash(blockhash, paid);
    const message = kit.appendTransactionMessageInstructions(instructions, dated);
    const ready = await kit.signTransactionMessageWithSigners(message);
    kit.assertIsTransactionWithBlockhashLifetime(ready);
    await kit.sendAndConfirmTransactionFactory({ rpc, rpcSubscriptions })(ready, { commitment: 'confirmed' });
}
