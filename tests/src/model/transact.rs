//! Sends a step's transaction, and holds the model against what came of it.

use {
    super::{
        action::{Action, Gift, Refusal},
        invariants::Prices,
        pool::{Model, Outcome},
        slots::{Usage, at},
        stake::StakeKind,
        world::World,
    },
    crate::cluster::Sent,
    anchor_lang::AnchorDeserialize,
    anyhow::{Context, Result, bail, ensure},
    sluice::instructions::{DepositAnswer, Rate, WithdrawAnswer},
    sluice_client::{SlotAddress, transfer_ticket},
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    solana_stake_interface::{stake_flags::StakeFlags, state::StakeStateV2},
    solana_system_interface::instruction as system,
    spl_token_interface::{ID as TOKEN_PROGRAM, instruction as token},
};

impl World {
    pub(super) fn user(&self, user: usize) -> Pubkey {
        self.keypairs[user].pubkey()
    }

    /// The ticket that a user's next request makes.
    pub(super) fn next_ticket(&self, user: usize, batch: u64) -> (Pubkey, Pubkey) {
        let batch = self.addresses.batch(batch);
        let ticket = self.addresses.ticket(&batch, &self.user(user), self.nonce);
        (batch, ticket)
    }

    fn place(&self, slot: u8) -> SlotAddress {
        let slot_address = |main, transient, vote| SlotAddress {
            page: 0,
            slot,
            vote,
            main,
            transient,
        };
        match self.model.slots.get(&slot) {
            Some(found) => {
                let [main, transient] = found.stakes.map(|held| held.address);
                slot_address(main, transient, found.vote)
            }
            None => slot_address(
                self.addresses.reserve,
                self.addresses.pool,
                self.addresses.mint,
            ),
        }
    }

    /// Where a gift goes.
    fn gift_address(&self, gift: &Gift) -> Pubkey {
        match gift {
            Gift::Reserve => self.addresses.reserve,
            Gift::Vault => self.addresses.claims_vault,
            Gift::Stake(slot, kind) => self.place(*slot).stake(*kind),
            Gift::Batch(id) => self.addresses.batch(*id),
            Gift::Ticket(address) | Gift::Other(address) => *address,
            Gift::NextMain => self.addresses.main(self.model.next_serial),
            Gift::NextBatch => self.addresses.batch(self.model.queue.open + 1),
            Gift::NextTicket(user) => self.next_ticket(*user, self.model.queue.open).1,
        }
    }

    /// What the program must make of it.
    fn predict(&self, model: &mut Model, action: &Action) -> Outcome {
        match action {
            Action::Deposit {
                user,
                lamports,
                minimum,
            } => model.deposit(*user, *lamports, *minimum),
            Action::Withdraw { user, lst, minimum } => model.withdraw(*user, *lst, *minimum),
            Action::Request { user, lst, batch } => {
                model.request(*user, *lst, *batch, self.next_ticket(*user, *batch))
            }
            Action::AddValidator { validator, weight } => {
                let serial = model.next_serial;
                let stakes = [
                    self.addresses.main(serial),
                    self.addresses.transient(serial),
                ];
                model.add_validator(*validator, self.validators[*validator], *weight, stakes)
            }
            Action::Donate { to, lamports } => {
                donate(model, to, self.gift_address(to), *lamports);
                Ok(())
            }
            other => model.predict(other),
        }
    }

    fn instruction(&self, action: &Action) -> (Instruction, &Keypair) {
        let (pool, model) = (&self.addresses, &self.model);
        let token_account = |user: usize| self.token_accounts[user];
        let ticket_place = |address: &Pubkey| {
            let ticket = &model.queue.tickets[address];
            let opener = model.queue.batches[&ticket.batch].opener;
            (ticket.owner, pool.batch(ticket.batch), opener)
        };
        let curator = self.curator.pubkey();
        let of_user = |instruction, user: usize| (instruction, &self.keypairs[user]);
        let of_curator = |instruction| (instruction, &self.curator);
        let of_anybody = |instruction| (instruction, &self.curator);
        match action {
            Action::Deposit {
                user,
                lamports,
                minimum,
            } => of_user(
                pool.deposit_sol(self.user(*user), token_account(*user), *lamports, *minimum),
                *user,
            ),
            Action::Withdraw { user, lst, minimum } => {
                let owner = self.user(*user);
                let source = token_account(*user);
                of_user(
                    pool.withdraw_sol(owner, source, owner, *lst, *minimum),
                    *user,
                )
            }
            Action::Request { user, lst, batch } => {
                let (owner, source) = (self.user(*user), token_account(*user));
                of_user(
                    pool.request_unstake(owner, source, *batch, self.nonce, *lst),
                    *user,
                )
            }
            Action::Cancel { ticket } => {
                let (owner, batch, _) = ticket_place(ticket);
                let recipient = token_account(owner);
                of_user(
                    pool.cancel_ticket(self.user(owner), batch, *ticket, recipient),
                    owner,
                )
            }
            Action::Transfer { ticket, to } => {
                let (owner, ..) = ticket_place(ticket);
                of_user(
                    transfer_ticket(*ticket, self.user(owner), self.user(*to)),
                    owner,
                )
            }
            Action::Claim { ticket } => {
                let (owner, batch, opener) = ticket_place(ticket);
                of_anybody(pool.claim(self.user(owner), self.user(opener), batch, *ticket))
            }
            Action::AddValidator { validator, weight } => {
                let vote = self.validators[*validator];
                of_curator(pool.add_validator(curator, vote, 0, model.next_serial, *weight))
            }
            Action::SetWeight { slot, weight } => {
                of_curator(pool.set_weight(curator, &self.place(*slot), *weight))
            }
            Action::Retire { slot } => {
                of_curator(pool.retire_validator(curator, &self.place(*slot)))
            }
            Action::Close { slot } => of_anybody(pool.close_slot(&self.place(*slot), curator)),
            Action::Observe { first, count } => {
                let stakes = self.observed(*first, *count);
                of_anybody(pool.observe(0, *first, *count, &stakes))
            }
            Action::Reclaim { slot, kind } => of_anybody(pool.reclaim(&self.place(*slot), *kind)),
            Action::Finalize => of_anybody(pool.finalize_epoch(u16::from(model.page.exists))),
            Action::Collect { slot } => of_anybody(pool.collect(&self.place(*slot))),
            Action::Settle { batch } => of_anybody(pool.settle_batch(*batch)),
            Action::PayFees => {
                let treasury = self.token_accounts.last().expect("there is one");
                of_anybody(pool.pay_fees(*treasury))
            }
            Action::Delegate { slot } => of_anybody(pool.delegate(&self.place(*slot))),
            Action::Undelegate { slot } => of_anybody(pool.undelegate(&self.place(*slot))),
            Action::Rate => of_anybody(pool.rate()),
            Action::QuoteDeposit { lamports } => of_anybody(pool.quote_deposit(*lamports)),
            Action::QuoteWithdraw { lst } => of_anybody(pool.quote_withdraw(*lst)),
            Action::Donate { to, lamports } => {
                let payer = self.cluster.payer().pubkey();
                of_anybody(system::transfer(&payer, &self.gift_address(to), *lamports))
            }
            Action::Burn { user, lst } => {
                let (source, owner) = (token_account(*user), self.user(*user));
                let burn = token::burn(&TOKEN_PROGRAM, &source, &pool.mint, &owner, &[], *lst);
                of_user(burn.expect("a valid instruction"), *user)
            }
            Action::GiveLst {
                user,
                to_escrow,
                lst,
            } => {
                let (source, owner) = (token_account(*user), self.user(*user));
                let to = if *to_escrow { pool.escrow } else { pool.fees };
                let give = token::transfer(&TOKEN_PROGRAM, &source, &to, &owner, &[], *lst);
                of_user(give.expect("a valid instruction"), *user)
            }
            Action::Wait { .. }
            | Action::NextEpoch { .. }
            | Action::FinishRewards
            | Action::CloseVote { .. }
            | Action::ForceDeactivate { .. }
            | Action::Reset { .. }
            | Action::Slash { .. } => unreachable!("no transaction"),
        }
    }

    /// The accounts that `observe` wants for these slots.
    fn observed(&self, first: u8, count: u8) -> Vec<Pubkey> {
        let mut addresses = Vec::new();
        if self.model.is_fresh() {
            return addresses;
        }
        for (_, slot) in self.model.slots.range(first..first.saturating_add(count)) {
            let reads = 1 + usize::from(slot.must_read_transient(self.model.now.epoch));
            addresses.extend(slot.stakes[..reads].iter().map(|held| held.address));
        }
        addresses
    }

    pub(super) async fn transact(&mut self, action: &Action) -> Result<()> {
        let mut next = self.model.clone();
        let expected = self.predict(&mut next, action);
        let (instruction, signer) = self.instruction(action);
        let signer = signer.insecure_clone();
        let payer = self.cluster.payer().pubkey();
        let is_watched = |key: &Pubkey| *key != payer;
        let touched: Vec<Pubkey> = instruction
            .accounts
            .iter()
            .filter(|meta| meta.is_writable)
            .map(|meta| meta.pubkey)
            .filter(is_watched)
            .collect();
        let before = self.sum(&touched).await;
        let result = self.cluster.send(&[instruction], &[&signer]).await;

        let accepted = match (&expected, result) {
            (Ok(()), Ok(sent)) => {
                self.check_answer(action, &sent)?;
                true
            }
            (Ok(()), Err(failure)) => bail!("refused: {failure}"),
            (Err(refusal), Ok(_)) => bail!("accepted instead of {refusal:?}"),
            (Err(Refusal::Program(error)), Err(failure)) => {
                let code = u32::from(*error);
                ensure!(
                    failure.custom_code == Some(code),
                    "not {error:?}: {failure}"
                );
                false
            }
            (Err(Refusal::Elsewhere), Err(_)) => false,
        };
        if accepted {
            self.count(action, &next);
            self.model = next;
            self.statistics.accepted += 1;
        } else {
            self.statistics.refused += 1;
        }
        for address in &touched {
            let account = self.cluster.try_account(address).await;
            self.check_account(address, account.as_ref())
                .with_context(|| format!("account {address}"))?;
            let lamports = account.map_or(0, |account| account.lamports);
            self.lamports.insert(*address, lamports);
        }
        let given = match action {
            Action::Donate { lamports, .. } => *lamports,
            _ => 0,
        };
        let after = self.sum(&touched).await;
        ensure!(after == before + given, "lamports {before} became {after}");
        self.check_invariants(action)
    }

    /// Lamports of distinct accounts.
    async fn sum(&mut self, addresses: &[Pubkey]) -> u64 {
        let mut distinct = addresses.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        let mut sum = 0;
        for address in distinct {
            let known = self.lamports.get(&address).copied();
            let lamports = match known {
                Some(lamports) => lamports,
                None => self.cluster.lamports(&address).await,
            };
            self.lamports.insert(address, lamports);
            sum += lamports;
        }
        sum
    }

    fn count(&mut self, action: &Action, next: &Model) {
        match action {
            Action::Request { .. } => self.nonce += 1,
            Action::Finalize if next.finalized_epoch > self.model.finalized_epoch => {
                self.statistics.gains += u64::from(next.gain > 0);
            }
            Action::Settle { .. } => {
                self.statistics.settlements += u64::from(next.claims != self.model.claims);
            }
            Action::Delegate { .. } | Action::Undelegate { .. } => {
                self.statistics.moves += u64::from(next.slots != self.model.slots);
            }
            _ => {}
        }
    }

    /// Views answer what the model says.
    fn check_answer(&self, action: &Action, sent: &Sent) -> Result<()> {
        let model = &self.model;
        match action {
            Action::Rate => {
                let rate: Rate = answer(sent)?;
                let flags = u8::from(!model.is_fresh()) + 2 * u8::from(model.tripped.is_some());
                let expected = Rate {
                    full_lamports: model.full(),
                    value_lamports: model.value(),
                    lst_supply: model.ledger.supply.get(),
                    slot: model.now.slot,
                    flags,
                };
                ensure!(rate == expected, "{rate:?} instead of {expected:?}");
            }
            Action::QuoteDeposit { lamports } => {
                let quote: DepositAnswer = answer(sent)?;
                let expected = model.quote_deposit(*lamports).ok();
                let expected = expected.map(|(lst, fee, _)| (lst, fee));
                ensure!(
                    Some((quote.lst, quote.fee_lamports)) == expected,
                    "{quote:?}"
                );
            }
            Action::QuoteWithdraw { lst } => {
                let quote: WithdrawAnswer = answer(sent)?;
                let expected = model.quote_withdraw(*lst).ok();
                let expected = expected.map(|(lamports, fee, _)| (lamports, fee));
                ensure!(
                    Some((quote.lamports, quote.fee_lamports)) == expected,
                    "{quote:?}"
                );
            }
            _ => {}
        }
        Ok(())
    }

    /// What the runtime or a disaster does to a stake account, past the program.
    pub(super) async fn intervene(&mut self, action: &Action) -> Result<()> {
        let (slot, kind) = match action {
            Action::ForceDeactivate { slot, kind }
            | Action::Reset { slot, kind }
            | Action::Slash { slot, kind, .. } => (*slot, *kind),
            _ => bail!("no intervention"),
        };
        let epoch = self.model.now.epoch;
        let held = &mut self.model.slots.get_mut(&slot).context("a slot")?.stakes[at(kind)];
        let (address, account) = (held.address, &mut held.account);
        match action {
            Action::ForceDeactivate { .. } => account.deactivate(epoch),
            Action::Reset { .. } => account.kind = StakeKind::Uninitialized,
            Action::Slash { lamports, .. } => {
                account.lamports -= lamports;
                if let StakeKind::Delegated(delegation) = &mut account.kind {
                    delegation.stake -= lamports;
                }
            }
            _ => {}
        }
        let after = *account;
        self.cluster
            .change_stake(&address, |state| match after.kind {
                StakeKind::Uninitialized => *state = StakeStateV2::Uninitialized,
                StakeKind::Initialized => {}
                StakeKind::Delegated(delegation) => {
                    if let StakeStateV2::Stake(meta, stake, _) = *state {
                        let mut stake = stake;
                        stake.delegation = delegation;
                        *state = StakeStateV2::Stake(meta, stake, StakeFlags::empty());
                    }
                }
            })
            .await;
        let set_lamports =
            |account: &mut solana_account::Account| account.lamports = after.lamports;
        self.cluster.change_account(&address, set_lamports).await;
        self.lamports.insert(address, after.lamports);
        self.prices = Prices::of_model(&self.model);
        Ok(())
    }
}

impl Model {
    /// What the program must make of an instruction whose addresses do not matter.
    pub fn predict(&mut self, action: &Action) -> Outcome {
        match action {
            Action::Cancel { ticket } => self.cancel(ticket),
            Action::Transfer { ticket, to } => self.transfer(ticket, *to),
            Action::Claim { ticket } => self.claim(ticket),
            Action::SetWeight { slot, weight } => self.set_weight(*slot, *weight),
            Action::Retire { slot } => self.retire(*slot),
            Action::Close { slot } => self.close(*slot),
            Action::Observe { first, count } => {
                if self.page.exists {
                    self.observe(*first, *count)
                } else {
                    Err(Refusal::Elsewhere)
                }
            }
            Action::Reclaim { slot, kind } => self.reclaim(*slot, *kind),
            Action::Finalize => self.finalize(),
            Action::Collect { slot } => self.collect(*slot),
            Action::Settle { batch } => self.settle(*batch),
            Action::PayFees => self.pay_fees(),
            Action::Delegate { slot } => self.delegate(*slot),
            Action::Undelegate { slot } => self.undelegate(*slot),
            Action::QuoteDeposit { lamports } => self.quote_deposit(*lamports).map(|_| ()),
            Action::QuoteWithdraw { lst } => self.quote_withdraw(*lst).map(|_| ()),
            Action::Burn { user, lst } => {
                self.burn(*user, *lst);
                Ok(())
            }
            Action::GiveLst {
                user,
                to_escrow,
                lst,
            } => {
                self.give_lst(*user, *to_escrow, *lst);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Whether a slot's transient account is in use.
    pub fn is_busy(&self, slot: u8) -> bool {
        self.slots
            .get(&slot)
            .is_some_and(|slot| slot.usage.0 != Usage::Idle)
    }
}

fn donate(model: &mut Model, to: &Gift, address: Pubkey, lamports: u64) {
    match to {
        Gift::Reserve => model.reserve += lamports,
        Gift::Vault => model.vault += lamports,
        Gift::Stake(slot, kind) => {
            if let Some(slot) = model.slots.get_mut(slot) {
                slot.stakes[at(*kind)].account.lamports += lamports;
            }
        }
        Gift::Batch(id) => {
            if let Some(batch) = model.queue.batches.get_mut(id) {
                batch.lamports += lamports;
            }
        }
        Gift::Ticket(address) => {
            if let Some(ticket) = model.queue.tickets.get_mut(address) {
                ticket.lamports += lamports;
            }
        }
        Gift::Other(_) => {}
        Gift::NextMain | Gift::NextBatch | Gift::NextTicket(_) => {
            *model.prefunded.entry(address).or_default() += lamports;
        }
    }
}

fn answer<T: AnchorDeserialize>(sent: &Sent) -> Result<T> {
    let (_, data) = sent.return_data.as_ref().context("no answer")?;
    let mut padded = data.clone();
    padded.resize(size_of::<T>().max(data.len()), 0);
    Ok(T::deserialize(&mut padded.as_slice())?)
}
