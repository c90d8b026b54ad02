//! Everything that people read, as it is read: a change of a sentence shows in the snapshots.

use std::{collections::HashSet, mem::discriminant};

use insta::assert_snapshot;
use sluice::{SluiceError, error::refuse, state::Parameter};
use sluice_math::{Lamports, Lst, MathError};
use solana_instruction::{Instruction, error::InstructionError};
use solana_message::{Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_rpc_client_api::{
    client_error::{Error as RpcClientError, ErrorKind},
    request::{RpcError, RpcResponseErrorData},
};
use solana_signature::Signature;
use solana_signer::SignerError;
use solana_stake_interface::error::StakeError;
use solana_transaction_error::TransactionError;
use strum::EnumCount;

use super::{
    describe::{InstructionInWords, message},
    error::ClientError,
    explain::{self, Explanation, Refusal},
    next::Next,
};
use crate::{
    HoldingError, LoaderError, PoolAddresses, SlotAddress, StakeRecipient, StakeSource,
    TicketAccounts, TokenMetadata, TokenName, UnstakeRequest,
    pool::token_metadata::TOKEN_METADATA_PROGRAM, transfer_ticket,
};

fn key(byte: u8) -> Pubkey {
    Pubkey::new_from_array([byte; 32])
}

fn lines(lines: impl IntoIterator<Item = impl ToString>) -> String {
    let lines: Vec<String> = lines.into_iter().map(|line| line.to_string()).collect();
    lines.join("\n")
}

fn node_says(code: i64, message: &str) -> ClientError {
    let error = RpcError::RpcResponseError {
        code,
        message: message.to_owned(),
        data: RpcResponseErrorData::Empty,
    };
    RpcClientError::from(ErrorKind::RpcError(error)).into()
}

/// An error of every kind.
fn errors() -> Vec<ClientError> {
    let (address, expected, program) = (key(1), "ticket", key(2));
    let signature = Signature::from([3; 64]);
    let refused = TransactionError::InstructionError(0, InstructionError::Custom(6_000));
    let mut errors = vec![
        ClientError::Missing { address, expected },
        ClientError::ForeignOwner {
            address,
            expected,
            owner: key(2),
        },
        ClientError::WrongKind { address, expected },
        ClientError::WrongSize {
            address,
            expected,
            bytes: 7,
            expected_bytes: 8,
        },
        ClientError::UnknownVersion {
            address,
            expected,
            version: 9,
        },
        ClientError::Unreadable { address, expected },
        ClientError::AnotherPool {
            asked: address,
            answered: key(2),
        },
        ClientError::NobodysAddress {
            address,
            what: "a program",
            owner: None,
        },
        ClientError::ProgramsAddress { address, program },
        ClientError::KeylessAddress { address },
        ClientError::Rule(explain::rule(&SluiceError::Paused.into())),
        ClientError::Refused(Box::new(Refusal::new(refused, Vec::new()))),
        ClientError::TooLarge {
            bytes: 1_300,
            accounts: 65,
        },
        ClientError::NotConfirmed { signature },
        ClientError::PerhapsSent { signature },
        ClientError::KnownBeforeSent { signature },
        ClientError::PaidBefore { signature },
        ClientError::Journal {
            path: "pending".into(),
            why: "Permission denied".to_owned(),
        },
        LoaderError::Closed { program }.into(),
        TokenName::new(&"n".repeat(33), "s", "").unwrap_err().into(),
        HoldingError::Frozen { address }.into(),
        ClientError::Signing(SignerError::NotEnoughSigners),
        ClientError::Math(MathError::Overflow),
        node_says(-32_005, "Node is behind by 42 slots"),
    ];
    errors.extend(errors_of_fees());
    errors.extend(errors_of_standstill());
    errors.push(damaged_journal());
    errors
}

fn damaged_journal() -> ClientError {
    ClientError::JournalDamaged {
        path: "pending".into(),
        line: 2,
        why: "expected value at column 1".to_owned(),
    }
}

/// Fees that nobody is ready to pay.
fn errors_of_fees() -> [ClientError; 2] {
    [
        ClientError::PriorityFee {
            lamports: 200_000,
            max_lamports: 100_000,
        },
        ClientError::TooDear {
            fee: Lamports::new(5_001),
            left: Lamports::new(5_000),
        },
    ]
}

/// Tokens that are not there to be taken; an account that is frozen is among the others.
fn errors_of_tokens() -> [ClientError; 3] {
    let (address, owner) = (key(1), key(2));
    let (has, wanted) = (Lst::new(1), Lst::new(2));
    [
        HoldingError::HandedOver {
            address,
            owner,
            holder: key(3),
        },
        HoldingError::Nothing { owner },
        HoldingError::TooFew { owner, has, wanted },
    ]
    .map(ClientError::from)
}

/// Errors about nodes that show or let nothing come to an end, or ask for too much.
fn errors_of_standstill() -> [ClientError; 7] {
    let address = key(1);
    let ClientError::Rpc(cause) = node_says(-32_003, "Transaction signature verification failure")
    else {
        panic!("a node says it");
    };
    [
        ClientError::NotTaken {
            signature: Signature::from([7; 64]),
            cause,
        },
        ClientError::ImplausibleRent,
        ClientError::NoTicketNumber { requester: address },
        ClientError::Inconsistent { attempts: 8 },
        ClientError::NoStakeAddress {
            owner: address,
            tried: 1_000,
        },
        ClientError::TableNotShown { table: address },
        ClientError::SlotStands {
            slot: 7,
            seconds: 20,
        },
    ]
}

#[test]
fn advice_that_was_just_followed_in_vain_is_left_out() {
    let stale = || ClientError::from(refuse(SluiceError::PoolStale));
    assert!(stale().to_string().contains("the crank"));
    let said = stale().without(Next::Crank).to_string();
    assert!(!said.contains("the crank") && said.len() > 10, "{said}");
    let other = stale().without(Next::Stake).to_string();
    assert_eq!(other, stale().to_string());
}

#[test]
fn every_error_is_a_sentence() {
    let errors = errors();
    let kinds: HashSet<_> = errors.iter().map(discriminant).collect();
    assert_eq!(kinds.len(), ClientError::COUNT);
    let owned = ClientError::NobodysAddress {
        address: key(1),
        what: "a token account",
        owner: Some(key(2)),
    };
    let unnamed = [
        ("", "s", ""),
        ("n", "s\u{202e}", ""),
        ("n", "s", "javascript:a"),
    ];
    let unnamed =
        unnamed.map(|(name, symbol, uri)| TokenName::new(name, symbol, uri).unwrap_err().into());
    let all = errors.into_iter().chain(unnamed).chain([owned]);
    assert_snapshot!(lines(all.chain(errors_of_tokens())));
}

#[test]
fn every_code_of_the_program_is_a_sentence_with_advice() {
    let codes = 6_000..6_081;
    let told = codes.map(|code| format!("{code} {}", explain::of_sluice(code).unwrap()));
    assert_snapshot!(lines(told));
}

#[test]
fn what_nodes_answer_is_a_sentence() {
    let answers = [
        node_says(-32_005, "Node is behind by 42 slots"),
        node_says(-32_016, "Minimum context slot has not been reached"),
        node_says(-32_010, "excluded from account secondary indexes"),
        node_says(-32_601, "Method not found"),
        node_says(403, "Access forbidden"),
        node_says(410, "The RPC call or parameters have been disabled"),
        node_says(-32_602, "Invalid params"),
        RpcClientError::from(ErrorKind::Custom("no JSON".to_owned())).into(),
    ];
    assert_snapshot!(lines(answers));
}

#[test]
fn what_hardware_wallets_say_is_a_sentence() {
    let protocol = |said: &str| SignerError::Protocol(said.to_owned());
    let errors = [
        SignerError::UserCancel("cancelled".to_owned()),
        protocol("Ledger operation rejected by the user"),
        protocol("Ledger operation not supported"),
        protocol("Solana app not open on Ledger device"),
        SignerError::NoDeviceFound,
        SignerError::NotEnoughSigners,
        SignerError::Custom("something else".to_owned()),
    ];
    assert_snapshot!(lines(errors.iter().map(explain::signing)));
}

#[test]
fn errors_of_other_programs_and_of_the_runtime_are_sentences() {
    use InstructionError as Of;
    use TransactionError as T;
    let custom = |program: Pubkey, code| {
        let logs = vec![format!("Program {program} failed: custom program error")];
        Refusal::new(T::InstructionError(0, Of::Custom(code)), logs).explanation
    };
    let stake = solana_sdk_ids::stake::ID;
    let of = |error| Refusal::new(error, Vec::new()).explanation;
    let of_instruction = |error| of(T::InstructionError(0, error));
    let told: Vec<Explanation> = vec![
        custom(solana_sdk_ids::system_program::ID, 0),
        custom(solana_sdk_ids::system_program::ID, 1),
        custom(spl_token_interface::ID, 1),
        custom(spl_token_interface::ID, 3),
        custom(spl_token_interface::ID, 4),
        custom(spl_token_interface::ID, 17),
        custom(stake, StakeError::EpochRewardsActive as u32),
        custom(stake, StakeError::InsufficientDelegation as u32),
        custom(stake, StakeError::TooSoonToRedelegate as u32),
        custom(TOKEN_METADATA_PROGRAM, 7),
        custom(TOKEN_METADATA_PROGRAM, 10),
        custom(TOKEN_METADATA_PROGRAM, 59),
        custom(key(9), 99),
        of_instruction(Of::Custom(2_003)),
        of_instruction(Of::Custom(3_012)),
        of_instruction(Of::InsufficientFunds),
        of_instruction(Of::MissingRequiredSignature),
        of_instruction(Of::ComputationalBudgetExceeded),
        of_instruction(Of::AccountBorrowFailed),
        of_instruction(Of::InvalidAccountOwner),
        of_instruction(Of::UnsupportedProgramId),
        of_instruction(Of::InvalidArgument),
        of(T::AccountNotFound),
        of(T::InsufficientFundsForFee),
        of(T::InsufficientFundsForRent { account_index: 1 }),
        of(T::ProgramAccountNotFound),
        of(T::BlockhashNotFound),
        of(T::AlreadyProcessed),
        of(T::MaxLoadedAccountsDataSizeExceeded),
        of(T::InvalidAddressLookupTableIndex),
        of(T::AccountInUse),
    ];
    assert_snapshot!(lines(told));
}

#[test]
fn advice_names_no_commands_and_all_its_steps_are_known() {
    let codes = (0..8_000).filter_map(explain::of_sluice);
    for Explanation { what, next, .. } in
        codes.chain(errors().iter().filter_map(ClientError::explanation))
    {
        let marks = next.0.matches('{').count();
        assert_eq!(next.steps().len(), marks, "{what}. {}", next.0);
        let said = format!("{what}. {next}");
        let commands = ["`", "sluice ", "solana ", "--"];
        assert!(!commands.iter().any(|part| said.contains(part)), "{said}");
    }
    let names: HashSet<String> = Next::all().map(|next| next.to_string()).collect();
    assert_eq!(names.len(), Next::all().count());
}

/// An instruction as a dump tells it.
fn told(instruction: &InstructionInWords) -> String {
    let program = instruction.program_name.unwrap_or("unknown program");
    let mut told = format!("{program}: {}", instruction.name);
    for field in &instruction.arguments {
        told += &format!("\n  {} = {}", field.name, field.value);
    }
    for account in &instruction.accounts {
        let signer = if account.signer { " signer" } else { "" };
        let writable = if account.writable { " writable" } else { "" };
        told += &format!("\n  {} {}{signer}{writable}", account.address, account.name);
    }
    told
}

/// Instructions of holders, of curators, of admins, of cranks and of other programs.
fn instructions() -> Vec<Instruction> {
    let pool = PoolAddresses::of_mint(key(1));
    let (wallet, token, other) = (key(2), key(3), key(4));
    let place = SlotAddress {
        page: 0,
        slot: 3,
        serial: 3,
        vote: key(5),
        main: pool.main(3),
        transient: pool.transient(3),
    };
    let source = StakeSource {
        stake: other,
        staker: wallet,
        withdrawer: wallet,
    };
    let recipient = StakeRecipient {
        owner: wallet,
        source: token,
        stake: other,
        recipient: wallet,
        payer: wallet,
    };
    let request = UnstakeRequest::own(wallet, token, 7, 9, 12);
    let ticket = TicketAccounts {
        ticket: pool.ticket(&wallet, 9),
        batch: pool.batch(7),
        owner: wallet,
        payer: wallet,
    };
    let name = TokenName::new("Sluice SOL", "slSOL", "https://a.b/c.json").unwrap();
    let named = TokenMetadata::of_test(&pool, wallet);
    vec![
        pool.deposit_sol(wallet, token, 12, 11),
        pool.withdraw_sol(wallet, token, wallet, 12, 11),
        pool.request_unstake(&request),
        pool.claim(&ticket, other),
        transfer_ticket(&ticket, other, 12),
        pool.deposit_stake(&place, &source, token, 11),
        pool.withdraw_stake(&place, &recipient, 12, 11),
        pool.add_validator(wallet, place.vote, 0, 3, 100),
        pool.schedule_change(wallet, Parameter::RewardFeeBps, 700, 500),
        pool.observe(0, 3, 1, &[place.main]),
        pool.finalize_epoch(2),
        solana_system_interface::instruction::transfer(&wallet, &other, 12),
        solana_system_interface::instruction::create_account(&wallet, &other, 7, 82, &key(6)),
        solana_stake_interface::instruction::deactivate_stake(&other, &wallet),
        solana_stake_interface::instruction::withdraw(&other, &wallet, &wallet, 12, None),
        spl_associated_token_account_interface::instruction::create_associated_token_account_idempotent(
            &wallet, &wallet, &pool.mint, &spl_token_interface::ID,
        ),
        spl_token_interface::instruction::initialize_mint2(
            &spl_token_interface::ID, &other, &wallet, None, 9,
        )
        .unwrap(),
        pool.create_metadata(wallet, other, &name),
        named.set(&name),
        named.hand_over(other),
        Instruction::new_with_bytes(key(9), &[1, 255], Vec::new()),
    ]
}

#[test]
fn messages_are_told_instruction_by_instruction() {
    let payer = key(2);
    let told_alone = instructions().into_iter().map(|instruction| {
        let message_of_one = Message::new(&[instruction], Some(&payer));
        let in_words = message(&VersionedMessage::Legacy(message_of_one), &[]).unwrap();
        told(&in_words[0])
    });
    assert_snapshot!(lines(told_alone));
}
