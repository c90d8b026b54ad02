//! A pool, its validators and its first stake.

use anyhow::Result;
use sluice_client::words::amounts::{lst, sol};
use sluice_math::Lamports;

use super::{
    COMMISSIONS_BPS, Demo, TO_WINDOW, TRANSACTION_FEE,
    audit::{Audit, address, difference, figure, list, sum, text},
    books::Books,
    narration::{act, show, tell},
    raw::{pool, token},
    stage::Stage,
};
use crate::output::table;

/// 2,000 SOL for each actor.
const ACTOR_LAMPORTS: u64 = 2_000_000_000_000;
const WEIGHTS: [u16; 5] = [100, 100, 200, 50, 50];
/// 1,000 SOL.
const STAKED_LAMPORTS: u64 = 1_000_000_000_000;

impl Demo {
    /// Act 1.
    pub fn create_pool(mut stage: Stage) -> Result<Self> {
        act(
            1,
            "Create a pool",
            "The creator gives up the token's mint: from now on only deposits and fees mint.",
        );
        let (curator, holder, stranger) = (
            stage.actor("curator", ACTOR_LAMPORTS)?,
            stage.actor("holder", ACTOR_LAMPORTS)?,
            stage.actor("stranger", ACTOR_LAMPORTS)?,
        );
        let said = stage.sluice(
            &curator,
            "pool create --reward-fee-bps 500 --drip-bound-bps 100",
        )?;
        let (pool, mint) = (address(&said, "/pool")?, address(&said, "/mint")?);
        stage.set_pool(&pool.to_string());
        let mut audit = Audit::default();
        let books = Books::read(&stage, pool)?;
        audit.same("mint of the pool", mint, books.raw.address(pool::MINT)?)?;
        audit.figure(&said, "/seed_lamports", books.ledger.full()?.get())?;
        tell(&format!("Pool {pool}"));
        tell(&format!(
            "owns {} whose tokens can never leave: supply and value never start from zero.",
            sol(figure(&said, "/seed_lamports")?)
        ));
        let mut demo = Self {
            stage,
            audit,
            curator,
            holder,
            stranger,
            pool,
            mint,
            prices: Vec::new(),
        };
        demo.examine()?;
        Ok(demo)
    }

    /// Act 2.
    pub fn add_validators(&mut self) -> Result<()> {
        act(
            2,
            "Add five validators",
            "Each gets a share of the pool by its weight, and two stake accounts for good.",
        );
        let mut validators = table(["vote account", "commission bps", "weight"], 1);
        for ((vote, commission_bps), weight) in self
            .stage
            .votes
            .clone()
            .iter()
            .zip(COMMISSIONS_BPS)
            .zip(WEIGHTS)
        {
            let command = format!("validator add {vote} --weight {weight}");
            let said = self.stage.sluice(&self.curator, &command)?;
            let (main, transient) = (address(&said, "/main")?, address(&said, "/transient")?);
            let rents = Lamports::new(self.stage.raw(main)?.lamports)
                .add(Lamports::new(self.stage.raw(transient)?.lamports))?;
            self.audit.figure(&said, "/rent_lamports", rents.get())?;
            self.audit.figure(&said, "/weight", u64::from(weight))?;
            validators.add_row([
                vote.to_string(),
                commission_bps.to_string(),
                weight.to_string(),
            ]);
        }
        show(&validators.to_string());
        self.examine().map(drop)
    }

    /// Act 3.
    pub fn stake(&mut self) -> Result<()> {
        act(
            3,
            "Stake",
            "A deposit mints tokens at the price of everything that the pool owns.",
        );
        let books = Books::read(&self.stage, self.pool)?;
        let wallet_before = self.stage.raw(self.holder.owner)?.lamports;
        let amount = Lamports::new(STAKED_LAMPORTS);
        let said = self
            .stage
            .sluice(&self.holder, &format!("stake {amount}"))?;

        let minted = figure(&said, "/minted_lst")?;
        self.audit
            .figure(&said, "/deposited_lamports", STAKED_LAMPORTS)?;
        self.audit.same(
            "tokens for the deposit",
            minted,
            books.mints(STAKED_LAMPORTS)?,
        )?;
        let tokens = self.stage.raw(address(&said, "/token_account")?)?;
        self.audit
            .figure(&said, "/balance_lst", tokens.u64(token::AMOUNT)?)?;
        self.audit
            .same("tokens received", minted, tokens.u64(token::AMOUNT)?)?;
        let spent = sum(&[STAKED_LAMPORTS, tokens.lamports, TRANSACTION_FEE])?;
        let wallet = self.stage.raw(self.holder.owner)?.lamports;
        self.audit.same(
            "lamports left in the wallet",
            difference(wallet_before, spent)?,
            wallet,
        )?;
        let after = Books::read(&self.stage, self.pool)?;
        let (now, later) = after.worth(minted, figure(&said, "/slot")?)?;
        self.audit.figure(&said, "/redeemable_lamports", now)?;
        self.audit
            .figure(&said, "/dripping_lamports", difference(later, now)?)?;
        tell(&format!("{} became {}.", sol(STAKED_LAMPORTS), lst(minted)));
        let point = self.examine()?;
        self.prices.push(point);
        Ok(())
    }

    /// Act 4.
    pub fn delegate(&mut self) -> Result<()> {
        act(
            4,
            "Delegate",
            "Stake moves in the last part of an epoch, so that all deposits and exits net first.",
        );
        let reserve_before = self.reserve_balance()?;
        self.stage.sluice(&self.stranger, TO_WINDOW)?;
        let said = self.stage.sluice(&self.stranger, "crank")?;
        let delegated = self.moved(&said, "delegate")?;
        let reserve = self.reserve_balance()?;
        self.audit.same(
            "lamports that left the reserve",
            delegated,
            difference(reserve_before, reserve)?,
        )?;
        tell(&format!(
            "A stranger turned the crank: {} delegated, {} kept ready for instant exits.",
            sol(delegated),
            sol(reserve)
        ));
        self.show_validators()?;
        self.examine().map(drop)
    }

    /// Prints what each validator has, as compared by [`Self::examine`].
    fn show_validators(&self) -> Result<()> {
        let said = self.stage.quietly(&self.stranger, "validator list")?;
        let mut validators = table(["vote account", "weight", "has SOL", "target SOL"], 1);
        for validator in list(&said, "/validators")? {
            validators.add_row([
                text(validator, "/vote")?.to_owned(),
                figure(validator, "/weight")?.to_string(),
                Lamports::new(figure(validator, "/staked_lamports")?).to_string(),
                Lamports::new(figure(validator, "/target_lamports")?).to_string(),
            ]);
        }
        show(&validators.to_string());
        Ok(())
    }
}
