//! What happens to stake accounts past the program.

use anyhow::{Context, Result, bail};
use sluice_model::{Action, slots::at};

use super::world::World;

impl World {
    /// What the runtime or a disaster does to a stake account, past the program.
    pub(super) async fn intervene(&mut self, action: &Action) -> Result<()> {
        let (slot, kind) = match action {
            Action::ForceDeactivate { slot, kind }
            | Action::Reset { slot, kind }
            | Action::Slash { slot, kind, .. } => (*slot, *kind),
            _ => bail!("no intervention"),
        };
        self.life.intervene(action);
        let slot = self.model.slots.get(&slot).context("a slot")?;
        let held = slot.stakes[at(kind)];
        let (address, after) = (held.address, held.account);
        self.set_stake(&address, &after).await;
        Ok(())
    }
}
