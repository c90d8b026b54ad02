// The whole life of a stake on a local cluster. Every figure equals what the program booked, and what
// `sluice --output json` says.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { getProgramDerivedAddress, type Address } from '@solana/kit';
import * as sluice from '@sluice/client';

import { event, sol, type Json } from './support/localnet.js';
import { at, setUp, viewOf, type Stage } from './support/stage.js';

let stage: Stage;
before(async () => {
    stage = await setUp(4);
});
after(() => stage.net.stop());

const lstOf = (owner: Address, view: sluice.PoolView) => sluice.tokenAccountOf(owner, view.account.mint);

test('a deposit mints what was quoted, and what the command line mints for the same', async () => {
    const { net, alice, bob } = stage;
    const view = await viewOf(stage);
    const quote = sluice.quoteStake(view, sol(100n));
    const landed = await net.send(
        alice,
        await sluice.stake(view, { owner: alice.signer, lamports: sol(100n) }),
    );
    const { lst, feeLamports, chargeLamports } = event(landed, 'solDeposited');
    assert.deepEqual({ lst, feeLamports, chargeLamports }, quote);

    const next = sluice.quoteStake(await viewOf(stage), sol(100n));
    const told = await net.sluice(bob, 'stake', '100');
    assert.equal(told['minted_lst'], String(next.lst));
    assert.equal(told['fee_lamports'], String(next.feeLamports));
    assert.equal(told['charge_lamports'], String(next.chargeLamports));
});

test('what LST are worth is their part of what exits share, and later of all', async () => {
    const view = await viewOf(stage);
    const { fullLamports, valueLamports, supplyLst, exitPriceLamports, depositPriceLamports } =
        sluice.prices(view);
    assert.deepEqual(sluice.worth(view, supplyLst), {
        nowLamports: valueLamports,
        laterLamports: fullLamports,
    });
    const one = { nowLamports: exitPriceLamports, laterLamports: depositPriceLamports };
    assert.deepEqual(sluice.worth(view, 1_000_000_000n), one);
    assert.deepEqual(sluice.worth(view, 0n), { nowLamports: 0n, laterLamports: 0n });
});

test('an owner without a key, such as a vault, gets the tokens of a deposit', async () => {
    const { net, alice } = stage;
    const view = await viewOf(stage);
    const [vault] = await getProgramDerivedAddress({ programAddress: view.address, seeds: ['vault'] });
    const { lst } = sluice.quoteStake(view, sol(1n));
    const recipient = await sluice.recipientAt(net.rpc, view, vault, { allowProgramOwned: true });
    await net.send(alice, await sluice.stake(view, { owner: alice.signer, lamports: sol(1n), recipient }));
    assert.equal(await net.tokens(await lstOf(vault, view)), lst);
    // And it can be asked to sign: its instructions are for a program to sign.
    const now = await viewOf(stage);
    const instructions = [
        ...(await sluice.stake(now, { owner: vault, lamports: sol(1n) })),
        ...(await sluice.unstakeNow(now, { owner: vault, lst })),
        ...(await sluice.unstake(net.rpc, now, { owner: vault, lst })).instructions,
    ];
    const { signatures } = await net.signed(alice, instructions);
    assert.deepEqual(Object.keys(signatures), [alice.address, vault]);
    assert.equal(signatures[vault], null);
});

test('prices are those of `sluice pool show`', async () => {
    const { net, alice } = stage;
    const view = await viewOf(stage);
    const { prices, slot } = (await net.sluice(alice, 'pool', 'show')) as { prices: Json; slot: number };
    const ours = sluice.prices(at(view, BigInt(slot)));
    assert.equal(prices['full_lamports'], String(ours.fullLamports));
    assert.equal(prices['value_lamports'], String(ours.valueLamports));
    assert.equal(prices['supply_lst'], String(ours.supplyLst));
    assert.equal(prices['deposit_price_lamports'], String(ours.depositPriceLamports));
    assert.equal(prices['exit_price_lamports'], String(ours.exitPriceLamports));
    assert.ok(ours.exitPriceLamports! > sol(1n), 'the pool has earned nothing');
});

test('quotes are what the program answers in a simulation', async () => {
    const { net, alice, pool } = stage;
    const view = await viewOf(stage);
    const stakes = await net.ask(alice, sluice.getQuoteDepositInstruction({ pool, lamports: sol(9n) }));
    const { lst, feeLamports, chargeLamports } = sluice.getDepositAnswerDecoder().decode(stakes.data);
    assert.deepEqual({ lst, feeLamports, chargeLamports }, sluice.quoteStake(view, sol(9n)));
    const leaves = await net.ask(alice, sluice.getQuoteWithdrawInstruction({ pool, lst: sol(9n) }));
    const answer = sluice.getWithdrawAnswerDecoder().decode(leaves.data);
    assert.deepEqual(answer, sluice.quoteUnstakeNow(at(view, leaves.slot), sol(9n)));
    const rate = await net.ask(alice, sluice.getRateInstruction({ pool }));
    const { fullLamports, valueLamports, slot } = sluice.getRateDecoder().decode(rate.data);
    const ours = sluice.prices(at(view, slot));
    assert.deepEqual([fullLamports, valueLamports], [ours.fullLamports, ours.valueLamports]);
});

test('an instant exit pays what was quoted, and what the command line says', async () => {
    const { net, alice } = stage;
    const view = await viewOf(stage);
    const lst = sol(3n);
    const landed = await net.send(alice, await sluice.unstakeNow(view, { owner: alice.signer, lst }));
    const { lamports, feeLamports, slot } = event(landed, 'solWithdrawn');
    assert.deepEqual({ lamports, feeLamports }, sluice.quoteUnstakeNow(at(view, slot), lst));

    const now = await viewOf(stage);
    const told = await net.sluice(alice, 'unstake', '2', '--instant');
    const quoted = sluice.quoteUnstakeNow(at(now, BigInt(told['slot'])), sol(2n));
    assert.equal(told['paid_lamports'], String(quoted.lamports));
    assert.equal(told['fee_lamports'], String(quoted.feeLamports));
});

test('history and yields are those of `sluice pool history`', async () => {
    const { net, alice } = stage;
    const rates = await sluice.history(net.rpc, await viewOf(stage));
    const told = await net.sluice(alice, 'pool', 'history');
    assert.ok(rates.length >= 4);
    const lines = rates.map((rate, index) => ({
        epoch: Number(rate.epoch),
        epoch_start_timestamp: Number(rate.epochStartTimestamp),
        full_lamports: String(rate.fullLamports),
        supply_lst: String(rate.lstSupply),
        gain_lamports: String(rate.gainLamports),
        fee_lamports: String(rate.feeLamports),
        fee_kept_lamports: String(rate.feeKeptLamports),
        yielded: index === 0 ? null : yieldLine(sluice.yieldBetween(rates[index - 1]!, rate)),
    }));
    const theirs = told['epochs'].map(({ deposit_price_lamports: _, ...line }: Json) => line);
    assert.deepEqual(lines, theirs);
    assert.deepEqual(yieldLine(sluice.apy(rates, 1n)), told['yields'][0]);
    assert.equal(sluice.apy(rates, 30n), undefined);
});

function yieldLine(found: sluice.Yield | undefined): Json | null {
    if (!found) return null;
    return {
        from_epoch: Number(found.fromEpoch),
        to_epoch: Number(found.toEpoch),
        epochs: Number(found.toEpoch - found.fromEpoch),
        seconds: Number(found.seconds),
        epoch_parts_e9: Number(found.epochPartsE9),
        apy_parts_e9: found.apyPartsE9 === undefined ? null : Number(found.apyPartsE9),
    };
}

test('an instruction accepts a thousandth less than quoted, or what is said', async () => {
    const { net, alice } = stage;
    const view = await viewOf(stage);
    const [owner, lamports, lst] = [alice.signer, sol(1n), sol(2n)];
    const { minimumLst } = sluice
        .getDepositSolInstructionDataDecoder()
        .decode((await sluice.stake(view, { owner, lamports }))[1]!.data!);
    assert.equal(minimumLst, (sluice.quoteStake(view, lamports).lst * 9_990n) / 10_000n);
    const [exact] = await sluice.unstakeNow(view, { owner, lst, slippageBps: 0 });
    const { minimumLamports } = sluice.getWithdrawSolInstructionDataDecoder().decode(exact!.data!);
    assert.equal(minimumLamports, sluice.quoteUnstakeNow(view, lst).lamports);
    const exit = await sluice.withdrawStake(net.rpc, view, { owner, lst, slippageBps: 10_000 });
    const [withdrawal] = exit.withdrawals[0]!.instructions;
    const any = sluice.getWithdrawStakeInstructionDataDecoder().decode(withdrawal!.data!);
    assert.equal(any.minimumLamports, 0n);
});

test('every address is derived as the program derives it', async () => {
    const { net } = stage;
    const { address: pool, account } = await viewOf(stage);
    const derived = {
        stakeAuthority: await sluice.findStakeAuthorityPda({ pool }),
        mintAuthority: await sluice.findMintAuthorityPda({ pool }),
        reserve: await sluice.findReservePda({ pool }),
        claimsVault: await sluice.findClaimsVaultPda({ pool }),
        escrow: await sluice.findEscrowPda({ pool }),
        fees: await sluice.findFeesPda({ pool }),
        history: await sluice.findHistoryPda({ pool }),
    };
    for (const [name, [address]] of Object.entries(derived)) {
        assert.equal(address, account[name as keyof typeof derived], name);
    }
    const found = await sluice.validators(net.rpc, await viewOf(stage));
    assert.deepEqual(
        found.map(({ slot }) => slot.vote),
        net.votes.slice(0, 3),
    );
    for (const { slot } of found) {
        const { serial, vote } = slot;
        assert.equal((await sluice.findMainPda({ pool, serial }))[0], slot.main);
        assert.equal((await sluice.findTransientPda({ pool, serial }))[0], slot.transient);
        const [marker] = await sluice.findMarkerPda({ pool, vote });
        assert.equal((await sluice.fetchMarker(net.rpc, marker)).data.vote, vote);
    }
});

test('a ticket is requested, shown, given away, cancelled, paid and claimed', async () => {
    const { net, alice, bob, carol } = stage;
    const [kept, given, taken] = [await request(sol(20n)), await request(sol(30n)), await request(sol(10n))];
    assert.equal(new Set([kept.address, given.address, taken.address]).size, 3);

    const view = await viewOf(stage);
    const before = await net.tokens(await lstOf(alice.address, view));
    await net.send(alice, await sluice.cancel(view, taken, { owner: alice.signer }));
    assert.equal(await net.tokens(await lstOf(alice.address, view)), before + sol(10n));

    const to = await sluice.recipientAt(net.rpc, view, bob.address);
    await net.send(alice, await sluice.transferTicket(view, given, { owner: alice.signer, to }));
    const owned = async (owner: Address) => sluice.tickets(net.rpc, await viewOf(stage), owner);
    assert.deepEqual(
        (await owned(alice.address)).map((ticket) => ticket.address),
        [kept.address],
    );
    assert.deepEqual(
        (await owned(bob.address)).map((ticket) => ticket.address),
        [given.address],
    );
    const { tickets: requested } = await sluice.requestedTickets(net.rpc, await viewOf(stage), alice.address);
    assert.deepEqual(requested.map((ticket) => ticket.address).sort(), [kept.address, given.address].sort());
    await sameAsTold('open');

    await net.advance(carol, 80);
    await sameAsTold('locked');
    await net.advance(carol);
    await sameAsTold('paid');

    const [paid] = await owned(bob.address);
    const held = await net.balance(bob.address);
    const claimed = event(
        await net.send(carol, await sluice.claim(await viewOf(stage), paid!)),
        'ticketClaimed',
    );
    assert.equal(claimed.lamports, paid!.claimableLamports);
    assert.equal(await net.balance(bob.address), held + claimed.lamports);
    const told = await net.sluice(alice, 'claim');
    assert.equal(told['claims'][0]['ticket'], kept.address);
    assert.deepEqual(await owned(alice.address), []);
});

test('all tickets of somebody are found without an index, also of who asks often', async () => {
    const { net, carol } = stage;
    await net.send(
        carol,
        await sluice.stake(await viewOf(stage), { owner: carol.signer, lamports: sol(5n) }),
    );
    const made: Address[] = [];
    // One that the client would not choose, and the last of the epoch.
    const last = (await viewOf(stage)).cluster.clock.epoch * 256n + 255n;
    for (let tickets = 0; tickets < 21; tickets += 1) {
        const number = tickets === 20 ? { number: last } : {};
        const input = { owner: carol.signer, lst: sol(1n) / 10n, ...number };
        const { instructions, ticket } = await sluice.unstake(net.rpc, await viewOf(stage), input);
        await net.send(carol, instructions);
        made.push(ticket);
    }
    // Those before it are gone: none of their numbers says any more that there were so many.
    for (const gone of await sluice.ticketsAt(net.rpc, await viewOf(stage), made.splice(0, 19))) {
        await net.send(carol, await sluice.cancel(await viewOf(stage), gone, { owner: carol.signer }));
    }
    const view = await viewOf(stage);
    const { epoch } = view.cluster.clock;
    const found = await sluice.requestedTickets(net.rpc, view, carol.address);
    const all = found.tickets.map(({ address }) => address);
    assert.deepEqual(all, made);
    const oldest = epoch > 15n ? epoch - 15n : 0n;
    assert.deepEqual([found.fromEpoch, found.toEpoch], [oldest, epoch]);
    const indexed = await sluice.tickets(net.rpc, view, carol.address);
    const before = await sluice.tickets(net.rpc, at(view, 0n), carol.address);
    for (const list of [indexed, before])
        assert.deepEqual(
            list.map(({ address }) => address),
            made,
        );
});

/** Alice joins the queue. */
async function request(lst: bigint): Promise<sluice.TicketView> {
    const { net, alice } = stage;
    const view = await viewOf(stage);
    const { instructions, ticket, number } = await sluice.unstake(net.rpc, view, {
        owner: alice.signer,
        lst,
    });
    const requested = event(await net.send(alice, instructions), 'unstakeRequested');
    const { lockSlot } = sluice.eta(view);
    const expected = { ticket, number, lst, lockSlot, owner: alice.address };
    const { ticket: address, ...rest } = requested;
    assert.deepEqual(
        { ticket: address, number: rest.number, lst: rest.lst, lockSlot: rest.lockSlot, owner: rest.owner },
        expected,
    );
    const [found] = await sluice.ticketsAt(net.rpc, await viewOf(stage), [ticket]);
    return found!;
}

/** Each ticket is in this state, with the figures of `sluice tickets`. */
async function sameAsTold(state: sluice.TicketState): Promise<void> {
    const { net, alice, bob } = stage;
    for (const actor of [alice, bob]) {
        const first = await viewOf(stage);
        const [found] = await sluice.tickets(net.rpc, first, actor.address);
        const [told] = (await net.sluice(actor, 'tickets'))['tickets'];
        const last = (await viewOf(stage)).cluster.clock.slot;
        const { account, batch, dates, claimableLamports } = found!;
        assert.equal(found!.state, state);
        assert.deepEqual(
            [told['ticket'], told['state'], told['lst'], told['batch']],
            [found!.address, state, String(account.lst), Number(batch.id)],
        );
        assert.equal(told['claimable_lamports'], String(claimableLamports));
        assert.equal(told['payable_epoch'], dates ? Number(dates.payableEpoch) : null);
        assert.equal(told['latest_epoch'], dates ? Number(dates.latestEpoch) : null);
        // Prices rise from slot to slot: the command read one of these.
        const slots = Array.from({ length: Number(last - first.cluster.clock.slot) + 1 }, (_, index) =>
            BigInt(index),
        );
        const estimates = slots.map((later) => {
            const then = at(first, first.cluster.clock.slot + later);
            return String(sluice.ticketView(then, found!).estimatedLamports);
        });
        assert.ok(
            estimates.includes(told['estimated_lamports']),
            `${told['estimated_lamports']} of ${estimates}`,
        );
    }
}

test('what the queue will pay is what `sluice unstake` says', async () => {
    const { net, bob } = stage;
    const before = await viewOf(stage);
    const told = await net.sluice(bob, 'unstake', '7');
    const schedule = { lockSlot: BigInt(told['lock_slot']), lockEpoch: sluice.eta(before).lockEpoch };
    const quote = sluice.quoteUnstake(at(before, BigInt(told['slot'])), sol(7n), schedule);
    const theirs = [
        ...['now_lamports', 'least_lamports', 'most_lamports', 'least_price_lamports', 'most_price_lamports'],
    ].map((key) => told[key]);
    const { nowLamports, leastLamports, mostLamports, leastPriceLamports, mostPriceLamports } = quote;
    const ours = [nowLamports, leastLamports, mostLamports, leastPriceLamports, mostPriceLamports];
    assert.deepEqual(theirs, ours.map(String));
    assert.equal(told['lock_slot'], Number(quote.lockSlot));
    assert.equal(told['payable_epoch'], Number(quote.payableEpoch));
    assert.equal(told['payable_slot'], Number(quote.payableSlot));
    assert.equal(told['latest_epoch'], Number(quote.latestEpoch));
});

test('in a new epoch that nobody has booked, both the quote and the node say so in the same words', async () => {
    const { net, alice, carol } = stage;
    const fresh = await viewOf(stage);
    const instructions = await sluice.stake(fresh, { owner: alice.signer, lamports: sol(1n) });
    await net.localnet(['advance']);
    const sentence = /The pool is not priced for this epoch yet/;
    await assert.rejects(
        async () => sluice.stake(await viewOf(stage), { owner: alice.signer, lamports: sol(1n) }),
        sentence,
    );
    await assert.rejects(net.send(alice, instructions), (error) =>
        sentence.test(sluice.explain(error) ?? String(error)),
    );
    await net.sluice(carol, 'crank');
});

test('an address that is no pool is refused, with what it is instead', async () => {
    const { net, alice } = stage;
    const { account } = await viewOf(stage);
    const refused = async (address: Address, reason: sluice.RefusalReason, message: RegExp) =>
        await assert.rejects(sluice.loadPool(net.rpc, address), (error: sluice.SluiceRefusal) => {
            assert.equal(error.reason, reason);
            assert.equal(error.address, address);
            return message.test(error.message);
        });
    await refused(account.mint, 'foreign', /is no pool: it belongs to the program Token/);
    await refused(alice.address, 'foreign', /belongs to the program 1111/);
    await refused(account.history, 'another-kind', /is no pool$/);
    await refused(account.mintAuthority, 'missing', /There is no pool at/);
});
