//! What holders do beside the queue, and what strangers do with LST.

use sluice::SluiceError::{AmountTooSmall, BelowMinimum, InsufficientReserve, ZeroAmount};
use sluice_math::{DepositQuote, EntryCharge, InstantFee, Lamports, Ledger, Lst};

use crate::{
    action::Refusal,
    pool::{Model, Outcome, bps, program_error},
};

impl Model {
    /// A deposit: LST, fee and charge.
    pub fn quote_deposit(&self, lamports: u64) -> Outcome<DepositQuote> {
        if lamports == 0 {
            return Err(ZeroAmount.into());
        }
        self.require_calm()?;
        let fee = bps(self.config.deposit_fee_bps);
        let charge = EntryCharge::of(self.paid_rate, bps(self.config.entry_charge_bps), fee);
        let quote = self
            .ledger
            .deposit(Lamports::new(lamports), fee, charge, self.now.slot)
            .map_err(program_error)?;
        if quote.minted.is_zero() {
            return Err(AmountTooSmall.into());
        }
        Ok(quote)
    }

    pub fn deposit(&mut self, user: usize, lamports: u64, minimum: u64) -> Outcome {
        let quote = self.quote_deposit(lamports)?;
        let minted = quote.minted.get();
        if minted < minimum {
            return Err(BelowMinimum.into());
        }
        self.pay(user, lamports)?;
        self.holders[user].lst += minted;
        self.mint_supply += minted;
        self.reserve += lamports;
        self.ledger = quote.ledger;
        Ok(())
    }

    /// Lamports leave a wallet, which the runtime leaves empty or with its rent.
    pub fn pay(&mut self, user: usize, lamports: u64) -> Outcome {
        let rest = self.holders[user].lamports.checked_sub(lamports);
        self.holders[user].lamports = rest.ok_or(Refusal::Elsewhere)?;
        self.require_rent(user)
    }

    /// The runtime refuses to leave a wallet with less than its rent, unless it is empty.
    pub fn require_rent(&self, user: usize) -> Outcome {
        let lamports = self.holders[user].lamports;
        if lamports != 0 && lamports < self.rents.wallet {
            return Err(Refusal::Elsewhere);
        }
        Ok(())
    }

    /// An instant exit: lamports, fee and the books after it.
    pub fn quote_withdraw(&self, lst: u64) -> Outcome<(u64, u64, Ledger)> {
        if lst == 0 {
            return Err(ZeroAmount.into());
        }
        self.require_calm()?;
        let mut rolled = self.clone();
        rolled.queue.roll(self.now.slot);
        let redeemed = self
            .ledger
            .redeem(Lst::new(lst), self.now.slot)
            .map_err(program_error)?;
        let buffer = self
            .spendable()
            .saturating_sub(rolled.queue_lamports())
            .saturating_sub(self.instant_fees);
        if redeemed.lamports.get() > buffer {
            return Err(InsufficientReserve.into());
        }
        let schedule = InstantFee {
            max: bps(self.config.instant_fee_max_bps),
            min: bps(self.config.instant_fee_min_bps),
            target: Lamports::new(self.reserve_share_of(self.full() + self.instant_paid)),
        };
        let fee = schedule
            .charge(redeemed.lamports, Lamports::new(buffer))
            .map_err(program_error)?;
        let lamports = redeemed.lamports.sub(fee).map_err(program_error)?;
        if lamports.is_zero() {
            return Err(AmountTooSmall.into());
        }
        let ledger = Ledger {
            reserve: redeemed
                .ledger
                .reserve
                .sub(lamports)
                .map_err(program_error)?,
            pending: redeemed.ledger.pending.add(fee).map_err(program_error)?,
            ..redeemed.ledger
        };
        Ok((lamports.get(), fee.get(), ledger))
    }

    pub fn withdraw(&mut self, user: usize, lst: u64, minimum: u64) -> Outcome {
        let (lamports, fee, ledger) = self.quote_withdraw(lst)?;
        if lamports < minimum {
            return Err(BelowMinimum.into());
        }
        let holder = &mut self.holders[user];
        holder.lst = holder.lst.checked_sub(lst).ok_or(Refusal::Elsewhere)?;
        holder.lamports += lamports;
        self.require_rent(user)?;
        self.queue.roll(self.now.slot);
        self.mint_supply -= lst;
        self.reserve -= lamports;
        self.instant_fees += fee;
        self.instant_paid += lamports;
        self.ledger = ledger;
        Ok(())
    }

    pub fn pay_fees(&mut self) -> Outcome {
        if let Some(treasury) = self.holders.last_mut() {
            treasury.lst += std::mem::take(&mut self.fees);
        }
        Ok(())
    }

    pub fn burn(&mut self, user: usize, lst: u64) {
        self.holders[user].lst -= lst;
        self.mint_supply -= lst;
    }

    pub fn give_lst(&mut self, user: usize, to_escrow: bool, lst: u64) {
        self.holders[user].lst -= lst;
        if to_escrow {
            self.escrow += lst;
            self.stuck += lst;
        } else {
            self.fees += lst;
        }
    }
}
