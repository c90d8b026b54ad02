//! What a transaction changes in an account, field by field.

use serde_json::Value;
use solana_account::Account;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_stake_interface::state::StakeStateV2;
use spl_token_interface::state::{Account as TokenAccount, Mint};

use super::{Field, idl, long, number};
use crate::pool::token_metadata::{self, TOKEN_METADATA_PROGRAM};

/// The name of what every account has.
const LAMPORTS: &str = "lamports";
/// Of an account that is not known, more bytes than this are told by their number and hash.
const PRINTED_BYTES: usize = 512;

/// An account that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountChanges {
    /// What the account is: the name of its type, such as `Pool`.
    pub kind: &'static str,
    /// Its fields that change, in their order.
    pub fields: Vec<FieldChange>,
}

/// A field that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// Its name.
    pub name: String,
    /// Its value before; `None` where there was no account or no such field.
    pub before: Option<Value>,
    /// Its value afterwards; `None` where there is none any more.
    pub after: Option<Value>,
}

/// What differs between two states of an account; `None` where nothing does. Of an account that
/// is created or closed, the fields that are not zero.
pub fn changes(before: Option<&Account>, after: Option<&Account>) -> Option<AccountChanges> {
    if before == after {
        return None;
    }
    let (kind_before, before) = fields(before);
    let (kind_after, after) = fields(after);
    let value_of = |fields: &[Field], name: &str| {
        let field = fields.iter().find(|field| field.name == name)?;
        Some(field.value.clone())
    };
    let gone = before.iter().filter(|old| {
        let kept = after.iter().any(|new| new.name == old.name);
        !kept
    });
    let fields = after
        .iter()
        .chain(gone)
        .map(|field| FieldChange {
            name: field.name.clone(),
            before: value_of(&before, &field.name),
            after: value_of(&after, &field.name),
        })
        .filter(FieldChange::matters)
        .collect();
    Some(AccountChanges {
        kind: kind_after.or(kind_before).unwrap_or("Account"),
        fields,
    })
}

impl FieldChange {
    fn matters(&self) -> bool {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => before != after,
            (Some(value), None) | (None, Some(value)) => !is_zero(value),
            (None, None) => false,
        }
    }
}

/// Numbers of zero, addresses and bytes of zeroes, flags that are not set.
fn is_zero(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(flag) => !flag,
        Value::Number(number) => number.as_u64() == Some(0),
        // The address of zeroes is written in ones.
        Value::String(text) => {
            text.bytes().all(|letter| letter == b'0') || text.bytes().all(|letter| letter == b'1')
        }
        Value::Array(_) | Value::Object(_) => false,
    }
}

/// What an account is, where that is known, and its fields.
fn fields(account: Option<&Account>) -> (Option<&'static str>, Vec<Field>) {
    let Some(account) = account else {
        return (None, Vec::new());
    };
    let mut all = vec![Field::new(LAMPORTS, account.lamports)];
    let known = if account.owner == sluice::ID {
        idl::account(&account.data)
    } else if account.owner == spl_token_interface::ID {
        token(&account.data)
    } else if account.owner == solana_stake_interface::program::ID {
        stake(&account.data)
    } else if account.owner == TOKEN_METADATA_PROGRAM {
        token_metadata(&account.data)
    } else {
        None
    };
    match known {
        Some((kind, fields)) => {
            all.extend(fields);
            (Some(kind), all)
        }
        None if account.data.len() > PRINTED_BYTES => {
            all.extend(long("data", &account.data));
            (None, all)
        }
        None => {
            all.push(Field::new("data", hex::encode(&account.data)));
            (None, all)
        }
    }
}

/// Tokens are the pool's, or others' with nine decimals too.
fn token(data: &[u8]) -> Option<(&'static str, Vec<Field>)> {
    if let Ok(account) = TokenAccount::unpack(data) {
        let fields = vec![
            Field::new("mint", account.mint.to_string()),
            Field::new("owner", account.owner.to_string()),
            Field::new("amount_lst", account.amount),
        ];
        return Some(("TokenAccount", fields));
    }
    let mint = Mint::unpack(data).ok()?;
    let authority: Option<Pubkey> = mint.mint_authority.into();
    let fields = vec![
        Field::new("mint_authority", authority.map(|key| key.to_string())),
        Field::new("supply_lst", mint.supply),
    ];
    Some(("Mint", fields))
}

fn token_metadata(data: &[u8]) -> Option<(&'static str, Vec<Field>)> {
    let told = token_metadata::told(data)?.into_iter();
    let fields = told.map(|(name, value)| Field::new(name, value));
    Some(("TokenMetadata", fields.collect()))
}

fn stake(data: &[u8]) -> Option<(&'static str, Vec<Field>)> {
    let state: StakeStateV2 = bincode::deserialize(data).ok()?;
    let mut fields = Vec::new();
    if let Some(authorized) = state.authorized() {
        fields.push(Field::new("staker", authorized.staker.to_string()));
        fields.push(Field::new("withdrawer", authorized.withdrawer.to_string()));
    }
    if let Some(delegation) = state.delegation() {
        fields.push(Field::new("vote", delegation.voter_pubkey.to_string()));
        fields.push(Field::new("stake_lamports", delegation.stake));
        for (name, epoch) in [
            ("activation_epoch", delegation.activation_epoch),
            ("deactivation_epoch", delegation.deactivation_epoch),
        ] {
            fields.push(Field::new(name, number(epoch)));
        }
    }
    Some(("StakeAccount", fields))
}
