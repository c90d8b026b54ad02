//! Showing what is told about a program.

use std::fmt;

use anyhow::{Context, Result};
use serde::Serialize;
use sluice_client::{
    ClientError, LoaderError,
    plan::program::metadata::{ContentError, Kind, Metadata, require_of},
    send::files::read_text,
    words::{amounts::sol, printable::printable},
};

use super::{About, present, write::OWN_IDL};
use crate::{
    args::{OutputFormat, ShowProgramMetadataArgs},
    failure::{Code, incomplete},
    output::{Facts, print, write as print_text},
    session::Session,
};

/// What is told.
#[derive(Debug, Serialize)]
struct Told {
    program: String,
    kind: String,
    address: String,
    authority: Option<String>,
    is_mutable: bool,
    data_bytes: usize,
    /// Zero where the content cannot be read.
    content_bytes: usize,
    rent_lamports: u64,
    is_usable: bool,
    /// Whether the program has an upgrade authority.
    #[serde(skip)]
    has_upgrader: bool,
    /// Why the content is of no use.
    #[serde(skip)]
    fault: Option<String>,
    /// Whether the content is that of the file, or of Sluice's own interface; none where there is nothing
    /// to compare with.
    is_equal: Option<bool>,
}

/// Shows it, and fails after that where it is not what the file has.
pub fn show(
    session: &Session,
    arguments: &ShowProgramMetadataArgs,
    output: OutputFormat,
) -> Result<()> {
    let about = About::from(&arguments.about);
    let metadata = present(session, &about)?;
    let text = metadata.text();
    if arguments.content {
        let text = text.with_context(|| format!("the {} cannot be read", about.kind))?;
        // A terminal must not obey what somebody wrote on the cluster.
        let lines: Vec<_> = text.lines().map(printable).collect();
        return print_text(&format!("{}\n", lines.join("\n")));
    }
    let expected = match &arguments.file {
        Some(file) => {
            Some(read_text(file).with_context(|| format!("{} cannot be read", file.display()))?)
        }
        None if about.kind == Kind::Idl && about.program == sluice::ID => Some(OWN_IDL.to_owned()),
        None => None,
    };
    let mut told = Told::new(&about, &metadata, &text, expected.as_deref());
    told.has_upgrader = has_upgrader(session, &about)?;
    print(output, &told)?;
    match (&arguments.file, told.is_equal) {
        (Some(file), Some(false)) => Err(incomplete(
            format!(
                "the {} of {} is not what {} has",
                about.kind,
                about.program,
                file.display()
            ),
            Code::Refused,
        )),
        _ => Ok(()),
    }
}

/// Whether anybody can upgrade the program: nobody can where it is final or gone.
fn has_upgrader(session: &Session, about: &About) -> Result<bool> {
    match about.upgrade_authority(session) {
        Ok(authority) => Ok(authority.is_some()),
        Err(error) => match error.downcast_ref() {
            Some(ClientError::Loader(LoaderError::Closed { .. }) | ClientError::Missing { .. }) => {
                Ok(false)
            }
            _ => Err(error),
        },
    }
}

impl Told {
    fn new(
        about: &About,
        metadata: &Metadata,
        text: &Result<String, ContentError>,
        expected: Option<&str>,
    ) -> Self {
        let usable = text
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|text| require_of(text, about.kind, &about.program));
        Self {
            program: about.program.to_string(),
            kind: about.kind.to_string(),
            address: metadata.address.to_string(),
            authority: metadata.authority.map(|key| key.to_string()),
            is_mutable: metadata.is_mutable,
            data_bytes: metadata.data.len(),
            content_bytes: text.as_ref().map_or(0, String::len),
            rent_lamports: metadata.lamports,
            has_upgrader: true,
            is_usable: usable.is_ok(),
            fault: usable.err().map(|fault| printable(&fault.to_string())),
            is_equal: expected.map(|expected| text.as_deref() == Ok(expected)),
        }
    }
}

impl fmt::Display for Told {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = match (self.is_mutable, self.has_upgrader, &self.authority) {
            (false, ..) => "nobody: it is final".to_owned(),
            (true, true, None) => "the program's upgrade authority".to_owned(),
            (true, true, Some(key)) => format!("the program's upgrade authority, and {key}"),
            (true, false, None) => "nobody: the program has no upgrade authority".to_owned(),
            (true, false, Some(key)) => {
                format!("{key} alone: the program has no upgrade authority")
            }
        };
        let size = match self.content_bytes {
            0 => format!("{} bytes", self.data_bytes),
            bytes => format!("{bytes} bytes, {} packed", self.data_bytes),
        };
        Facts(&[
            ("Program", self.program.clone()),
            ("Told", self.kind.clone()),
            ("Metadata", self.address.clone()),
            ("Changed by", by),
            ("Size", size),
            ("Rent", sol(self.rent_lamports)),
        ])
        .fmt(formatter)?;
        if let Some(fault) = &self.fault {
            writeln!(formatter, "\nIt is of no use: {fault}.")?;
        }
        match self.is_equal {
            Some(true) => writeln!(formatter, "\nIt is what was expected, to the letter."),
            Some(false) => writeln!(formatter, "\nIt is NOT what was expected."),
            None => Ok(()),
        }
    }
}
