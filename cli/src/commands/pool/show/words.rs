//! A pool in words.

use std::fmt;

use sluice::state::PoolLimits;
use sluice_client::words::amounts::{counted, lst, percent, percent_e9, price, sol};

use super::{Entry, Limits, Prices, Rates, Shown, Window};
use crate::{moment::in_about, output::Facts};

impl fmt::Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blank = || vec![("", String::new())];
        let facts = [
            vec![
                ("Pool", self.pool.clone()),
                ("Token", self.token()),
                ("Token mint", self.mint.clone()),
                ("Epoch", self.state()),
            ],
            blank(),
            self.prices.facts(),
            vec![("Yield", self.yields.to_string())],
            blank(),
            self.flows(),
            blank(),
            self.gates(),
            blank(),
            self.roles.facts(),
            vec![
                ("Rates", self.rates.to_string()),
                ("Changes", self.changes()),
            ],
        ];
        Facts(&facts.concat()).fmt(formatter)
    }
}

impl Prices {
    fn facts(&self) -> Vec<(&'static str, String)> {
        vec![
            ("Deposit price", price(self.deposit_price_lamports)),
            ("Exit price", price(self.exit_price_lamports)),
            ("Supply", lst(self.supply_lst)),
            ("Owned", sol(self.full_lamports)),
            ("Redeemable", sol(self.value_lamports)),
            (
                "Dripping",
                format!(
                    "{} until slot {}",
                    sol(self.withheld_lamports),
                    self.drip_end_slot
                ),
            ),
            (
                "Drips next",
                format!("{} from the next epoch on", sol(self.pending_lamports)),
            ),
            ("Last gain", sol(self.last_gain_lamports)),
        ]
    }
}

impl Shown {
    fn token(&self) -> String {
        match (&self.token_name, &self.token_symbol) {
            (Some(name), Some(symbol)) => format!("{name} ({symbol})"),
            _ => "no name".to_owned(),
        }
    }

    fn flows(&self) -> Vec<(&'static str, String)> {
        let (holdings, instant_exit, queue) = (&self.holdings, &self.instant_exit, &self.queue);
        vec![
            (
                "Staked",
                format!(
                    "{} with {}, {} of it on the way back",
                    sol(holdings.staked_lamports),
                    counted(self.validator_count, "validator"),
                    sol(holdings.deactivating_lamports)
                ),
            ),
            ("Reserve", sol(holdings.reserve_lamports)),
            ("Over the cap", self.beyond_share_cap()),
            ("Deposits", self.entry.to_string()),
            (
                "Instant exits",
                format!(
                    "{} available, a small one for {} now; the reserve's target is {}",
                    sol(instant_exit.buffer_lamports),
                    percent(instant_exit.fee_bps),
                    sol(instant_exit.target_lamports)
                ),
            ),
            (
                "Queue",
                format!(
                    "{} in the open batch {}, {} locked, for {} at most",
                    lst(queue.open_lst),
                    queue.open_batch,
                    lst(queue.locked_lst),
                    sol(queue.locked_lamports)
                ),
            ),
            ("Unclaimed", sol(holdings.claims_lamports)),
            ("Window", self.window.to_string()),
        ]
    }

    /// What no validator may have, what that costs, and what helps.
    fn beyond_share_cap(&self) -> String {
        let holdings = &self.holdings;
        if holdings.beyond_share_cap_lamports == 0 {
            return "nothing: the share cap leaves nothing idle".to_owned();
        }
        format!(
            "{}, which could earn {} in an epoch: `sluice validator add` more, or announce the share cap anew \
             (`sluice pool config schedule share-cap-bps`)",
            sol(holdings.beyond_share_cap_lamports),
            sol(holdings.missed_reward_lamports)
        )
    }

    /// What is closed, limited or paused.
    fn gates(&self) -> Vec<(&'static str, String)> {
        let mut facts = vec![
            ("Limits", self.limits.to_string()),
            ("Pause", self.pause.to_string()),
        ];
        if let Some(loss) = &self.loss {
            facts.push(("Loss", loss.amounts()));
            facts.push(("It closes", loss.closed()));
        }
        facts
    }

    fn changes(&self) -> String {
        match self.pending_changes {
            0 => "none waits".to_owned(),
            1 => "1 waits: `sluice pool config show`".to_owned(),
            count => format!("{count} wait: `sluice pool config show`"),
        }
    }

    fn state(&self) -> String {
        let freshness = if self.is_fresh {
            "priced".to_owned()
        } else {
            format!(
                "last priced in epoch {}: run `sluice crank`",
                self.finalized_epoch
            )
        };
        let tripped = if self.is_tripped {
            ", breaker tripped"
        } else {
            ""
        };
        let paused = if self.is_paused {
            ", deposits paused"
        } else {
            ""
        };
        format!(
            "{}, slot {}, {freshness}{tripped}{paused}",
            self.epoch, self.slot
        )
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} of SOL stays for all holders now: a fee of {}, and {} for the epoch's reward",
            percent_e9(self.fee_parts_e9.saturating_add(self.charge_parts_e9)),
            percent_e9(self.fee_parts_e9),
            percent_e9(self.charge_parts_e9)
        )
    }
}

impl fmt::Display for Window {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_open {
            return write!(
                formatter,
                "open since slot {}: stake moves now",
                self.start_slot
            );
        }
        write!(formatter, "opens at slot {}", self.start_slot)?;
        match self.seconds_until_open {
            Some(seconds) => write!(formatter, ", {}", in_about(seconds)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Rates {
    /// What matters to holders.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let config = &self.0;
        write!(
            formatter,
            "{} of rewards, {} of deposits, {} to {} of instant exits",
            percent(config.reward_fee_bps),
            percent(config.deposit_fee_bps),
            percent(config.instant_fee_min_bps),
            percent(config.instant_fee_max_bps)
        )
    }
}

impl fmt::Display for Limits {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let none = PoolLimits::NONE;
        let minimum = match self.minimum_deposit_lamports {
            least if least == none.minimum_deposit_lamports => "any amount".to_owned(),
            least => format!("at least {} each", sol(least)),
        };
        match self.deposit_cap_lamports {
            None => write!(formatter, "deposits of {minimum}"),
            Some(most) => write!(
                formatter,
                "deposits of {minimum}, until the pool owns {}",
                sol(most)
            ),
        }
    }
}
