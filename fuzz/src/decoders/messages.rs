//! Messages that somebody is asked to sign, and logs of transactions.

use base64::{Engine, prelude::BASE64_STANDARD};
use sluice_client::{
    Event, sluice_events,
    words::{describe, printable},
};
use solana_instruction::Instruction;
use solana_message::{Message, VersionedMessage};
use solana_transaction::versioned::VersionedTransaction;

use super::tried;

/// A message with this instruction, as bytes.
pub fn unsigned(instruction: &Instruction) -> Vec<u8> {
    let payer = instruction.accounts.iter().find(|meta| meta.is_signer);
    let payer = payer.map(|meta| meta.pubkey).unwrap_or_default();
    let message = Message::new(std::slice::from_ref(instruction), Some(&payer));
    VersionedMessage::Legacy(message).serialize()
}

/// Logs in which the program tells each event, with nothing in it.
pub fn logs() -> Vec<String> {
    const EVENT_BYTES: usize = 400;
    let program = sluice::ID;
    let told = Event::NAMES.iter().map(|name| {
        let kind = solana_sha256_hasher::hash(format!("event:{name}").as_bytes());
        let data = [&kind.as_ref()[..8], &[0; EVENT_BYTES]].concat();
        let data = BASE64_STANDARD.encode(data);
        format!("Program {program} invoke [1]\nProgram data: {data}\nProgram {program} success")
    });
    told.collect()
}

/// Reads a message, and a transaction.
pub fn read(bytes: &[u8]) {
    if let Ok(transaction) = bincode::deserialize::<VersionedTransaction>(bytes) {
        tried(describe::message(&transaction.message, &[]));
    }
    if let Ok(message) = bincode::deserialize::<VersionedMessage>(bytes) {
        tried(describe::message(&message, &[]));
        tried(printable::printable(&describe::names(&message, &[])));
    }
}

/// Reads the logs of a transaction.
pub fn read_logs(text: &str) {
    let logs: Vec<String> = text.lines().map(str::to_owned).collect();
    let (events, told) = (sluice_events(&logs), describe::events(&logs));
    // Words are for events that have no other fields than those that are known.
    let mut names = events.iter().map(Event::name);
    for told in told {
        let is_read = names.any(|name| name == told.name);
        assert!(is_read, "{} is told and not read: {text}", told.name);
    }
    tried((printable::printable_lines(text), printable::excerpt(text)));
}
