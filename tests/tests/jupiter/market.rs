//! A pool on the bank whose accounts are written, and swaps on it as Jupiter's program sends them.

use anyhow::Result;
use jupiter_amm_interface::{
    AccountMap, Amm, AmmContext, ClockRef, FeeMode, KeyedAccount, Quote, QuoteParams, SwapMode,
    SwapParams,
};
use sluice::state::Pool as PoolAccount;
use sluice_jupiter::SluiceAmm;
use sluice_tests::{cluster::TransactionFailure, pool::Watch, scenario::router::Routed};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_sdk_ids::sysvar;
use solana_signer::Signer;
use spl_token_interface::{
    native_mint::ID as WRAPPED_SOL,
    state::{Account as TokenAccount, Mint},
};

use crate::states::State;

/// Where the fields of a pool's account begin.
const FIELDS: usize = 8;

/// A way to swap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// SOL for LST.
    Deposit,
    /// LST for SOL.
    Exit,
}

/// A pool, a user, and Jupiter's view of both.
pub struct Market {
    pub routed: Routed,
    pub amm: Box<dyn Amm + Send + Sync>,
    accounts: AccountMap,
    pool: Pubkey,
    mint: Pubkey,
}

impl Market {
    pub async fn open() -> Self {
        let mut routed = Routed::start().await;
        routed.pool.watch = Watch::Off;
        let cluster = &mut routed.pool.cluster;
        let (pool, mint) = (routed.pool.addresses.pool, routed.pool.addresses.mint);
        let keyed = KeyedAccount {
            key: pool,
            account: cluster.account(&pool).await,
            params: None,
        };
        let context = AmmContext {
            clock_ref: ClockRef::from(cluster.clock().await),
        };
        let amm = SluiceAmm::from_keyed_account(&keyed, &context).expect("a pool");
        let mut market = Self {
            amm: amm.clone_amm(),
            accounts: AccountMap::default(),
            routed,
            pool,
            mint,
        };
        market.update().await.expect("both accounts are there");
        market
    }

    /// What Jupiter does with the accounts that were asked for.
    pub async fn update(&mut self) -> Result<()> {
        self.accounts.clear();
        for address in self.amm.get_accounts_to_update() {
            if let Some(account) = self.routed.pool.cluster.try_account(&address).await {
                self.accounts.insert(address, account);
            }
        }
        self.amm.update(&self.accounts)
    }

    /// Writes a state over all accounts that a swap touches, and updates the view.
    pub async fn write(&mut self, state: &State) {
        let cluster = &mut self.routed.pool.cluster;
        let mut pool = self.accounts[&self.pool].clone();
        pool.data[FIELDS..].copy_from_slice(bytemuck::bytes_of(&state.pool));
        cluster.set_account(&self.pool, pool.clone());
        self.accounts.insert(self.pool, pool);
        let reserve = Account {
            lamports: state.pool.reserve_lamports,
            ..Account::default()
        };
        cluster.set_account(&self.routed.pool.addresses.reserve, reserve);
        change_token(&mut self.routed, self.mint, |data| {
            let mut mint = Mint::unpack(data).expect("a mint");
            mint.supply = state.pool.lst_supply;
            Mint::pack(mint, data).expect("it fits");
            None
        })
        .await;
        for (address, amount) in [
            (self.routed.wrapped, state.wrapped),
            (self.routed.lst, state.held_lst),
        ] {
            change_token(&mut self.routed, address, |data| set_amount(data, amount)).await;
        }
        self.amm.update(&self.accounts).expect("a pool");
    }

    pub fn quote(&self, way: Way, amount: u64) -> Result<Quote> {
        let [input_mint, output_mint] = self.mints(way);
        self.amm.quote(&QuoteParams {
            amount,
            input_mint,
            output_mint,
            swap_mode: SwapMode::ExactIn,
            fee_mode: FeeMode::Normal,
        })
    }

    pub fn mints(&self, way: Way) -> [Pubkey; 2] {
        match way {
            Way::Deposit => [WRAPPED_SOL, self.mint],
            Way::Exit => [self.mint, WRAPPED_SOL],
        }
    }

    /// Sends the swap that Jupiter's program would. Returns what the user paid and got.
    pub async fn swap(
        &mut self,
        way: Way,
        amount: u64,
        minimum: u64,
    ) -> Result<(u64, u64), TransactionFailure> {
        let before = self.routed.balances().await;
        let swap = self.instruction(way, amount, minimum);
        let user = self.routed.user.insecure_clone();
        self.routed.pool.cluster.send(&[swap], &[&user]).await?;
        let after = self.routed.balances().await;
        Ok(match way {
            Way::Deposit => (before.0 - after.0, after.1 - before.1),
            Way::Exit => (before.1 - after.1, after.0 - before.0),
        })
    }

    /// The account list is the view's: the program to call comes first.
    fn instruction(&self, way: Way, amount: u64, minimum: u64) -> Instruction {
        let [source_mint, destination_mint] = self.mints(way);
        let (wrapped, lst) = (self.routed.wrapped, self.routed.lst);
        let ([source, destination], named) = match way {
            Way::Deposit => ([wrapped, lst], self.routed.deposit(amount, minimum)),
            Way::Exit => ([lst, wrapped], self.routed.withdraw(amount, minimum)),
        };
        let swap = self.amm.get_swap_and_account_metas(&SwapParams {
            swap_mode: SwapMode::ExactIn,
            in_amount: amount,
            out_amount: minimum,
            source_mint,
            destination_mint,
            source_token_account: source,
            destination_token_account: destination,
            token_transfer_authority: self.routed.user.pubkey(),
            user: self.routed.user.pubkey(),
            payer: self.routed.user.pubkey(),
            quote_mint_to_referrer: None,
            jupiter_program_id: &Pubkey::default(),
            missing_dynamic_accounts_as_default: false,
        });
        let metas = swap.expect("both mints are the pool's").account_metas;
        assert!(metas.len() <= self.amm.get_accounts_len());
        Instruction {
            program_id: metas[0].pubkey,
            accounts: metas[1..].to_vec(),
            data: named.data,
        }
    }

    /// The pool as its account has it.
    pub async fn pool(&mut self) -> PoolAccount {
        self.routed.pool.account().await
    }

    /// The accounts of the last update.
    pub fn accounts(&mut self) -> &mut AccountMap {
        &mut self.accounts
    }

    /// Where the pool and the rent are.
    pub fn addresses(&self) -> [Pubkey; 2] {
        [self.pool, sysvar::rent::ID]
    }
}

async fn change_token(
    routed: &mut Routed,
    address: Pubkey,
    change: impl FnOnce(&mut [u8]) -> Option<u64>,
) {
    let mut account = routed.pool.cluster.account(&address).await;
    if let Some(lamports) = change(&mut account.data) {
        account.lamports = lamports;
    }
    routed.pool.cluster.set_account(&address, account);
}

/// Lamports that the account must have, where it wraps SOL.
fn set_amount(data: &mut [u8], amount: u64) -> Option<u64> {
    let mut token = TokenAccount::unpack(data).expect("a token account");
    token.amount = amount;
    TokenAccount::pack(token, data).expect("it fits");
    let rent = Option::<u64>::from(token.is_native)?;
    Some(rent + amount)
}
