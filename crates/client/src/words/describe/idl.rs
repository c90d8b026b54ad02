//! Instructions and accounts of Sluice, read by its IDL.

use std::sync::LazyLock;

use anchor_lang_idl_spec::{
    Idl, IdlArrayLen, IdlDefinedFields, IdlField, IdlInstructionAccountItem, IdlType, IdlTypeDefTy,
};
use heck::ToSnakeCase;
use serde_json::Value;
use solana_pubkey::Pubkey;

use super::{Field, number, path};

/// The program's interface, as it is committed and checked against the program.
static IDL: LazyLock<Idl> = LazyLock::new(|| {
    // A test reads it, and it is part of the binary: it cannot be anything else here.
    serde_json::from_str(include_str!("../../../../../idl/sluice.json")).expect("the IDL is valid")
});

/// The pool's changes that wait.
const PENDING_CHANGES: &str = "governance.pending";

/// The name, the arguments and the names of the accounts of an instruction. `None` where the
/// interface knows no such instruction, or does not fit its data.
pub fn instruction(data: &[u8]) -> Option<(String, Vec<Field>, Vec<String>)> {
    let known = IDL
        .instructions
        .iter()
        .find(|known| data.starts_with(&known.discriminator))?;
    let mut reader = Reader::new(&data[known.discriminator.len()..]);
    reader.named("", &known.args)?;
    let names = known.accounts.iter().map(account_name).collect();
    Some((known.name.clone(), reader.finish()?, names))
}

fn account_name(item: &IdlInstructionAccountItem) -> String {
    match item {
        IdlInstructionAccountItem::Single(account) => account.name.clone(),
        IdlInstructionAccountItem::Composite(group) => group.name.clone(),
    }
}

/// What an account of the program is, and its fields. `None` where it is no account that the
/// interface knows.
pub fn account(data: &[u8]) -> Option<(&'static str, Vec<Field>)> {
    let known = IDL
        .accounts
        .iter()
        .find(|known| data.starts_with(&known.discriminator))?;
    let fields = Reader::new(&data[known.discriminator.len()..]).all_of(&known.name)?;
    Some((&known.name, fields))
}

/// The name and the fields of an event. `None` where the interface knows no such event.
pub fn event(data: &[u8]) -> Option<(&'static str, Vec<Field>)> {
    let known = IDL
        .events
        .iter()
        .find(|known| data.starts_with(&known.discriminator))?;
    let fields = Reader::new(&data[known.discriminator.len()..]).all_of(&known.name)?;
    Some((&known.name, fields))
}

/// The names of all instructions.
#[cfg(test)]
pub fn instruction_names() -> impl Iterator<Item = &'static str> {
    IDL.instructions.iter().map(|known| known.name.as_str())
}

/// The names of a list's elements, where they say more than numbers: the changes that wait are in
/// the order of the parameters.
fn element_names(list: &str) -> Vec<String> {
    if list != PENDING_CHANGES {
        return Vec::new();
    }
    let definition = IDL.types.iter().find(|known| known.name == "Parameter");
    match definition.map(|known| &known.ty) {
        Some(IdlTypeDefTy::Enum { variants }) => variants
            .iter()
            .map(|variant| variant.name.to_snake_case())
            .collect(),
        _ => Vec::new(),
    }
}

/// Reads values in the order of their fields. Accounts are laid out without gaps, so that they
/// read like instruction data.
struct Reader<'a> {
    rest: &'a [u8],
    fields: Vec<Field>,
}

impl<'a> Reader<'a> {
    fn new(data: &'a [u8]) -> Self {
        Self {
            rest: data,
            fields: Vec::new(),
        }
    }

    /// What was read, if that is all there is.
    fn finish(self) -> Option<Vec<Field>> {
        self.rest.is_empty().then_some(self.fields)
    }

    /// The fields of a type, if they are all there is.
    fn all_of(mut self, defined: &str) -> Option<Vec<Field>> {
        self.defined("", defined)?;
        self.finish()
    }

    fn named(&mut self, parent: &str, fields: &[IdlField]) -> Option<()> {
        fields
            .iter()
            .try_for_each(|field| self.value(path(parent, &field.name), &field.ty))
    }

    fn value(&mut self, name: String, kind: &IdlType) -> Option<()> {
        let value = match kind {
            IdlType::Bool => Value::from(self.number(1)? != 0),
            IdlType::U8 => self.number(1)?.into(),
            IdlType::U16 => self.number(2)?.into(),
            IdlType::U32 => self.number(4)?.into(),
            IdlType::U64 => number(self.number(8)?),
            IdlType::I64 => self.number(8)?.cast_signed().into(),
            IdlType::Pubkey => Pubkey::try_from(self.bytes(32)?).ok()?.to_string().into(),
            IdlType::Option(inner) => match self.number(1)? {
                0 => Value::Null,
                _ => return self.value(name, inner),
            },
            IdlType::Array(inner, IdlArrayLen::Value(length)) => {
                return self.array(&name, inner, *length);
            }
            IdlType::Defined { name: defined, .. } => return self.defined(&name, defined),
            _ => return None,
        };
        self.fields.push(Field { name, value });
        Some(())
    }

    fn array(&mut self, name: &str, inner: &IdlType, length: usize) -> Option<()> {
        if *inner == IdlType::U8 {
            let bytes = hex::encode(self.bytes(length)?);
            self.fields.push(Field::new(name, bytes));
            return Some(());
        }
        let names = element_names(name);
        (0..length).try_for_each(|index| {
            let element = names.get(index).cloned();
            let element = element.unwrap_or_else(|| index.to_string());
            self.value(format!("{name}[{element}]"), inner)
        })
    }

    fn defined(&mut self, name: &str, defined: &str) -> Option<()> {
        let definition = IDL.types.iter().find(|known| known.name == defined)?;
        match &definition.ty {
            IdlTypeDefTy::Struct { fields } => self.parts(name, fields.as_ref()),
            IdlTypeDefTy::Enum { variants } => {
                let variant = variants.get(usize::try_from(self.number(1)?).ok()?)?;
                self.fields.push(Field::new(name, variant.name.clone()));
                self.parts(&path(name, &variant.name), variant.fields.as_ref())
            }
            IdlTypeDefTy::Type { alias } => self.value(name.to_owned(), alias),
        }
    }

    fn parts(&mut self, name: &str, fields: Option<&IdlDefinedFields>) -> Option<()> {
        match fields {
            None => Some(()),
            Some(IdlDefinedFields::Named(fields)) => self.named(name, fields),
            Some(IdlDefinedFields::Tuple(kinds)) => kinds
                .iter()
                .enumerate()
                .try_for_each(|(index, kind)| self.value(path(name, &index.to_string()), kind)),
        }
    }

    fn number(&mut self, bytes: usize) -> Option<u64> {
        let mut number = [0; 8];
        number.get_mut(..bytes)?.copy_from_slice(self.bytes(bytes)?);
        Some(u64::from_le_bytes(number))
    }

    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(bytes)
    }
}
