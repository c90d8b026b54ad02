//! What a transaction of cranks did: as its events say, since somebody else may have been faster.

use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use crate::{
    Event,
    plan::crank::{Step, StepKind},
};

/// One thing that an event says.
struct Happened {
    kind: StepKind,
    validator: Option<Pubkey>,
    lamports: Option<u64>,
}

impl Happened {
    fn of(event: &Event) -> Option<Self> {
        let (kind, validator, lamports) = match event {
            Event::StakeReclaimed(_) => (StepKind::Reclaim, None, None),
            Event::StakeObserved(_) => (StepKind::Observe, None, None),
            Event::EpochFinalized(_) => (StepKind::Finalize, None, None),
            Event::LossReported(loss) => {
                (StepKind::ReportLoss, Some(loss.vote), Some(loss.lamports))
            }
            Event::ValidatorEjected(ejected) => (StepKind::Eject, Some(ejected.vote), None),
            Event::StakeCollected(one) => {
                let sum = one.activated_lamports.saturating_add(one.returned_lamports);
                (StepKind::Collect, Some(one.vote), Some(sum))
            }
            Event::BatchSettled(settled) => (StepKind::Settle, None, Some(settled.lamports)),
            Event::StakeUndelegated(one) => {
                (StepKind::Undelegate, Some(one.vote), Some(one.lamports))
            }
            Event::StakeDelegated(one) => (StepKind::Delegate, Some(one.vote), Some(one.lamports)),
            Event::FeesPaid(_) => (StepKind::PayFees, None, None),
            Event::SlotClosed(closed) => (StepKind::CloseSlot, Some(closed.vote), None),
            _ => return None,
        };
        Some(Self {
            kind,
            validator,
            lamports,
        })
    }

    fn is(&self, step: &Step) -> bool {
        self.kind == step.kind
            && (self.validator.is_none()
                || step.validator.is_none()
                || self.validator == step.validator)
    }
}

/// The steps that events tell of, each with the lamports that were really moved.
pub(super) fn done(carried: &[&Step], events: &[Event]) -> Vec<Step> {
    let mut happened: Vec<Happened> = events.iter().filter_map(Happened::of).collect();
    let done = carried.iter().filter_map(|step| {
        let index = happened.iter().position(|one| one.is(step))?;
        let lamports = happened.remove(index).lamports;
        Some(Step {
            lamports: lamports.map(Lamports::new).or(step.lamports),
            ..Step::clone(step)
        })
    });
    done.collect()
}

#[cfg(test)]
mod tests {
    use anchor_lang::AnchorDeserialize;
    use sluice::events::{BatchSettled, StakeDelegated};

    use super::*;
    use crate::plan::crank::Work;

    fn step(kind: StepKind, validator: Option<Pubkey>, lamports: u64) -> Step {
        Step {
            kind,
            validator,
            lamports: Some(Lamports::new(lamports)),
            why: "Because".to_owned(),
            work: Work::PayFees {
                treasury: Pubkey::default(),
            },
        }
    }

    fn delegated(vote: Pubkey, lamports: u64) -> Event {
        Event::StakeDelegated(StakeDelegated {
            vote,
            lamports,
            ..zeros()
        })
    }

    fn zeros<T: AnchorDeserialize>() -> T {
        T::deserialize(&mut &[0; 512][..]).unwrap()
    }

    #[test]
    fn only_what_events_tell_was_done_with_the_lamports_that_they_name() {
        let [a, b] = [1, 2].map(|byte| Pubkey::new_from_array([byte; 32]));
        let steps = [
            step(StepKind::Delegate, Some(a), 10),
            step(StepKind::Delegate, Some(b), 20),
            step(StepKind::Settle, None, 5),
            step(StepKind::Settle, None, 6),
        ];
        let settled = Event::BatchSettled(BatchSettled {
            lamports: 5,
            ..zeros()
        });
        let carried: Vec<&Step> = steps.iter().collect();
        let done = done(&carried, &[delegated(b, 19), settled]);
        let told: Vec<_> = done
            .iter()
            .map(|step| (step.kind, step.validator, step.lamports.map(Lamports::get)))
            .collect();
        assert_eq!(
            told,
            [
                (StepKind::Delegate, Some(b), Some(19)),
                (StepKind::Settle, None, Some(5))
            ]
        );
    }
}
