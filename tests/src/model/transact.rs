//! Sends a step's transaction, and holds the model against what came of it.

use anchor_lang::AnchorDeserialize;
use anyhow::{Context, Result, bail, ensure};
use sluice::instructions::{DepositAnswer, Rate, WithdrawAnswer};
use sluice_model::{Action, Refusal};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::world::World;
use crate::cluster::Sent;

impl World {
    pub(super) async fn transact(&mut self, action: &Action) -> Result<()> {
        self.make_offer(action).await;
        let mut next = self.model.clone();
        let expected = self.predict(&mut next, action);
        let (instruction, signer) = self.instruction(action);
        let signers = self.signers_of(action, signer);
        let payer = self.cluster.payer().pubkey();
        let is_watched = |key: &Pubkey| *key != payer;
        let written = instruction.accounts.iter().filter(|meta| meta.is_writable);
        let touched = written.map(|meta| meta.pubkey).filter(is_watched);
        let touched: Vec<Pubkey> = touched.collect();
        let before = self.sum(&touched).await;
        let signers: Vec<&Keypair> = signers.iter().collect();
        let result = self.cluster.send(&[instruction], &signers).await;

        let accepted = match (&expected, result) {
            (Ok(()), Ok(sent)) => {
                self.check_answer(action, &sent)?;
                self.indexer.read_logs(&sent.logs);
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
            self.accept(action, next);
        } else if let Err(refusal) = expected {
            let name = format!("{refusal:?}");
            *self.statistics.refused.entry(name).or_default() += 1;
        }
        self.note_elsewhere(action, accepted);
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

    /// Stake that users keep counts for its validator as the pool's does: what a deposit did not take, and
    /// what an exit gave.
    fn note_elsewhere(&mut self, action: &Action, accepted: bool) {
        let kept = match action {
            Action::DepositStake { slot, .. } if !accepted => slot,
            Action::WithdrawStake { slot, .. } if accepted => slot,
            _ => return,
        };
        let slot = self.life.model.slots.get(kept);
        if let Some(validator) = slot.map(|slot| slot.validator) {
            let conduct = &mut self.life.model.conduct;
            conduct.staked_elsewhere.insert(validator);
        }
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
                    epoch_start_timestamp: model.epoch_start_timestamp,
                    flags,
                };
                ensure!(rate == expected, "{rate:?} instead of {expected:?}");
            }
            Action::QuoteDeposit { lamports } => {
                let quote: DepositAnswer = answer(sent)?;
                let expected = model.quote_deposit(*lamports).ok();
                let expected = expected.map(|quote| DepositAnswer {
                    lst: quote.minted.get(),
                    fee_lamports: quote.fee.get(),
                    charge_lamports: quote.charge.get(),
                });
                ensure!(Some(quote) == expected, "{quote:?}");
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
}

fn answer<T: AnchorDeserialize>(sent: &Sent) -> Result<T> {
    let (_, data) = sent.return_data.as_ref().context("no answer")?;
    let mut padded = data.clone();
    padded.resize(size_of::<T>().max(data.len()), 0);
    Ok(T::deserialize(&mut padded.as_slice())?)
}
