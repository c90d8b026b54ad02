//! Programs whose code is exchanged while the cluster runs.

use solana_account::Account;
use solana_loader_v3_interface::{get_program_data_address, state::UpgradeableLoaderState};
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_sdk_ids::{bpf_loader, bpf_loader_upgradeable};

use super::{Cluster, ClusterBuilder};

impl ClusterBuilder {
    /// Adds a program by its code.
    pub fn code(self, program: Pubkey, code: &[u8]) -> Self {
        self.account(program, of_old_loader(code))
    }
}

impl Cluster {
    /// Exchanges the code of a program, as an upgrade does: from the next slot on, and nothing else.
    ///
    /// The loader's own instruction would not do. This bank never prunes the runtime's cache of programs,
    /// which would go back to the code of before with the next root. The cache tells the loaders apart, so
    /// the program changes between them, and can be exchanged for code that it had before, but not
    /// twice for new code. Upgrades by the loader are tested on a localnet, which prunes.
    pub async fn exchange_code(&mut self, program: &Pubkey, code: &[u8]) {
        if self.account(program).await.owner == bpf_loader_upgradeable::ID {
            self.set_account(program, of_old_loader(code));
        } else {
            let data_address = get_program_data_address(program);
            let of_program = UpgradeableLoaderState::Program {
                programdata_address: data_address,
            };
            let of_data = UpgradeableLoaderState::ProgramData {
                slot: 0,
                upgrade_authority_address: None,
            };
            let header_bytes = UpgradeableLoaderState::size_of_programdata_metadata();
            let owner = bpf_loader_upgradeable::ID;
            let mut data = state(&of_data, header_bytes);
            data.extend_from_slice(code);
            self.set_account(&data_address, account(owner, data, false));
            let data = state(&of_program, UpgradeableLoaderState::size_of_program());
            self.set_account(program, account(owner, data, true));
        }
        self.warp_by(1).await;
    }
}

fn of_old_loader(code: &[u8]) -> Account {
    account(bpf_loader::ID, code.to_vec(), true)
}

fn state(state: &UpgradeableLoaderState, bytes: usize) -> Vec<u8> {
    let mut data = bincode::serialize(state).expect("the loader's state serializes");
    data.resize(bytes, 0);
    data
}

fn account(owner: Pubkey, data: Vec<u8>, executable: bool) -> Account {
    Account {
        lamports: Rent::default().minimum_balance(data.len()),
        data,
        owner,
        executable,
        rent_epoch: u64::MAX,
    }
}
