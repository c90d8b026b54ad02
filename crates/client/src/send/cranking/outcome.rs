//! What a transaction of cranks did: as its events say, since somebody else may have been faster.

use sluice::events::{LossReported, StakeDelegated, StakeUndelegated};
use sluice_math::{Lamports, Lst};
use solana_pubkey::Pubkey;

use crate::{
    Event,
    plan::crank::{Step, StepKind, said},
};

/// One thing that an event says.
struct Happened {
    kind: StepKind,
    validator: Option<Pubkey>,
    lamports: Option<u64>,
    /// What was moved, in words; none where nothing was.
    what: Option<String>,
}

impl Happened {
    fn of(event: &Event) -> Option<Self> {
        let told = |kind, validator| {
            Some(Self {
                kind,
                validator,
                lamports: None,
                what: None,
            })
        };
        let moved = |kind, validator, lamports: u64, what| {
            Some(Self {
                kind,
                validator,
                lamports: Some(lamports),
                what: Some(what),
            })
        };
        match event {
            Event::StakeReclaimed(_) => told(StepKind::Reclaim, None),
            Event::StakeObserved(_) => told(StepKind::Observe, None),
            Event::EpochFinalized(_) => told(StepKind::Finalize, None),
            Event::ValidatorEjected(ejected) => told(StepKind::Eject, Some(ejected.vote)),
            Event::SlotClosed(closed) => told(StepKind::CloseSlot, Some(closed.vote)),
            Event::LossReported(LossReported { vote, lamports, .. }) => {
                let what = said::lost(vote, Lamports::new(*lamports));
                moved(StepKind::ReportLoss, Some(*vote), *lamports, what)
            }
            Event::StakeCollected(one) => {
                let [activated, returned] =
                    [one.activated_lamports, one.returned_lamports].map(Lamports::new);
                let what = said::collected(&one.vote, activated, returned);
                let sum = activated.get().saturating_add(returned.get());
                moved(StepKind::Collect, Some(one.vote), sum, what)
            }
            Event::BatchSettled(one) => {
                let lamports = Lamports::new(one.lamports);
                let what = said::settled(one.batch, lamports, one.unsettled_lst == 0);
                moved(StepKind::Settle, None, one.lamports, what)
            }
            Event::StakeUndelegated(StakeUndelegated { vote, lamports, .. }) => {
                let what = said::undelegated(vote, Lamports::new(*lamports));
                moved(StepKind::Undelegate, Some(*vote), *lamports, what)
            }
            Event::StakeDelegated(StakeDelegated { vote, lamports, .. }) => {
                let what = said::delegated(vote, Lamports::new(*lamports));
                moved(StepKind::Delegate, Some(*vote), *lamports, what)
            }
            Event::FeesPaid(paid) => Some(Self {
                what: Some(said::fee_paid(Lst::new(paid.lst))),
                ..told(StepKind::PayFees, None)?
            }),
            _ => None,
        }
    }

    fn is(&self, step: &Step) -> bool {
        self.kind == step.kind
            && (self.validator.is_none()
                || step.validator.is_none()
                || self.validator == step.validator)
    }
}

/// The steps that events tell of, each with the lamports that were really moved, also in its words.
pub(super) fn done(carried: &[&Step], events: &[Event]) -> Vec<Step> {
    let mut happened: Vec<Happened> = events.iter().filter_map(Happened::of).collect();
    let done = carried.iter().filter_map(|step| {
        let index = happened.iter().position(|one| one.is(step))?;
        let Happened { lamports, what, .. } = happened.remove(index);
        let mut step = Step::clone(step);
        step.lamports = lamports.map(Lamports::new).or(step.lamports);
        step.what = what.unwrap_or(step.what);
        Some(step)
    });
    done.collect()
}

#[cfg(test)]
mod tests {
    use anchor_lang::AnchorDeserialize;
    use sluice::events::BatchSettled;

    use super::*;
    use crate::plan::crank::Work;

    fn step(kind: StepKind, validator: Option<Pubkey>, lamports: u64) -> Step {
        Step {
            kind,
            validator,
            lamports: Some(Lamports::new(lamports)),
            what: "What".to_owned(),
            because: String::new(),
            work: Work::PayFees {
                treasury: Pubkey::default(),
            },
        }
    }

    #[test]
    fn what_no_node_tells_is_told_as_planned_where_it_has_figures() {
        let planned = " (as planned: no node tells what was moved)";
        for (kind, said) in [
            (StepKind::Settle, planned),
            (StepKind::PayFees, planned),
            (StepKind::Finalize, ", because"),
        ] {
            let step = Step {
                lamports: (kind == StepKind::Settle).then_some(Lamports::new(7)),
                because: ", because".to_owned(),
                ..step(kind, None, 0)
            };
            let told = step.without_amount();
            assert_eq!((told.lamports, told.why()), (None, format!("What{said}")));
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
            batch: 7,
            lamports: 5,
            ..zeros()
        });
        let carried: Vec<&Step> = steps.iter().collect();
        let done = done(&carried, &[delegated(b, 19), settled]);
        let told: Vec<_> = done
            .iter()
            .map(|step| (step.kind, step.lamports.map(Lamports::get), step.why()))
            .collect();
        assert_eq!(
            told,
            [
                (
                    StepKind::Delegate,
                    Some(19),
                    format!("0.000000019 SOL goes to {b}")
                ),
                (
                    StepKind::Settle,
                    Some(5),
                    "0.000000005 SOL pays batch 7 in full".to_owned()
                )
            ]
        );
    }
}
