//! Reading accounts, and writing them past the runtime.

use solana_account::{Account, AccountSharedData};
use solana_pubkey::Pubkey;

use super::{AccountsSnapshot, Cluster};

impl Cluster {
    /// The account, if it exists.
    pub async fn try_account(&mut self, address: &Pubkey) -> Option<Account> {
        let read = self.context.banks_client.get_account(*address).await;
        read.expect("the bank answers")
    }

    /// The account, or a panic if there is none.
    pub async fn account(&mut self, address: &Pubkey) -> Account {
        let account = self.try_account(address).await;
        account.unwrap_or_else(|| panic!("the account {address} does not exist"))
    }

    /// Lamports of an account, zero if it does not exist.
    pub async fn lamports(&mut self, address: &Pubkey) -> u64 {
        self.try_account(address)
            .await
            .map_or(0, |account| account.lamports)
    }

    /// Stores an account as it is: no rule of the runtime holds here.
    pub fn set_account(&mut self, address: &Pubkey, account: Account) {
        self.context
            .set_account(address, &AccountSharedData::from(account));
    }

    /// Changes an existing account past the runtime.
    pub async fn change_account(&mut self, address: &Pubkey, change: impl FnOnce(&mut Account)) {
        let mut account = self.account(address).await;
        change(&mut account);
        self.set_account(address, account);
    }

    /// Removes an account past the runtime, as if its owner's program had closed it: the runtime forgets
    /// the votes and the stake of an account only while it still sees whose it was.
    pub async fn remove_account(&mut self, address: &Pubkey) {
        let owner = self.try_account(address).await.map(|account| account.owner);
        let closed = Account {
            owner: owner.unwrap_or_default(),
            ..Account::default()
        };
        self.set_account(address, closed);
    }

    /// The present content of these accounts.
    pub async fn snapshot(&mut self, addresses: &[Pubkey]) -> AccountsSnapshot {
        let mut snapshot = AccountsSnapshot::default();
        for address in addresses {
            snapshot.insert(*address, self.try_account(address).await);
        }
        snapshot
    }

    /// Puts the accounts of a snapshot back to what they were.
    pub async fn restore(&mut self, snapshot: &AccountsSnapshot) {
        let addresses: Vec<Pubkey> = snapshot.addresses().copied().collect();
        let now = self.snapshot(&addresses).await;
        for change in snapshot.changes(&now) {
            let account = snapshot.get(&change.address).cloned().unwrap_or_default();
            self.set_account(&change.address, account);
        }
    }
}
