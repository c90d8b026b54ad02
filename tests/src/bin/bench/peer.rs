//! The same for SPL Stake Pool.

use {
    crate::{bytes, thousand::VALIDATORS},
    anyhow::{Context, Result},
    borsh::BorshDeserialize,
    sluice_tests::{
        cluster::{Cluster, LAMPORTS_PER_SOL, Sent},
        measure::{Figure, Samples, Unit},
    },
    solana_account::Account,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_program_pack::Pack,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    solana_system_interface::instruction::create_account,
    spl_associated_token_account_interface::address::get_associated_token_address,
    spl_stake_pool::{
        ID, find_withdraw_authority_program_address, instruction,
        state::{Fee, StakePool, ValidatorList},
    },
    spl_token_interface::{ID as TOKEN_PROGRAM, instruction::initialize_mint2, state::Mint},
    std::{env, path::PathBuf},
};

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

/// A stake pool of the peer, on a cluster of its own.
struct Peer {
    cluster: Cluster,
    pool: Pubkey,
    authority: Pubkey,
    votes: Vec<Pubkey>,
}

/// Measures the peer.
pub async fn figures(seeds: &[u64]) -> Result<Vec<Figure>> {
    let mut samples = Samples::of("spl-stake-pool");
    for seed in seeds {
        let mut small = Peer::start(*seed, 8).await?;
        measure_holders(&mut small, &mut samples).await;
        measure_cranks(&mut small, &mut samples).await;
    }
    let mut large = Peer::start(0, VALIDATORS).await?;
    for _ in 0..2 {
        large.next_epoch().await;
        let updates = large.update(&mut Samples::of("unused")).await;
        samples.add(
            "price_1000_validators_transactions",
            Unit::Transactions,
            updates.len() as u64,
        );
        samples.compute("price_1000_validators_compute", updates.iter().sum());
    }
    samples.add("elf_bytes", Unit::Bytes, bytes(&peer_elf()?)?);
    Ok(samples.figures())
}

fn peer_elf() -> Result<PathBuf> {
    let elf = env::var_os("SLUICE_PEER_ELF").context(
        "SLUICE_PEER_ELF does not say where the ELF of SPL Stake Pool is: run `cargo xtask bench`",
    )?;
    Ok(elf.into())
}

async fn measure_holders(peer: &mut Peer, samples: &mut Samples) {
    for holder in ["ann", "ben", "cid", "dot"] {
        let holder = peer.holder(holder).await;
        for lamports in [
            1_000_000_000,
            12_345_678_901,
            7_000_000_003,
            100_000_000_000,
        ] {
            let sent = peer.deposit(&holder, lamports).await;
            samples.compute("DepositSol", sent.compute_units);
        }
        for tokens in [100_000_000, 1_234_567_891, 5_000_000_000] {
            let sent = peer.withdraw(&holder, tokens).await;
            samples.compute("WithdrawSol", sent.compute_units);
        }
    }
}

async fn measure_cranks(peer: &mut Peer, samples: &mut Samples) {
    for epoch in 0..6 {
        peer.next_epoch().await;
        peer.update(samples).await;
        for vote in peer.votes.clone() {
            match epoch % 3 {
                0 => peer.increase(&vote, samples).await,
                1 => peer.decrease(&vote, samples).await,
                _ => {}
            }
        }
    }
}

impl Peer {
    /// A pool with validators whose stake is active from the next epoch on.
    async fn start(seed: u64, validators: usize) -> Result<Self> {
        let builder = Cluster::builder().seed(seed).program(ID, peer_elf()?);
        let mut cluster = builder.start().await;
        cluster.next_epochs(10).await;
        let pool = cluster.keypair("pool").pubkey();
        let mut peer = Self {
            pool,
            authority: find_withdraw_authority_program_address(&ID, &pool).0,
            cluster,
            votes: Vec::new(),
        };
        peer.create(validators).await;
        let whale = peer.holder("whale").await;
        peer.deposit(&whale, 5_000 * LAMPORTS_PER_SOL).await;
        for number in 0..validators {
            peer.add_validator(number).await;
        }
        Ok(peer)
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

    fn list_address(&self) -> Pubkey {
        self.cluster.keypair("list").pubkey()
    }

    async fn account(&mut self) -> StakePool {
        let account = self.cluster.account(&self.pool).await;
        StakePool::deserialize(&mut account.data.as_slice()).expect("a stake pool")
    }

    async fn list(&mut self) -> ValidatorList {
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

    async fn send_as_manager(&mut self, instruction: Instruction) -> Sent {
        let manager = self.cluster.keypair("manager");
        self.cluster.must_send(&[instruction], &[&manager]).await
    }

    async fn holder(&mut self, name: &str) -> Keypair {
        let lamports = 10_000 * LAMPORTS_PER_SOL;
        let holder = self.cluster.funded(name, lamports).await;
        let mint = self.account().await.pool_mint;
        self.cluster
            .create_token_account(&mint, &holder.pubkey())
            .await;
        holder
    }

    async fn deposit(&mut self, holder: &Keypair, lamports: u64) -> Sent {
        let account = self.account().await;
        let deposit = instruction::deposit_sol(
            &ID,
            &self.pool,
            &self.authority,
            &account.reserve_stake,
            &holder.pubkey(),
            &get_associated_token_address(&holder.pubkey(), &account.pool_mint),
            &account.manager_fee_account,
            &account.manager_fee_account,
            &account.pool_mint,
            &TOKEN_PROGRAM,
            lamports,
        );
        self.cluster.must_send(&[deposit], &[holder]).await
    }

    async fn withdraw(&mut self, holder: &Keypair, tokens: u64) -> Sent {
        let account = self.account().await;
        let withdraw = instruction::withdraw_sol(
            &ID,
            &self.pool,
            &self.authority,
            &holder.pubkey(),
            &get_associated_token_address(&holder.pubkey(), &account.pool_mint),
            &account.reserve_stake,
            &holder.pubkey(),
            &account.manager_fee_account,
            &account.pool_mint,
            &TOKEN_PROGRAM,
            tokens,
        );
        self.cluster.must_send(&[withdraw], &[holder]).await
    }

    async fn next_epoch(&mut self) {
        for vote in self.votes.clone() {
            self.cluster.earn_credits(&vote, 100_000).await;
        }
        self.cluster.next_epoch().await;
    }

    /// Prices the pool as its own client does: every instruction that updates the list in a
    /// transaction of its own, then the others in one. Returns the compute units of each.
    async fn update(&mut self, samples: &mut Samples) -> Vec<u64> {
        let (account, list) = (self.account().await, self.list().await);
        let (updates, last) =
            instruction::update_stake_pool(&ID, &account, &list, &self.pool, false);
        let mut units = Vec::new();
        for update in updates {
            let sent = self.cluster.must_send(&[update], &[]).await;
            samples.compute("UpdateValidatorListBalance", sent.compute_units);
            units.push(sent.compute_units);
        }
        let sent = self.cluster.must_send(&last, &[]).await;
        let of_each = sent.compute_units_of(&ID);
        samples.compute("UpdateStakePoolBalance", of_each[0]);
        units.push(sent.compute_units);
        let epoch = self.cluster.epoch().await;
        assert_eq!(self.account().await.last_update_epoch, epoch);
        units
    }

    async fn increase(&mut self, vote: &Pubkey, samples: &mut Samples) {
        let account = self.account().await;
        let lamports = 20 * LAMPORTS_PER_SOL;
        let increase = instruction::increase_validator_stake_with_vote(
            &ID, &account, &self.pool, vote, lamports, None, 0,
        );
        let sent = self.send_as_manager(increase).await;
        samples.compute("IncreaseValidatorStake", sent.compute_units);
    }

    async fn decrease(&mut self, vote: &Pubkey, samples: &mut Samples) {
        let account = self.account().await;
        let lamports = 10 * LAMPORTS_PER_SOL;
        let decrease = instruction::decrease_validator_stake_with_vote(
            &ID, &account, &self.pool, vote, lamports, None, 0,
        );
        let sent = self.send_as_manager(decrease).await;
        samples.compute("DecreaseValidatorStake", sent.compute_units);
    }
}
