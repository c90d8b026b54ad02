// A holder stakes, leaves at once, asks the queue and is paid, in litesvm's package for Node.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as kit from '@solana/kit';
import * as sluice from '@sluice/client';
import { addresses, holder, leapToEpoch, must, rpcOf, runtime } from './fixture.mjs';

const ONE = 1_000_000_000n;

async function send(svm, instructions) {
    const empty = kit.createTransactionMessage({ version: 0 });
    const paid = kit.setTransactionMessageFeePayerSigner(holder, empty);
    const living = svm.setTransactionMessageLifetimeUsingLatestBlockhash(paid);
    const message = kit.appendTransactionMessageInstructions(instructions, living);
    return svm.sendTransaction(await kit.signTransactionMessageWithSigners(message));
}

function lst(svm) {
    const { data } = svm.getAccount(addresses['holder-lst']);
    return kit.getU64Decoder().decode(data, 64);
}

test('a holder lives in litesvm', async () => {
    const svm = runtime();
    const rpc = rpcOf(svm);
    const view = () => sluice.loadPool(rpc, addresses.pool);
    const before = lst(svm);

    const quoted = sluice.quoteStake(await view(), 10n * ONE).lst;
    must(await send(svm, await sluice.stake(await view(), { owner: holder, lamports: 10n * ONE })));
    assert.equal(lst(svm) - before, quoted);

    must(await send(svm, await sluice.unstakeNow(await view(), { owner: holder, lst: 2n * ONE })));
    const request = await sluice.unstake(rpc, await view(), { owner: holder, lst: ONE });
    must(await send(svm, request.instructions));
    assert.equal(lst(svm), before + quoted - 3n * ONE);
    assert.ok(svm.getAccount(request.ticket).exists);

    const [settled] = await sluice.ticketsAt(rpc, await view(), [addresses['ticket-settled']]);
    const poor = svm.getBalance(holder.address);
    must(await send(svm, await sluice.claim(await view(), settled)));
    assert.ok(svm.getBalance(holder.address) - poor > settled.claimableLamports - 10_000n);
    assert.ok(settled.claimableLamports > 50n * ONE);
});

test('in another epoch the pool is stale', async () => {
    const svm = runtime();
    leapToEpoch(svm, svm.getClock().epoch + 1n);
    const view = await sluice.loadPool(rpcOf(svm), addresses.pool);
    await assert.rejects(
        () => sluice.stake(view, { owner: holder, lamports: ONE }),
        (error) => error instanceof sluice.SluiceRefusal && error.code === sluice.SLUICE_ERROR__POOL_STALE,
    );
});
