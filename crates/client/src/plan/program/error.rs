//! Why code does not come to the cluster, or is not changed there.

use solana_pubkey::Pubkey;
use thiserror::Error;

/// What is wrong with a program, a buffer or a file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[cfg_attr(test, derive(strum::EnumCount))]
pub enum LoaderError {
    /// A file that cannot be a program.
    #[error(
        "The file is no program for Solana: {why}. Build it with a compiler for the chain, and name the file that ends in .so"
    )]
    NoElf {
        /// Why not.
        why: &'static str,
    },
    /// Compiled for a version of SBPF that the cluster refuses.
    #[error(
        "This cluster takes no new program of SBPF version {version}. Build it for another version: today's clusters take version 3"
    )]
    SbpfVersion {
        /// The version.
        version: u32,
    },
    /// A program whose code is gone.
    #[error(
        "The program {program} was closed: there is no code, and nothing can be deployed at its address again. Take another address"
    )]
    Closed {
        /// Which one.
        program: Pubkey,
    },
    /// A program's address that somebody has spoilt.
    #[error(
        "Somebody has left SOL at {data_address}, where the code of {program} would be: the loader can deploy nothing there any more. Take another address for the program"
    )]
    Prefunded {
        /// The program's address.
        program: Pubkey,
        /// Where its code would be.
        data_address: Pubkey,
    },
    /// An account of the loader that is no buffer.
    #[error("{address} belongs to the loader, but is no buffer. Check the address")]
    NoBuffer {
        /// Which one.
        address: Pubkey,
    },
    /// An account of the loader that is no program.
    #[error("{address} is {what}, and no program. Check the address")]
    NoProgram {
        /// Which one.
        address: Pubkey,
        /// What it is.
        what: &'static str,
    },
    /// A buffer that somebody else may write to.
    #[error(
        "The buffer {buffer} is another key's: {} may write to it, and {own} may not. Take another buffer, or that key", authority_text(.authority)
    )]
    ForeignBuffer {
        /// Which one.
        buffer: Pubkey,
        /// Who may write to it.
        authority: Option<Pubkey>,
        /// Who would like to.
        own: Pubkey,
    },
    /// A buffer with less or more room than the code has.
    #[error(
        "The buffer {buffer} has {room_bytes} bytes for code, and the file has {code_bytes}. It is another program's: take another buffer, or close this one"
    )]
    BufferSize {
        /// Which one.
        buffer: Pubkey,
        /// What it has.
        room_bytes: usize,
        /// What it should have.
        code_bytes: usize,
    },
    /// A buffer that is not there any more, while it is written.
    #[error(
        "The buffer {buffer} is gone or is another key's, while it was being written: somebody with your key has closed, deployed or given it away. Nothing more was sent"
    )]
    BufferLost {
        /// Which one.
        buffer: Pubkey,
    },
    /// A buffer that is not complete when patience ends.
    #[error(
        "Of {total} pieces of the code, {missing} are not in the buffer {buffer} yet, and no more arrived for a while{}. Nothing is lost: the same command goes on from here", because(.why)
    )]
    NotWritten {
        /// Which one.
        buffer: Pubkey,
        /// Pieces that are not there.
        missing: usize,
        /// All pieces.
        total: usize,
        /// What a node said last, where one said something; without a full stop.
        why: Option<String>,
    },
    /// A node that shows another buffer than the others.
    #[error(
        "The nodes do not agree on what is in the buffer {buffer}: one of them shows other bytes than the file has, from byte {byte} on. Nothing was deployed: try again in a minute, or use other nodes"
    )]
    Disagreement {
        /// Which one.
        buffer: Pubkey,
        /// The first byte that differs.
        byte: usize,
    },
    /// A node that is named and does not vouch for a buffer.
    #[error(
        "One of the nodes does not show the buffer {buffer}, so it does not vouch for what is in it. Nothing was deployed: try again when that node answers, or leave it out"
    )]
    Unwitnessed {
        /// Which one.
        buffer: Pubkey,
    },
}

fn authority_text(authority: &Option<Pubkey>) -> String {
    authority.map_or_else(|| "nobody".to_owned(), |authority| authority.to_string())
}

fn because(why: &Option<String>) -> String {
    why.as_ref()
        .map_or_else(String::new, |why| format!(" ({why})"))
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, mem::discriminant};

    use insta::assert_snapshot;
    use strum::EnumCount;

    use super::*;

    #[test]
    fn everything_that_can_go_wrong_with_a_program_is_a_sentence() {
        let [buffer, program, own] = [1, 2, 3].map(|byte| Pubkey::new_from_array([byte; 32]));
        let foreign = |authority| LoaderError::ForeignBuffer {
            buffer,
            authority,
            own,
        };
        let unwritten = |why| LoaderError::NotWritten {
            buffer,
            missing: 7,
            total: 9,
            why,
        };
        let all = [
            LoaderError::NoElf { why: "it is empty" },
            LoaderError::SbpfVersion { version: 2 },
            LoaderError::Closed { program },
            LoaderError::Prefunded {
                program,
                data_address: buffer,
            },
            LoaderError::NoBuffer { address: buffer },
            LoaderError::NoProgram {
                address: buffer,
                what: "a buffer",
            },
            foreign(Some(program)),
            foreign(None),
            LoaderError::BufferSize {
                buffer,
                room_bytes: 7,
                code_bytes: 8,
            },
            LoaderError::BufferLost { buffer },
            unwritten(None),
            unwritten(Some("no node answers".to_owned())),
            LoaderError::Disagreement { buffer, byte: 7 },
            LoaderError::Unwitnessed { buffer },
        ];
        let kinds: HashSet<_> = all.iter().map(discriminant).collect();
        assert_eq!(kinds.len(), LoaderError::COUNT);
        let lines: Vec<String> = all.iter().map(ToString::to_string).collect();
        assert_snapshot!(lines.join("\n"));
    }
}
