//! A pool of it with validators.

use borsh::BorshDeserialize;
use sluice_tests::cluster::{Cluster, LAMPORTS_PER_SOL, Sent, spl_pool_elf};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::instruction::create_account;
use spl_stake_pool::{
    ID, find_withdraw_authority_program_address, instruction,
    state::{Fee, StakePool, ValidatorList},
};
use spl_token_interface::{ID as TOKEN_PROGRAM, instruction::initialize_mint2, state::Mint};

const NO_FEE: Fee = Fee {
    numerator: 0,
    denominator: 1,
};
const REWARD_FEE: Fee = Fee {
    numerator: 5,
    denominator: 100,
};
const EXIT_FEE: Fee = Fee {
    numerator: 1,
    denominator: 1_000,
};

/// A pool, on its own cluster.
pub(super) struct SplPool {
    pub(super) cluster: Cluster,
    pub(super) pool: Pubkey,
    pub(super) authority: Pubkey,
    pub(super) votes: Vec<Pubkey>,
}

impl SplPool {
    /// A pool with validators whose stake is active from the next epoch on.
    pub(super) async fn start(seed: u64, validators: usize) -> Self {
        let builder = Cluster::builder().seed(seed).program(ID, spl_pool_elf());
        let mut cluster = builder.start().await;
        cluster.next_epochs(10).await;
        let pool = cluster.keypair("pool").pubkey();
        let mut spl_pool = Self {
            pool,
            authority: find_withdraw_authority_program_address(&ID, &pool).0,
            cluster,
            votes: Vec::new(),
        };
        spl_pool.create(validators).await;
        let whale = spl_pool.holder("whale").await;
        spl_pool.deposit(&whale, 5_000 * LAMPORTS_PER_SOL).await;
        for number in 0..validators {
            spl_pool.add_validator(number).await;
        }
        spl_pool
    }

    async fn create(&mut self, validators: usize) {
        let cluster = &mut self.cluster;
        let payer = cluster.payer();
        let (manager, mint) = (cluster.keypair("manager"), cluster.keypair("mint"));
        let rent = cluster.rent_exempt_lamports(Mint::LEN).await;
        let size = Mint::LEN as u64;
        let initialize = initialize_mint2(&TOKEN_PROGRAM, &mint.pubkey(), &self.authority, None, 9);
        let create_mint = [
            create_account(&payer.pubkey(), &mint.pubkey(), rent, size, &TOKEN_PROGRAM),
            initialize.expect("the token program's instruction"),
        ];
        cluster.must_send(&create_mint, &[&mint]).await;
        let fees = cluster
            .create_token_account(&mint.pubkey(), &manager.pubkey())
            .await;
        let lamports = 10 * LAMPORTS_PER_SOL;
        let reserve = cluster
            .create_stake("reserve", &self.authority, lamports)
            .await;

        let maximum = u32::try_from(validators).expect("few validators");
        let list = self.list_address();
        let pool_bytes = borsh::max_serialized_size::<StakePool>().expect("it has a size");
        let list_bytes = borsh::object_length(&ValidatorList::new(maximum)).expect("it serializes");
        self.reserve_space(self.pool, pool_bytes).await;
        self.reserve_space(list, list_bytes).await;
        let initialize = instruction::initialize(
            &ID,
            &self.pool,
            &manager.pubkey(),
            &manager.pubkey(),
            &self.authority,
            &list,
            &reserve,
            &mint.pubkey(),
            &fees,
            &TOKEN_PROGRAM,
            None,
            REWARD_FEE,
            EXIT_FEE,
            NO_FEE,
            0,
            maximum,
        );
        self.cluster.must_send(&[initialize], &[&manager]).await;
    }

    /// An empty account of the program.
    async fn reserve_space(&mut self, address: Pubkey, bytes: usize) {
        let lamports = self.cluster.rent_exempt_lamports(bytes).await;
        let account = Account {
            lamports,
            data: vec![0; bytes],
            owner: ID,
            ..Account::default()
        };
        self.cluster.set_account(&address, account);
    }

    pub(super) fn list_address(&self) -> Pubkey {
        self.cluster.keypair("list").pubkey()
    }

    pub(super) async fn account(&mut self) -> StakePool {
        let account = self.cluster.account(&self.pool).await;
        StakePool::deserialize(&mut account.data.as_slice()).expect("a stake pool")
    }

    pub(super) async fn list(&mut self) -> ValidatorList {
        let account = self.cluster.account(&self.list_address()).await;
        ValidatorList::deserialize(&mut account.data.as_slice()).expect("a validator list")
    }

    async fn add_validator(&mut self, number: usize) {
        let vote = self
            .cluster
            .create_validator(&format!("v{number}"), 500)
            .await;
        let account = self.account().await;
        let add =
            instruction::add_validator_to_pool_with_vote(&ID, &account, &self.pool, &vote, None);
        self.send_as_manager(add).await;
        self.votes.push(vote);
    }

    pub(super) async fn send_as_manager(&mut self, instruction: Instruction) -> Sent {
        let manager = self.cluster.keypair("manager");
        self.cluster.must_send(&[instruction], &[&manager]).await
    }
}
