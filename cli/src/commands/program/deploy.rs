//! Deploying a program.

use std::ops::ControlFlow;

use anyhow::{Result, bail};
use sluice_client::{
    AccountSource,
    plan::program::{Costs, Deployment as Order, Elf, MAX_CODE_BYTES, Site, deploy as deployment},
    pool::{buffers::OwnBuffer, deployed::hash_of_elf, rent},
    words::amounts::sol,
};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{
    address::{lost_lamports, require_as_asked, require_built_for, require_no_wallet},
    cost::Bill,
    file,
    live::Live,
    metadata,
    told::{Deployment, Told},
    upload::{Upload, Uploaded, with_buffer},
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

/// Deploys a program with what is told about it, or goes on where an earlier try ended.
pub fn deploy(session: &Session, arguments: &DeployArgs) -> Result<Deployment> {
    require_keys_at_hand(session)?;
    let named = arguments.program_id.as_deref();
    let signer = file::program_signer(session, named, &arguments.elf)?;
    let told = Told::plan(session, arguments, &signer.pubkey())?;
    let code = code(session, arguments, &*signer, &told)?;
    told.write(session, arguments, code)
}

/// Deploys the code.
fn code(
    session: &Session,
    arguments: &DeployArgs,
    signer: &dyn Signer,
    told: &Told,
) -> Result<Outcome<Live>> {
    let actor = session.actor()?;
    let elf = file::read(session, &arguments.elf)?;
    let program = signer.pubkey();
    require_no_wallet(&actor, "program-id", &program)?;
    let max_bytes = room(&elf, arguments.max_len)?;
    let is_final = arguments.r#final && told.is_empty();
    let own = (!is_final).then(|| actor.address());
    let wanted = Wanted {
        own,
        max_bytes,
        may_be_final: arguments.r#final,
    };
    // Somebody else may have been first.
    let own_buffer = OwnBuffer::of(actor.address(), elf.bytes()).address;
    let found = there(&session.rpc, &program, &elf, &wanted);
    let lamports = match found.map_err(|error| with_buffer(session, &own_buffer, error))? {
        ControlFlow::Continue(lamports) => lamports,
        ControlFlow::Break(live) => return Ok(Outcome::nothing_sent(live)),
    };
    require_built_for(&elf, &program, arguments.other_address)?;
    if is_final && !arguments.without_metadata {
        metadata::require_interface(session, &program)?;
    }
    let rent = rent::read(&session.rpc)?;
    let named = arguments.buffer.buffer.as_deref();
    let upload = Upload::plan(session, &actor, &elf, named, Some(&program), &rent)?;
    let costs = Costs::new(&rent, elf.bytes().len(), max_bytes);
    let lacking_lamports = costs.program_lamports.saturating_sub(lamports);
    let bill = bill(&actor, &upload, &costs, lacking_lamports);
    let bill = bill.with(&told.bill(session, &actor, arguments.r#final)?);
    let lost_lamports = lost_lamports(lamports, costs.program_lamports);
    tell(
        session,
        &actor,
        (&program, lost_lamports),
        (arguments, told),
        &upload,
        &bill,
    )?;
    let order = Order {
        payer: actor.payer_address(),
        program,
        buffer: upload.buffer,
        authority: actor.address(),
        max_bytes,
        lacking_lamports,
        is_final,
    };
    let outcome = carry_out(session, &actor, &upload, &order, signer);
    let is_as_asked = || there(&session.afterwards, &program, &elf, &wanted).is_ok();
    let outcome = outcome
        .or_else(|error| Live::unless_done(session, (&program, None), &upload, is_as_asked, error));
    outcome?.sound()
}

/// Writes the code and makes the program of it.
fn carry_out(
    session: &Session,
    actor: &Actor,
    upload: &Upload<'_>,
    order: &Order,
    signer: &dyn Signer,
) -> Result<Outcome<Result<Live>>> {
    let (poured, fees) = match upload.write(session, actor)? {
        Uploaded::Complete { poured, fees } => (poured, fees),
        Uploaded::Looked(preview) => return Ok(Outcome::Preview(preview)),
    };
    // A second one finds the address taken.
    let transaction = Transaction::new(deployment(order))
        .repeatable()
        .signed_by(vec![signer]);
    let outcome = perform_all(session, actor, "deploying", vec![transaction], |done| {
        Live::after(session, &order.program, upload.elf, poured.written, &done)
    })?;
    Ok(outcome.after_fees(fees))
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

/// What a program must be besides its code, where it is there already.
struct Wanted {
    /// Who may replace the code.
    own: Option<Pubkey>,
    /// An earlier try may have given it up already.
    may_be_final: bool,
    max_bytes: usize,
}

/// The lamports at a free address, or the program where this very code is deployed there, as asked.
///
/// Fails where another program is.
fn there(
    source: &impl AccountSource,
    program: &Pubkey,
    elf: &Elf,
    wanted: &Wanted,
) -> Result<ControlFlow<Live, u64>> {
    match Site::read(source, program)? {
        Site::Free { lamports } => Ok(ControlFlow::Continue(lamports)),
        Site::Taken { deployed, .. } if deployed.hash == hash_of_elf(elf.bytes()) => {
            let is_given_up = wanted.may_be_final && deployed.upgrade_authority.is_none();
            let own = wanted.own.filter(|_| !is_given_up);
            require_as_asked(program, &deployed, own, wanted.max_bytes)?;
            let says = "This very code is deployed there already: there was nothing to do.";
            Ok(ControlFlow::Break(Live::found(program, &deployed, says)))
        }
        Site::Taken { deployed, .. } => {
            let may = deployed.upgrade_authority;
            let may = may.map_or_else(|| "nobody".to_owned(), |key| key.to_string());
            bail!(
                "there is a program at {program} already, with other code, and {may} may replace it: with \
                 that key, `sluice program upgrade {program} ELF`"
            )
        }
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

fn bill(actor: &Actor, upload: &Upload<'_>, costs: &Costs, lacking_lamports: u64) -> Bill {
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
        // The program's address signs, too.
        signatures: upload
            .signatures(actor)
            .saturating_add(actor.signatures())
            .saturating_add(1),
        ..Bill::default()
    }
}

/// Says what is done and what it costs, and asks.
fn tell(
    session: &Session,
    actor: &Actor,
    (program, lost_lamports): (&Pubkey, Option<u64>),
    (arguments, told): (&DeployArgs, &Told),
    upload: &Upload<'_>,
    bill: &Bill,
) -> Result<()> {
    let executor = session.executor(actor.payer())?;
    let authority = match (arguments.r#final, told.is_empty()) {
        (true, true) => "nobody, for good".to_owned(),
        (true, false) => "nobody, for good, once what is told about it is written".to_owned(),
        (false, _) => actor.address().to_string(),
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
