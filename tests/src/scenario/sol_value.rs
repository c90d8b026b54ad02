//! A pool with the SOL-value calculator beside it, and the loader's accounts that it reads.

use sluice_rate::PoolRate;
use sluice_sol_value::{LOADER, OWN_DATA, SLUICE_DATA, instruction, price::Range};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_loader_v3_interface::state::UpgradeableLoaderState;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::SOL;
use crate::{
    cluster::{ClusterBuilder, Sent, TransactionFailure, sol_value_elf},
    pool::Pool,
};

/// The slot in which Sluice is deployed here.
pub const DEPLOYED_SLOT: u64 = 1;

impl ClusterBuilder {
    /// Adds the SOL-value calculator at its own address.
    pub fn sol_value(self) -> Self {
        self.program(sluice_sol_value::ID, sol_value_elf())
    }
}

impl Pool {
    /// Writes what the loader has of Sluice and of the calculator, and confirms that deployment. The
    /// keypair is the calculator's upgrade authority.
    pub async fn confirmed_sol_value(&mut self) -> Keypair {
        let authority = self.authority_of_sol_value().await;
        let confirm = instruction::confirm(authority.pubkey(), DEPLOYED_SLOT);
        self.cluster.must_send(&[confirm], &[&authority]).await;
        authority
    }

    /// The same before anything is confirmed.
    pub async fn authority_of_sol_value(&mut self) -> Keypair {
        let authority = self.cluster.funded("authority of sol-value", SOL).await;
        self.deploy(SLUICE_DATA, DEPLOYED_SLOT, None);
        self.deploy(OWN_DATA, DEPLOYED_SLOT, Some(authority.pubkey()));
        authority
    }

    /// Writes what the loader writes when a program is deployed in a slot.
    pub fn deploy(&mut self, program_data: Pubkey, slot: u64, authority: Option<Pubkey>) {
        let state = UpgradeableLoaderState::ProgramData {
            slot,
            upgrade_authority_address: authority,
        };
        let mut data = bincode::serialize(&state).expect("the loader's own form");
        data.resize(UpgradeableLoaderState::size_of_programdata_metadata(), 0);
        data.extend(b"\x7fELF");
        let account = Account {
            lamports: SOL,
            data,
            owner: LOADER,
            ..Account::default()
        };
        self.cluster.set_account(&program_data, account);
    }

    /// The question what so many LST are worth.
    pub fn lst_to_sol(&self, lst: u64) -> Instruction {
        instruction::lst_to_sol(self.addresses.mint, self.addresses.pool, lst)
    }

    /// The question how many LST so many lamports are worth.
    pub fn sol_to_lst(&self, lamports: u64) -> Instruction {
        instruction::sol_to_lst(self.addresses.mint, self.addresses.pool, lamports)
    }

    /// Asks, as a transaction of its own, and reads the answer.
    pub async fn ask(&mut self, question: Instruction) -> Result<Range, TransactionFailure> {
        let sent = self.try_out(&[question], &[]).await?;
        Ok(answer(&sent))
    }

    /// What a program would read of the pool in this slot.
    pub async fn pool_rate(&mut self) -> PoolRate {
        let address = self.addresses.pool;
        let account = self.cluster.account(&address).await;
        PoolRate::read(&account.owner.to_bytes(), &account.data).expect("a pool")
    }
}

/// The two numbers that the calculator returned.
pub fn answer(sent: &Sent) -> Range {
    let (program, data) = sent.return_data.as_ref().expect("an answer");
    assert_eq!(*program, sluice_sol_value::ID);
    // The runtime leaves out zeros at the end.
    let mut bytes = data.clone();
    bytes.resize(16, 0);
    let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
    Range {
        min: number(0),
        max: number(8),
    }
}
