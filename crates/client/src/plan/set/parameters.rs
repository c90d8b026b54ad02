//! Parameters: what is announced, replaced or taken back.

use sluice::state::{Parameter, Parameters, Pool};

use super::{Authority, Kind, Place, Planning, Waiting, Wanted};

/// What must change of one parameter.
#[derive(Clone, Copy)]
struct Step {
    parameter: Parameter,
    value: u64,
}

impl Planning<'_> {
    /// Plans the parameters, and returns them as they are wanted.
    pub(super) fn parameters(&mut self, wanted: &Wanted) -> Parameters {
        let pool = &self.view.snapshot.pool;
        let planned = |parameter| pool.planned_value(parameter);
        let to_come = Parameter::ALL
            .iter()
            .fold(pool.parameters(), |all, one| all.with(*one, planned(*one)));
        let all = wanted.parameters.iter();
        let all = all.fold(to_come, |all, (parameter, value)| {
            all.with(*parameter, *value)
        });
        for (parameter, _) in &wanted.parameters {
            self.require_fitting(&all, *parameter);
        }
        if self.impossible.is_empty() {
            self.schedule(wanted);
        }
        all
    }

    fn require_fitting(&mut self, all: &Parameters, parameter: Parameter) {
        let ((least, most), value) = (parameter.bounds(), all.get(parameter));
        let field = parameter.field();
        let place = Place::Parameter(parameter);
        if value < least || value > most {
            self.refuse(
                place,
                format!("{field} can be {least} to {most}, not {value}"),
            );
        } else if !all.holds(parameter) {
            let [lowest, highest] = [Parameter::InstantFeeMinBps, Parameter::InstantFeeMaxBps];
            self.refuse(
                place,
                format!(
                    "{} would be {}, above {}, which would be {}",
                    lowest.field(),
                    all.get(lowest),
                    highest.field(),
                    all.get(highest)
                ),
            );
        }
    }

    /// Announces in an order in which each fits those before it.
    fn schedule(&mut self, wanted: &Wanted) {
        let snapshot = &self.view.snapshot;
        let mut pool = snapshot.pool;
        let mut left = Vec::new();
        for (parameter, value) in wanted.parameters.iter().copied() {
            let before = pool.parameters().get(parameter);
            let waits = snapshot.pool.governance.pending_change(parameter);
            match waits {
                Some(waits) if waits.value == value => self.plan.waiting.push(Waiting {
                    parameter,
                    before,
                    value,
                    from_epoch: waits.from_epoch,
                }),
                Some(_) => left.push(Step { parameter, value }),
                None if before == value => {}
                None => left.push(Step { parameter, value }),
            }
        }
        while !left.is_empty() {
            let before = left.len();
            left.retain(|step| !self.announce(&mut pool, *step));
            if left.len() == before {
                // The wish as a whole fits, so one of two that depend on each other fits first.
                for step in std::mem::take(&mut left) {
                    let field = step.parameter.field();
                    let why = format!("{field} does not fit what else waits");
                    self.refuse(Place::Parameter(step.parameter), why);
                }
            }
        }
    }

    /// Announces a change, or takes one back. False where it does not fit yet.
    fn announce(&mut self, pool: &mut Pool, step: Step) -> bool {
        let Step { parameter, value } = step;
        let epoch = self.view.snapshot.cluster.clock.epoch;
        let admin = Authority::Admin(self.view.snapshot.pool.admin);
        let before = pool.parameters().get(parameter);
        let waits = pool.governance.pending_change(parameter);
        if let Some(waits) = waits.filter(|_| value == before) {
            let taken_back = pool.cancel_change(parameter, waits).is_ok();
            if taken_back {
                let cancel = Kind::Cancel {
                    parameter,
                    stays: before,
                    waits,
                };
                self.change(cancel, admin, None);
            }
            return taken_back;
        }
        let replaces = pool.planned_value(parameter);
        let Ok(from_epoch) = pool.schedule_change(parameter, value, epoch) else {
            return false;
        };
        let schedule = Kind::Schedule {
            parameter,
            before,
            value,
            replaces,
            replaces_waiting: waits.is_some(),
            can_cost: parameter.can_cost(before, value),
        };
        self.change(schedule, admin, Some(from_epoch));
        true
    }
}
