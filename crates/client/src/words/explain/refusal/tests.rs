use solana_instruction::Instruction;
use solana_message::Message;
use solana_sdk_ids::system_program;

use super::*;

fn refusal(code: u32, logs: &[String]) -> Refusal {
    let error = TransactionError::InstructionError(2, InstructionError::Custom(code));
    Refusal::new(error, logs.to_vec())
}

#[test]
fn the_innermost_program_says_what_its_code_means() {
    let (sluice, system) = (sluice::ID, system_program::ID);
    let logs = [
        format!("Program {sluice} invoke [1]"),
        format!("Program {system} invoke [2]"),
        format!("Program {system} failed: custom program error: 0x1"),
        format!("Program {sluice} failed: custom program error: 0x1"),
    ];
    let refusal = refusal(1, &logs);
    assert_eq!(refusal.program, Some(system));
    assert_eq!(refusal.instruction, Some(2));
    assert!(
        refusal
            .to_string()
            .starts_with("The account that pays has too little SOL. ")
    );
}

#[test]
fn what_is_too_little_is_said_with_what_is_needed() {
    let system = system_program::ID;
    let logs = [
        "Transfer: insufficient lamports 1500000000, need 2000000000".to_owned(),
        format!("Program {system} failed: custom program error: 0x1"),
    ];
    let said = refusal(1, &logs).to_string();
    assert!(
        said.starts_with(
            "The account that pays has too little SOL: 1.500000000 SOL where 2.000000000 SOL are \
             needed. "
        ),
        "{said}"
    );
}

#[test]
fn the_programs_code_is_explained_with_and_without_logs() {
    let logs = [format!(
        "Program {} failed: custom program error: 0x1770",
        sluice::ID
    )];
    for logs in [&logs[..], &[]] {
        let refusal = refusal(6000, logs);
        assert_eq!(refusal.explanation.sluice_code, Some(6000));
        assert!(refusal.to_string().contains("Run the crank"));
    }
}

/// A message with one call of this program.
fn calling(program: Pubkey) -> VersionedMessage {
    let call = Instruction::new_with_bytes(program, &[], Vec::new());
    VersionedMessage::Legacy(Message::new(&[call], Some(&Pubkey::new_unique())))
}

#[test]
fn a_failure_without_logs_is_that_of_the_program_that_its_message_calls() {
    let failed = |program, code| {
        let error = TransactionError::InstructionError(0, InstructionError::Custom(code));
        Refusal::of_message(error, Vec::new(), &calling(program))
    };
    let own = failed(sluice::ID, 6000);
    assert_eq!(own.explanation.sluice_code, Some(6000));
    let foreign = Pubkey::new_unique();
    let other = failed(foreign, 6000);
    assert_eq!(
        (other.program, other.explanation.sluice_code),
        (Some(foreign), None)
    );
    assert!(other.to_string().contains(&foreign.to_string()), "{other}");
    // Such a code is not the program's: something that it calls has refused.
    let called = failed(sluice::ID, 0).to_string();
    assert!(
        called
            .starts_with("A program that Sluice calls refused with code 0, and no node says which"),
        "{called}"
    );
}

#[test]
fn a_code_that_is_not_known_repeats_what_the_program_logged() {
    let logs = [
        "Program log: AnchorError occurred. Error Code: Later. Error Number: 6999. Error Message: A rule of later.".to_owned(),
        format!("Program {} failed: custom program error: 0x1b57", sluice::ID),
    ];
    // It is told as the program's word: anybody can write a program.
    let said = refusal(6999, &logs).to_string();
    let who = format!("was refused by the program {} with code 6999", sluice::ID);
    assert!(said.contains(&who), "{said}");
    assert!(
        said.contains(r#"which says: "A rule of later". "#),
        "{said}"
    );
    assert!(refusal(6999, &[]).to_string().contains("6999"));
}

#[test]
fn errors_of_the_runtime_are_sentences_too() {
    let poor = Refusal::new(TransactionError::AccountNotFound, Vec::new());
    assert!(poor.to_string().contains("does not exist on this cluster"));
    assert_eq!(poor.instruction, None);
}
