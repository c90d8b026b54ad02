//! Arguments of those who run a pool.

use std::fmt;

use clap::{Args, Subcommand};
use serde::Serialize;
use sluice::state::{PoolConfig, PoolLimits};
use sluice_client::words::amounts::percent;
use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use super::{ConfigCommand, RoleCommand};

#[derive(Debug, Subcommand)]
pub enum PoolCommand {
    /// Create a pool with a token of its own
    Create(CreateArgs),
    /// Show a pool: prices, flows, queue, what is closed or paused, roles, rates and limits
    Show,
    /// List all pools of the cluster
    List,
    /// Show what each of the last epochs earned, and what of it went to the treasury
    History(HistoryArgs),
    /// Give a pool of an older program the layout of this one; anybody may
    Migrate,
    /// Show a pool's rates and limits, and change them with notice
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Show who has which role, and hand roles over
    #[command(subcommand)]
    Role(RoleCommand),
    /// Pause deposits and delegation for some epochs (guardian); exits go on
    Pause,
    /// End a pause (guardian or admin)
    Unpause,
    /// Open again what an abnormal loss has closed (admin)
    AcknowledgeLoss,
}

#[derive(Clone, Copy, Debug, Args)]
pub struct HistoryArgs {
    /// How many epochs to show, at most 200
    #[arg(long, default_value_t = 10, value_name = "EPOCHS")]
    pub epochs: usize,
}

#[derive(Debug, Args)]
pub struct CreateArgs {
    /// The token's mint: a keypair file to create it with, or the address of an unused one whose
    /// authority is the keypair [default: a new random address]
    #[arg(long, value_name = "FILE|ADDRESS")]
    pub mint: Option<String>,

    /// May change roles and configuration [default: the keypair]
    #[arg(long, value_name = "ADDRESS")]
    pub admin: Option<Pubkey>,

    /// May add, weigh and retire validators [default: the keypair]
    #[arg(long, value_name = "ADDRESS")]
    pub curator: Option<Pubkey>,

    /// May pause deposits and delegation for a while [default: the keypair]
    #[arg(long, value_name = "ADDRESS")]
    pub guardian: Option<Pubkey>,

    /// Owner of the token account that reward fees are paid to [default: the keypair]
    #[arg(long, value_name = "ADDRESS")]
    pub treasury: Option<Pubkey>,

    #[command(flatten)]
    pub rates: RateArgs,

    #[command(flatten)]
    pub limits: LimitArgs,
}

/// Rates and limits in basis points. The program checks their bounds.
#[derive(Clone, Copy, Debug, Args, Serialize)]
#[command(next_help_heading = "Rates and limits")]
pub struct RateArgs {
    /// Share of rewards that is charged as a fee: 0 to 1,000
    #[arg(long, default_value_t = 500, value_name = "BPS")]
    pub reward_fee_bps: u16,

    /// Share of a deposit that drips to all holders: 0 to 20
    #[arg(long, default_value_t = 0, value_name = "BPS")]
    pub deposit_fee_bps: u16,

    /// Instant-exit fee where the reserve is empty: up to 300
    #[arg(long, default_value_t = 100, value_name = "BPS")]
    pub instant_fee_max_bps: u16,

    /// Instant-exit fee where the reserve holds its target: from 1
    #[arg(long, default_value_t = 5, value_name = "BPS")]
    pub instant_fee_min_bps: u16,

    /// Least fee of an exit as a stake account: 0 to 20
    #[arg(long, default_value_t = 5, value_name = "BPS")]
    pub stake_exit_fee_bps: u16,

    /// Share of the pool kept in the reserve for instant exits: 0 to 2,000
    #[arg(long, default_value_t = 100, value_name = "BPS")]
    pub reserve_target_bps: u16,

    /// Part of the epoch after which stake moves and the queue locks: 5,000 to 9,000
    #[arg(long, default_value_t = 8_000, value_name = "BPS")]
    pub window_bps: u16,

    /// Excess of a validator over its target that is left alone: 10 to 5,000
    #[arg(long, default_value_t = 500, value_name = "BPS")]
    pub tolerance_bps: u16,

    /// Share of the pool that rebalancing may move per epoch: 10 to 5,000
    #[arg(long, default_value_t = 1_000, value_name = "BPS")]
    pub movement_cap_bps: u16,

    /// Share of the value that rewards may add per epoch; more drips longer: 1 to 10,000
    #[arg(long, default_value_t = 50, value_name = "BPS")]
    pub drip_bound_bps: u16,

    /// A fall of the value beyond this share closes deposits and instant exits: 10 to 10,000
    #[arg(long, default_value_t = 100, value_name = "BPS")]
    pub breaker_bound_bps: u16,

    /// Highest inflation commission of a validator: 0 to 2,000
    #[arg(long, default_value_t = 1_000, value_name = "BPS")]
    pub max_commission_bps: u16,

    /// Highest block-revenue commission of a validator; 10,000 turns the limit off
    #[arg(long, default_value_t = 10_000, value_name = "BPS")]
    pub max_block_commission_bps: u16,

    /// Largest share of the pool with one validator: 1 to 10,000
    #[arg(long, default_value_t = 10_000, value_name = "BPS")]
    pub share_cap_bps: u16,

    /// Share of the reward fee that stays with all holders; the rest is the treasury's
    #[arg(long, default_value_t = 0, value_name = "BPS")]
    pub holder_share_bps: u16,
}

impl From<RateArgs> for PoolConfig {
    fn from(rates: RateArgs) -> Self {
        Self {
            reward_fee_bps: rates.reward_fee_bps,
            deposit_fee_bps: rates.deposit_fee_bps,
            instant_fee_max_bps: rates.instant_fee_max_bps,
            instant_fee_min_bps: rates.instant_fee_min_bps,
            stake_exit_fee_bps: rates.stake_exit_fee_bps,
            reserve_target_bps: rates.reserve_target_bps,
            window_bps: rates.window_bps,
            tolerance_bps: rates.tolerance_bps,
            movement_cap_bps: rates.movement_cap_bps,
            drip_bound_bps: rates.drip_bound_bps,
            breaker_bound_bps: rates.breaker_bound_bps,
            max_commission_bps: rates.max_commission_bps,
            max_block_commission_bps: rates.max_block_commission_bps,
            share_cap_bps: rates.share_cap_bps,
            holder_share_bps: rates.holder_share_bps,
        }
    }
}

impl From<&PoolConfig> for RateArgs {
    fn from(config: &PoolConfig) -> Self {
        Self {
            reward_fee_bps: config.reward_fee_bps,
            deposit_fee_bps: config.deposit_fee_bps,
            instant_fee_max_bps: config.instant_fee_max_bps,
            instant_fee_min_bps: config.instant_fee_min_bps,
            stake_exit_fee_bps: config.stake_exit_fee_bps,
            reserve_target_bps: config.reserve_target_bps,
            window_bps: config.window_bps,
            tolerance_bps: config.tolerance_bps,
            movement_cap_bps: config.movement_cap_bps,
            drip_bound_bps: config.drip_bound_bps,
            breaker_bound_bps: config.breaker_bound_bps,
            max_commission_bps: config.max_commission_bps,
            max_block_commission_bps: config.max_block_commission_bps,
            share_cap_bps: config.share_cap_bps,
            holder_share_bps: config.holder_share_bps,
        }
    }
}

/// Limits on deposits.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Limits on deposits")]
pub struct LimitArgs {
    /// No deposit may let the pool own more SOL than this [default: no limit]
    #[arg(long, value_name = "SOL")]
    pub deposit_cap: Option<Lamports>,

    /// The smallest deposit in SOL, at most 100
    #[arg(long, default_value = "0", value_name = "SOL")]
    pub minimum_deposit: Lamports,
}

impl From<LimitArgs> for PoolLimits {
    fn from(limits: LimitArgs) -> Self {
        let no_cap = Self::default().deposit_cap_lamports;
        Self {
            deposit_cap_lamports: limits.deposit_cap.map_or(no_cap, Lamports::get),
            minimum_deposit_lamports: limits.minimum_deposit.get(),
        }
    }
}

impl fmt::Display for RateArgs {
    /// What matters to holders.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} of rewards, {} of deposits, {} to {} of instant exits",
            percent(self.reward_fee_bps),
            percent(self.deposit_fee_bps),
            percent(self.instant_fee_min_bps),
            percent(self.instant_fee_max_bps)
        )
    }
}
