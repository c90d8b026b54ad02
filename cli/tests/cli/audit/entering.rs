//! A pool, its validators, its first stake, and what that earns.

use sluice_tests::command::{number, text};

use super::{
    Life, TRANSACTION_FEE, address,
    books::{Books, PricePoint},
    figures::Figures,
    moved,
    raw::{pool, token},
};
use crate::net::{CliNet, SOL};

const WEIGHTS: [u16; 5] = [100, 100, 200, 50, 50];
const STAKED_LAMPORTS: u64 = 1_000 * SOL;
/// The first is the one in which the stake becomes active: it earns nothing yet.
const EPOCHS: u32 = 5;

impl Life {
    /// A cluster with a pool that has nothing yet.
    pub fn begin() -> Self {
        let mut net = CliNet::without_pool();
        let create = "pool create --no-metadata --reward-fee-bps 500 --drip-bound-bps 100";
        let create: Vec<&str> = create.split(' ').collect();
        let said = net.json(&net.curator, &create);
        net.pool = text(&said, "/pool");
        net.mint = text(&said, "/mint");
        let mut figures = Figures::default();
        let books = Books::read(&net);
        let mint = address(&said, "/mint");
        figures.same("mint of the pool", mint, books.raw.address(pool::MINT));
        let seed = books.ledger.full().unwrap().get();
        figures.figure(&said, "/seed_lamports", seed);
        let rent = net.lamports(&mint);
        figures.figure(&said, "/mint_rent_lamports", rent);
        let mut life = Self {
            holder: net.user("holder", 2_000 * SOL),
            stranger: net.user("stranger", 2_000 * SOL),
            net,
            figures,
        };
        life.examine();
        life
    }

    pub fn add_validators(&mut self) {
        for (vote, weight) in self.net.validators.clone().iter().zip(WEIGHTS) {
            let command = format!("validator add {vote} --weight {weight}");
            let said = self.says(&self.net.curator, &command)["validators"][0].clone();
            let accounts = ["/main", "/transient"].map(|pointer| address(&said, pointer));
            let rents = accounts.iter().map(|account| self.net.lamports(account));
            self.figures.figure(&said, "/rent_lamports", rents.sum());
            self.figures.figure(&said, "/weight", u64::from(weight));
        }
        self.examine();
    }

    pub fn stake(&mut self) {
        let before = Books::read(&self.net);
        let wallet_before = self.wallet();
        let said = self.says(&self.holder, "stake 1000");
        let minted = number(&said, "/minted_lst");
        let tokens = self.raw(&address(&said, "/token_account"));
        let spent = STAKED_LAMPORTS + tokens.lamports + TRANSACTION_FEE;
        let left = self.wallet();
        let (now, later) = Books::read(&self.net).worth(minted, number(&said, "/slot"));
        let figures = &mut self.figures;
        figures.figure(&said, "/deposited_lamports", STAKED_LAMPORTS);
        figures.figure(&said, "/rent_lamports", tokens.lamports);
        figures.same("tokens minted", minted, before.mints(STAKED_LAMPORTS));
        figures.figure(&said, "/balance_lst", tokens.u64(token::AMOUNT));
        figures.same("tokens received", minted, tokens.u64(token::AMOUNT));
        figures.same("lamports left in the wallet", wallet_before - spent, left);
        figures.figure(&said, "/redeemable_lamports", now);
        figures.figure(&said, "/dripping_lamports", later - now);
        self.examine();
    }

    pub fn delegate(&mut self) {
        let reserve_before = self.reserve();
        self.net.to_window();
        let delegated = moved(&self.cranked(), "delegate");
        let left = reserve_before - self.reserve();
        self.figures
            .same("lamports that left the reserve", delegated, left);
        self.examine();
    }

    /// Epochs pass, rewards come in, prices rise.
    pub fn grow(&mut self) {
        let mut last = self.next_epoch();
        for _ in 1..EPOCHS {
            let point = self.next_epoch();
            assert!(point.gain_lamports > 0, "{point:?}");
            assert!(point.deposit_lamports > last.deposit_lamports, "{point:?}");
            assert!(point.exit_lamports >= last.exit_lamports, "{point:?}");
            last = point;
        }
    }

    /// Jumps to the next epoch and lets a stranger turn the crank. What was booked is what the
    /// balances of the stake accounts rose by.
    pub fn next_epoch(&mut self) -> PricePoint {
        let before = self.stake_balances();
        self.net.next_epoch();
        let rewards = self.stake_balances() - before;
        let said = self.cranked();
        let point = self.examine();
        self.figures.figure(&said, "/epoch", point.epoch);
        self.figures
            .same("rewards of the epoch", point.gain_lamports, rewards);
        point
    }

    fn stake_balances(&self) -> u64 {
        Books::read(&self.net).stake_balances(&self.net)
    }

    fn reserve(&self) -> u64 {
        let books = Books::read(&self.net);
        self.net.lamports(&books.raw.address(pool::RESERVE))
    }
}
