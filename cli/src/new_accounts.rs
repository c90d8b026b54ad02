//! What new accounts take of who pays: told before they are made, and afterwards.

use sluice::state::{Ticket, UnstakeBatch};
use sluice_client::{Conversion, PoolSnapshot, words::amounts::sol};
use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use crate::{output::known, tokens::Holding};

/// Lines of a list of facts.
pub type Facts = Vec<(&'static str, String)>;

/// Accounts that a command makes, with what becomes of their rent.
#[derive(Clone, Debug, Default)]
pub struct NewAccounts(Vec<NewAccount>);

#[derive(Clone, Debug)]
struct NewAccount {
    /// Indented, as a part of the whole.
    name: &'static str,
    rent: Lamports,
    becomes: String,
}

impl NewAccounts {
    /// The token account of a holding, where it is missing.
    pub fn of_holding(snapshot: &PoolSnapshot, holding: &Holding) -> Self {
        Self::of_holding_at(snapshot.cluster.token_account_rent(), holding)
    }

    /// The same where nothing but the rent of a token account is known.
    pub fn of_holding_at(token_account_rent: Lamports, holding: &Holding) -> Self {
        let rent = holding.missing_rent(token_account_rent);
        let owner = holding.owner;
        Self::one(
            "  Token account",
            rent,
            format!("stays in it: {owner} gets it by closing it"),
        )
    }

    /// The ticket of a request that is made now, and its batch where it is the first request.
    pub fn of_request(snapshot: &PoolSnapshot, payer: &Pubkey) -> sluice_client::Result<Self> {
        let rent_of = |bytes| Lamports::new(snapshot.cluster.rent.minimum_balance(bytes));
        let ticket = Self::one(
            "  Ticket",
            rent_of(Ticket::SPACE),
            format!("comes back to {payer} once it is paid in full, or cancelled"),
        );
        if snapshot.batch(snapshot.rolled_pool()?.open_batch).is_some() {
            return Ok(ticket);
        }
        let batch = Self::one(
            "  Batch",
            batch_rent(snapshot),
            format!("comes back to {payer} once its last ticket is paid"),
        );
        Ok(ticket.and(batch))
    }

    /// So many stake accounts, which will be this recipient's.
    pub fn of_stakes(snapshot: &PoolSnapshot, count: usize, recipient: &Pubkey) -> Self {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let rent = snapshot.cluster.stake_rent().get().saturating_mul(count);
        Self::one(
            "  Stake accounts",
            Lamports::new(rent),
            format!("stays in them, and goes to {recipient} once they are closed"),
        )
    }

    /// The stake accounts between two pools: they become the pool's with what is in them.
    pub fn of_conversion(conversion: &Conversion) -> Self {
        let rents = conversion.parts.iter().map(|part| part.rent.get());
        Self::one(
            "  Stake accounts",
            Lamports::new(rents.fold(0, u64::saturating_add)),
            "is deposited too, and credited".to_owned(),
        )
    }

    fn one(name: &'static str, rent: Lamports, becomes: String) -> Self {
        Self(vec![NewAccount {
            name,
            rent,
            becomes,
        }])
    }

    /// Both.
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// What all of them take.
    pub fn lamports(&self) -> u64 {
        let rents = self.0.iter().map(|account| account.rent.get());
        rents.fold(0, u64::saturating_add)
    }

    /// What is told before: the whole, and each part. Nothing where nothing is made.
    pub fn facts(&self) -> Facts {
        let made = self.0.iter().filter(|account| !account.rent.is_zero());
        let parts = made.map(|account| {
            let (rent, becomes) = (sol(account.rent.get()), &account.becomes);
            (account.name, format!("{rent}, which {becomes}"))
        });
        let mut facts: Facts = parts.collect();
        if !facts.is_empty() {
            facts.insert(0, ("Rent", sol(self.lamports())));
        }
        facts
    }

    /// What is told afterwards: what was paid, and each part where it is what was told before.
    pub fn facts_of_paid(&self, paid_lamports: Option<u64>) -> Facts {
        match self.facts() {
            facts if !facts.is_empty() && paid_lamports == Some(self.lamports()) => facts,
            _ => vec![("Rent", known(paid_lamports, sol))],
        }
    }
}

/// What the first request of a batch pays beside its ticket.
pub fn batch_rent(snapshot: &PoolSnapshot) -> Lamports {
    let rent = &snapshot.cluster.rent;
    Lamports::new(rent.minimum_balance(UnstakeBatch::SPACE))
}
