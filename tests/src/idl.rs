//! Names of accounts and errors, from the committed IDL.

use std::path::Path;

use serde_json::Value;

/// The IDL.
pub fn idl() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../idl/sluice.json");
    let text = std::fs::read_to_string(path).expect("the IDL is committed");
    serde_json::from_str(&text).expect("the IDL is JSON")
}

/// Names of the accounts of an instruction, in order.
pub fn account_names(instruction: &str) -> Vec<String> {
    names(&instruction_named(instruction)["accounts"])
}

/// Discriminator of an instruction.
pub fn instruction_discriminator(instruction: &str) -> Vec<u8> {
    let found = instruction_named(instruction);
    let bytes = found["discriminator"].as_array().expect("bytes");
    let byte = |value: &Value| u8::try_from(value.as_u64().expect("a byte")).expect("a byte");
    bytes.iter().map(byte).collect()
}

fn instruction_named(name: &str) -> Value {
    let idl = idl();
    let instructions = idl["instructions"].as_array().expect("instructions");
    let found = instructions.iter().find(|one| one["name"] == name);
    found
        .unwrap_or_else(|| panic!("the IDL knows no {name}"))
        .clone()
}

/// Names of all instructions, in the IDL's order.
pub fn instruction_names() -> Vec<String> {
    names(&idl()["instructions"])
}

/// Name of the error of the program with this code.
pub fn error_name(code: u32) -> Option<String> {
    let idl = idl();
    let mut errors = idl["errors"].as_array()?.iter();
    let found = errors.find(|error| error["code"] == code)?;
    Some(found["name"].as_str()?.to_string())
}

fn names(list: &Value) -> Vec<String> {
    let list = list.as_array().expect("a list");
    let name = |item: &Value| item["name"].as_str().expect("a name").to_string();
    list.iter().map(name).collect()
}
