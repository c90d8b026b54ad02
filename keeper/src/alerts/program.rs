//! Whether the program on the chain is still the one that was first seen, or that the configuration names.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};
use sluice_client::pool::deployed::{Deployed, hash_text};
use solana_hash::Hash;
use solana_rpc_client::rpc_client::RpcClient;

use super::{kept::Kept, settings::AlertSettings};
use crate::{known::Shared, stop::Stop};

/// The time between two looks: each one reads the whole program.
const EVERY: Duration = Duration::from_secs(600);
/// The time until the next look where the last one failed.
const AGAIN: Duration = Duration::from_secs(5);

/// What a program is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Its hash.
    pub hash: String,
    /// Who can upgrade it, or `none`.
    pub upgrade_authority: String,
}

/// How the program is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// What of it.
    pub what: &'static str,
    /// What it is.
    pub is: String,
    /// What it should be.
    pub wanted: String,
    /// Whether the configuration says so; else it was first seen so.
    pub is_configured: bool,
}

impl fmt::Display for Deviation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            what, is, wanted, ..
        } = self;
        match self.is_configured {
            true => write!(
                formatter,
                "The {what} of the program is {is}, and the configuration wants {wanted}."
            ),
            false => write!(
                formatter,
                "The {what} of the program is {is}, and was {wanted} when this keeper first saw it."
            ),
        }
    }
}

impl Seen {
    fn of(deployed: &Deployed) -> Self {
        Self {
            hash: deployed.hash.to_string(),
            upgrade_authority: shown(deployed.upgrade_authority),
        }
    }
}

fn shown(authority: Option<solana_pubkey::Pubkey>) -> String {
    authority.map_or_else(|| "none".to_owned(), |authority| authority.to_string())
}

/// A hash as `sluice program show` prints it: it is kept in base58.
fn in_hexadecimal(hash: &str) -> String {
    let read = hash.parse::<Hash>();
    read.map_or_else(|_| hash.to_owned(), |hash| hash_text(&hash))
}

/// How a program is not what it should be.
pub fn deviations(first: &Seen, now: &Seen, settings: &AlertSettings) -> Vec<Deviation> {
    let hash = settings.program_hash.map(|hash| hash.to_string());
    let authority = settings.upgrade_authority;
    let authority = authority.map(|authority| shown(authority.0));
    let parts = [
        (
            "hash",
            &now.hash,
            hash,
            &first.hash,
            in_hexadecimal as fn(&str) -> String,
        ),
        (
            "upgrade authority",
            &now.upgrade_authority,
            authority,
            &first.upgrade_authority,
            str::to_owned,
        ),
    ];
    let deviations = parts
        .into_iter()
        .filter_map(|(what, is, configured, first, told)| {
            let is_configured = configured.is_some();
            let wanted = configured.unwrap_or_else(|| first.clone());
            (*is != wanted).then(|| Deviation {
                what,
                is: told(is),
                wanted: told(&wanted),
                is_configured,
            })
        });
    deviations.collect()
}

/// Looks at the program again and again until the end is asked for.
pub fn watch(rpc: &RpcClient, settings: &AlertSettings, kept: &Kept, shared: &Shared, stop: &Stop) {
    while !stop.is_requested() {
        let looked = look(rpc, settings, kept, shared);
        stop.sleep(if looked.is_some() { EVERY } else { AGAIN });
    }
}

fn look(rpc: &RpcClient, settings: &AlertSettings, kept: &Kept, shared: &Shared) -> Option<()> {
    let cluster = shared.lock().cluster.clone()?;
    let now = Seen::of(&Deployed::load(rpc, &sluice::ID).ok()?);
    let mut kept = kept.lock();
    let first = kept
        .content
        .programs
        .entry(cluster)
        .or_insert_with(|| now.clone());
    let deviations = deviations(first, &now, settings);
    kept.save();
    shared.lock().alarms.program = Some(deviations);
    Some(())
}
