//! Where addresses stand, and what follows from them.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use solana_pubkey::{Pubkey, pubkey};

const LOADER: Pubkey = pubkey!("BPFLoaderUpgradeab1e11111111111111111111111");

/// The programs that have an address of their own, by the names of their ELFs.
pub const PROGRAMS: [&str; 3] = ["sluice", "sluice-router", "sluice-sol-value"];

/// What a program's address is, and what follows from it: texts in the sources.
#[derive(Debug, Eq, PartialEq)]
pub struct Declared {
    program: &'static str,
    address: Pubkey,
    /// The account with the program's code.
    code: Pubkey,
    /// The one account of the program that the sources name, with its bump.
    account: Option<(Pubkey, u8)>,
}

/// What the program is called in each of its places: `{}` stands for an address, `#` for a bump.
struct Place {
    file: &'static str,
    text: &'static str,
    of: Of,
}

#[derive(Clone, Copy)]
enum Of {
    Address,
    AddressBytes,
    Code,
    Account,
    Bump,
}

const fn place(file: &'static str, text: &'static str, of: Of) -> Place {
    Place { file, text, of }
}

const SLUICE: &[Place] = &[
    place(
        "programs/sluice/src/lib.rs",
        "declare_id!(\"{}\");",
        Of::Address,
    ),
    place(
        "programs/sluice-router/src/calls.rs",
        "SLUICE: Pubkey = pubkey!(\"{}\");",
        Of::Address,
    ),
    place(
        "programs/sluice-sol-value/src/lib.rs",
        "SLUICE: Pubkey = pubkey!(\"{}\");",
        Of::Address,
    ),
    place(
        "programs/sluice-sol-value/src/lib.rs",
        "SLUICE_DATA: Pubkey = pubkey!(\"{}\");",
        Of::Code,
    ),
    place(
        "crates/rate/src/lib.rs",
        "PROGRAM_ID: [u8; 32] = {}",
        Of::AddressBytes,
    ),
    place(
        "Anchor.toml",
        "[programs.localnet]\nsluice = \"{}\"",
        Of::Address,
    ),
    place(
        "Anchor.toml",
        "[programs.devnet]\nsluice = \"{}\"",
        Of::Address,
    ),
    place(
        "integrations/defillama/yield/index.js",
        "PROGRAM = '{}'",
        Of::Address,
    ),
    place(
        "integrations/defillama/tvl/index.js",
        "PROGRAM = '{}'",
        Of::Address,
    ),
    place(
        "integrations/dune/events.sql",
        "executing_account = '{}'",
        Of::Address,
    ),
    place(
        "integrations/dune/events.sql",
        "running = '{}'",
        Of::Address,
    ),
    place(
        "integrations/test/recorded.mjs",
        "PROGRAM = '{}'",
        Of::Address,
    ),
    place(
        "integrations/test/record.mjs",
        "PROGRAM = '{}'",
        Of::Address,
    ),
    place("idl/sluice.json", "\"address\": \"{}\"", Of::Address),
    place(
        "clients/js/src/generated/programs/sluice.ts",
        "\"{}\" as Address<",
        Of::Address,
    ),
];
const ROUTER: &[Place] = &[
    place(
        "programs/sluice-router/src/lib.rs",
        "pub const ID: Pubkey = pubkey!(\"{}\");",
        Of::Address,
    ),
    place(
        "programs/sluice-router/src/lib.rs",
        "TRANSIT: Pubkey = pubkey!(\"{}\");",
        Of::Account,
    ),
    place(
        "programs/sluice-router/src/lib.rs",
        "TRANSIT_BUMP: u8 = #;",
        Of::Bump,
    ),
    place("docs/src/aggregators.md", "| address | `{}` |", Of::Address),
    place("docs/src/aggregators.md", "Transit is `{}`", Of::Account),
];
const SOL_VALUE: &[Place] = &[
    place(
        "programs/sluice-sol-value/src/lib.rs",
        "pub const ID: Pubkey = pubkey!(\"{}\");",
        Of::Address,
    ),
    place(
        "programs/sluice-sol-value/src/lib.rs",
        "STATE: Pubkey = pubkey!(\"{}\");",
        Of::Account,
    ),
    place(
        "programs/sluice-sol-value/src/lib.rs",
        "STATE_BUMP: u8 = #;",
        Of::Bump,
    ),
    place(
        "programs/sluice-sol-value/src/lib.rs",
        "OWN_DATA: Pubkey = pubkey!(\"{}\");",
        Of::Code,
    ),
    place(
        "docs/src/infinity.md",
        "The calculator's address is `{}`",
        Of::Address,
    ),
    place("docs/src/infinity.md", "| the state | `{}`", Of::Account),
];

/// Its places, the declaration first, and the seed of its account.
fn places(program: &str) -> (&'static [Place], Option<&'static str>) {
    match program {
        "sluice-router" => (ROUTER, Some("transit")),
        "sluice-sol-value" => (SOL_VALUE, Some("state")),
        _ => (SLUICE, None),
    }
}

/// All files in which something of a program stands.
#[cfg(test)]
pub fn files(program: &str) -> impl Iterator<Item = &'static str> {
    places(program).0.iter().map(|place| place.file)
}

/// What the sources declare now: the first place says it.
pub fn read(root: &Path, program: &str) -> Result<Declared> {
    let place = places(program).0.first().context("no place")?;
    let content = fs::read_to_string(root.join(place.file))?;
    let (start, end) = place.text.split_once("{}").context("no address")?;
    let declared = content
        .split_once(start)
        .and_then(|(_, rest)| rest.split_once(end))
        .with_context(|| format!("{} does not declare its address", place.file))?;
    let address = declared.0.parse().ok();
    let address = address.with_context(|| format!("{} declares no address", place.file))?;
    Declared::of(program, address)
}

impl Declared {
    /// What follows from an address.
    pub fn of(program: &str, address: Pubkey) -> Result<Self> {
        let Some(program) = PROGRAMS.into_iter().find(|name| *name == program) else {
            bail!(
                "{program} has no address that is declared: {}",
                PROGRAMS.join(", ")
            );
        };
        let (_, seed) = places(program);
        Ok(Self {
            program,
            address,
            code: Pubkey::find_program_address(&[address.as_ref()], &LOADER).0,
            account: seed.map(|seed| Pubkey::find_program_address(&[seed.as_bytes()], &address)),
        })
    }

    /// The address.
    pub fn address(&self) -> &Pubkey {
        &self.address
    }

    /// What each place must have.
    pub fn wanted(&self) -> Vec<(&'static str, String)> {
        let places = places(self.program).0.iter();
        places.map(|place| (place.file, self.text(place))).collect()
    }

    fn text(&self, place: &Place) -> String {
        let account = self.account.unwrap_or_default();
        match place.of {
            Of::Address => place.text.replace("{}", &self.address.to_string()),
            Of::AddressBytes => place.text.replace("{}", &in_lines(&self.address)),
            Of::Code => place.text.replace("{}", &self.code.to_string()),
            Of::Account => place.text.replace("{}", &account.0.to_string()),
            Of::Bump => place.text.replace('#', &account.1.to_string()),
        }
    }

    /// The file's content with what follows from another address. Addresses are replaced wherever they
    /// stand; bytes and bumps only in their places.
    pub fn replace_by(&self, other: &Self, file: &str, content: &str) -> String {
        let in_place = places(self.program)
            .0
            .iter()
            .filter(|place| place.file == file && matches!(place.of, Of::AddressBytes | Of::Bump));
        let content = in_place.fold(content.to_owned(), |content, place| {
            content.replace(&self.text(place), &other.text(place))
        });
        let account = |declared: &Self| declared.account.unwrap_or_default().0;
        [
            (self.address, other.address),
            (self.code, other.code),
            (account(self), account(other)),
        ]
        .into_iter()
        .filter(|(before, _)| *before != Pubkey::default())
        .fold(content, |content, (before, after)| {
            content.replace(&before.to_string(), &after.to_string())
        })
    }
}

/// The bytes of an address as the formatter breaks them into lines of 100 characters.
fn in_lines(address: &Pubkey) -> String {
    const WIDTH: usize = 100;
    let mut lines = vec!["   ".to_owned()];
    for byte in address.to_bytes() {
        let next = format!(" {byte},");
        match lines.last_mut() {
            Some(line) if line.len() + next.len() <= WIDTH => line.push_str(&next),
            _ => lines.push(format!("   {next}")),
        }
    }
    format!("[\n{}\n];", lines.join("\n"))
}
