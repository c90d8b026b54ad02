//! Deploying a program.

use std::ops::ControlFlow;

use anyhow::{Result, bail};
use sluice_client::{
    plan::program::{Costs, Deployment, Elf, MAX_CODE_BYTES, Site, deploy as deployment},
    pool::{deployed::hash_of_elf, rent},
    words::amounts::sol,
};
use solana_pubkey::Pubkey;

use super::{
    address::{
        lost_lamports, require_as_asked, require_built_for, require_no_wallet, require_place,
    },
    cost::Bill,
    file,
    live::Live,
    metadata,
    upload::{Upload, Uploaded},
};
use crate::{
    args::{DeployArgs, SendMode},
    confirm::{Asked, ask, retype},
    failure::misuse,
    output::announce,
    session::{Actor, Session},
    transaction::{Outcome, Transaction, beforehand, perform_all},
};

const NOTHING_SENT: &str = "nothing was sent";

/// Deploys a program, or goes on where an earlier try ended.
pub fn deploy(session: &Session, arguments: &DeployArgs) -> Result<Outcome<Live>> {
    require_keys_at_hand(session)?;
    let actor = session.actor()?;
    let elf = file::read(session, &arguments.elf)?;
    let named = arguments.program_id.as_deref();
    let signer = file::program_signer(session, named, &arguments.elf)?;
    let program = signer.pubkey();
    require_no_wallet(&actor, "program-id", &program)?;
    let max_bytes = room(&elf, arguments.max_len)?;
    let own = (!arguments.r#final).then(|| actor.address());
    let lamports = match there(session, &program, &elf, own, max_bytes)? {
        ControlFlow::Continue(lamports) => lamports,
        ControlFlow::Break(live) => return Ok(Outcome::nothing_sent(live)),
    };
    require_built_for(&elf, &program, arguments.other_address)?;
    if arguments.r#final && !arguments.without_metadata {
        metadata::require_interface(session, &program)?;
    }
    let rent = rent::read(&session.rpc)?;
    let upload = Upload::plan(
        session,
        &actor,
        &elf,
        arguments.buffer.buffer.as_deref(),
        &rent,
    )?;
    require_place(&actor, &upload.buffer, Some(&program))?;
    upload.require_writer(session, &actor)?;
    let costs = Costs::new(&rent, elf.bytes().len(), max_bytes);
    let lacking_lamports = costs.program_lamports.saturating_sub(lamports);
    let bill = bill(&upload, &costs, lacking_lamports);
    let lost_lamports = lost_lamports(lamports, costs.program_lamports);
    tell(
        session,
        &actor,
        (&program, lost_lamports),
        arguments,
        &upload,
        &bill,
    )?;
    let (poured, fees) = match upload.write(session, &actor)? {
        Uploaded::Complete { poured, fees } => (poured, fees),
        Uploaded::Looked(preview) => return Ok(Outcome::Preview(preview)),
    };
    let instructions = deployment(&Deployment {
        payer: actor.payer_address(),
        program,
        buffer: upload.buffer,
        authority: actor.address(),
        max_bytes,
        lacking_lamports,
        is_final: arguments.r#final,
    });
    // A second one finds the address taken.
    let transaction = Transaction::new(instructions)
        .repeatable()
        .signed_by(vec![&*signer]);
    let outcome = perform_all(session, &actor, "deploying", vec![transaction], |done| {
        Live::after(session, &program, &elf, poured.written, &done)
    })?;
    Ok(outcome.sound()?.after_fees(fees))
}

fn require_keys_at_hand(session: &Session) -> Result<()> {
    if session.send_mode() == SendMode::Propose {
        bail!(
            "the program's address must sign its deployment, and in a proposal it cannot: deploy with \
             a key at hand, and give the program to the vault with `sluice program set-authority`"
        );
    }
    Ok(())
}

/// The lamports at a free address, or the program where this very code is deployed there, as asked.
///
/// Fails where another program is.
fn there(
    session: &Session,
    program: &Pubkey,
    elf: &Elf,
    own: Option<Pubkey>,
    max_bytes: usize,
) -> Result<ControlFlow<Live, u64>> {
    match Site::read(&session.rpc, program)? {
        Site::Free { lamports } => Ok(ControlFlow::Continue(lamports)),
        Site::Taken { deployed, .. } if deployed.hash == hash_of_elf(elf.bytes()) => {
            require_as_asked(program, &deployed, own, max_bytes)?;
            let says = "This very code is deployed there already: there was nothing to do.";
            Ok(ControlFlow::Break(Live::found(program, &deployed, says)))
        }
        Site::Taken { .. } => bail!(
            "there is a program at {program} already, with other code: \
             `sluice program upgrade {program} ELF` replaces it"
        ),
    }
}

/// How many bytes the program has room for.
fn room(elf: &Elf, asked: Option<u32>) -> Result<usize> {
    let bytes = elf.bytes().len();
    let Some(asked) = asked else {
        return Ok(bytes);
    };
    let asked = usize::try_from(asked).unwrap_or(usize::MAX);
    if (bytes..=MAX_CODE_BYTES).contains(&asked) {
        return Ok(asked);
    }
    Err(misuse(format!(
        "--max-len is {asked}: it must be at least the code's {bytes} bytes, and at most {MAX_CODE_BYTES}"
    )))
}

fn bill(upload: &Upload<'_>, costs: &Costs, lacking_lamports: u64) -> Bill {
    let found = upload.found.as_ref().map_or(0, |found| found.rent.get());
    let at_hand = upload.rent_lamports().saturating_add(found);
    let of_code = costs.data_lamports.saturating_sub(at_hand);
    let needed = upload.rent_lamports().saturating_add(lacking_lamports);
    Bill {
        needed_lamports: needed.saturating_add(of_code),
        parts: vec![
            (
                "  Code",
                format!(
                    "{}, rent: it comes back where the program is closed for ever",
                    sol(costs.data_lamports)
                ),
            ),
            (
                "  Program",
                format!(
                    "{}, rent of its account: it never comes back",
                    sol(costs.program_lamports)
                ),
            ),
        ],
        transactions: upload.transactions().saturating_add(1),
        // The program's address signs, and a buffer that has a key of its own.
        more_signatures: upload.more_signatures().saturating_add(1),
    }
}

/// Says what is done and what it costs, and asks.
fn tell(
    session: &Session,
    actor: &Actor,
    (program, lost_lamports): (&Pubkey, Option<u64>),
    arguments: &DeployArgs,
    upload: &Upload<'_>,
    bill: &Bill,
) -> Result<()> {
    let executor = session.executor(actor.payer())?;
    let authority = match arguments.r#final {
        true => "nobody, for good".to_owned(),
        false => actor.address().to_string(),
    };
    let mut facts = vec![("Program", program.to_string()), ("Upgraded by", authority)];
    facts.extend(upload.facts());
    facts.extend(bill.facts(&executor));
    beforehand(session, actor, None, &facts)?;
    bill.require_balance(session, &executor, &actor.payer_address())?;
    if let Some(lost) = lost_lamports {
        announce(format_args!(
            "{program} holds {} beyond the rent of a program, as a wallet does. The address {} be a \
             program's from then on, and nobody can ever move these SOL again.",
            sol(lost),
            session.will()
        ));
    }
    match arguments.r#final || lost_lamports.is_some() {
        true => retype(session, program, arguments.again.again, NOTHING_SENT),
        false => ask(session, Asked::Always, NOTHING_SENT),
    }
}
