//! What a token may be called.

use thiserror::Error;

use crate::words::printable::is_hidden;

/// Most bytes that the Token Metadata program stores of each text.
const MAX_NAME_BYTES: usize = 32;
const MAX_SYMBOL_BYTES: usize = 10;
const MAX_URI_BYTES: usize = 200;
/// What wallets read a token's file from.
const SCHEMES: [&str; 3] = ["https", "ipfs", "ar"];
/// The same, where others can change it on the way.
const INSECURE_SCHEME: &str = "http";

/// A token's name, its symbol, and where its logo and description are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenName {
    name: String,
    symbol: String,
    uri: String,
}

/// Why a token cannot be called so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    /// More bytes than are stored.
    #[error("The token's {what} has {bytes} bytes, and {most} are stored at most. Shorten it")]
    TooLong {
        /// Which text.
        what: &'static str,
        /// Its bytes.
        bytes: usize,
        /// Most bytes that are stored.
        most: usize,
    },
    /// Nothing where wallets show something.
    #[error("The token's {what} is empty, and wallets would show nothing. Give it one")]
    Empty {
        /// Which text.
        what: &'static str,
    },
    /// Characters that change how others are shown, or are not seen.
    #[error(
        "The token's {what} has the character U+{code:04X}, which is not seen, or changes how others \
         are shown. Leave it out"
    )]
    Hidden {
        /// Which text.
        what: &'static str,
        /// The character.
        code: u32,
    },
    /// Blanks where they are not seen, or are no part of a URI.
    #[error(
        "The token's name or symbol begins or ends with a blank, or its URI has one. Leave it out"
    )]
    Blanks,
    /// A URI that is no address of a file, such as `javascript:`.
    #[error(
        "The token's URI begins with neither https:// nor ipfs:// nor ar://, so wallets would not read \
         it. Put the JSON file where one of these leads to it"
    )]
    Scheme,
}

impl TokenName {
    /// A name of at most 32 bytes, a symbol of at most 10 and a URI of at most 200, in UTF-8.
    ///
    /// # Errors
    ///
    /// Where one of them is longer or has characters that are not seen, the name or the symbol is
    /// empty, or the URI is there and not one of `https`, `ipfs`, `ar` or `http`.
    pub fn new(name: &str, symbol: &str, uri: &str) -> Result<Self, NameError> {
        for (what, text) in [("name", name), ("symbol", symbol)] {
            if text.trim().is_empty() {
                return Err(NameError::Empty { what });
            }
        }
        let named = Self {
            name: checked("name", name, MAX_NAME_BYTES)?,
            symbol: checked("symbol", symbol, MAX_SYMBOL_BYTES)?,
            uri: checked("URI", uri, MAX_URI_BYTES)?,
        };
        let has_blanks = [&named.name, &named.symbol]
            .iter()
            .any(|text| text.trim() != **text);
        if has_blanks || named.uri.contains(char::is_whitespace) {
            return Err(NameError::Blanks);
        }
        let is_file = named.uri.is_empty()
            || named.has_insecure_uri()
            || SCHEMES.iter().any(|scheme| named.leads_by(scheme));
        is_file.then_some(named).ok_or(NameError::Scheme)
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its short name.
    pub fn symbol(&self) -> &str {
        &self.symbol
    }

    /// Where its logo and description are.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Whether others can change what the URI leads to on its way to a wallet: it is `http`.
    pub fn has_insecure_uri(&self) -> bool {
        self.leads_by(INSECURE_SCHEME)
    }

    /// Whether the URI has this scheme, in letters of either case, and more than that.
    fn leads_by(&self, scheme: &str) -> bool {
        let parts = self.uri.split_once("://");
        parts.is_some_and(|(own, rest)| own.eq_ignore_ascii_case(scheme) && !rest.is_empty())
    }
}

fn checked(what: &'static str, text: &str, most: usize) -> Result<String, NameError> {
    let bytes = text.len();
    if bytes > most {
        return Err(NameError::TooLong { what, bytes, most });
    }
    match text.chars().find(|character| is_hidden(*character)) {
        Some(character) => Err(NameError::Hidden {
            what,
            code: character.into(),
        }),
        None => Ok(text.to_owned()),
    }
}
