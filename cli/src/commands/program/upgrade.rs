//! Replacing the code of a program.

use anyhow::{Result, bail};
use sluice_client::{
    ClientError, Deployed,
    plan::program::{Costs, Elf, Site, extend, extension, upgrade as replacement},
    pool::{
        deployed::{hash_of_elf, hash_text},
        rent,
    },
    words::amounts::sol,
};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_system_interface::instruction::transfer;

use super::{
    address::require_built_for,
    authority::require_authority,
    cost::Bill,
    file,
    layout::require_layout,
    live::Live,
    settled::require_no_extension,
    upload::{Upload, Uploaded},
};
use crate::{
    args::{SendMode, UpgradeArgs},
    confirm::{Asked, ask},
    session::{Actor, Session},
    transaction::{Outcome, Transaction, beforehand, perform, perform_all},
};

/// A program that gets other code.
struct Replacement<'a> {
    program: Pubkey,
    deployed: Deployed,
    elf: &'a Elf,
    /// Bytes that it is extended by first.
    extension: Option<u32>,
    extension_lamports: u64,
    /// What the account with the code must hold then.
    rent_lamports: u64,
}

/// Upgrades a program, or goes on where an earlier try ended.
pub fn upgrade(session: &Session, arguments: &UpgradeArgs) -> Result<Outcome<Live>> {
    let actor = session.actor()?;
    let elf = file::read(session, &arguments.elf)?;
    let program = arguments.program;
    let deployed = match Site::read(&session.rpc, &program)? {
        Site::Taken { deployed, .. } => deployed,
        Site::Free { .. } => {
            return Err(ClientError::Missing {
                address: program,
                expected: "program",
            }
            .into());
        }
    };
    if deployed.hash == hash_of_elf(elf.bytes()) {
        let says = "This very code is deployed already: there was nothing to do.";
        return Ok(Outcome::nothing_sent(Live::found(
            &program, &deployed, says,
        )));
    }
    require_authority("program", &program, deployed.upgrade_authority, &actor)?;
    require_built_for(&elf, &program, arguments.other_address)?;
    if !arguments.older_layout {
        let way_out = ". --older-layout does it all the same";
        require_layout(session, &elf, &program, way_out)?;
    }
    let rent = rent::read(&session.rpc)?;
    let replacement = Replacement::new(program, deployed, &elf, &rent)?;
    replacement.require_room(session)?;
    let named = arguments.buffer.buffer.as_deref();
    let upload = Upload::plan(session, &actor, &elf, named, Some(&program), &rent)?;
    replacement.tell(session, &actor, &upload)?;
    let outcome = replacement.carry_out(session, &actor, &upload);
    let before = Some(replacement.deployed.hash);
    let outcome = outcome
        .or_else(|error| Live::unless_done(session, (&program, before), &upload, || true, error));
    outcome?.sound()
}

impl<'a> Replacement<'a> {
    fn new(program: Pubkey, deployed: Deployed, elf: &'a Elf, rent: &rent::Rent) -> Result<Self> {
        let (code_bytes, room_bytes) = (elf.bytes().len(), deployed.room_bytes);
        let extension = extension(code_bytes, room_bytes);
        if code_bytes > room_bytes && extension.is_none() {
            bail!("the code has {code_bytes} bytes, and no program can have room for so many");
        }
        let additional = extension.and_then(|bytes| usize::try_from(bytes).ok());
        let room_after = room_bytes.saturating_add(additional.unwrap_or_default());
        let rent_after = Costs::new(rent, code_bytes, room_after).data_lamports;
        Ok(Self {
            program,
            extension,
            extension_lamports: match extension {
                Some(_) => rent_after.saturating_sub(deployed.rent.get()),
                None => 0,
            },
            rent_lamports: rent_after,
            deployed,
            elf,
        })
    }

    /// Fails where others must sign and the program has too little room: that is a step of its own.
    fn require_room(&self, session: &Session) -> Result<()> {
        let Some(bytes) = self.extension else {
            return Ok(());
        };
        if session.send_mode() == SendMode::Send {
            // Before the code is paid for, and once more after that.
            return require_no_extension(session, &self.program);
        }
        bail!(
            "the code has {} bytes and the program has room for {}: let anybody run \
             `sluice program extend {} {bytes}` first, a slot or more before the upgrade",
            self.elf.bytes().len(),
            self.deployed.room_bytes,
            self.program
        )
    }

    fn tell(&self, session: &Session, actor: &Actor, upload: &Upload<'_>) -> Result<()> {
        let executor = session.executor(actor.payer())?;
        let needed = upload
            .rent_lamports()
            .saturating_add(self.extension_lamports)
            .saturating_add(self.lacking_lamports(upload));
        let mut parts = vec![("  Buffer", upload.rent_told("comes back with the upgrade"))];
        if let Some(bytes) = self.extension {
            let rent = sol(self.extension_lamports);
            parts.push((
                "  Room",
                format!("{rent}, rent of {bytes} bytes more, which the code needs"),
            ));
        }
        let extensions = usize::from(self.extension.is_some());
        let bill = Bill {
            needed_lamports: needed,
            parts,
            transactions: upload.transactions().saturating_add(1 + extensions),
            signatures: upload
                .signatures(actor)
                .saturating_add(actor.signatures())
                .saturating_add(extensions),
            ..Bill::default()
        };
        let mut facts = vec![
            ("Program", self.program.to_string()),
            ("Now", hash_text(&self.deployed.hash)),
        ];
        facts.extend(upload.facts());
        facts.extend(bill.facts(&executor));
        beforehand(session, actor, None, &facts)?;
        bill.require_balance(session, &executor, &actor.payer_address())?;
        ask(session, Asked::Always, "nothing was sent")
    }

    /// Writes the code, makes room for it, and replaces what is there.
    fn carry_out(
        &self,
        session: &Session,
        actor: &Actor,
        upload: &Upload<'_>,
    ) -> Result<Outcome<Result<Live>>> {
        let (poured, fees) = match upload.write(session, actor)? {
            Uploaded::Complete { poured, fees } => (poured, fees),
            Uploaded::Looked(preview) => return Ok(Outcome::Preview(preview)),
        };
        let fees = self.make_room(session, actor, fees)?;
        // A second one finds the buffer gone.
        let transaction = Transaction::new(self.instructions(upload, actor)).repeatable();
        let outcome = perform_all(session, actor, "upgrading", vec![transaction], |done| {
            Live::after(session, &self.program, self.elf, poured.written, &done)
        })?;
        Ok(outcome.after_fees(fees))
    }

    /// The upgrade. The rent of what is there may have risen: what both accounts lack comes first.
    fn instructions(&self, upload: &Upload<'_>, actor: &Actor) -> Vec<Instruction> {
        let (payer, buffer) = (actor.payer_address(), upload.buffer);
        let lacking = self.lacking_lamports(upload);
        let funding = (lacking > 0).then(|| transfer(&payer, &buffer, lacking));
        let replaced = replacement(&self.program, &buffer, &actor.address(), &payer);
        funding.into_iter().chain([replaced]).collect()
    }

    fn lacking_lamports(&self, upload: &Upload<'_>) -> u64 {
        let found = upload.found.as_ref().map_or(0, |found| found.rent.get());
        let there = self
            .deployed
            .rent
            .get()
            .saturating_add(self.extension_lamports);
        let at_hand = upload.rent_lamports().saturating_add(found);
        self.rent_lamports
            .saturating_sub(there.saturating_add(at_hand))
    }

    /// Extends the program where the code needs it; the fees until then.
    fn make_room(
        &self,
        session: &Session,
        actor: &Actor,
        fees: Option<u64>,
    ) -> Result<Option<u64>> {
        if self.extension.is_none() {
            return Ok(fees);
        }
        require_no_extension(session, &self.program)?;
        // Anybody may have extended it meanwhile.
        let deployed = Deployed::load(&session.rpc, &self.program)?;
        let Some(bytes) = extension(self.elf.bytes().len(), deployed.room_bytes) else {
            return Ok(fees);
        };
        let extension = extend(&self.program, &actor.payer_address(), bytes);
        let transaction = Transaction::new([extension]);
        let extended = perform(session, actor, "making room", transaction, |done| {
            Ok(done.slot)
        })?
        .after_fees(fees);
        let fees = extended.network_fee_lamports();
        // The loader changes a program only once in a slot.
        if let Some(slot) = extended.done() {
            session.wait_beyond(slot)?;
        }
        Ok(fees)
    }
}
