//! What each event adds to what is known of a pool.

use std::collections::BTreeMap;

use sluice::{
    events::{Books, EpochFinalized, PoolCreated, Role, RoleSet},
    state::{Parameter, Parameters},
};
use sluice_client::Event;
use sluice_math::{HighWater, Lamports, Lst};
use solana_pubkey::Pubkey;

use super::{Queue, Roles, State, validators};

/// A pool whose creation was read.
#[derive(Clone, Debug)]
pub struct Indexed {
    /// What the program's accounts say, too.
    pub state: State,
    /// LST minted for the treasury.
    pub minted_fee_lst: u64,
    /// LST that the treasury was paid. What strangers give to the fees is paid out with them.
    pub paid_fee_lst: u64,
}

/// One arm for each event.
macro_rules! pools_of {
    ($event:expr, $($name:ident)+) => {
        match $event { $(Event::$name(event) => event.pool,)+ }
    };
}

/// Whose event it is.
pub(super) fn pool_of(event: &Event) -> Pubkey {
    pools_of!(event,
        PoolCreated SolDeposited SolWithdrawn StakeDeposited StakeWithdrawn UnstakeRequested
        TicketCancelled TicketTransferred TicketClaimed BatchSettled ValidatorAdded WeightSet
        ValidatorRetired ValidatorEjected ValidatorReinstated SlotClosed LossReported
        StakeObserved StakeReclaimed EpochFinalized StakeCollected StakeDelegated
        StakeUndelegated FeesPaid AdminNominated RoleSet ChangeScheduled ChangeCancelled
        ChangeApplied ChangeDropped PoolPaused PoolUnpaused LossAcknowledged PageMigrated
        PoolMigrated
    )
}

/// The books that an event tells.
fn books_of(event: &Event) -> Option<Books> {
    Some(match event {
        Event::SolDeposited(event) => event.books,
        Event::SolWithdrawn(event) => event.books,
        Event::StakeDeposited(event) => event.books,
        Event::StakeWithdrawn(event) => event.books,
        Event::TicketClaimed(event) => event.books,
        Event::BatchSettled(event) => event.books,
        Event::ValidatorAdded(event) => event.books,
        Event::SlotClosed(event) => event.books,
        Event::LossReported(event) => event.books,
        Event::EpochFinalized(event) => event.books,
        Event::StakeCollected(event) => event.books,
        Event::StakeDelegated(event) => event.books,
        Event::StakeUndelegated(event) => event.books,
        Event::PoolMigrated(event) => event.books,
        _ => return None,
    })
}

impl Indexed {
    /// A pool that was just created: it owns its seed, one LST for one SOL.
    pub fn new(created: &PoolCreated) -> Self {
        let books = created.books;
        let seed = books.lst_supply;
        let state = State {
            mint: created.mint,
            roles: Roles {
                admin: created.admin,
                nominated_admin: Pubkey::default(),
                curator: created.curator,
                guardian: created.guardian,
                treasury: created.treasury,
            },
            parameters: Parameters::of(&created.config, &created.limits),
            changes: BTreeMap::new(),
            paused_until_epoch: 0,
            finalized_epoch: created.epoch,
            epoch_start_timestamp: 0,
            books,
            dead_lst: seed,
            claims_lamports: 0,
            high_water: HighWater {
                full: Lamports::new(seed),
                supply: Lst::new(seed),
            },
            queue: Queue::default(),
            validators: BTreeMap::new(),
        };
        Self {
            state,
            minted_fee_lst: 0,
            paid_fee_lst: 0,
        }
    }

    /// LST that was minted for the treasury and not paid to it.
    pub fn unpaid_fee_lst(&self) -> u64 {
        self.minted_fee_lst.saturating_sub(self.paid_fee_lst)
    }

    /// Reads one of the pool's events.
    pub fn read(&mut self, event: &Event) {
        if let Some(books) = books_of(event) {
            self.state.books = books;
        }
        match event {
            Event::EpochFinalized(event) => self.finalize(event),
            Event::FeesPaid(event) => self.paid_fee_lst += event.lst,
            _ => {
                self.state.read_exit(event);
                self.state.read_validator(event);
                self.state.read_decision(event);
            }
        }
    }

    fn finalize(&mut self, event: &EpochFinalized) {
        self.minted_fee_lst += event.fee_lst;
        self.state.finalized_epoch = event.epoch;
        self.state.epoch_start_timestamp = event.epoch_start_timestamp;
        self.state.lift_high_water();
    }
}

impl State {
    fn read_exit(&mut self, event: &Event) {
        match event {
            Event::UnstakeRequested(event) => self.queue.request(event),
            Event::TicketCancelled(event) => self.queue.cancel(event),
            Event::TicketTransferred(event) => self.queue.transfer(event),
            Event::BatchSettled(event) => {
                self.claims_lamports += event.lamports;
                self.queue.settle(event);
            }
            Event::TicketClaimed(event) => {
                self.claims_lamports -= event.lamports + event.dust_lamports;
                self.queue.claim(event);
            }
            _ => {}
        }
    }

    fn read_validator(&mut self, event: &Event) {
        let all = &mut self.validators;
        match event {
            Event::ValidatorAdded(event) => validators::add(all, event),
            Event::WeightSet(event) => validators::weigh(all, event),
            Event::ValidatorRetired(event) => validators::retire(all, event),
            Event::ValidatorEjected(event) => validators::eject(all, event),
            Event::ValidatorReinstated(event) => validators::reinstate(all, event),
            Event::SlotClosed(event) => validators::close(all, event),
            _ => {}
        }
    }

    fn read_decision(&mut self, event: &Event) {
        match event {
            Event::AdminNominated(event) => self.roles.nominated_admin = event.nominated,
            Event::RoleSet(event) => self.roles.set(event),
            Event::ChangeScheduled(event) => {
                let change = (event.value, event.from_epoch);
                self.changes.insert(event.parameter.index(), change);
            }
            Event::ChangeCancelled(event) => self.forget_change(event.parameter),
            Event::ChangeDropped(event) => self.forget_change(event.parameter),
            Event::ChangeApplied(event) => {
                self.forget_change(event.parameter);
                self.parameters = self.parameters.with(event.parameter, event.value);
            }
            Event::PoolPaused(event) => self.paused_until_epoch = event.until_epoch,
            Event::PoolUnpaused(event) => self.paused_until_epoch = event.epoch,
            _ => {}
        }
    }

    fn forget_change(&mut self, parameter: Parameter) {
        self.changes.remove(&parameter.index());
    }
}

impl Roles {
    fn set(&mut self, event: &RoleSet) {
        match event.role {
            Role::Admin => (self.admin, self.nominated_admin) = (event.now, Pubkey::default()),
            Role::Curator => self.curator = event.now,
            Role::Guardian => self.guardian = event.now,
            Role::Treasury => self.treasury = event.now,
        }
    }
}
