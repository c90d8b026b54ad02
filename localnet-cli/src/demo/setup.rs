//! A pool, its validators and its first stake.

use anyhow::Result;
use sluice_cli::output::table;
use sluice_client::words::amounts::{lst, sol};
use sluice_math::Lamports;

use super::{
    COMMISSIONS_BPS, Demo,
    books::{Before, address, fees},
    narration::{act, show, tell},
    told::Told,
};
use crate::said::{figure, list, moved, text};

/// What wallets show.
const NAME: &str = "--name DemoSOL --symbol dSOL --uri https://example.com/dsol.json";
/// 2,000 SOL for each actor.
const ACTOR_LAMPORTS: u64 = 2_000_000_000_000;
const WEIGHTS: [u16; 5] = [100, 100, 200, 50, 50];
/// 1,000 SOL.
const STAKED_LAMPORTS: u64 = 1_000_000_000_000;

impl Demo {
    /// Act 1.
    pub fn create_pool(mut stage: Told) -> Result<Self> {
        act(
            1,
            "Create a pool",
            "The creator names the token and gives up its mint: from now on only deposits and fees mint.",
        );
        let (curator, holder, stranger) = (
            stage.actor("curator", ACTOR_LAMPORTS)?,
            stage.actor("holder", ACTOR_LAMPORTS)?,
            stage.actor("stranger", ACTOR_LAMPORTS)?,
        );
        let said = stage.sluice(&curator, &format!("pool create {NAME}"))?;
        let pool = text(&said, "/pool")?;
        stage.set_pool(pool);
        tell(&format!("Pool {pool}"));
        tell(&format!(
            "Its token is {} ({}) in every wallet.",
            text(&said, "/token/name")?,
            text(&said, "/token/symbol")?
        ));
        tell(&format!(
            "The pool owns {} whose tokens can never leave: supply and value never start from zero.",
            sol(figure(&said, "/seed_lamports")?)
        ));
        Ok(Self {
            stage,
            curator,
            holder,
            stranger,
            prices: Vec::new(),
            queued: None,
        })
    }

    /// Act 2.
    pub fn add_validators(&self) -> Result<()> {
        act(
            2,
            "Add the validators",
            "Each gets a share of the pool by its weight, and two stake accounts for good.",
        );
        let mut validators = table(["vote account", "commission bps", "weight"], 1);
        let chosen = self.stage.votes.iter().zip(COMMISSIONS_BPS).zip(WEIGHTS);
        for ((vote, commission_bps), weight) in chosen {
            let command = format!("validator add {vote} --weight {weight}");
            self.stage.sluice(&self.curator, &command)?;
            validators.add_row([
                vote.to_string(),
                commission_bps.to_string(),
                weight.to_string(),
            ]);
        }
        show(&validators.to_string());
        Ok(())
    }

    /// Act 3.
    pub fn stake(&mut self) -> Result<()> {
        act(
            3,
            "Stake",
            "A deposit mints tokens at the price of everything that the pool owns.",
        );
        let amount = Lamports::new(STAKED_LAMPORTS);
        let before = Before::of(&self.stage, &self.holder)?;
        let said = self
            .stage
            .sluice(&self.holder, &format!("stake {amount}"))?;
        let rent = self.stage.lamports(&address(&said, "/token_account")?)?;
        before.require(&[], &[amount.get(), rent, fees(&said)?])?;
        let minted = lst(figure(&said, "/minted_lst")?);
        tell(&format!("{} became {minted}.", sol(STAKED_LAMPORTS)));
        self.prices.push(self.price()?);
        Ok(())
    }

    /// Act 4.
    pub fn delegate(&self) -> Result<()> {
        act(
            4,
            "Delegate",
            "Stake moves in the last part of an epoch, so that all deposits and exits net first.",
        );
        self.stage.to_window(&self.stranger)?;
        let said = self.stage.sluice(&self.stranger, "crank")?;
        let shown = self.stage.quietly(&self.stranger, "pool show")?;
        tell(&format!(
            "A stranger turned the crank: {} delegated, {} in the reserve, for instant exits and the next windows.",
            sol(moved(&said, "delegate")?),
            sol(figure(&shown, "/holdings/reserve_lamports")?)
        ));
        self.show_validators()
    }

    /// Prints what each validator has.
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
