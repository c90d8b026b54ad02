//! Where the cluster can be by now, as several nodes agree.

use std::{sync::Mutex, time::Duration};

use tokio::time::Instant;

use crate::send::delivery::expiry::FASTEST_SLOT;

/// How far honest nodes may be apart: the life of a blockhash. A node that is further behind can
/// hardly be used for sending anyway.
pub(super) const MARGIN_SLOTS: u64 = 150;
/// How soon the others are asked again after none of them could tell.
const SILENCE: Duration = Duration::from_secs(10);
/// How soon they are asked again after they agreed: the clock alone allows more and more.
const RENEWAL: Duration = Duration::from_secs(60);

/// What nodes agreed upon last.
#[derive(Debug, Default)]
pub(super) struct Agreement {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    agreed: Option<(u64, Instant)>,
    compared: Option<Instant>,
    silent_since: Option<Instant>,
}

impl Agreement {
    /// Whether a slot needs no witness: the cluster can be there by now, or nobody could tell a
    /// moment ago.
    pub fn allows(&self, slot: u64) -> bool {
        self.with(|state| {
            let silent = state.silent_since.is_some_and(|at| at.elapsed() < SILENCE);
            let is_recent = state.compared.is_some_and(|at| at.elapsed() < RENEWAL);
            silent || is_recent && state.can_be(slot)
        })
    }

    /// Another node was asked, and is at `other`: how far `slot` is beyond what can be. `None` as
    /// witness where no node could tell. A witness that has fallen behind is none against a slot
    /// that the clock allows.
    pub fn compare(&self, slot: u64, witness: Option<u64>) -> Result<(), u64> {
        self.with(|state| {
            let Some(other) = witness else {
                state.silent_since = Some(Instant::now());
                return Ok(());
            };
            if slot > other.saturating_add(MARGIN_SLOTS) {
                state.compared = Some(Instant::now());
                return match state.can_be(slot) {
                    true => Ok(()),
                    false => Err(slot - other),
                };
            }
            *state = State {
                agreed: Some((slot.min(other), Instant::now())),
                compared: Some(Instant::now()),
                silent_since: None,
            };
            Ok(())
        })
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state.lock();
        act(state.as_mut().unwrap_or_else(|poisoned| poisoned.get_mut()))
    }
}

impl State {
    /// Whether the cluster can be there by now, as far as the clock knows.
    fn can_be(&self, slot: u64) -> bool {
        self.agreed.is_some_and(|agreed| slot <= latest(agreed))
    }
}

/// The last slot that the cluster can have reached since.
fn latest((slot, at): (u64, Instant)) -> u64 {
    let slots = at.elapsed().as_millis() / FASTEST_SLOT.as_millis();
    let slots = u64::try_from(slots).unwrap_or(u64::MAX);
    slot.saturating_add(slots).saturating_add(MARGIN_SLOTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_believed_as_far_as_another_node_and_the_clock_allow() {
        let agreement = Agreement::default();
        assert!(!agreement.allows(1_000));
        assert_eq!(agreement.compare(1_000, Some(990)), Ok(()));
        assert!(agreement.allows(990 + MARGIN_SLOTS));
        // A slow test machine may allow a few slots more, but not thousands.
        assert!(!agreement.allows(5_000));
        assert_eq!(agreement.compare(5_000, Some(1_000)), Err(4_000));
        assert_eq!(agreement.compare(5_000, Some(4_900)), Ok(()));
        assert!(agreement.allows(4_900 + MARGIN_SLOTS));
    }

    #[test]
    fn where_nobody_can_tell_every_slot_is_believed_for_a_while() {
        let agreement = Agreement::default();
        assert_eq!(agreement.compare(1_000, None), Ok(()));
        assert!(agreement.allows(u64::MAX));
    }

    #[test]
    fn others_are_asked_again_after_a_while_and_one_that_fell_behind_accuses_nobody() {
        let agreement = Agreement::default();
        assert_eq!(agreement.compare(1_000, Some(1_000)), Ok(()));
        assert!(agreement.allows(1_100));
        agreement.with(|state| state.compared = Instant::now().checked_sub(RENEWAL));
        assert!(!agreement.allows(1_100), "it is time to ask again");
        assert_eq!(
            agreement.compare(1_100, Some(10)),
            Ok(()),
            "the clock allows it"
        );
        assert!(agreement.allows(1_100));
        assert_eq!(agreement.compare(9_000, Some(10)), Err(8_990));
    }
}
