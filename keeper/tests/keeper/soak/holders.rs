//! Holders who come and leave in every epoch.

use sluice_client::{UnstakeRequest, tickets_at};
use sluice_tests::net::SOL;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use spl_associated_token_account_interface::instruction::create_associated_token_account_idempotent;

use super::stage::SoakStage;

const HOLDERS: usize = 3;
/// What a holder begins with, and brings in an epoch: a little more than two of them take away.
const FIRST_LAMPORTS: u64 = 200 * SOL;
const STAKED_LAMPORTS: u64 = 20 * SOL;
const LEAVING_LST: u64 = 9 * SOL;

/// Those who hold the LST.
pub struct Holders<'a> {
    stage: &'a SoakStage,
    keys: Vec<Keypair>,
    /// Tickets that are not paid, with their owners.
    open: Vec<(usize, Pubkey)>,
    /// How many tickets their owners have claimed, and the keeper for them.
    pub paid: (u64, u64),
}

impl<'a> Holders<'a> {
    /// Some who have staked.
    pub fn of(stage: &'a SoakStage) -> Self {
        let keys: Vec<Keypair> = (0..HOLDERS).map(|_| Keypair::new()).collect();
        for key in &keys {
            let owner = key.pubkey();
            stage.airdrop(&owner, 100_000 * SOL);
            let (mint, token) = (stage.addresses.mint, spl_token_interface::ID);
            let account = create_associated_token_account_idempotent(&owner, &owner, &mint, &token);
            let stake =
                stage
                    .addresses
                    .deposit_sol(owner, stage.lst_account(&owner), FIRST_LAMPORTS, 1);
            stage.send(key, &[account, stake]);
        }
        Self {
            stage,
            keys,
            open: Vec::new(),
            paid: (0, 0),
        }
    }

    /// One stakes, two leave in one batch, and of those who left before, each second one claims what is
    /// settled; what is left is the keeper's.
    pub fn act(&mut self, epoch: u64) {
        let turn = epoch as usize % HOLDERS;
        let comes = &self.keys[turn];
        let owner = comes.pubkey();
        let account = self.stage.lst_account(&owner);
        let stake = self
            .stage
            .addresses
            .deposit_sol(owner, account, STAKED_LAMPORTS, 1);
        self.stage.send(comes, &[stake]);
        for next in 1..HOLDERS {
            self.leave((turn + next) % HOLDERS, epoch);
        }
        self.claim();
    }

    fn leave(&mut self, holder: usize, number: u64) {
        let (stage, key) = (self.stage, &self.keys[holder]);
        let owner = key.pubkey();
        let batch = stage.snapshot().pool.open_batch;
        let account = stage.lst_account(&owner);
        let request = UnstakeRequest::own(owner, account, batch, number, LEAVING_LST);
        stage.send(key, &[stage.addresses.request_unstake(&request)]);
        let ticket = stage.addresses.ticket(&owner, number);
        self.open.push((holder, ticket));
    }

    /// Of each settled batch, its first ticket is claimed by its owner, and the last one by the keeper.
    fn claim(&mut self) {
        let addresses = self.open.iter().map(|(_, ticket)| *ticket);
        let tickets = tickets_at(&self.stage.rpc, addresses).unwrap();
        let before = self.open.len();
        self.open
            .retain(|(_, open)| tickets.iter().any(|owned| owned.address == *open));
        self.paid.1 += (before - self.open.len()) as u64;
        let mut batch_before = None;
        for owned in tickets {
            let batch = owned.ticket.batch;
            let is_first = batch_before.replace(batch) != Some(batch);
            let is_last = owned.batch.tickets == 1;
            if !owned.batch.is_settled() || !is_first || is_last {
                continue;
            }
            let mut open = self.open.iter();
            let place = open.position(|(_, open)| *open == owned.address);
            let (holder, _) = self.open.remove(place.unwrap());
            let claim = self
                .stage
                .addresses
                .claim(&owned.accounts(), owned.batch.opener);
            self.stage.send(&self.keys[holder], &[claim]);
            self.paid.0 += 1;
        }
    }

    /// How many tickets are not paid.
    pub fn unpaid(&self) -> usize {
        self.open.len()
    }
}
