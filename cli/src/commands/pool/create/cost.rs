//! What a new pool takes of who creates it.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice::state::{Pool, RateHistory, SEED_LAMPORTS};
use sluice_client::{
    pool::{rent::Rent, token_metadata},
    words::amounts::sol,
};
use solana_program_pack::Pack;
use spl_token_interface::state::Account as TokenAccount;

use crate::{
    commands::funds::require_sol_beside_rent,
    output::{Facts, announce},
    session::{Actor, Session},
};

/// Rent and more, by what it is for; besides it, transactions have their fees.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Cost {
    total_lamports: u64,
    pool_rent_lamports: u64,
    treasury_rent_lamports: u64,
    mint_rent_lamports: u64,
    name_lamports: u64,
    seed_lamports: u64,
}

impl Cost {
    /// What it will be. `mint_rent` is zero where the mint exists. The name takes at most this much,
    /// since the Token Metadata program has made its accounts smaller since it was first deployed.
    pub fn new(rent: &Rent, mint_rent_lamports: u64, is_named: bool, has_treasury: bool) -> Self {
        let rent_of = |bytes| rent.minimum_balance(bytes);
        // The pool with its history, two token accounts, the reserve, and twice its rent in the
        // claims vault.
        let pool_rent_lamports = [
            rent_of(Pool::SPACE),
            rent_of(RateHistory::SPACE),
            rent_of(TokenAccount::LEN).saturating_mul(2),
            rent_of(0).saturating_mul(3),
        ];
        let of_name = rent_of(token_metadata::MOST_BYTES)
            .saturating_add(token_metadata::CREATION_FEE_LAMPORTS);
        Self {
            total_lamports: 0,
            pool_rent_lamports: sum(&pool_rent_lamports),
            treasury_rent_lamports: match has_treasury {
                true => 0,
                false => rent_of(TokenAccount::LEN),
            },
            mint_rent_lamports,
            name_lamports: if is_named { of_name } else { 0 },
            seed_lamports: SEED_LAMPORTS,
        }
        .added_up()
    }

    /// Says it before anything is sent.
    pub fn announce(&self) {
        let said = self.to_string();
        let said = said.trim_end();
        announce(format_args!(
            "Creating the pool takes this at most:\n{said}"
        ));
    }

    /// Fails where the creator, or whoever pays fees, has less than it takes with the fees of so many
    /// transactions.
    pub fn require(&self, session: &Session, actor: &Actor, transactions: usize) -> Result<()> {
        let (creator, payer) = (actor.address(), actor.payer_address());
        let executor = session.executor(actor.payer())?;
        // A new mint, the creator and the fee payer sign at most.
        let fees = executor.usual_fees(transactions.saturating_mul(3)).get();
        let of_payer = self.treasury_rent_lamports.saturating_add(fees);
        if payer == creator {
            return require_sol_beside_rent(
                session,
                &creator,
                self.total_lamports.saturating_add(fees),
            );
        }
        let of_creator = self
            .total_lamports
            .saturating_sub(self.treasury_rent_lamports);
        require_sol_beside_rent(session, &creator, of_creator)?;
        require_sol_beside_rent(session, &payer, of_payer)
    }

    /// The same once it is known what the name took.
    pub fn with_name(self, name_lamports: u64) -> Self {
        Self {
            name_lamports,
            ..self
        }
        .added_up()
    }

    fn added_up(self) -> Self {
        let parts = [
            self.pool_rent_lamports,
            self.treasury_rent_lamports,
            self.mint_rent_lamports,
            self.name_lamports,
            self.seed_lamports,
        ];
        Self {
            total_lamports: sum(&parts),
            ..self
        }
    }

    /// Its lines in a list of facts: the whole, and each part that is there.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts = vec![(
            "Costs",
            format!(
                "{}, and the fees of the transactions",
                sol(self.total_lamports)
            ),
        )];
        for (part, lamports, for_what) in [
            ("  Pool", self.pool_rent_lamports, "rent of its accounts"),
            (
                "  Treasury",
                self.treasury_rent_lamports,
                "rent of its token account",
            ),
            ("  Mint", self.mint_rent_lamports, "rent"),
            ("  Name", self.name_lamports, "rent and Metaplex's fee"),
            ("  Seed", self.seed_lamports, "LST that belongs to nobody"),
        ] {
            if lamports > 0 {
                facts.push((part, format!("{}, {for_what}", sol(lamports))));
            }
        }
        facts
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        Facts(&self.facts()).fmt(formatter)
    }
}

fn sum(parts: &[u64]) -> u64 {
    parts.iter().fold(0, |sum, part| sum.saturating_add(*part))
}
