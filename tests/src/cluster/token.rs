//! Tokens.

use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use spl_associated_token_account_interface::{
    address::get_associated_token_address, instruction::create_associated_token_account_idempotent,
};
use spl_token_interface::state::{Account as TokenAccount, Mint};

use super::Cluster;

impl Cluster {
    /// A token account's content; panics if it is none.
    pub async fn token_account(&mut self, address: &Pubkey) -> TokenAccount {
        let account = self.account(address).await;
        TokenAccount::unpack(&account.data).expect("a token account")
    }

    /// Token units in a token account, zero if it does not exist.
    pub async fn token_balance(&mut self, address: &Pubkey) -> u64 {
        match self.try_account(address).await {
            Some(account) => {
                TokenAccount::unpack(&account.data)
                    .expect("a token account")
                    .amount
            }
            None => 0,
        }
    }

    /// A mint's content; panics if it is none.
    pub async fn mint(&mut self, address: &Pubkey) -> Mint {
        let account = self.account(address).await;
        Mint::unpack(&account.data).expect("a mint")
    }

    /// Token units of a mint in existence.
    pub async fn mint_supply(&mut self, mint: &Pubkey) -> u64 {
        self.mint(mint).await.supply
    }

    /// The owner's associated token account, created if it does not exist.
    pub async fn create_token_account(&mut self, mint: &Pubkey, owner: &Pubkey) -> Pubkey {
        let create = create_associated_token_account_idempotent(
            &self.payer.pubkey(),
            owner,
            mint,
            &spl_token_interface::ID,
        );
        self.must_send(&[create], &[]).await;
        get_associated_token_address(owner, mint)
    }
}
