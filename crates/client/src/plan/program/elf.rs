//! What can be told of a program's file before anything is paid.

use sluice::state::VERSION;
use solana_pubkey::Pubkey;

use super::{LoaderError, MAX_CODE_BYTES};
use crate::Result;

/// Bytes of an ELF's header.
const HEADER_BYTES: usize = 64;
/// An ELF of 64 bits, little endian, in the format's only version.
const IDENTITY: [u8; 7] = [0x7f, b'E', b'L', b'F', 2, 1, 1];
/// The kinds of machine that the runtime knows: BPF, and its own.
const MACHINES: [u16; 2] = [247, 263];
const MACHINE_AT: usize = 18;
const FLAGS_AT: usize = 48;
/// Where the header says where a table is, how large its rows are and how many it has.
const SEGMENTS_AT: [usize; 3] = [32, 54, 56];
const SECTIONS_AT: [usize; 3] = [40, 58, 60];
/// Where a row says where its part of the file begins.
const SEGMENT_OFFSET_AT: usize = 8;
const SECTION_OFFSET_AT: usize = 24;
/// Where a row of either table says how many bytes its part has.
const PART_BYTES_AT: usize = 32;
const SECTION_KIND_AT: usize = 4;
/// The kind of section that has no bytes in the file.
const NO_BITS: [u8; 4] = 8_u32.to_le_bytes();
/// From which layout version on Sluice's code has a text, whoever compiled it: the name of an error.
const LAYOUT_MARKS: [(u8, &[u8]); 1] = [(1, b"MigrationNeeded")];
/// A new layout needs a mark of its own.
const _: () = assert!(LAYOUT_MARKS.len() == VERSION as usize);

/// A compiled program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elf {
    bytes: Vec<u8>,
    version: u32,
}

impl Elf {
    /// Takes the bytes of a file that may be a program: the cluster itself checks the rest, once all
    /// is there.
    ///
    /// Fails with [`LoaderError::NoElf`] where it can be none.
    pub fn new(bytes: Vec<u8>) -> Result<Self> {
        let refused = |why| Err(LoaderError::NoElf { why }.into());
        if bytes.is_empty() {
            return refused("it is empty");
        }
        if !bytes.starts_with(&IDENTITY) || bytes.len() < HEADER_BYTES {
            return refused("it is no ELF of 64 bits");
        }
        let machine = number::<2>(&bytes, MACHINE_AT).map(u16::from_le_bytes);
        if !machine.is_some_and(|machine| MACHINES.contains(&machine)) {
            return refused("it is compiled for another machine than the chain");
        }
        if bytes.len() > MAX_CODE_BYTES {
            return refused("it is larger than an account can be, which is 10 MiB");
        }
        if require_whole(&bytes).is_none() {
            return refused(
                "it is cut off or damaged: its headers name parts that it does not have",
            );
        }
        let version = number::<4>(&bytes, FLAGS_AT).map(u32::from_le_bytes);
        Ok(Self {
            version: version.unwrap_or_default(),
            bytes,
        })
    }

    /// The file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The version of SBPF that it is compiled for.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Whether the code contains this address: a program of Anchor contains its own, and answers at no
    /// other.
    pub fn contains(&self, address: &Pubkey) -> bool {
        self.has(&address.to_bytes())
    }

    /// The newest layout of Sluice's accounts that the code knows, as far as this library can tell: zero
    /// also for code that is not Sluice.
    pub fn layout_version(&self) -> u8 {
        let marks = LAYOUT_MARKS.iter().filter(|(_, mark)| self.has(mark));
        marks.map(|(version, _)| *version).max().unwrap_or_default()
    }

    fn has(&self, wanted: &[u8]) -> bool {
        self.bytes
            .windows(wanted.len())
            .any(|bytes| bytes == wanted)
    }
}

/// `None` where the file lacks something that its headers name.
fn require_whole(bytes: &[u8]) -> Option<()> {
    for row in rows(bytes, SEGMENTS_AT)? {
        require_part(bytes, row, SEGMENT_OFFSET_AT)?;
    }
    for row in rows(bytes, SECTIONS_AT)? {
        if number(row, SECTION_KIND_AT)? != NO_BITS {
            require_part(bytes, row, SECTION_OFFSET_AT)?;
        }
    }
    Some(())
}

/// The rows of a table.
fn rows(
    bytes: &[u8],
    [at, row_bytes_at, rows_at]: [usize; 3],
) -> Option<impl Iterator<Item = &[u8]>> {
    let row_bytes = usize::from(u16::from_le_bytes(number(bytes, row_bytes_at)?));
    let all_bytes = row_bytes.checked_mul(u16::from_le_bytes(number(bytes, rows_at)?).into())?;
    let table = match all_bytes {
        0 => &[],
        _ => part(bytes, offset(bytes, at)?, all_bytes)?,
    };
    Some(table.chunks_exact(row_bytes.max(1)))
}

fn require_part(bytes: &[u8], row: &[u8], offset_at: usize) -> Option<()> {
    let (at, length) = (offset(row, offset_at)?, offset(row, PART_BYTES_AT)?);
    part(bytes, at, length).map(|_| ())
}

fn part(bytes: &[u8], at: usize, length: usize) -> Option<&[u8]> {
    bytes.get(at..at.checked_add(length)?)
}

fn offset(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u64::from_le_bytes(number(bytes, at)?)).ok()
}

fn number<const BYTES: usize>(bytes: &[u8], at: usize) -> Option<[u8; BYTES]> {
    bytes.get(at..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClientError;

    /// A header and nothing that could be executed.
    fn of_version(version: u32) -> Vec<u8> {
        let mut bytes = vec![0; 100];
        bytes[..IDENTITY.len()].copy_from_slice(&IDENTITY);
        bytes[MACHINE_AT..][..2].copy_from_slice(&MACHINES[0].to_le_bytes());
        bytes[FLAGS_AT..][..4].copy_from_slice(&version.to_le_bytes());
        bytes
    }

    fn refusal(bytes: Vec<u8>) -> String {
        match Elf::new(bytes) {
            Err(ClientError::Loader(LoaderError::NoElf { why })) => why.to_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_version_is_read_from_the_header() {
        for version in [0, 3, u32::MAX] {
            let elf = Elf::new(of_version(version)).unwrap();
            assert_eq!(elf.version(), version);
        }
    }

    #[test]
    fn what_is_no_program_is_refused_with_the_reason() {
        assert_eq!(refusal(Vec::new()), "it is empty");
        assert_eq!(refusal(b"#!/bin/sh".to_vec()), "it is no ELF of 64 bits");
        let mut short = of_version(3);
        short.truncate(HEADER_BYTES - 1);
        assert_eq!(refusal(short), "it is no ELF of 64 bits");
        let mut desktop = of_version(3);
        desktop[MACHINE_AT] = 62;
        assert!(refusal(desktop).contains("another machine"));
        let mut cut = of_version(3);
        cut[SEGMENTS_AT[0]] = 64;
        cut[SEGMENTS_AT[1]] = 56;
        cut[SEGMENTS_AT[2]] = 1;
        assert!(refusal(cut.clone()).contains("cut off"));
        cut.resize(HEADER_BYTES + 56, 0);
        assert!(Elf::new(cut.clone()).is_ok());
        cut[HEADER_BYTES + PART_BYTES_AT] = 121;
        assert!(refusal(cut).contains("cut off"));
        let mut large = of_version(3);
        large.resize(MAX_CODE_BYTES + 1, 1);
        assert!(refusal(large).contains("10 MiB"));
    }

    #[test]
    fn an_address_is_found_wherever_it_stands() {
        let (there, absent) = (Pubkey::new_from_array([7; 32]), Pubkey::default());
        let mut bytes = of_version(3);
        bytes[MACHINE_AT..][..2].copy_from_slice(&MACHINES[1].to_le_bytes());
        bytes[HEADER_BYTES..].fill(1);
        bytes.extend(there.to_bytes());
        let elf = Elf::new(bytes).unwrap();
        assert!(elf.contains(&there) && !elf.contains(&absent));
    }
}
