//! A state of two pools in which instructions have something to do, taken out of a bank.

use std::{
    collections::{BTreeSet, HashSet},
    env, fs,
    path::PathBuf,
};

use serde::{Deserialize, Serialize};
use sluice_tests::{
    cluster::{addresses_of, sluice_elf},
    scenario::two_pools::{Case, FAKE_PROGRAM, POOLS, Stage, TwoPools},
};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_loader_v3_interface::{get_program_data_address, state::UpgradeableLoaderState};
use solana_pubkey::Pubkey;
use solana_sdk_ids::{bpf_loader_upgradeable, system_program, sysvar};
use solana_signer::Signer;

use super::{machine::Machine, state::Accounts};

/// What programs may read of the cluster.
const SYSVARS: [Pubkey; 6] = [
    sysvar::clock::ID,
    sysvar::rent::ID,
    sysvar::epoch_schedule::ID,
    sysvar::epoch_rewards::ID,
    sysvar::stake_history::ID,
    sysvar::instructions::ID,
];

/// Names a folder in which worlds are kept for the next process: each takes a bank some epochs.
const KEPT_VARIABLE: &str = "SLUICE_FUZZ_WORLDS";

/// Two pools with all accounts around them, and a machine that stands at their slot.
pub struct World {
    /// Instructions that work, those of the first pool first.
    pub cases: Vec<Instruction>,
    /// All accounts.
    pub accounts: Accounts,
    /// Their addresses, and that of an account that does not exist.
    pub known: Vec<Pubkey>,
    /// Who can sign: everybody who has a key.
    pub keys: HashSet<Pubkey>,
    /// The two pools.
    pub pools: [Pubkey; 2],
    /// What executes instructions.
    pub machine: Machine,
}

/// What is taken out of a bank.
#[derive(Deserialize, Serialize)]
struct Taken {
    cases: Vec<Instruction>,
    accounts: Vec<(Pubkey, Account)>,
    keys: HashSet<Pubkey>,
    pools: [Pubkey; 2],
    elfs: Vec<(Pubkey, Vec<u8>)>,
}

impl World {
    /// The world of a stage, with the instructions that it is for.
    pub fn at((stage, names): &(Stage, &[&'static str])) -> Self {
        let taken = Taken::at(*stage, names);
        let accounts = taken.accounts.into_iter();
        let accounts: Accounts = accounts.map(|(at, account)| (at, account.into())).collect();
        let mut known: Vec<Pubkey> = accounts.keys().copied().collect();
        known.push(Pubkey::new_from_array([0xee; 32]));
        known.sort();
        Self {
            machine: Machine::new(&accounts, &taken.elfs),
            cases: taken.cases,
            keys: taken.keys,
            pools: taken.pools,
            accounts,
            known,
        }
    }
}

impl Taken {
    /// As it was kept, or from a new bank.
    fn at(stage: Stage, names: &[&'static str]) -> Self {
        let kept = kept_at(stage);
        let bytes = kept.as_ref().and_then(|path| fs::read(path).ok());
        if let Some(taken) = bytes.and_then(|bytes| bincode::deserialize(&bytes).ok()) {
            return taken;
        }
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().expect("a runtime");
        let taken = runtime.block_on(Self::from_bank(stage, names));
        if let Some(path) = kept {
            let bytes = bincode::serialize(&taken).expect("accounts have bytes");
            fs::write(path, bytes).expect("room for a world");
        }
        taken
    }

    async fn from_bank(stage: Stage, names: &[&'static str]) -> Self {
        let mut from = TwoPools::at(stage).await;
        let mut cases = Vec::new();
        let mut pools = [Pubkey::default(); 2];
        for (pool, address) in POOLS.into_iter().zip(&mut pools) {
            from.pool.turn_to(pool);
            *address = from.pool.addresses.pool;
            for name in names {
                cases.push(from.case(name).await);
            }
        }
        from.pool.turn_to(POOLS[0]);
        let signers = cases.iter().flat_map(|case| &case.signers);
        let mut keys: HashSet<Pubkey> = signers.map(Keypair::pubkey).collect();
        keys.extend(from.keypairs().iter().map(Keypair::pubkey));
        let accounts = all_accounts(&mut from, &cases, &keys).await;
        Self {
            elfs: elfs(&mut from, &accounts).await,
            cases: cases.into_iter().map(|case| case.instruction).collect(),
            accounts,
            keys,
            pools,
        }
    }
}

/// Where a world is kept, for this ELF alone.
fn kept_at(stage: Stage) -> Option<PathBuf> {
    let folder = env::var_os(KEPT_VARIABLE)?;
    let elf = fs::read(sluice_elf()).ok()?;
    let hash = solana_sha256_hasher::hash(&elf).to_string();
    Some(PathBuf::from(folder).join(format!("{stage:?}-{hash}")))
}

/// Every account that may play a part, and copies of those with content that belong to a stranger.
async fn all_accounts(
    from: &mut TwoPools,
    cases: &[Case],
    keys: &HashSet<Pubkey>,
) -> Vec<(Pubkey, Account)> {
    let named = cases.iter().map(|case| case.instruction.clone());
    let named = addresses_of(&named.collect::<Vec<_>>());
    let mut addresses: BTreeSet<Pubkey> = named.into_iter().collect();
    addresses.extend(from.everything().await);
    addresses.extend(keys);
    addresses.extend(SYSVARS);
    let programs = [sluice::ID, FAKE_PROGRAM, system_program::ID];
    addresses.extend(programs);
    addresses.insert(from.mallory());
    let mut accounts = Vec::new();
    for address in addresses {
        let Some(account) = from.pool.cluster.try_account(&address).await else {
            continue;
        };
        if !account.executable && !account.data.is_empty() {
            let copy = Account {
                owner: FAKE_PROGRAM,
                ..account.clone()
            };
            accounts.push((copy_of(&address), copy));
        }
        accounts.push((address, account));
    }
    accounts
}

/// Where a stranger has a copy of an account.
fn copy_of(address: &Pubkey) -> Pubkey {
    let mut bytes = address.to_bytes();
    bytes[0] ^= 0xff;
    Pubkey::new_from_array(bytes)
}

/// The code of every program among these accounts.
async fn elfs(from: &mut TwoPools, accounts: &[(Pubkey, Account)]) -> Vec<(Pubkey, Vec<u8>)> {
    let header_bytes = UpgradeableLoaderState::size_of_programdata_metadata();
    let mut elfs = Vec::new();
    for (address, program) in accounts.iter().filter(|(_, account)| account.executable) {
        let elf = if program.owner == bpf_loader_upgradeable::ID {
            let data = get_program_data_address(address);
            from.pool.cluster.account(&data).await.data[header_bytes..].to_vec()
        } else {
            program.data.clone()
        };
        elfs.push((*address, elf));
    }
    elfs
}
