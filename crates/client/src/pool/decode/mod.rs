//! Accounts and events of the program, from bytes.

use std::any::type_name;

use anchor_lang::{AnchorDeserialize, Discriminator, Owner, ZeroCopy};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytemuck::Zeroable;
use sluice::{
    events,
    state::{Marker, Pool, RateHistory, Ticket, UnstakeBatch, VERSION, ValidatorPage, v0},
};
use solana_account::Account;
use solana_pubkey::Pubkey;

use crate::{ClientError, Result};

const DISCRIMINATOR_BYTES: usize = 8;

/// An account of the program: what it is called, and where its parts are.
pub trait SluiceAccount: ZeroCopy + Owner {
    /// What people call it.
    const NAME: &'static str;
    /// Bytes of the account, its discriminator included.
    const SPACE: usize = DISCRIMINATOR_BYTES + size_of::<Self>();

    /// The fields of an account of an older layout version, as its migration will leave them but
    /// for the version itself. Here for the kinds of accounts that no version has changed.
    fn of_older(version: u8, fields: &[u8]) -> Option<Self> {
        debug_assert!(version < VERSION);
        bytemuck::try_pod_read_unaligned(fields).ok()
    }
}

impl SluiceAccount for Pool {
    const NAME: &'static str = "pool";

    fn of_older(version: u8, fields: &[u8]) -> Option<Self> {
        let mut pool: Self = bytemuck::try_pod_read_unaligned(fields).ok()?;
        (version == v0::VERSION).then(|| {
            pool.convert_from_v0();
            pool
        })
    }
}
impl SluiceAccount for ValidatorPage {
    const NAME: &'static str = "page of validators";

    fn of_older(version: u8, fields: &[u8]) -> Option<Self> {
        let old: &v0::ValidatorPage = bytemuck::try_from_bytes(fields).ok()?;
        let mut page = Self::zeroed();
        let front = bytemuck::bytes_of(&old.front);
        bytemuck::bytes_of_mut(&mut page)
            .get_mut(..front.len())?
            .copy_from_slice(front);
        // Who has no place on it any more is on another page afterwards.
        let converted = page.convert_from_v0(&old.slots);
        (version == v0::VERSION && converted.is_ok()).then_some(page)
    }
}
impl SluiceAccount for Marker {
    const NAME: &'static str = "validator marker";
}
impl SluiceAccount for UnstakeBatch {
    const NAME: &'static str = "unstake batch";
}
impl SluiceAccount for Ticket {
    const NAME: &'static str = "ticket";
}
impl SluiceAccount for RateHistory {
    const NAME: &'static str = "rate history";

    fn of_older(version: u8, fields: &[u8]) -> Option<Self> {
        let old: v0::RateHistory = bytemuck::try_pod_read_unaligned(fields).ok()?;
        (version == v0::VERSION).then(|| {
            let mut history = Self {
                version,
                bump: old.bump,
                pool: old.pool,
                ..Zeroable::zeroed()
            };
            history.refill(&Self::epochs_of_v0(&old));
            history
        })
    }
}

/// Decodes an account. One of an older layout version comes as its migration will leave it, but
/// with the version that it has. Fails where it belongs to another program, is of another kind or
/// size, or has a layout version that this client does not know.
pub fn decode<T: SluiceAccount>(address: &Pubkey, account: &Account) -> Result<T> {
    if account.owner != T::owner() {
        return Err(ClientError::ForeignOwner {
            address: *address,
            expected: T::NAME,
            owner: account.owner,
        });
    }
    let Some((discriminator, fields)) = account.data.split_at_checked(DISCRIMINATOR_BYTES) else {
        return Err(wrong_kind::<T>(address));
    };
    if discriminator != T::DISCRIMINATOR {
        return Err(wrong_kind::<T>(address));
    }
    // Every account of the program starts with its layout version.
    let version = fields.first().copied().unwrap_or_default();
    if version > VERSION {
        return Err(ClientError::UnknownVersion {
            address: *address,
            expected: T::NAME,
            version,
        });
    }
    let decoded = if version == VERSION {
        bytemuck::try_pod_read_unaligned(fields).ok()
    } else {
        T::of_older(version, fields)
    };
    decoded.ok_or(ClientError::WrongSize {
        address: *address,
        expected: T::NAME,
        bytes: account.data.len(),
        expected_bytes: T::SPACE,
    })
}

/// Decodes an account that must exist.
pub fn decode_existing<T: SluiceAccount>(address: &Pubkey, account: Option<&Account>) -> Result<T> {
    let account = account.ok_or(ClientError::Missing {
        address: *address,
        expected: T::NAME,
    })?;
    decode(address, account)
}

fn wrong_kind<T: SluiceAccount>(address: &Pubkey) -> ClientError {
    ClientError::WrongKind {
        address: *address,
        expected: T::NAME,
    }
}

macro_rules! events {
    ($($name:ident),+ $(,)?) => {
        /// What an instruction of the program says it has done.
        pub enum Event {
            $(
                #[doc = concat!("See [`events::", stringify!($name), "`].")]
                $name(events::$name),
            )+
        }

        impl Event {
            /// The names of all events.
            pub const NAMES: &[&str] = &[$(stringify!($name)),+];

            /// The event's name in the program.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)+
                }
            }

            /// Decodes the data of a log line; `None` where it is no event of the program.
            pub fn decode(data: &[u8]) -> Option<Self> {
                let (discriminator, mut body) = data.split_at_checked(DISCRIMINATOR_BYTES)?;
                $(
                    if discriminator == events::$name::DISCRIMINATOR {
                        return events::$name::deserialize(&mut body).ok().map(Self::$name);
                    }
                )+
                None
            }
        }
    };
}

events!(
    PoolCreated,
    SolDeposited,
    SolWithdrawn,
    StakeDeposited,
    StakeWithdrawn,
    UnstakeRequested,
    TicketCancelled,
    TicketTransferred,
    TicketClaimed,
    BatchSettled,
    ValidatorAdded,
    WeightSet,
    ValidatorRetired,
    ValidatorEjected,
    ValidatorReinstated,
    SlotClosed,
    LossReported,
    StakeObserved,
    StakeReclaimed,
    EpochFinalized,
    StakeCollected,
    StakeDelegated,
    StakeUndelegated,
    FeesPaid,
    AdminNominated,
    RoleSet,
    ChangeScheduled,
    ChangeCancelled,
    ChangeApplied,
    ChangeDropped,
    PoolPaused,
    PoolUnpaused,
    LossAcknowledged,
    PageMigrated,
    PoolMigrated,
);

impl std::fmt::Debug for Event {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}::{}", type_name::<Self>(), self.name())
    }
}

/// The program's events in a transaction's logs, in order. Lines of other programs are ignored,
/// also those that look like an event.
pub fn sluice_events(logs: &[String]) -> Vec<Event> {
    events_by_instruction(logs).into_iter().flatten().collect()
}

/// The same, apart for each instruction of the transaction, as far as its logs go.
pub(crate) fn events_by_instruction(logs: &[String]) -> Vec<Vec<Event>> {
    let written = written_by_instruction(logs).into_iter();
    let decoded = |data: Vec<Vec<u8>>| data.iter().filter_map(|data| Event::decode(data)).collect();
    written.map(decoded).collect()
}

/// What the program wrote into a transaction's logs, apart for each instruction: events as bytes.
pub(crate) fn written_by_instruction(logs: &[String]) -> Vec<Vec<Vec<u8>>> {
    let sluice = sluice::ID.to_string();
    let mut running: Vec<&str> = Vec::new();
    let mut written = Vec::new();
    for line in logs {
        if let Some(data) = line.strip_prefix("Program data: ") {
            if running.last() == Some(&sluice.as_str())
                && let Some(of_instruction) = written.last_mut()
            {
                // `emit!` logs one field.
                Vec::extend(of_instruction, BASE64_STANDARD.decode(data.trim()));
            }
        } else if let Some(rest) = line.strip_prefix("Program ") {
            let was_idle = running.is_empty();
            follow(rest, &mut running);
            if was_idle && !running.is_empty() {
                written.push(Vec::new());
            }
        }
    }
    written
}

/// Keeps the stack of running programs: `<id> invoke [n]`, `<id> success`, `<id> failed: ...`.
fn follow<'a>(rest: &'a str, running: &mut Vec<&'a str>) {
    let mut words = rest.split_whitespace();
    let (Some(program), Some(what)) = (words.next(), words.next()) else {
        return;
    };
    match what {
        "invoke" => running.push(program),
        "success" | "failed:" if running.last() == Some(&program) => {
            running.pop();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
