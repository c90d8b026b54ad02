// What happens to everybody now and then has a sentence: who comes second, has too little, or is late.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import {
    SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND,
    SolanaError,
    createNoopSigner,
    type Instruction,
} from '@solana/kit';
import * as sluice from '@sluice/client';

import { sol, type Actor } from './support/localnet.js';
import { setUp, viewOf, type Stage } from './support/stage.js';

let stage: Stage;
before(async () => {
    stage = await setUp(1);
});
after(() => stage.net.stop());

/** What is said of a transaction that fails. */
async function told(payer: Actor, instructions: Instruction[]): Promise<string> {
    try {
        await stage.net.send(payer, instructions);
    } catch (error) {
        return sluice.explain(error) ?? `nothing of ${error}`;
    }
    throw new Error('it did not fail');
}

async function request(): Promise<sluice.TicketView> {
    const { net, alice } = stage;
    const view = await viewOf(stage);
    const input = { owner: alice.signer, lst: sol(1n) };
    const { instructions, ticket } = await sluice.unstake(net.rpc, view, input);
    await net.send(alice, instructions);
    return (await sluice.ticketsAt(net.rpc, view, [ticket]))[0]!;
}

const GONE = /^The ticket is not there, or not any more: it was claimed or cancelled/;

test('who cancels or claims what is gone is told so', async () => {
    const { net, alice, carol } = stage;
    const kept = await request();
    const ticket = await request();
    const cancelling = await sluice.cancel(await viewOf(stage), ticket, { owner: alice.signer });
    await net.send(alice, cancelling);
    // Another fee payer makes another transaction of it.
    assert.match(await told(carol, cancelling), GONE);
    await net.advance(carol, 80);
    await net.advance(carol);
    const view = await viewOf(stage);
    const claiming = await sluice.claim(view, (await sluice.ticketsAt(net.rpc, view, [kept.address]))[0]!);
    await net.send(carol, claiming);
    assert.match(await told(alice, claiming), GONE);
});

test('who repeats a request with its number is told that there is a ticket', async () => {
    const { net, alice } = stage;
    const { account } = await request();
    const input = { owner: alice.signer, lst: sol(2n), number: account.number };
    const { instructions } = await sluice.unstake(net.rpc, await viewOf(stage), input);
    assert.match(await told(alice, instructions), /^The requester has a ticket of this number/);
});

test('who has fewer tokens or less SOL than he moves is told so', async () => {
    const { net, alice, carol } = stage;
    const view = await viewOf(stage);
    const few = /^The token account has fewer tokens than the transaction moves/;
    const { instructions } = await sluice.unstake(net.rpc, view, {
        owner: alice.signer,
        lst: sol(1_000_000n),
    });
    assert.match(await told(alice, instructions), few);
    const instant = await sluice.stake(view, { owner: carol.signer, lamports: sol(1_000n) });
    assert.match(await told(carol, instant), /^Who pays has less SOL than the transaction moves/);
});

test('a transaction that is late is told so', () => {
    const late = new SolanaError(SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND);
    const preflight = Object.assign(new Error('preflight'), { context: { logs: [] }, cause: late });
    for (const error of [late, preflight]) {
        assert.match(sluice.explain(error) ?? '', /^The blockhash of the transaction has expired/);
    }
});

test('an owner who signs can pay as an address, too', async () => {
    const { net, alice } = stage;
    const { signer, address } = alice;
    const view = await viewOf(stage);
    for (const [more, payer] of [address, createNoopSigner(address), signer].entries()) {
        const input = { owner: signer, payer, lamports: sol(1n) + BigInt(more) };
        assert.equal((await net.send(alice, await sluice.stake(view, input))).events.length, 1);
    }
    const reversed = { owner: address, payer: signer, lamports: sol(2n) };
    assert.equal((await net.send(alice, await sluice.stake(view, reversed))).events.length, 1);
});
