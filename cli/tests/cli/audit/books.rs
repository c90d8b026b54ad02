//! The pool's books, read from bytes and balances and recomputed.

use std::rc::Rc;

use serde_json::Value;
use sluice_math::{Drip, Floor, Lamports, Ledger, Lst, Ratio};
use sluice_tests::command::{number, text};
use solana_pubkey::Pubkey;

use super::{
    figures::{Figures, list},
    raw::{Raw, page, pool, token},
};
use crate::net::{CliNet, User};

const WHOLE_LST: u64 = 1_000_000_000;
/// Seed of the page addresses, as the program derives them.
const PAGE_SEED: &[u8] = b"page";

/// A pool's account with what it amounts to.
pub struct Books {
    /// The pool's address.
    pub address: Pubkey,
    /// The pool's bytes.
    pub raw: Raw,
    /// The amounts from which both prices follow.
    pub ledger: Ledger,
}

impl Books {
    /// Reads the pool's bytes.
    pub fn read(net: &CliNet) -> Self {
        let address = net.pool.parse().unwrap();
        let raw = Raw::read(net, &address);
        let ledger = Ledger {
            staked: Lamports::new(raw.u64(pool::STAKED)),
            reserve: Lamports::new(raw.u64(pool::RESERVE_LAMPORTS)),
            locked: Lamports::new(raw.u64(pool::LOCKED)),
            drip: Drip {
                withheld: Lamports::new(raw.u64(pool::WITHHELD)),
                start_slot: raw.u64(pool::DRIP_START_SLOT),
                end_slot: raw.u64(pool::DRIP_END_SLOT),
            },
            pending: Lamports::new(raw.u64(pool::PENDING)),
            supply: Lst::new(raw.u64(pool::SUPPLY)),
        };
        Self {
            address,
            raw,
            ledger,
        }
    }

    /// Lamports for a whole token at the deposit price.
    pub fn deposit_price(&self) -> u64 {
        self.per_token(self.ledger.full().unwrap())
    }

    /// Lamports for a whole token at the exit price of `slot`.
    pub fn exit_price(&self, slot: u64) -> u64 {
        self.per_token(self.ledger.value(slot).unwrap())
    }

    /// What `lst` is worth to somebody who leaves at `slot`, and once everything has dripped.
    pub fn worth(&self, lst: u64, slot: u64) -> (u64, u64) {
        let supply = self.ledger.supply.get();
        let part = |whole: Lamports| floor(Ratio::new(whole.get(), supply), lst);
        (
            part(self.ledger.value(slot).unwrap()),
            part(self.ledger.full().unwrap()),
        )
    }

    /// What `lamports` would mint at the deposit price.
    pub fn mints(&self, lamports: u64) -> u64 {
        let full = self.ledger.full().unwrap();
        floor(Ratio::new(self.ledger.supply.get(), full.get()), lamports)
    }

    /// The balance of every stake account of the pool, together.
    pub fn stake_balances(&self, net: &CliNet) -> u64 {
        let balance = |raw: &Raw, offset| net.lamports(&raw.address(offset));
        self.slots(net)
            .iter()
            .map(|(raw, at)| balance(raw, at + page::MAIN) + balance(raw, at + page::TRANSIENT))
            .sum()
    }

    /// The slots in use: their page and where in its bytes they are.
    fn slots(&self, net: &CliNet) -> Vec<(Rc<Raw>, usize)> {
        let mut slots = Vec::new();
        for index in 0..self.raw.u16(pool::PAGE_COUNT) {
            let seeds: [&[u8]; 3] = [PAGE_SEED, self.address.as_ref(), &index.to_le_bytes()];
            let (page_address, _) = Pubkey::find_program_address(&seeds, &sluice::ID);
            let raw = Rc::new(Raw::read(net, &page_address));
            for slot in 0..page::SLOT_COUNT {
                let at = page::SLOTS + slot * page::SLOT_BYTES;
                if raw.u8(at + page::STATE) != 0 {
                    slots.push((Rc::clone(&raw), at));
                }
            }
        }
        slots
    }

    fn per_token(&self, lamports: Lamports) -> u64 {
        let price = Ratio::new(lamports.get(), self.ledger.supply.get());
        floor(price, WHOLE_LST)
    }
}

fn floor(ratio: Ratio, amount: u64) -> u64 {
    Floor(ratio).apply(amount).unwrap()
}

/// What the binary says about a pool: the epoch, both prices and what the last finalize booked.
#[derive(Clone, Copy, Debug)]
pub struct PricePoint {
    pub epoch: u64,
    pub deposit_lamports: u64,
    pub exit_lamports: u64,
    pub gain_lamports: u64,
}

/// Asks the binary about the pool and its validators, and compares every figure with the bytes of
/// the pool, with the token accounts and with the balances of reserve and stake accounts.
pub fn examine(net: &CliNet, figures: &mut Figures, actor: &User) -> PricePoint {
    let said = net.json(actor, &["pool", "show"]);
    let books = Books::read(net);
    compare_prices(figures, &said, &books);
    compare_balances(net, figures, &books);
    let validators = net.json(actor, &["validator", "list"]);
    let staked = compare_validators(net, figures, &validators, &books);
    let what = "lamports in all stake accounts";
    figures.same(what, books.ledger.staked.get(), staked);
    PricePoint {
        epoch: number(&said, "/epoch"),
        deposit_lamports: number(&said, "/prices/deposit_price_lamports"),
        exit_lamports: number(&said, "/prices/exit_price_lamports"),
        gain_lamports: number(&said, "/prices/last_gain_lamports"),
    }
}

fn compare_prices(figures: &mut Figures, said: &Value, books: &Books) {
    let Books { raw, ledger, .. } = books;
    let slot = number(said, "/slot");
    let withheld = ledger.drip.withheld_at(slot).unwrap();
    for (pointer, found) in [
        ("/prices/full_lamports", ledger.full().unwrap().get()),
        ("/prices/value_lamports", ledger.value(slot).unwrap().get()),
        ("/prices/supply_lst", ledger.supply.get()),
        ("/prices/deposit_price_lamports", books.deposit_price()),
        ("/prices/exit_price_lamports", books.exit_price(slot)),
        ("/prices/withheld_lamports", withheld.get()),
        ("/prices/pending_lamports", ledger.pending.get()),
        ("/prices/last_gain_lamports", raw.u64(pool::LAST_GAIN)),
        ("/holdings/staked_lamports", ledger.staked.get()),
        ("/holdings/reserve_lamports", ledger.reserve.get()),
        ("/holdings/locked_rent_lamports", ledger.locked.get()),
        ("/holdings/claims_lamports", raw.u64(pool::CLAIMS)),
        ("/queue/open_lst", raw.u64(pool::OPEN_LST)),
        ("/queue/locked_lst", raw.u64(pool::LOCKED_LST)),
        ("/finalized_epoch", raw.u64(pool::FINALIZED_EPOCH)),
    ] {
        figures.figure(said, pointer, found);
    }
}

/// What the pool has booked is really there: no more and no less, since no stranger sends
/// anything in this story.
fn compare_balances(net: &CliNet, figures: &mut Figures, books: &Books) {
    let Books { raw, ledger, .. } = books;
    let account = |offset| Raw::read(net, &raw.address(offset));
    let reserve = account(pool::RESERVE).lamports;
    figures.same("balance of the reserve", ledger.reserve.get(), reserve);
    let supply = account(pool::MINT).u64(token::MINT_SUPPLY);
    figures.same("supply of the mint", ledger.supply.get(), supply);
    let waiting = [pool::OPEN_LST, pool::LOCKED_LST, pool::DEAD].map(|offset| raw.u64(offset));
    let escrow = account(pool::ESCROW).u64(token::AMOUNT);
    figures.same("LST in escrow", waiting.iter().sum(), escrow);
    // At creation the locked rent is the reserve's alone; the vault holds twice as much for good.
    let rent = net.rpc.get_minimum_balance_for_rent_exemption(0).unwrap();
    let owed = raw.u64(pool::CLAIMS) + 2 * rent;
    let vault = account(pool::CLAIMS_VAULT).lamports;
    figures.same("balance of the claims vault", owed, vault);
}

/// Compares the listed validators with the slots of the pages and the balances of their stake
/// accounts, and returns the sum of those.
fn compare_validators(net: &CliNet, figures: &mut Figures, said: &Value, books: &Books) -> u64 {
    let listed = list(said, "/validators");
    let slots = books.slots(net);
    figures.same("number of validators", listed.len(), slots.len());
    slots
        .iter()
        .map(|(raw, at)| compare_validator(net, figures, listed, raw, *at))
        .sum()
}

fn compare_validator(
    net: &CliNet,
    figures: &mut Figures,
    listed: &[Value],
    raw: &Raw,
    at: usize,
) -> u64 {
    let vote = raw.address(at + page::VOTE).to_string();
    let said = listed.iter().find(|line| text(line, "/vote") == vote);
    let said = said.unwrap_or_else(|| panic!("the binary does not list the validator {vote}"));
    figures.figure(said, "/weight", u64::from(raw.u16(at + page::WEIGHT)));
    let rewarded = raw.u64(at + page::REWARDED_LAMPORTS);
    if rewarded > 0 {
        figures.figure(said, "/rewarded_lamports", rewarded);
        let paid = raw.u64(at + page::PAID_LAMPORTS);
        figures.figure(said, "/paid_lamports", paid);
    }
    let accounts = [
        ("/main_lamports", page::MAIN, page::MAIN_LAMPORTS),
        (
            "/transient_lamports",
            page::TRANSIENT,
            page::TRANSIENT_LAMPORTS,
        ),
    ];
    let compare = |(pointer, stake, booked)| {
        let balance = net.lamports(&raw.address(at + stake));
        figures.figure(said, pointer, raw.u64(at + booked));
        figures.same("balance of a stake account", raw.u64(at + booked), balance);
        balance
    };
    accounts.map(compare).iter().sum()
}
