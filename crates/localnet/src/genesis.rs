//! The first block: validators, programs, features, inflation and the epoch schedule.

use std::{fs, time::Duration};

use agave_feature_set::{self as features, FeatureSet};
use solana_account::{Account, AccountSharedData};
use solana_cluster_type::ClusterType;
use solana_epoch_schedule::{EpochSchedule, MINIMUM_SLOTS_PER_EPOCH};
use solana_fee_calculator::FeeRateGovernor;
use solana_genesis_config::GenesisConfig;
use solana_inflation::Inflation;
use solana_loader_v3_interface::state::UpgradeableLoaderState;
use solana_poh_config::PohConfig;
use solana_program_binaries as binaries;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_runtime::genesis_utils::{
    activate_feature, add_genesis_epoch_rewards_account, add_genesis_stake_config_account,
};
use solana_sdk_ids::system_program;
use solana_signer::Signer;
use spl_token_interface::{native_mint, state::Mint};

use crate::{LocalnetConfig, LocalnetError, ProgramConfig, ProgramElf, validators};

/// The longest a slot may last.
const MAX_SLOT_DURATION: Duration = Duration::from_millis(400);

/// The shortest a slot may last: below it a machine cannot keep up.
const MIN_SLOT_DURATION: Duration = Duration::from_millis(20);

/// Consecutive slots of a leader; an epoch must hold a whole number of such turns.
const SLOTS_PER_TURN: u64 = 4;

/// What a signature costs, in lamports.
const LAMPORTS_PER_SIGNATURE: u64 = 5_000;

/// How an epoch divides into slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pace {
    /// Slots in an epoch.
    pub(crate) slots_per_epoch: u64,
    /// How long a slot lasts.
    pub(crate) slot_duration: Duration,
}

impl Pace {
    /// Divides an epoch into slots of at most 400 ms, and at least 32 of them.
    pub(crate) fn new(epoch_duration: Duration) -> Result<Self, LocalnetError> {
        let slots = epoch_duration
            .as_nanos()
            .div_ceil(MAX_SLOT_DURATION.as_nanos());
        let slots_per_epoch = u64::try_from(slots)
            .ok()
            .and_then(|slots| {
                slots
                    .max(MINIMUM_SLOTS_PER_EPOCH)
                    .checked_next_multiple_of(SLOTS_PER_TURN)
            })
            .and_then(|slots| u32::try_from(slots).ok())
            .ok_or_else(|| LocalnetError::Config("the epoch is too long".into()))?;
        let slot_duration = epoch_duration / slots_per_epoch;
        if slot_duration < MIN_SLOT_DURATION {
            return Err(LocalnetError::Config(format!(
                "an epoch must last at least {} ms",
                (MIN_SLOT_DURATION * slots_per_epoch).as_millis()
            )));
        }
        Ok(Self {
            slots_per_epoch: u64::from(slots_per_epoch),
            slot_duration,
        })
    }
}

/// Builds the genesis block of a configuration.
pub(crate) fn genesis_config(
    config: &LocalnetConfig,
    pace: Pace,
) -> Result<GenesisConfig, LocalnetError> {
    let rent = Rent::default();
    let mut genesis = GenesisConfig {
        ticks_per_slot: 1,
        poh_config: PohConfig::new_sleep(pace.slot_duration),
        fee_rate_governor: FeeRateGovernor::new(LAMPORTS_PER_SIGNATURE, 0),
        rent: rent.clone(),
        epoch_schedule: EpochSchedule::custom(pace.slots_per_epoch, pace.slots_per_epoch, false),
        cluster_type: ClusterType::Development,
        ..GenesisConfig::default()
    };
    add_faucet(&mut genesis, config);
    add_validators(&mut genesis, config)?;
    add_programs(&mut genesis, config)?;
    add_native_mint(&mut genesis);
    add_genesis_stake_config_account(&mut genesis);
    add_genesis_epoch_rewards_account(&mut genesis);
    for feature in active_features().active().keys() {
        activate_feature(&mut genesis, *feature);
    }
    for (address, account) in &config.accounts {
        genesis.accounts.insert(*address, account.clone());
    }
    genesis.inflation = inflation(config, &genesis);
    Ok(genesis)
}

fn add_faucet(genesis: &mut GenesisConfig, config: &LocalnetConfig) {
    let account = AccountSharedData::new(config.faucet_lamports, 0, &system_program::ID);
    genesis.add_account(config.faucet.pubkey(), account);
}

fn add_validators(
    genesis: &mut GenesisConfig,
    config: &LocalnetConfig,
) -> Result<(), LocalnetError> {
    if config
        .validators
        .iter()
        .all(|validator| validator.stake_lamports == 0)
    {
        return Err(LocalnetError::Config(
            "a cluster needs a validator with stake".into(),
        ));
    }
    for validator in &config.validators {
        for (address, account) in validators::genesis_accounts(validator, &genesis.rent)? {
            genesis.add_account(address, account);
        }
    }
    Ok(())
}

/// Deploys the programs that every cluster has, then those of the configuration.
fn add_programs(genesis: &mut GenesisConfig, config: &LocalnetConfig) -> Result<(), LocalnetError> {
    let rent = genesis.rent.clone();
    let usual = binaries::spl_programs(&rent)
        .into_iter()
        .chain(binaries::core_bpf_programs(&rent, |_| true));
    for (address, account) in usual {
        genesis.add_account(address, account);
    }
    for program in &config.programs {
        for (address, account) in program_accounts(program, &rent)? {
            genesis.accounts.insert(address, account);
        }
    }
    Ok(())
}

fn program_accounts(
    program: &ProgramConfig,
    rent: &Rent,
) -> Result<[(Pubkey, Account); 2], LocalnetError> {
    let elf = match &program.elf {
        ProgramElf::Bytes(bytes) => bytes.clone(),
        ProgramElf::Path(path) => fs::read(path).map_err(|source| LocalnetError::Program {
            path: path.clone(),
            source,
        })?,
    };
    let mut accounts = binaries::bpf_loader_upgradeable_program_accounts(&program.id, &elf, rent);
    let [_, (_, program_data)] = &mut accounts;
    let metadata = UpgradeableLoaderState::ProgramData {
        slot: 0,
        upgrade_authority_address: program.upgrade_authority,
    };
    // In bounds: the account was made to hold the metadata and the code after it.
    let header = &mut program_data.data[..UpgradeableLoaderState::size_of_programdata_metadata()];
    header.fill(0);
    bincode::serialize_into(header, &metadata)
        .map_err(|error| LocalnetError::Config(error.to_string()))?;
    Ok(accounts)
}

fn add_native_mint(genesis: &mut GenesisConfig) {
    let mint = Mint {
        decimals: native_mint::DECIMALS,
        is_initialized: true,
        ..Mint::default()
    };
    let mut data = vec![0; Mint::LEN];
    mint.pack_into_slice(&mut data);
    let account = Account {
        lamports: genesis.rent.minimum_balance(Mint::LEN),
        data,
        owner: spl_token_interface::ID,
        ..Account::default()
    };
    genesis.add_account(native_mint::ID, account.into());
}

/// All features but those that would change the pace of slots or the consensus protocol.
fn active_features() -> FeatureSet {
    let mut set = FeatureSet::all_enabled();
    for feature in [
        features::alpenglow::ID,
        features::reduce_slot_time_to_350ms::ID,
        features::reduce_slot_time_to_300ms::ID,
        features::reduce_slot_time_to_250ms::ID,
        features::reduce_slot_time_to_200ms::ID,
    ] {
        set.deactivate(&feature);
    }
    set
}

/// The fixed yearly rate at which the supply of the first epoch pays the wanted yield.
///
/// The runtime wants a floating-point rate; nothing else here is one.
fn inflation(config: &LocalnetConfig, genesis: &GenesisConfig) -> Inflation {
    let stakes = config.validators.iter().map(|v| v.stake_lamports);
    let stake = stakes.fold(0, u64::saturating_add);
    let balances = genesis.accounts.values().map(|account| account.lamports);
    let supply = balances.fold(0, u64::saturating_add);
    let yield_per_epoch = f64::from(config.epoch_yield_ppm) / 1_000_000.0;
    let epochs_per_year = genesis.slots_per_year() / genesis.epoch_schedule.slots_per_epoch as f64;
    Inflation::new_fixed(yield_per_epoch * epochs_per_year * stake as f64 / supply as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_epoch_is_made_of_slots_of_400_ms() {
        let pace = Pace::new(Duration::from_secs(60)).unwrap();
        assert_eq!(pace.slots_per_epoch, 152);
        assert_eq!(pace.slot_duration, Duration::from_secs(60) / 152);
    }

    #[test]
    fn a_short_epoch_has_32_slots_that_are_shorter() {
        let pace = Pace::new(Duration::from_secs(8)).unwrap();
        assert_eq!(pace.slots_per_epoch, 32);
        assert_eq!(pace.slot_duration, Duration::from_millis(250));
    }

    #[test]
    fn an_epoch_too_short_for_its_slots_is_refused() {
        let error = Pace::new(Duration::from_millis(500)).unwrap_err();
        assert_eq!(error.to_string(), "an epoch must last at least 640 ms");
    }

    #[test]
    fn a_cluster_without_stake_is_refused() {
        let mut config = LocalnetConfig::default();
        for validator in &mut config.validators {
            validator.stake_lamports = 0;
        }
        let pace = Pace::new(config.epoch_duration).unwrap();
        let error = genesis_config(&config, pace).unwrap_err();
        assert_eq!(error.to_string(), "a cluster needs a validator with stake");
    }

    #[test]
    fn inflation_of_one_epoch_is_the_wanted_yield_of_the_stake() {
        let config = LocalnetConfig::default();
        let pace = Pace::new(config.epoch_duration).unwrap();
        let genesis = genesis_config(&config, pace).unwrap();
        let supply: u64 = genesis.accounts.values().map(|a| a.lamports).sum();
        let epochs_per_year = genesis.slots_per_year() / pace.slots_per_epoch as f64;
        let paid = genesis.inflation.total(0.0) / epochs_per_year * supply as f64;
        let expected = 1_000_000.0 * 1e9 * 0.001;
        assert!((paid - expected).abs() < 1e3, "{paid} is not {expected}");
    }
}
