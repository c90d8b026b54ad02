//! The token's name, as wallets and token lists show it: an account of Metaplex's Token Metadata
//! program. It must be made before the pool is, since only the mint's authority can make it.

mod layout;
mod name;
#[cfg(test)]
mod tests;

use anchor_lang::AnchorDeserialize;
pub(crate) use layout::Call;
use layout::{Account, Content, Creation, Update};
pub use name::{NameError, TokenName};
use serde_json::Value;
use solana_account::Account as SolanaAccount;
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::{Pubkey, pubkey};
use solana_sdk_ids::system_program;

use crate::{AccountSource, ClientError, PoolAddresses, Result, words::printable::printable};

/// Metaplex's Token Metadata program.
pub const TOKEN_METADATA_PROGRAM: Pubkey = pubkey!("metaqbxxUerdq28cj1RbAWkYQm3ybzjb6a8bt518x1s");

/// Bytes of the largest account that the program has made for a token; newer versions make smaller
/// ones.
pub const MOST_BYTES: usize = 679;
/// What the program takes for a new account, beside its rent.
pub const CREATION_FEE_LAMPORTS: u64 = 10_000_000;

const SEED: &[u8] = b"metadata";
const EXPECTED: &str = "token's metadata";

/// What a token is called, and who may change that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenMetadata {
    /// Where it is.
    pub address: Pubkey,
    /// Who may change it.
    pub update_authority: Pubkey,
    /// Whether it can be changed at all.
    pub is_mutable: bool,
    content: Content,
}

impl PoolAddresses {
    /// Where the token's name is, if it has one.
    pub fn metadata(&self) -> Pubkey {
        let seeds: &[&[u8]] = &[SEED, TOKEN_METADATA_PROGRAM.as_ref(), self.mint.as_ref()];
        Pubkey::find_program_address(seeds, &TOKEN_METADATA_PROGRAM).0
    }

    /// Gives the token its name. `minter`, the mint's authority, signs and pays; afterwards
    /// `update_authority` may change the name.
    pub fn create_metadata(
        &self,
        minter: Pubkey,
        update_authority: Pubkey,
        name: &TokenName,
    ) -> Instruction {
        let accounts = vec![
            AccountMeta::new(self.metadata(), false),
            AccountMeta::new_readonly(self.mint, false),
            AccountMeta::new_readonly(minter, true),
            AccountMeta::new(minter, true),
            AccountMeta::new_readonly(update_authority, false),
            AccountMeta::new_readonly(system_program::ID, false),
        ];
        let creation = Creation {
            content: Content::default().called(name),
            is_mutable: true,
            collection_details: None,
        };
        instruction(accounts, Call::Create(creation))
    }
}

impl TokenMetadata {
    /// Reads what the pool's token is called; none where it has no metadata.
    ///
    /// # Errors
    ///
    /// Where the node does not answer, or with what cannot be the metadata of this token.
    pub fn load(source: &impl AccountSource, pool: &PoolAddresses) -> Result<Option<Self>> {
        let address = pool.metadata();
        let fetched = source.accounts(&[address], None)?;
        let account = fetched.accounts.into_iter().next().flatten();
        // Somebody may have sent lamports to the address of metadata that does not exist.
        let Some(account) = account.filter(|account| account.owner == TOKEN_METADATA_PROGRAM)
        else {
            return Ok(None);
        };
        Self::of_account(pool, &account)
            .map(Some)
            .ok_or(ClientError::Unreadable {
                address,
                expected: EXPECTED,
            })
    }

    /// What an account at the address of the token's metadata says; none where it cannot be that.
    pub(crate) fn of_account(pool: &PoolAddresses, account: &SolanaAccount) -> Option<Self> {
        Self::decode(pool.metadata(), &pool.mint, &account.data)
    }

    fn decode(address: Pubkey, mint: &Pubkey, mut data: &[u8]) -> Option<Self> {
        let account = Account::deserialize(&mut data).ok()?;
        (account.mint()? == *mint).then(|| Self {
            address,
            update_authority: account.update_authority,
            is_mutable: account.is_mutable,
            content: account.content(data),
        })
    }

    /// The name, without what could change how it is shown. Anybody can have written anything.
    pub fn name(&self) -> String {
        printable(&self.content.name)
    }

    /// The symbol, in the same way.
    pub fn symbol(&self) -> String {
        printable(&self.content.symbol)
    }

    /// The address of the JSON file with the logo and the description, in the same way.
    pub fn uri(&self) -> String {
        printable(&self.content.uri)
    }

    /// Which of name, symbol and URI have characters that are not shown as they are.
    pub fn not_shown(&self) -> impl Iterator<Item = &'static str> {
        let Content {
            name, symbol, uri, ..
        } = &self.content;
        [("name", name), ("symbol", symbol), ("uri", uri)]
            .into_iter()
            .filter(|(_, text)| printable(text) != **text)
            .map(|(field, _)| field)
    }

    /// Whether it is called exactly so.
    pub fn is_called(&self, name: &TokenName) -> bool {
        let Content {
            name: own,
            symbol,
            uri,
            ..
        } = &self.content;
        [own, symbol, uri] == [name.name(), name.symbol(), name.uri()]
    }

    /// Gives the token another name. The update authority signs.
    pub fn set(&self, name: &TokenName) -> Instruction {
        let content = self.content.clone().called(name);
        self.update(Update {
            content: Some(content),
            ..Update::default()
        })
    }

    /// Lets another key change the name from now on. The update authority signs.
    pub fn hand_over(&self, to: Pubkey) -> Instruction {
        self.update(Update {
            update_authority: Some(to),
            ..Update::default()
        })
    }

    fn update(&self, update: Update) -> Instruction {
        let accounts = vec![
            AccountMeta::new(self.address, false),
            AccountMeta::new_readonly(self.update_authority, true),
        ];
        instruction(accounts, Call::Update(update))
    }
}

/// What an account of the program says of a token, each with its name, as it can be shown. `None`
/// where it is no token's metadata.
pub(crate) fn told(mut data: &[u8]) -> Option<[(&'static str, Value); 6]> {
    let account = Account::deserialize(&mut data).ok()?;
    let (mint, authority) = (account.mint()?, account.update_authority);
    let is_mutable = account.is_mutable;
    let Content {
        name, symbol, uri, ..
    } = account.content(data);
    Some([
        ("mint", mint.to_string().into()),
        ("name", printable(&name).into()),
        ("symbol", printable(&symbol).into()),
        ("uri", printable(&uri).into()),
        ("update_authority", authority.to_string().into()),
        ("is_mutable", is_mutable.into()),
    ])
}

fn instruction(accounts: Vec<AccountMeta>, call: Call) -> Instruction {
    Instruction {
        program_id: TOKEN_METADATA_PROGRAM,
        accounts,
        data: call.to_bytes(),
    }
}
