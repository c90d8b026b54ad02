//! What can be told of a program's file before anything is paid.

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
        let address = address.to_bytes();
        self.bytes
            .windows(address.len())
            .any(|bytes| bytes == address)
    }
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
        let mut large = of_version(3);
        large.resize(MAX_CODE_BYTES + 1, 1);
        assert!(refusal(large).contains("10 MiB"));
    }

    #[test]
    fn an_address_is_found_wherever_it_stands() {
        let (there, absent) = (Pubkey::new_from_array([7; 32]), Pubkey::default());
        let mut bytes = of_version(3);
        bytes.fill(1);
        bytes[..IDENTITY.len()].copy_from_slice(&IDENTITY);
        bytes[MACHINE_AT..][..2].copy_from_slice(&MACHINES[1].to_le_bytes());
        bytes.extend(there.to_bytes());
        let elf = Elf::new(bytes).unwrap();
        assert!(elf.contains(&there) && !elf.contains(&absent));
    }
}
