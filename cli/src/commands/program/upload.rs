//! Bringing code into a buffer.

use anyhow::{Context, Error, Result, bail};
use sluice_client::{
    AccountSource, Buffer, ClientError, Pour, Poured,
    plan::program::{BufferPlace, Chunks, Costs, Elf, buffer_creation},
    pool::{
        buffers::OwnBuffer,
        deployed::{hash_of_elf, hash_text},
        rent::Rent,
    },
    send::pouring::require_own,
    words::amounts::sol,
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{address::require_place, file::buffer_keypair};
use crate::{
    args::SendMode,
    failure::misuse,
    output::announce,
    progress::Progress,
    session::{Actor, Session},
    signers::discreet,
    transaction::{Outcome, Preview, Transaction, perform},
};

/// Code, and the buffer that it comes to.
pub struct Upload<'a> {
    /// The code.
    pub elf: &'a Elf,
    /// The buffer's address.
    pub buffer: Pubkey,
    /// The buffer, where it is there.
    pub found: Option<Buffer>,
    /// Pieces that it lacks.
    pub missing: usize,
    pieces: usize,
    place: Option<BufferPlace>,
    keypair: Option<Keypair>,
    lacking_lamports: u64,
}

/// What became of it.
pub enum Uploaded {
    /// All is in the buffer; the fees that it took, where they are known.
    Complete { poured: Poured, fees: Option<u64> },
    /// Nothing was sent: this is what would come first.
    Looked(Preview),
}

impl<'a> Upload<'a> {
    /// Finds the buffer that is meant for a program, or for none yet, and what it lacks.
    ///
    /// Fails where it is somebody else's, another program's, or at an address where it cannot be.
    pub fn plan(
        session: &Session,
        actor: &Actor,
        elf: &'a Elf,
        named: Option<&str>,
        program: Option<&Pubkey>,
        rent: &Rent,
    ) -> Result<Self> {
        let own = actor.address();
        let keypair = named.map(buffer_keypair).transpose()?.flatten();
        let place = match (named, &keypair) {
            (None, _) => Some(BufferPlace::Own(OwnBuffer::of(own, elf.bytes()))),
            (Some(_), Some(keypair)) => Some(BufferPlace::Key(keypair.pubkey())),
            (Some(_), None) => None,
        };
        let buffer = match (&place, named) {
            (Some(place), _) => place.address(),
            (None, named) => address(named.unwrap_or_default())?,
        };
        let found = Buffer::load(&session.rpc, &buffer, None)?;
        let bytes = elf.bytes().len();
        match &found {
            Some(found) => require_own(found, &own, bytes)?,
            None if place.is_none() => {
                return Err(ClientError::Missing {
                    address: buffer,
                    expected: "buffer",
                }
                .into());
            }
            None => {}
        }
        let chunks = Chunks::of(&actor.payer_address(), &own, bytes)?;
        let written = found.as_ref().map(|found| found.code.as_slice());
        let missing = chunks.missing(elf.bytes(), written.unwrap_or_default());
        let has = match &found {
            Some(found) => found.rent.get(),
            None => session
                .rpc
                .get_balance(&buffer)
                .map_err(ClientError::from)?,
        };
        let lacking = Costs::new(rent, bytes, bytes).buffer_lamports;
        let upload = Self {
            elf,
            buffer,
            missing: missing.len(),
            pieces: chunks.count(),
            place,
            keypair,
            lacking_lamports: match found {
                Some(_) => 0,
                None => lacking.saturating_sub(has),
            },
            found,
        };
        require_place(actor, &upload.buffer, program)?;
        upload.require_writer(session, actor)?;
        Ok(upload)
    }

    /// Transactions until all is in the buffer.
    pub fn transactions(&self) -> usize {
        self.missing
            .saturating_add(usize::from(self.found.is_none()))
    }

    /// Signatures of these.
    pub fn signatures(&self, actor: &Actor) -> usize {
        let of_creation = match (&self.found, &self.keypair) {
            (Some(_), _) => 0,
            // The fee payer's and the buffer's.
            (None, Some(_)) => 2,
            (None, None) => actor.signatures(),
        };
        let of_pieces = self.missing.saturating_mul(actor.signatures());
        of_pieces.saturating_add(of_creation)
    }

    /// What the buffer's rent still takes, in lamports.
    pub fn rent_lamports(&self) -> u64 {
        self.lacking_lamports
    }

    /// The same in words, and where the rent goes `then`.
    pub fn rent_told(&self, then: &str) -> String {
        match self.rent_lamports() {
            0 => format!("rent was paid before: it {then}"),
            rent => format!("{}, rent: it {then}", sol(rent)),
        }
    }

    /// Lines about the code and its buffer.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let bytes = self.elf.bytes();
        let written = self.pieces.saturating_sub(self.missing);
        let state = match (&self.found, self.missing) {
            (None, _) => "new".to_owned(),
            (Some(_), 0) => "all of the code is there".to_owned(),
            (Some(_), _) => format!("{written} of {} pieces are there", self.pieces),
        };
        vec![
            (
                "Code",
                format!("{} bytes, SBPF version {}", bytes.len(), self.elf.version()),
            ),
            ("SHA-256", hash_text(&hash_of_elf(bytes))),
            ("Buffer", format!("{}, {state}", self.buffer)),
        ]
    }

    /// Fails where pieces are to be written and nobody at hand signs them.
    fn require_writer(&self, session: &Session, actor: &Actor) -> Result<()> {
        if self.missing == 0 {
            return Ok(());
        }
        let many = self.transactions();
        match session.send_mode() {
            SendMode::Send if actor.signer.is_interactive() || actor.payer().is_interactive() => {
                bail!(
                    "a hardware wallet would ask for {many} signatures: write the code with a \
                     keypair file and `sluice program write-buffer`, give the buffer to the wallet \
                     with --buffer-authority, and name it here with --buffer"
                )
            }
            SendMode::Send | SendMode::Simulate => Ok(()),
            SendMode::Dump | SendMode::Propose => bail!(
                "{many} transactions would wait for signatures: write the code with a key at hand \
                 and `sluice program write-buffer`, give the buffer to who decides with \
                 --buffer-authority, and name it here with --buffer"
            ),
        }
    }

    /// Writes what the buffer lacks.
    pub fn write(&self, session: &Session, actor: &Actor) -> Result<Uploaded> {
        let (mut fees, mut min_slot) = (Some(0), None);
        if self.found.is_none() {
            match self.create(session, actor) {
                Ok(Outcome::Preview(preview)) => {
                    announce(
                        "This is the first transaction. What comes after it can be simulated only \
                         once the buffer is there.",
                    );
                    return Ok(Uploaded::Looked(preview));
                }
                Ok(created) => {
                    fees = created.network_fee_lamports();
                    min_slot = created.done();
                }
                Err(error) => {
                    fees = None;
                    min_slot = Some(self.made_by_another(session, actor).ok_or(error)?);
                }
            }
        }
        let poured = match (session.send_mode(), self.missing) {
            (SendMode::Send, _) => self.pour(session, actor, min_slot)?,
            (_, 0) => Poured::default(),
            _ => bail!(
                "the code is not in the buffer yet, and until it is what comes after it cannot be \
                 simulated: leave off --send simulate to write it"
            ),
        };
        let fees = fees.map(|fees| fees.saturating_add(poured.fees.get()));
        Ok(Uploaded::Complete { poured, fees })
    }

    /// Makes the buffer; the slot in which it was.
    fn create(&self, session: &Session, actor: &Actor) -> Result<Outcome<u64>> {
        let place = self.place.as_ref().context("a buffer has a place")?;
        let creation = buffer_creation(
            &actor.payer_address(),
            place,
            &actor.address(),
            self.lacking_lamports,
            self.elf.bytes().len(),
        );
        let signers = self.keypair.iter().map(|keypair| keypair as &dyn Signer);
        // A second one finds the account in use.
        let transaction = Transaction::new(creation)
            .repeatable()
            .signed_by(signers.collect());
        perform(session, actor, "making the buffer", transaction, |done| {
            Ok(done.slot)
        })
    }

    /// The slot in which the buffer is there although its creation failed: another command with the same
    /// key and code was faster, and both write the same. Nothing where others may write other code to it.
    fn made_by_another(&self, session: &Session, actor: &Actor) -> Option<u64> {
        let Some(BufferPlace::Own(_)) = self.place else {
            return None;
        };
        let fetched = session.afterwards.accounts(&[self.buffer], None).ok()?;
        let found = Buffer::read(&self.buffer, fetched.accounts.first()?.as_ref()?).ok()?;
        require_own(&found, &actor.address(), self.elf.bytes().len()).ok()?;
        Some(fetched.slot)
    }

    /// Whether pieces of other code may be on their way to this buffer: where it was there, and its
    /// address does not follow from the code.
    fn may_get_others(&self) -> bool {
        self.found.is_some() && !matches!(self.place, Some(BufferPlace::Own(_)))
    }

    fn pour(&self, session: &Session, actor: &Actor, min_slot: Option<u64>) -> Result<Poured> {
        let executor = session.executor(actor.payer())?;
        let pour = Pour {
            buffer: self.buffer,
            authority: &*actor.signer,
            code: self.elf.bytes(),
            min_slot,
            may_get_others: self.may_get_others(),
        };
        if self.missing > 0 && self.may_get_others() {
            announce(
                "This buffer was written before, perhaps with other code: first it is waited until \
                 nothing of that can arrive any more, which takes about a minute.",
            );
        }
        if self.missing > 0 {
            announce(format_args!(
                "The code is being written. Whatever ends this, the same command goes on where it \
                 ended; `sluice program close {}` gives the rent back instead.",
                self.buffer
            ));
        }
        let progress = Progress::steps("writing the code");
        let poured = executor.pour(&pour, &mut |done, total| progress.at(done, total));
        Ok(poured?)
    }
}

/// An error, with the buffer of code that was not deployed, and how its rent comes back: nobody looks for it
/// there.
pub fn with_buffer(session: &Session, address: &Pubkey, error: Error) -> Error {
    match Buffer::load(&session.afterwards, address, None) {
        Ok(Some(buffer)) => error.context(format!(
            "the buffer {address} is still there, with {} of rent, which `sluice program close {address}` \
             gives back unless the same command is to go on with it",
            sol(buffer.rent.get())
        )),
        _ => error,
    }
}

/// Says where a buffer is that a command has left although all is done: another one was faster.
pub fn tell_of_buffer(session: &Session, address: &Pubkey) {
    if let Ok(Some(buffer)) = Buffer::load(&session.afterwards, address, None) {
        announce(format_args!(
            "The buffer {address} is left over, with {} of rent: `sluice program close {address}` gives it \
             back.",
            sol(buffer.rent.get())
        ));
    }
}

fn address(named: &str) -> Result<Pubkey> {
    let given = || {
        misuse(format!(
            "--buffer takes a keypair file or an address, and it is neither: {}",
            discreet(named)
        ))
    };
    named.parse().map_err(|_| given())
}
