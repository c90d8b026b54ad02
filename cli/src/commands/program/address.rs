//! Addresses of programs and buffers that cannot be meant: what is refused before anything is paid.

use anyhow::{Result, bail};
use sluice_client::{
    Deployed,
    plan::program::{Elf, extension},
};
use solana_pubkey::Pubkey;

use super::file::OURS;
use crate::{failure::misuse, session::Actor};

/// What strangers may have left at a program's address beyond its rent, in lamports: more than this is
/// somebody's money.
const DONATION_LAMPORTS: u64 = 10_000_000;

/// Fails where an address that becomes an account of the loader is a wallet that signs this.
pub fn require_no_wallet(actor: &Actor, argument: &str, address: &Pubkey) -> Result<()> {
    let who = if *address == actor.address() {
        "the keypair"
    } else if *address == actor.payer_address() {
        "the fee payer"
    } else {
        return Ok(());
    };
    Err(misuse(format!(
        "--{argument} is {who} itself, {address}: it would be no wallet any more, and its SOL would be \
         locked in. Make a new keypair, for example with `sluice keypair new FILE`. Nothing was \
         sent"
    )))
}

/// Fails where a buffer cannot be at this address.
pub fn require_place(actor: &Actor, buffer: &Pubkey, program: Option<&Pubkey>) -> Result<()> {
    require_no_wallet(actor, "buffer", buffer)?;
    if program == Some(buffer) {
        return Err(misuse(format!(
            "--buffer and the program are one address, {buffer}: the buffer goes when the program comes. \
             Leave --buffer off, or name another keypair file. Nothing was sent"
        )));
    }
    Ok(())
}

/// Lamports that a wallet at a program's address would lose; none where there are only a program's rent
/// and what strangers leave.
pub fn lost_lamports(lamports: u64, rent_lamports: u64) -> Option<u64> {
    let more = lamports.saturating_sub(rent_lamports);
    (more > DONATION_LAMPORTS).then_some(more)
}

/// Fails where the code was built for another address.
pub fn require_built_for(elf: &Elf, program: &Pubkey, other_address: bool) -> Result<()> {
    if other_address || elf.contains(program) || !elf.contains(&sluice::ID) {
        return Ok(());
    }
    if OURS.contains(program) {
        return Ok(());
    }
    bail!(
        "the code does not contain {program}, and it contains {}: so it is Sluice or calls it, and was \
         built for another address than this. A program of Anchor answers at no other. Build it for \
         this address, or pass --other-address if you know that it works there",
        sluice::ID
    )
}

/// Fails where a program has the code that was to be deployed, and is not what was asked for besides:
/// changed by `authority`, or by nobody, with room for `max_bytes`.
pub fn require_as_asked(
    program: &Pubkey,
    deployed: &Deployed,
    authority: Option<Pubkey>,
    max_bytes: usize,
) -> Result<()> {
    let there = format!("this very code is deployed at {program} already");
    match (authority, deployed.upgrade_authority) {
        (None, Some(may)) => bail!(
            "{there}, and it is not final: {may} may replace it. \
             `sluice program set-authority {program} --final` makes it final. Nothing was sent"
        ),
        (Some(_), None) => {
            bail!("{there}, and it is final: nobody can replace it. Nothing was sent")
        }
        (Some(own), Some(may)) if own != may => bail!(
            "{there}, and {may} may replace it, not {own}: with that key, \
             `sluice program set-authority {program} SIGNER` gives it away. Nothing was sent"
        ),
        _ => {}
    }
    if let Some(bytes) = extension(max_bytes, deployed.room_bytes) {
        bail!(
            "{there}, with room for {} bytes and not for {max_bytes}: \
             `sluice program extend {program} {bytes}` gives it more. Nothing was sent",
            deployed.room_bytes
        );
    }
    Ok(())
}
