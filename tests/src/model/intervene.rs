//! What happens to stake accounts past the program.

use anyhow::{Context, Result, bail};
use solana_stake_interface::{stake_flags::StakeFlags, state::StakeStateV2};

use super::{action::Action, invariants::Prices, slots::at, stake::StakeKind, world::World};

impl World {
    /// What the runtime or a disaster does to a stake account, past the program.
    pub(super) async fn intervene(&mut self, action: &Action) -> Result<()> {
        let (slot, kind) = match action {
            Action::ForceDeactivate { slot, kind }
            | Action::Reset { slot, kind }
            | Action::Slash { slot, kind, .. } => (*slot, *kind),
            _ => bail!("no intervention"),
        };
        let epoch = self.model.now.epoch;
        let slot = self.model.slots.get_mut(&slot).context("a slot")?;
        slot.slashed |= matches!(action, Action::Slash { .. }) && at(kind) == 0;
        let held = &mut slot.stakes[at(kind)];
        let (address, account) = (held.address, &mut held.account);
        match action {
            Action::ForceDeactivate { .. } => account.deactivate(epoch),
            Action::Reset { .. } => account.kind = StakeKind::Uninitialized,
            Action::Slash { lamports, .. } => {
                account.lamports -= lamports;
                if let StakeKind::Delegated(delegation) = &mut account.kind {
                    delegation.stake -= lamports;
                }
            }
            _ => {}
        }
        let after = *account;
        self.cluster
            .change_stake(&address, |state| match after.kind {
                StakeKind::Uninitialized => *state = StakeStateV2::Uninitialized,
                StakeKind::Initialized => {}
                StakeKind::Delegated(delegation) => {
                    if let StakeStateV2::Stake(meta, stake, _) = *state {
                        let mut stake = stake;
                        stake.delegation = delegation;
                        *state = StakeStateV2::Stake(meta, stake, StakeFlags::empty());
                    }
                }
            })
            .await;
        let set_lamports =
            |account: &mut solana_account::Account| account.lamports = after.lamports;
        self.cluster.change_account(&address, set_lamports).await;
        self.lamports.insert(address, after.lamports);
        self.prices = Prices::of_model(&self.model);
        Ok(())
    }
}
