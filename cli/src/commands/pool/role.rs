//! Who has which role in a pool, and handing roles over.

use std::fmt;

use anyhow::{Result, bail};
use serde::Serialize;
use sluice::state::Pool;
use sluice_client::{ClientError, PoolAddresses, PoolSnapshot, require_signer};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use crate::{
    args::{RoleArgs, TreasuryArgs},
    commands::authority::require_admin,
    output::{Facts, announce},
    session::{Actor, Session},
    tokens::Holding,
    transaction::{Outcome, Transaction, beforehand, perform},
};

/// Who has which role; none where nobody has it.
#[derive(Debug, Serialize)]
pub struct Roles {
    admin: String,
    nominated_admin: Option<String>,
    curator: Option<String>,
    guardian: Option<String>,
    treasury: String,
}

/// The roles of a pool, with what each may do.
#[derive(Debug, Serialize)]
pub struct Shown {
    pool: String,
    #[serde(flatten)]
    roles: Roles,
}

/// Roles after a change.
#[derive(Debug, Serialize)]
pub struct Changed {
    pool: String,
    #[serde(flatten)]
    roles: Roles,
    signature: String,
}

/// Shows who has which role in the configured pool.
pub fn show(session: &Session) -> Result<Shown> {
    let snapshot = session.snapshot()?;
    Ok(Shown {
        pool: snapshot.addresses.pool.to_string(),
        roles: Roles::new(&snapshot.pool),
    })
}

/// Nominates who may follow as admin, or takes a nomination back.
pub fn nominate(session: &Session, arguments: RoleArgs) -> Result<Outcome<Changed>> {
    let change = Change::begin(session)?;
    let (admin, nominee) = (change.actor.address(), arguments.key());
    let replaces = change.snapshot.pool.nominated_admin;
    change.require_new(session, &nominee, &replaces, "nominated")?;
    let pool = &change.snapshot.addresses;
    beforehand(session, &change.actor, Some(pool), &[])?;
    let will = session.will();
    announce(match (somebody(&nominee), somebody(&replaces)) {
        (None, _) => format!(
            "This {will} take the nomination of {replaces} back: nobody can follow as admin then."
        ),
        (Some(nominee), before) => format!(
            "This {will} nominate {nominee} as admin{}, who becomes it with \
             `sluice pool role accept-admin`. Until then nothing changes.",
            instead_of(before)
        ),
    });
    let nominate = pool.nominate_admin(admin, nominee, replaces);
    change.perform(session, vec![nominate])
}

/// Makes whoever acts the admin, if they are nominated.
pub fn accept(session: &Session) -> Result<Outcome<Changed>> {
    let (actor, snapshot) = (session.actor()?, session.snapshot()?);
    let (nominee, nominated) = (actor.address(), snapshot.pool.nominated_admin);
    if nominated == Pubkey::default() {
        bail!("nobody is nominated: the admin does it with `sluice pool role nominate-admin`");
    }
    if nominee != nominated {
        bail!("{nominee} is not nominated as admin, {nominated} is: pass that key with --keypair");
    }
    beforehand(session, &actor, Some(&snapshot.addresses), &[])?;
    announce(format_args!(
        "This {} make {nominee} the admin at once instead of {}.",
        session.will(),
        snapshot.pool.admin
    ));
    let accept = snapshot.addresses.accept_admin(nominee);
    Change { actor, snapshot }.perform(session, vec![accept])
}

/// Gives the curator's role to another key.
pub fn set_curator(session: &Session, arguments: RoleArgs) -> Result<Outcome<Changed>> {
    let (holder, set) = (|pool: &Pool| pool.curator, PoolAddresses::set_curator);
    give(session, "curator", arguments, holder, set)
}

/// Gives the guardian's role to another key.
pub fn set_guardian(session: &Session, arguments: RoleArgs) -> Result<Outcome<Changed>> {
    let (holder, set) = (|pool: &Pool| pool.guardian, PoolAddresses::set_guardian);
    give(session, "guardian", arguments, holder, set)
}

/// Gives a role to another key. `set` builds the instruction for the admin, that key and the one
/// that it replaces.
fn give(
    session: &Session,
    role: &str,
    arguments: RoleArgs,
    holder: impl Fn(&Pool) -> Pubkey,
    set: impl Fn(&PoolAddresses, Pubkey, Pubkey, Pubkey) -> Instruction,
) -> Result<Outcome<Changed>> {
    let change = Change::begin(session)?;
    let (key, replaces) = (arguments.key(), holder(&change.snapshot.pool));
    change.replaces(session, role, &replaces, &key)?;
    let admin = change.actor.address();
    let set = set(&change.snapshot.addresses, admin, key, replaces);
    change.perform(session, vec![set])
}

/// Pays the fees to another owner from now on. Its token account is created where it is missing:
/// without it the fees would wait.
pub fn set_treasury(session: &Session, arguments: TreasuryArgs) -> Result<Outcome<Changed>> {
    let change = Change::begin(session)?;
    let (pool, admin) = (&change.snapshot.addresses, change.actor.address());
    let treasury = arguments.key;
    if treasury == Pubkey::default() {
        bail!("fees paid to nobody would be lost: name the owner of a token account");
    }
    let replaces = change.snapshot.pool.treasury;
    change.replaces(session, "treasury", &replaces, &treasury)?;
    let will = session.will();
    announce(format_args!(
        "Fees that are not paid out by then {will} go to the new treasury too: `sluice crank` before \
         pays them to the old one, once they are worth 0.001 SOL."
    ));
    let account = Holding::read(&session.rpc, pool, treasury)?;
    if !account.exists() {
        announce(format_args!(
            "Its token account {} {will} be created, and its rent paid by {}.",
            account.address,
            change.actor.payer_address()
        ));
    }
    let ensured = account.ensured(&change.actor.payer_address());
    let set = pool.set_treasury(admin, treasury, replaces);
    change.perform(session, vec![ensured, set])
}

/// A change of roles that somebody asks for.
struct Change {
    actor: Actor,
    snapshot: PoolSnapshot,
}

impl Change {
    /// One that the admin asks for.
    fn begin(session: &Session) -> Result<Self> {
        let (actor, snapshot) = (session.actor()?, session.snapshot()?);
        require_admin(&snapshot, &actor)?;
        Ok(Self { actor, snapshot })
    }

    /// Says who follows whom, and fails where the program would.
    fn replaces(&self, session: &Session, role: &str, before: &Pubkey, now: &Pubkey) -> Result<()> {
        self.require_new(session, now, before, role)?;
        beforehand(session, &self.actor, Some(&self.snapshot.addresses), &[])?;
        let will = session.will();
        announce(match (somebody(now), somebody(before)) {
            (None, _) => {
                format!("This {will} leave the pool without a {role}: {before} is it now.")
            }
            (Some(now), None) => format!("This {will} make {now} the {role}: nobody is it now."),
            (Some(now), before) => {
                format!("This {will} make {now} the {role}{}.", instead_of(before))
            }
        });
        Ok(())
    }

    fn require_new(
        &self,
        session: &Session,
        key: &Pubkey,
        before: &Pubkey,
        role: &str,
    ) -> Result<()> {
        if key == before {
            bail!(
                "{} is {role} already: there is nothing to change",
                named(key)
            );
        }
        let PoolSnapshot {
            addresses, pool, ..
        } = &self.snapshot;
        pool.require_assignable(&addresses.pool, key)
            .map_err(ClientError::from)?;
        if *key != Pubkey::default() {
            require_signer(&session.rpc, addresses, key)?;
        }
        Ok(())
    }

    fn perform(
        self,
        session: &Session,
        instructions: Vec<Instruction>,
    ) -> Result<Outcome<Changed>> {
        let transaction = Transaction::new(instructions);
        let doing = "changing the roles";
        perform(session, &self.actor, doing, transaction, |done| {
            Ok(Changed {
                pool: self.snapshot.addresses.pool.to_string(),
                roles: Roles::new(&session.snapshot_afterwards(&self.snapshot.addresses)?.pool),
                signature: done.signature,
            })
        })
    }
}

fn named(key: &Pubkey) -> String {
    somebody(key).unwrap_or_else(|| "nobody".to_owned())
}

fn instead_of(before: Option<String>) -> String {
    before.map_or_else(String::new, |before| format!(" instead of {before}"))
}

fn somebody(key: &Pubkey) -> Option<String> {
    (*key != Pubkey::default()).then(|| key.to_string())
}

impl Roles {
    pub fn new(pool: &Pool) -> Self {
        Self {
            admin: pool.admin.to_string(),
            nominated_admin: somebody(&pool.nominated_admin),
            curator: somebody(&pool.curator),
            guardian: somebody(&pool.guardian),
            treasury: pool.treasury.to_string(),
        }
    }

    /// Each role's name and who has it.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let or_nobody = |key: &Option<String>| key.clone().unwrap_or_else(|| "nobody".to_owned());
        let mut facts = vec![("Admin", self.admin.clone())];
        if let Some(nominated) = &self.nominated_admin {
            facts.push(("Nominated", format!("{nominated}, who may become admin")));
        }
        facts.extend([
            ("Curator", or_nobody(&self.curator)),
            ("Guardian", or_nobody(&self.guardian)),
            ("Treasury", self.treasury.clone()),
        ]);
        facts
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        Facts(&self.roles.facts()).fmt(formatter)?;
        let powers = [
            (
                "The admin",
                "gives roles, and changes rates and limits within bounds and with notice"
                    .to_owned(),
            ),
            (
                "The curator",
                "adds, weighs and retires validators".to_owned(),
            ),
            (
                "The guardian",
                "pauses deposits and delegation for a few epochs".to_owned(),
            ),
            ("The treasury", "is paid the reward fee".to_owned()),
        ];
        writeln!(formatter)?;
        Facts(&powers).fmt(formatter)?;
        writeln!(
            formatter,
            "\nNone of them can take stake, mint tokens, set a price or close the queue."
        )
    }
}

impl fmt::Display for Changed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut facts = vec![("Pool", self.pool.clone())];
        facts.extend(self.roles.facts());
        facts.push(("Transaction", self.signature.clone()));
        Facts(&facts).fmt(formatter)
    }
}
