//! The content: a text, compressed.

use std::io::{ErrorKind, Read, Write};

use flate2::{
    Compression as Level,
    read::{GzDecoder, ZlibDecoder},
    write::ZlibEncoder,
};
use serde_json::Value;
use solana_pubkey::Pubkey;
use thiserror::Error;

use super::{Compression, Kind, MAX_PACKED_BYTES};
use crate::send::files::read_bounded;

/// The longest text that is read: whoever writes can make little data unfold to any size.
pub const MAX_CONTENT_BYTES: usize = 4 << 20;

/// Why a content cannot be told about a program, or cannot be read.
#[derive(Clone, Debug, Error, Eq, PartialEq)]
pub enum ContentError {
    /// It is not in the account.
    #[error("it lies elsewhere, and the account only says where")]
    Elsewhere,
    /// It is no text.
    #[error("it is no text in UTF-8")]
    NoText,
    /// It cannot be unfolded.
    #[error("it is not compressed as its header says")]
    Damaged,
    /// It is longer than [`MAX_CONTENT_BYTES`].
    #[error("it has more than {MAX_CONTENT_BYTES} bytes")]
    TooLong,
    /// It is larger than one transaction can make room for.
    #[error("it has more than {MAX_PACKED_BYTES} bytes after it was compressed")]
    TooLarge,
    /// It is no JSON object.
    #[error("it is no JSON object")]
    NoObject,
    /// It is the interface of another program, or of none.
    #[error("its \"address\" is {found}, not {program}: it is the interface of another program")]
    OtherProgram {
        /// What it names.
        found: String,
        /// The program that it should be about.
        program: Pubkey,
    },
    /// A file of security without a contact helps nobody.
    #[error(
        "it names no contact: \"contacts\" is a list of texts such as \"email:security@example.org\""
    )]
    NoContact,
}

/// Compresses a text with zlib, as the program's other clients do.
pub fn pack(text: &str) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Level::best());
    let written = encoder.write_all(text.as_bytes());
    // Writing fails only where the vector beneath does, and a vector takes everything.
    written
        .and_then(|()| encoder.finish())
        .expect("a vector takes everything")
}

/// The text that was compressed so.
///
/// # Errors
///
/// Where it was not, is too long, or is no text.
pub fn unpack(data: &[u8], compression: Compression) -> Result<String, ContentError> {
    let unpacked: &mut dyn Read = match compression {
        Compression::None => &mut &*data,
        Compression::Gzip => &mut GzDecoder::new(data),
        Compression::Zlib => &mut ZlibDecoder::new(data),
    };
    let bytes = read_bounded(unpacked, MAX_CONTENT_BYTES).map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => ContentError::TooLong,
        _ => ContentError::Damaged,
    })?;
    String::from_utf8(bytes).map_err(|_| ContentError::NoText)
}

/// Whether content may be told about a program: an IDL must name it, a file of security must name a
/// contact.
///
/// # Errors
///
/// What is wrong with it.
pub fn require_of(text: &str, kind: Kind, program: &Pubkey) -> Result<(), ContentError> {
    if text.len() > MAX_CONTENT_BYTES {
        return Err(ContentError::TooLong);
    }
    let Ok(Value::Object(object)) = serde_json::from_str(text) else {
        return Err(ContentError::NoObject);
    };
    match kind {
        Kind::Idl => {
            let found = object.get("address").and_then(Value::as_str);
            if found == Some(program.to_string().as_str()) {
                return Ok(());
            }
            Err(ContentError::OtherProgram {
                found: found.unwrap_or("missing").chars().take(44).collect(),
                program: *program,
            })
        }
        Kind::Security => {
            let contacts = object.get("contacts").and_then(Value::as_array);
            let is_text = |contact: &Value| contact.as_str().is_some_and(|text| !text.is_empty());
            match contacts {
                Some(contacts) if !contacts.is_empty() && contacts.iter().all(is_text) => Ok(()),
                _ => Err(ContentError::NoContact),
            }
        }
    }
}
