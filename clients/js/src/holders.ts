// What holders do. Each function returns instructions and sends nothing.

import type { Address, GetMultipleAccountsApi, Instruction, Rpc } from '@solana/kit';

import { readOptions, type ReadOptions } from './accounts.js';
import {
    SLUICE_ERROR__BATCH_LOCKED,
    SLUICE_ERROR__NOTHING_TO_CLAIM,
    SLUICE_ERROR__ZERO_AMOUNT,
    findBatchPda,
    findTicketPda,
    getCancelTicketInstructionAsync,
    getClaimInstructionAsync,
    getDepositSolInstructionAsync,
    getRequestUnstakeInstructionAsync,
    getTransferTicketInstruction,
    getWithdrawSolInstructionAsync,
} from './generated/index.js';
import { requireAmount, requireView, requireWhole } from './inputs.js';
import { rolled, type PoolView } from './pool.js';
import { minimum, quoteStake, quoteUnstakeNow } from './quotes.js';
import { recipientOr, type Recipient } from './recipients.js';
import { SluiceRefusal, ensure } from './refusal.js';
import { freeTicketNumber, requireOfPool, ticketState, type TicketView } from './tickets.js';
import { addressOf, createTokenAccount, signers, tokenAccountOf, type Signing } from './tokens.js';

/** For so many epochs a request can wait for its signatures at most. */
const MOST_VALID_EPOCHS = 8;

/** How far the result may fall below the quote. */
export type Slippage = {
    /** Accept this much less than quoted, in basis points. Default: 10. */
    slippageBps?: number;
};

/** SOL for LST. */
export type StakeInput = Slippage & {
    /** Who pays. */
    owner: Signing;
    lamports: bigint;
    /** Whose associated token account gets the LST. Default: the owner's. */
    recipient?: Recipient;
    /** Who pays the rent of that account where it is missing. Default: the owner. */
    payer?: Signing;
};

/** Deposits SOL. Fails where the program would, such as in a pool that is not priced for this epoch. */
export async function stake(view: PoolView, input: StakeInput): Promise<Instruction[]> {
    requireView(view);
    const { owner, lamports, payer = owner } = input;
    const signer = signers(owner, payer);
    const { mint } = view.account;
    const recipient = await recipientOr(owner, input.recipient, view);
    const quote = quoteStake(view, lamports);
    const deposit = await getDepositSolInstructionAsync({
        mint,
        depositor: signer(owner),
        recipient: await tokenAccountOf(recipient, mint),
        lamports,
        minimumLst: minimum(quote.lst, input.slippageBps),
    });
    return [await createTokenAccount(signer(payer), recipient, mint), deposit];
}

/** LST for SOL at once. */
export type UnstakeNowInput = Slippage & {
    /** Whose LST it is. */
    owner: Signing;
    /** LST, in smallest units. */
    lst: bigint;
    /** The token account of the LST. Default: the owner's associated one. */
    source?: Address;
    /** Who gets the SOL. Default: the owner. */
    recipient?: Recipient;
};

/** Leaves at once, from the pool's buffer and for a fee. Fails where the program would. */
export async function unstakeNow(view: PoolView, input: UnstakeNowInput): Promise<Instruction[]> {
    requireView(view);
    const { owner, lst, source } = input;
    const signer = signers(owner);
    const recipient = await recipientOr(owner, input.recipient, view);
    const quote = quoteUnstakeNow(view, lst);
    const withdraw = await getWithdrawSolInstructionAsync({
        mint: view.account.mint,
        owner: signer(owner),
        ...(source && { source }),
        recipient,
        lst,
        minimumLamports: minimum(quote.lamports, input.slippageBps),
    });
    return [withdraw];
}

/** LST that join the queue. */
export type UnstakeInput = ReadOptions & {
    /** Who can move the LST: their owner, or a delegate. */
    owner: Signing;
    /** LST, in smallest units. */
    lst: bigint;
    /** The token account of the LST. Default: the owner's associated one. */
    source?: Address;
    /** Who owns the ticket and will be paid. Default: the owner of the LST. */
    ticketOwner?: Recipient;
    /** Who pays the rent of the ticket, and gets back what the owner's account does not need of it. Default:
     * the owner. */
    payer?: Signing;
    /** Number of the ticket. Default: the lowest of this epoch that is free. To repeat a request whose
     * outcome you do not know, pass the number of the first: it fails while there is a ticket of that number. */
    number?: bigint;
    /** For how many epochs the message can wait for its signatures, at most 8. Default: 1. */
    validEpochs?: number;
};

/** Joins the queue, which nothing closes. Also tells the ticket's address. */
export async function unstake(
    rpc: Rpc<GetMultipleAccountsApi>,
    view: PoolView,
    input: UnstakeInput,
): Promise<{ instructions: Instruction[]; ticket: Address; number: bigint }> {
    const { owner, lst, payer = owner, validEpochs = 1 } = input;
    requireView(view);
    requireAmount('lst', lst);
    ensure(lst > 0n, SLUICE_ERROR__ZERO_AMOUNT);
    requireWhole('validEpochs', validEpochs, 1, MOST_VALID_EPOCHS);
    if (input.number !== undefined) requireAmount('number', input.number);
    const signer = signers(owner, payer);
    const requester = addressOf(owner);
    const { mint } = view.account;
    const pool = view.address;
    const number = input.number ?? (await freeTicketNumber(rpc, view, requester, readOptions(input)));
    const first = rolled(view.account, view.cluster.clock.slot).openBatch;
    const request = await getRequestUnstakeInstructionAsync({
        pool,
        batchId: first,
        requester: signer(owner),
        owner: await recipientOr(owner, input.ticketOwner, view),
        payer: signer(payer),
        source: input.source ?? (await tokenAccountOf(requester, mint)),
        lst,
        number,
    });
    const later = await Promise.all(
        Array.from({ length: validEpochs }, (_, index) =>
            findBatchPda({ pool, batchId: first + BigInt(index + 1) }),
        ),
    );
    // It joins the batch that is open when it executes.
    const others = later.map(([address]) => ({ address, role: 1 as const }));
    const [ticket] = await findTicketPda({ pool, requester, number });
    const instruction = { ...request, accounts: [...request.accounts, ...others] };
    return { instructions: [instruction], ticket, number };
}

/**
 * Collects the SOL of a ticket for its owner. Anybody may, as soon as there is something to collect. What is
 * left of the rent of a ticket that closes goes to who paid it: first it fills up the owner's account.
 */
export async function claim(view: PoolView, ticket: TicketView): Promise<Instruction[]> {
    requireView(view);
    requireOfPool(view, ticket.address, ticket.account.pool);
    const isDue = ticket.claimableLamports > 0n || ticket.state === 'paid';
    ensure(isDue, SLUICE_ERROR__NOTHING_TO_CLAIM, ticket.address);
    requireRent(ticket);
    const claiming = await getClaimInstructionAsync({
        pool: view.address,
        batchId: ticket.batch.id,
        batch: ticket.batchAddress,
        ticket: ticket.address,
        owner: ticket.account.owner,
        payer: ticket.rentRecipient,
        opener: ticket.batch.opener,
    });
    return [claiming];
}

/** Refuses a claim that would leave the owner's account with less than its rent. */
function requireRent({ address, account, claimableLamports, ownerLacksLamports }: TicketView): void {
    if (ownerLacksLamports === 0n) return;
    const what =
        `${claimableLamports} lamports of the ticket ${address} can be paid, but the cluster keeps no account ` +
        `with less than its rent, and that of the owner ${account.owner} would lack ${ownerLacksLamports}. ` +
        'Send the owner that much first, or wait: the last part of a ticket can always be claimed';
    throw new SluiceRefusal('impossible', what, { address });
}

/** Who takes a ticket's LST out of the queue. */
export type CancelInput = {
    /** The ticket's owner. */
    owner: Signing;
    /** Whose associated token account gets the LST. Default: the owner's. */
    recipient?: Recipient;
    /** Who pays the rent of that account where it is missing. Default: the owner. */
    payer?: Signing;
};

/** Takes a ticket's LST out of the queue again, until its batch locks. */
export async function cancel(
    view: PoolView,
    ticket: TicketView,
    { owner, recipient, payer = owner }: CancelInput,
): Promise<Instruction[]> {
    requireOwned(view, ticket, owner);
    ensure(ticketState(view, ticket.batch) === 'open', SLUICE_ERROR__BATCH_LOCKED, ticket.address);
    const signer = signers(owner, payer);
    const { mint } = view.account;
    const to = await recipientOr(owner, recipient, view);
    const cancelling = await getCancelTicketInstructionAsync({
        pool: view.address,
        batchId: ticket.batch.id,
        batch: ticket.batchAddress,
        ticket: ticket.address,
        owner: signer(owner),
        payer: ticket.rentRecipient,
        recipient: await tokenAccountOf(to, mint),
    });
    return [await createTokenAccount(signer(payer), to, mint), cancelling];
}

/** Gives a ticket to another owner, who will be paid. */
export async function transferTicket(
    view: PoolView,
    ticket: TicketView,
    { owner, to }: { owner: Signing; to: Recipient },
): Promise<Instruction[]> {
    requireOwned(view, ticket, owner);
    const signer = signers(owner);
    const transfer = getTransferTicketInstruction({
        ticket: ticket.address,
        batch: ticket.batchAddress,
        owner: signer(owner),
        newOwner: await recipientOr(owner, to, view),
        lst: ticket.account.lst,
    });
    return [transfer];
}

function requireOwned(view: PoolView, { address, account }: TicketView, owner: Signing): void {
    requireOfPool(view, address, account.pool);
    requireView(view);
    if (account.owner === addressOf(owner)) return;
    const what = `The ticket ${address} belongs to ${account.owner}, who alone can cancel it or give it away`;
    throw new SluiceRefusal('another-owner', what, { address });
}
