//! A deployment with what is told about the program beside its code.

use std::{fmt, path::PathBuf};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use sluice_client::{
    Deployed,
    plan::program::metadata::{PROGRAM_METADATA_PROGRAM, is_available},
};
use solana_pubkey::Pubkey;

use super::{
    authority::{self, Given},
    cost::Bill,
    live::Live,
    metadata::{self, Written},
};
use crate::{
    args::{AboutArgs, AgainArg, DeployArgs, MetadataKind, SetAuthorityArgs, WriteMetadataArgs},
    output::announce,
    session::{Actor, Session},
    transaction::Outcome,
};

/// What is told about a program once its code is there.
pub struct Told {
    program: Pubkey,
    files: Vec<WriteMetadataArgs>,
}

/// What came of a deployment.
#[derive(Serialize)]
pub struct Deployment {
    #[serde(flatten)]
    code: Outcome<Live>,
    /// What was told.
    told: Vec<Outcome<Written>>,
    /// How the program was given up at the end.
    given_up: Option<Outcome<Given>>,
}

impl Told {
    /// What is asked for, once it is certain that it can be told.
    ///
    /// Nothing where the cluster cannot keep it: that, and the commands for later, are said. Fails where
    /// there is no later.
    pub fn plan(session: &Session, arguments: &DeployArgs, program: &Pubkey) -> Result<Self> {
        let named = [
            (MetadataKind::Idl, &arguments.idl),
            (MetadataKind::Security, &arguments.security),
        ];
        let named = named
            .into_iter()
            .filter_map(|(kind, file)| Some(write(kind, *program, file.clone()?)));
        let mut told = Self {
            program: *program,
            files: named.collect(),
        };
        for file in &told.files {
            metadata::require_content_of(file)?;
        }
        if !told.is_empty() && !is_available(&session.rpc)? {
            require_time_left(arguments, program)?;
            told.postpone();
        }
        let lacks_interface = arguments.idl.is_none() && !arguments.without_metadata;
        if !told.is_empty() && arguments.r#final && lacks_interface {
            metadata::require_interface(session, program)?;
        }
        Ok(told)
    }

    /// Whether there is nothing to tell.
    pub const fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// What that takes, with giving the program up where that is done at the end.
    pub fn bill(&self, session: &Session, actor: &Actor, is_final: bool) -> Result<Bill> {
        let (mut all, mut lent, mut most_lent) = (Bill::default(), 0_u64, 0);
        for file in &self.files {
            let (bill, lent_lamports) = metadata::bill(session, actor, file)?;
            all = all.with(&bill);
            lent = lent.saturating_add(lent_lamports);
            most_lent = lent_lamports.max(most_lent);
        }
        // One buffer's rent is there again when the next one's is paid.
        let twice = lent.saturating_sub(most_lent);
        all.needed_lamports = all.needed_lamports.saturating_sub(twice);
        if is_final && !self.is_empty() {
            all = all.with(&Bill {
                transactions: 1,
                in_order: 1,
                signatures: actor.signatures(),
                ..Bill::default()
            });
        }
        Ok(all)
    }

    /// Tells all of it, and gives the program up if that was asked for.
    pub fn write(
        self,
        session: &Session,
        arguments: &DeployArgs,
        code: Outcome<Live>,
    ) -> Result<Deployment> {
        let mut deployment = Deployment {
            code,
            told: Vec::new(),
            given_up: None,
        };
        if self.is_empty() || !matches!(deployment.code, Outcome::Done(_)) {
            return Ok(deployment);
        }
        let goes_on = || {
            format!(
                "{} is deployed, and not all is done that was asked for: the same command goes on",
                self.program
            )
        };
        for file in &self.files {
            let written = metadata::write(session, file).with_context(goes_on)?;
            deployment.told.push(written);
        }
        if arguments.r#final {
            let was_sent = deployment.code.network_fee_lamports() != Some(0);
            let given = self.give_up(session, arguments, was_sent);
            deployment.given_up = given.with_context(goes_on)?;
        }
        Ok(deployment)
    }

    /// Lets nobody ever replace the code, unless that is so already.
    fn give_up(
        &self,
        session: &Session,
        arguments: &DeployArgs,
        was_sent: bool,
    ) -> Result<Option<Outcome<Given>>> {
        let deployed = Deployed::load(&session.afterwards, &self.program)?;
        if deployed.upgrade_authority.is_none() {
            return Ok(None);
        }
        // Whoever sent code has typed the address before it was paid.
        let again = was_sent.then_some(self.program);
        let order = SetAuthorityArgs {
            address: self.program,
            new: None,
            skip_new_signer: false,
            r#final: true,
            without_metadata: arguments.without_metadata,
            again: AgainArg {
                again: again.or(arguments.again.again),
            },
        };
        authority::set(session, &order).map(Some)
    }

    fn postpone(&mut self) {
        let verb = if self.files.len() == 1 {
            "tells"
        } else {
            "tell"
        };
        let commands = self.files.drain(..).map(|file| {
            let (kind, path) = (metadata::kind_of(&file), file.file.unwrap_or_default());
            format!(
                "`sluice program metadata write {kind} {} --of {}`",
                path.display(),
                self.program
            )
        });
        let commands = commands.collect::<Vec<_>>().join(" and ");
        announce(format_args!(
            "This cluster does not have the Program Metadata program, so only the code is deployed. Once it \
             has, {commands} {verb} explorers what they need."
        ));
    }
}

/// Fails where a program would be given up before what is to be told of it can be: nobody can tell it
/// afterwards.
fn require_time_left(arguments: &DeployArgs, program: &Pubkey) -> Result<()> {
    if !arguments.r#final {
        return Ok(());
    }
    bail!(
        "this cluster does not have the Program Metadata program ({PROGRAM_METADATA_PROGRAM}), so nothing \
         can be told about {program}, and once nobody can upgrade it, nobody can ever tell it. Deploy \
         without --final, or leave --idl and --security off and pass --without-metadata. Nothing was sent"
    )
}

fn write(kind: MetadataKind, program: Pubkey, file: PathBuf) -> WriteMetadataArgs {
    WriteMetadataArgs {
        about: AboutArgs {
            kind,
            of: Some(program),
        },
        file: Some(file),
        upload_only: false,
        from_buffer: None,
    }
}

impl fmt::Display for Deployment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.code.fmt(formatter)?;
        for written in &self.told {
            write!(formatter, "\n\n{}", written.to_string().trim_end())?;
        }
        match &self.given_up {
            Some(given) => write!(formatter, "\n\n{}", given.to_string().trim_end()),
            None => Ok(()),
        }
    }
}
