//! Proposals of Squads v4, with the message that the members are asked to approve.

use serde_json::Value;
use solana_message::VersionedMessage;
use solana_pubkey::Pubkey;

use super::{
    Field,
    message::{AccountUse, InstructionInWords, message},
    path,
    programs::Told,
};
use crate::{
    pool::squads::{Call, Vault},
    words::printable::printable,
};

/// What one of the two instructions says that make a proposal; none of others, and of messages
/// that cannot be read or whose own instructions are not all known.
pub fn instruction(data: &[u8], accounts: &[Pubkey]) -> Option<Told> {
    let (name, created, arguments) = match Call::parse(data)? {
        Call::CreateTransaction(create) => {
            let vault = Vault {
                multisig: *accounts.first()?,
                index: create.vault_index,
            };
            let inner = VersionedMessage::Legacy(create.message()?);
            let instructions = message(&inner, &[])?;
            let mut arguments = vec![
                Field::new("vault_index", create.vault_index),
                Field::new("vault", vault.address().to_string()),
                Field::new("memo", create.memo.map(|memo| printable(&memo))),
            ];
            for (index, told) in instructions.into_iter().enumerate() {
                arguments.extend(of_vault(index, told)?);
            }
            ("vault_transaction_create", "transaction", arguments)
        }
        Call::CreateProposal {
            transaction_index,
            draft,
        } => {
            let arguments = vec![
                Field::new("transaction_index", transaction_index),
                Field::new("draft", draft),
            ];
            ("proposal_create", "proposal", arguments)
        }
    };
    let names = [
        "multisig",
        created,
        "creator",
        "rent_payer",
        "system_program",
    ];
    Some((
        name.to_owned(),
        arguments,
        names.map(str::to_owned).to_vec(),
    ))
}

/// An instruction of the vault, as arguments of the one that carries it.
fn of_vault(index: usize, told: InstructionInWords) -> Option<Vec<Field>> {
    let list = format!("message[{index}]");
    let program = told.program_name.filter(|_| told.is_known)?;
    let head = Field::new(list.as_str(), format!("{program}: {}", told.name));
    let named = |field: Field| Field {
        name: path(&list, &field.name),
        ..field
    };
    let accounts = told.accounts.into_iter();
    let accounts = accounts.map(|account| Field {
        name: path(&list, &account.name),
        value: Value::from(in_short(&account)),
    });
    let arguments = told.arguments.into_iter().map(named);
    Some(
        [head]
            .into_iter()
            .chain(arguments)
            .chain(accounts)
            .collect(),
    )
}

fn in_short(account: &AccountUse) -> String {
    format!("{}  {}", account.address, account.role())
}
