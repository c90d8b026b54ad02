//! The pool's books, read from bytes and balances and recomputed.

use std::rc::Rc;

use anyhow::{Context, Result};
use serde_json::Value;
use sluice_math::{Drip, Floor, Lamports, Ledger, Lst, Ratio};
use solana_pubkey::Pubkey;

use super::{
    audit::{Audit, figure, list, sum, text},
    raw::{Raw, page, pool, token},
    stage::Stage,
};
use crate::wallet::Wallet;

const WHOLE_LST: u64 = 1_000_000_000;
/// Seed of the page addresses, as the program derives them.
const PAGE_SEED: &[u8] = b"page";

/// A pool's account with what it amounts to.
pub struct Books {
    /// The pool's bytes.
    pub raw: Raw,
    /// The amounts from which both prices follow.
    pub ledger: Ledger,
}

impl Books {
    /// Reads the pool's bytes.
    pub fn read(stage: &Stage, address: Pubkey) -> Result<Self> {
        let raw = stage.raw(address)?;
        let ledger = Ledger {
            staked: Lamports::new(raw.u64(pool::STAKED)?),
            reserve: Lamports::new(raw.u64(pool::RESERVE_LAMPORTS)?),
            locked: Lamports::new(raw.u64(pool::LOCKED)?),
            drip: Drip {
                withheld: Lamports::new(raw.u64(pool::WITHHELD)?),
                start_slot: raw.u64(pool::DRIP_START_SLOT)?,
                end_slot: raw.u64(pool::DRIP_END_SLOT)?,
            },
            pending: Lamports::new(raw.u64(pool::PENDING)?),
            supply: Lst::new(raw.u64(pool::SUPPLY)?),
        };
        Ok(Self { raw, ledger })
    }

    /// Lamports for a whole token at the deposit price.
    pub fn deposit_price(&self) -> Result<u64> {
        self.per_token(self.ledger.full()?)
    }

    /// Lamports for a whole token at the exit price of `slot`.
    pub fn exit_price(&self, slot: u64) -> Result<u64> {
        self.per_token(self.ledger.value(slot)?)
    }

    /// What `lst` is worth to somebody who leaves at `slot`, and once everything has dripped.
    pub fn worth(&self, lst: u64, slot: u64) -> Result<(u64, u64)> {
        let supply = self.ledger.supply.get();
        let part = |whole: Lamports| Floor(Ratio::new(whole.get(), supply)).apply(lst);
        Ok((part(self.ledger.value(slot)?)?, part(self.ledger.full()?)?))
    }

    /// What `lamports` would mint at the deposit price.
    pub fn mints(&self, lamports: u64) -> Result<u64> {
        let full = self.ledger.full()?;
        Ok(Floor(Ratio::new(self.ledger.supply.get(), full.get())).apply(lamports)?)
    }

    fn per_token(&self, lamports: Lamports) -> Result<u64> {
        let price = Ratio::new(lamports.get(), self.ledger.supply.get());
        Ok(Floor(price).apply(WHOLE_LST)?)
    }
}

/// Both prices at a moment, and what the last finalize booked.
#[derive(Clone, Copy, Debug)]
pub struct PricePoint {
    pub epoch: u64,
    pub deposit_lamports: u64,
    pub exit_lamports: u64,
    pub gain_lamports: u64,
}

/// Asks the binary about the pool and its validators, and compares every figure with the bytes of
/// the pool, with the token accounts and with the balances of reserve and stake accounts.
pub fn examine(
    stage: &Stage,
    audit: &mut Audit,
    actor: &Wallet,
    address: Pubkey,
) -> Result<PricePoint> {
    let said = stage.quietly(actor, "pool show")?;
    let books = Books::read(stage, address)?;
    let slot = figure(&said, "/slot")?;
    compare_prices(audit, &said, &books, slot)?;
    compare_balances(stage, audit, &books)?;
    let validators = stage.quietly(actor, "validator list")?;
    let in_stake_accounts = compare_validators(stage, audit, &validators, address, &books)?;
    audit.same(
        "lamports in all stake accounts",
        books.ledger.staked.get(),
        in_stake_accounts,
    )?;
    Ok(PricePoint {
        epoch: figure(&said, "/epoch")?,
        deposit_lamports: figure(&said, "/prices/deposit_price_lamports")?,
        exit_lamports: figure(&said, "/prices/exit_price_lamports")?,
        gain_lamports: figure(&said, "/prices/last_gain_lamports")?,
    })
}

fn compare_prices(audit: &mut Audit, said: &Value, books: &Books, slot: u64) -> Result<()> {
    let Books { raw, ledger } = books;
    let found = [
        ("/prices/full_lamports", ledger.full()?.get()),
        ("/prices/value_lamports", ledger.value(slot)?.get()),
        ("/prices/supply_lst", ledger.supply.get()),
        ("/prices/deposit_price_lamports", books.deposit_price()?),
        ("/prices/exit_price_lamports", books.exit_price(slot)?),
        (
            "/prices/withheld_lamports",
            ledger.drip.withheld_at(slot)?.get(),
        ),
        ("/prices/pending_lamports", ledger.pending.get()),
        ("/prices/last_gain_lamports", raw.u64(pool::LAST_GAIN)?),
        ("/holdings/staked_lamports", ledger.staked.get()),
        ("/holdings/reserve_lamports", ledger.reserve.get()),
        ("/holdings/locked_rent_lamports", ledger.locked.get()),
        ("/holdings/claims_lamports", raw.u64(pool::CLAIMS)?),
        ("/queue/open_lst", raw.u64(pool::OPEN_LST)?),
        ("/queue/locked_lst", raw.u64(pool::LOCKED_LST)?),
        ("/finalized_epoch", raw.u64(pool::FINALIZED_EPOCH)?),
    ];
    found
        .into_iter()
        .try_for_each(|(pointer, found)| audit.figure(said, pointer, found))
}

/// What the pool has booked is really there: no more and no less, since no stranger sends
/// anything in this story.
fn compare_balances(stage: &Stage, audit: &mut Audit, books: &Books) -> Result<()> {
    let Books { raw, ledger } = books;
    let reserve = stage.raw(raw.address(pool::RESERVE)?)?;
    audit.same(
        "balance of the reserve",
        ledger.reserve.get(),
        reserve.lamports,
    )?;
    let mint = stage.raw(raw.address(pool::MINT)?)?;
    audit.same(
        "supply of the mint",
        ledger.supply.get(),
        mint.u64(token::MINT_SUPPLY)?,
    )?;
    let escrow = stage.raw(raw.address(pool::ESCROW)?)?;
    let queued = Lst::new(raw.u64(pool::OPEN_LST)?).add(Lst::new(raw.u64(pool::LOCKED_LST)?))?;
    let escrowed = queued.add(Lst::new(raw.u64(pool::DEAD)?))?;
    audit.same("LST in escrow", escrowed.get(), escrow.u64(token::AMOUNT)?)?;
    let vault = stage.raw(raw.address(pool::CLAIMS_VAULT)?)?;
    // At creation the locked rent is the reserve's alone; the vault holds twice as much for good.
    let rent = stage.rent_of_empty_account()?;
    let owed = Lamports::new(raw.u64(pool::CLAIMS)?);
    let kept = Lamports::new(rent).add(Lamports::new(rent))?;
    audit.same(
        "balance of the claims vault",
        owed.add(kept)?.get(),
        vault.lamports,
    )
}

/// The balance of every stake account of the pool, by vote account.
pub fn stake_balances(stage: &Stage, books: &Books, address: Pubkey) -> Result<Vec<(Pubkey, u64)>> {
    let mut balances = Vec::new();
    for (raw, at) in slots(stage, books, address)?.iter() {
        let main = stage.raw(raw.address(at + page::MAIN)?)?.lamports;
        let transient = stage.raw(raw.address(at + page::TRANSIENT)?)?.lamports;
        balances.push((raw.address(at + page::VOTE)?, sum(&[main, transient])?));
    }
    Ok(balances)
}

/// Compares the listed validators with the slots of the pages and the balances of their stake
/// accounts, and returns the sum of those.
fn compare_validators(
    stage: &Stage,
    audit: &mut Audit,
    said: &Value,
    address: Pubkey,
    books: &Books,
) -> Result<u64> {
    let listed = list(said, "/validators")?;
    let slots = slots(stage, books, address)?;
    audit.same("number of validators", listed.len(), slots.len())?;
    let mut total = Lamports::ZERO;
    for (raw, at) in &slots {
        total = total.add(compare_validator(stage, audit, listed, raw, *at)?)?;
    }
    Ok(total.get())
}

/// The slots in use: their page and where in its bytes they are.
fn slots(stage: &Stage, books: &Books, address: Pubkey) -> Result<Vec<(Rc<Raw>, usize)>> {
    let mut slots = Vec::new();
    for index in 0..books.raw.u16(pool::PAGE_COUNT)? {
        let seeds: [&[u8]; 3] = [PAGE_SEED, address.as_ref(), &index.to_le_bytes()];
        let (page_address, _) = Pubkey::find_program_address(&seeds, &sluice::ID);
        let raw = Rc::new(stage.raw(page_address)?);
        for slot in 0..page::SLOT_COUNT {
            let at = page::SLOTS + slot * page::SLOT_BYTES;
            if raw.u8(at + page::STATE)? != 0 {
                slots.push((Rc::clone(&raw), at));
            }
        }
    }
    Ok(slots)
}

fn compare_validator(
    stage: &Stage,
    audit: &mut Audit,
    listed: &[Value],
    raw: &Raw,
    at: usize,
) -> Result<Lamports> {
    let vote = raw.address(at + page::VOTE)?.to_string();
    let said = listed
        .iter()
        .find(|validator| text(validator, "/vote").is_ok_and(|listed| listed == vote))
        .with_context(|| format!("the binary does not list the validator {vote}"))?;
    let weight = u64::from(raw.u16(at + page::WEIGHT)?);
    audit.figure(said, "/weight", weight)?;
    let mut total = Lamports::ZERO;
    for (pointer, stake, booked) in [
        ("/main_lamports", page::MAIN, page::MAIN_LAMPORTS),
        (
            "/transient_lamports",
            page::TRANSIENT,
            page::TRANSIENT_LAMPORTS,
        ),
    ] {
        let balance = stage.raw(raw.address(at + stake)?)?.lamports;
        audit.figure(said, pointer, raw.u64(at + booked)?)?;
        audit.same("balance of a stake account", raw.u64(at + booked)?, balance)?;
        total = total.add(Lamports::new(balance))?;
    }
    Ok(total)
}
