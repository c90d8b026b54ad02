//! `--squads`: a command's transactions as proposals to the members of a multisig.

use std::fmt;

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use sluice_client::{ClientError, Executor, Multisig, Proposal, Vault, words::describe};
use solana_instruction::Instruction;
use solana_message::{Message, VersionedMessage};

use super::{Outcome, Transaction, preview, send_all};
use crate::{
    args::SendMode,
    moment::roughly,
    next,
    output::announce,
    session::{Actor, Session},
    transaction_file::InstructionLine,
};

/// What the members of a multisig were asked.
#[derive(Debug, Serialize)]
#[serde(tag = "send", rename = "propose")]
pub struct Proposed {
    multisig: String,
    vault: String,
    threshold: u16,
    voters: Vec<String>,
    time_lock_seconds: u32,
    proposals: Vec<ProposalLine>,
}

#[derive(Debug, Serialize)]
struct ProposalLine {
    index: u64,
    proposal: String,
    vault_transaction: String,
    follows_previous: bool,
    signature: String,
    instructions: Vec<InstructionLine>,
}

/// What is asked of the members.
struct Question {
    proposal: Proposal,
    message: Message,
    /// Whether it must be executed after the one before it.
    follows: bool,
    is_first: bool,
}

/// Puts the transactions of a vault before the members of its multisig, or, with `--send dump`,
/// writes the messages that do.
pub fn propose<T>(
    session: &Session,
    vault: Vault,
    doing: &'static str,
    transactions: &[Transaction<'_>],
) -> Result<Outcome<T>> {
    let keys = session.keys()?;
    let multisig = Multisig::load(&session.rpc, vault.multisig)?;
    let member = keys.address();
    ensure!(
        multisig.may_propose(&member),
        "{member} may not propose to the multisig {}: pass --keypair with a member who may",
        vault.multisig
    );
    let will = match session.send_mode() {
        SendMode::Propose => "will",
        _ => "would",
    };
    announce(format_args!(
        "{member} {will} propose it, and {} {will} pay for that.",
        keys.payer_address()
    ));
    let questions = (0..)
        .zip(transactions)
        .map(|(others, transaction)| {
            let proposal = multisig.next_proposal(vault, others);
            Question::of(proposal, transaction, others == 0)
        })
        .collect::<Result<Vec<_>>>()?;
    let executor = session.executor(keys.payer())?;
    warn_of_refusals(&executor, transactions);
    let creations = questions
        .iter()
        .map(|question| question.creation(&keys))
        .collect::<Result<Vec<_>>>()?;
    if let Some(preview) = preview(session, &executor, &creations)? {
        return Ok(Outcome::Preview(preview));
    }
    let done = send_all(session, &keys, doing, creations)?;
    let lines = questions
        .into_iter()
        .zip(done)
        .map(|(question, done)| question.asked(done.signature));
    Ok(Outcome::Proposed(Proposed {
        multisig: vault.multisig.to_string(),
        vault: vault.address().to_string(),
        threshold: multisig.threshold,
        voters: multisig.voters().map(|voter| voter.to_string()).collect(),
        time_lock_seconds: multisig.time_lock_seconds,
        proposals: lines.collect::<Result<_>>()?,
    }))
}

/// What is really sent for instructions that a vault signs: what proposes them. None where they are too
/// large for a proposal.
pub fn proposing(
    session: &Session,
    vault: Vault,
) -> Result<impl Fn(&[Instruction]) -> Option<Vec<Instruction>>> {
    let keys = session.keys()?;
    let (member, payer) = (keys.address(), keys.payer_address());
    let proposal = Multisig::load(&session.rpc, vault.multisig)?.next_proposal(vault, 0);
    Ok(move |instructions: &[Instruction]| {
        let message = Message::new(instructions, Some(&vault.address()));
        proposal.create(member, payer, &message).map(Into::into)
    })
}

/// Says what would be refused now. It is proposed all the same: members approve later.
fn warn_of_refusals(executor: &Executor<'_>, transactions: &[Transaction<'_>]) {
    let alone = transactions
        .iter()
        .filter(|transaction| !transaction.follows);
    for transaction in alone {
        if let Err(error @ ClientError::Refused(_)) = executor.simulate(&transaction.instructions) {
            announce(format_args!(
                "If the members approved it now, it would be refused: {}",
                next::sentence(&error)
            ));
        }
    }
}

impl Question {
    fn of(proposal: Proposal, transaction: &Transaction<'_>, is_first: bool) -> Result<Self> {
        let vault = proposal.vault.address();
        let message = Message::new(&transaction.instructions, Some(&vault));
        let signers = usize::from(message.header.num_required_signatures);
        let others: Vec<String> = message
            .account_keys
            .iter()
            .take(signers)
            .filter(|signer| **signer != vault)
            .map(ToString::to_string)
            .collect();
        ensure!(
            others.is_empty(),
            "{} must sign, too, and a proposal is signed by the vault alone: do this with a \
             keypair, or have it signed with --send dump",
            others.join(", ")
        );
        Ok(Self {
            proposal,
            message,
            follows: transaction.follows,
            is_first,
        })
    }

    /// The transaction that asks it. The multisig counts, so that each needs the one before it.
    fn creation(&self, keys: &Actor) -> Result<Transaction<'static>> {
        let (member, payer) = (keys.address(), keys.payer_address());
        let create = self.proposal.create(member, payer, &self.message);
        let create = create.context("the message is too large for a proposal: do less at once")?;
        let transaction = Transaction::new(create).paying_again();
        Ok(match self.is_first {
            true => transaction,
            false => transaction.after_the_previous(),
        })
    }

    fn asked(self, signature: String) -> Result<ProposalLine> {
        let message = VersionedMessage::Legacy(self.message);
        let instructions = describe::message(&message, &[]).context("the message is not whole")?;
        Ok(ProposalLine {
            index: self.proposal.index,
            proposal: self.proposal.address().to_string(),
            vault_transaction: self.proposal.transaction().to_string(),
            follows_previous: self.follows,
            signature,
            instructions: instructions
                .into_iter()
                .map(InstructionLine::from)
                .collect(),
        })
    }
}

impl fmt::Display for Proposed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (multisig, vault) = (&self.multisig, &self.vault);
        if self.proposals.is_empty() {
            return writeln!(formatter, "There is nothing to propose.");
        }
        writeln!(
            formatter,
            "Proposed to the multisig {multisig}. Nothing is done until its members approve it."
        )?;
        for line in &self.proposals {
            line.fmt(formatter)?;
        }
        let (threshold, voters) = (self.threshold, self.voters.len());
        writeln!(
            formatter,
            "\n{threshold} of these {voters} members must approve: {}.",
            self.voters.join(", ")
        )?;
        let lock = match self.time_lock_seconds {
            0 => "Then a member executes it".to_owned(),
            seconds => format!(
                "Then a member executes it, about {} later",
                roughly(seconds.into())
            ),
        };
        writeln!(formatter, "{lock}, and the vault {vault} signs.")
    }
}

impl fmt::Display for ProposalLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "\nProposal {}, number {}",
            self.proposal, self.index
        )?;
        if self.follows_previous {
            writeln!(
                formatter,
                "  execute it only after number {}",
                self.index - 1
            )?;
        }
        for (index, instruction) in self.instructions.iter().enumerate() {
            writeln!(formatter, "\n  {}. {instruction}", index + 1)?;
        }
        let ends = self.instructions.iter().filter_map(InstructionLine::end);
        let ends: Vec<String> = ends.collect();
        if !ends.is_empty() {
            writeln!(formatter, "\n  It works until one of these happens:")?;
        }
        for end in ends {
            writeln!(formatter, "    - {end}")?;
        }
        writeln!(
            formatter,
            "\n  Vault transaction  {}",
            self.vault_transaction
        )?;
        writeln!(formatter, "  Transaction        {}", self.signature)
    }
}
