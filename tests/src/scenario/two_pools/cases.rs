//! Every instruction, with accounts and signers that make it do its work.

use sluice::state::{Parameter, PoolConfig, SLOTS_PER_PAGE, StakeAccountKind};
use sluice_client::{SlotAddress, StakeRecipient, StakeSource, UnstakeRequest, transfer_ticket};
use sluice_math::Lamports;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_stake_interface::state::StakeStateV2;
use solana_vote_interface::state::VoteStateVersions;

use super::{Stage, TwoPools};
use crate::cluster::LAMPORTS_PER_SOL as SOL;

/// An instruction that does its work at a stage.
pub struct Case {
    /// Name of the instruction in the IDL.
    pub name: &'static str,
    /// The instruction.
    pub instruction: Instruction,
    /// Who signs.
    pub signers: Vec<Keypair>,
}

/// The stages, and the instructions that have something to do in them.
pub const STAGES: [(Stage, &[&str]); 8] = [
    (
        Stage::Fresh,
        &[
            "create_pool",
            "deposit_sol",
            "withdraw_sol",
            "request_unstake",
            "cancel_ticket",
            "transfer_ticket",
            "claim",
            "settle_batch",
            "add_validator",
            "set_weight",
            "retire_validator",
            "close_slot",
            "collect",
            "pay_fees",
            "deposit_stake",
            "withdraw_stake",
            "eject_validator",
            "report_loss",
            "rate",
            "quote_deposit",
            "quote_withdraw",
            "nominate_admin",
            "set_curator",
            "set_guardian",
            "set_treasury",
            "schedule_change",
            "pause",
        ],
    ),
    (
        Stage::Governed,
        &[
            "accept_admin",
            "cancel_change",
            "unpause",
            "acknowledge_loss",
        ],
    ),
    (Stage::Window, &["delegate", "undelegate"]),
    (Stage::Unobserved, &["observe"]),
    (Stage::Observed, &["finalize_epoch"]),
    (Stage::Reset, &["reclaim"]),
    (Stage::OldPages, &["migrate_page"]),
    (Stage::OldPool, &["migrate_pool"]),
];

impl TwoPools {
    /// The instruction of this name for the pool that verbs act on.
    pub async fn case(&mut self, name: &'static str) -> Case {
        let (instruction, signers) = self.build(name).await;
        Case {
            name,
            instruction,
            signers,
        }
    }

    async fn build(&mut self, name: &str) -> (Instruction, Vec<Keypair>) {
        if let Some(case) = self.build_for_authority(name).await {
            return case;
        }
        if let Some(case) = self.build_for_validator(name).await {
            return case;
        }
        if let Some(instruction) = self.build_for_anybody(name).await {
            return (instruction, Vec::new());
        }
        match name {
            "create_pool" => self.create_pool().await,
            "add_validator" => self.add_validator().await,
            "migrate_pool" => {
                let migrate = self.pool.addresses.migrate_pool(self.alice.pubkey(), 1);
                (migrate, vec![self.alice.insecure_clone()])
            }
            other => self.build_for_user(other).await,
        }
    }

    /// What is done to the validator that gives it something to do.
    async fn build_for_validator(&mut self, name: &str) -> Option<(Instruction, Vec<Keypair>)> {
        let place = self.place_for(name).await;
        match name {
            "eject_validator" => self.forget_last_credits_of_v1().await,
            "report_loss" => self.pool.slash(&place.vote, SOL).await,
            "deposit_stake" => self.offer_stake().await,
            _ => {}
        }
        self.build_at(name, &place).await
    }

    /// What is done to one of the validators.
    pub(super) async fn build_at(
        &mut self,
        name: &str,
        place: &SlotAddress,
    ) -> Option<(Instruction, Vec<Keypair>)> {
        let it = self.pool.addresses;
        let (curator, nobody) = (self.pool.curator(), Vec::new());
        let by = curator.pubkey();
        Some(match name {
            "set_weight" => {
                let now = self.pool.slot_of(&place.vote).await.next_weight;
                (it.set_weight(by, place, 7, now), vec![curator])
            }
            "retire_validator" => (it.retire_validator(by, place), vec![curator]),
            "close_slot" => (it.close_slot(place, by), nobody),
            "collect" => (it.collect(place), nobody),
            "delegate" => (it.delegate(place), nobody),
            "undelegate" => (it.undelegate(place), nobody),
            "reclaim" => (it.reclaim(place, StakeAccountKind::Main), nobody),
            "eject_validator" => (it.eject_validator(place, None), nobody),
            "report_loss" => (it.report_loss(place), nobody),
            "deposit_stake" => self.deposit_stake(place),
            "withdraw_stake" => self.withdraw_stake(place),
            _ => return None,
        })
    }

    /// What needs no signature but the payer's.
    async fn build_for_anybody(&mut self, name: &str) -> Option<Instruction> {
        let it = self.pool.addresses;
        Some(match name {
            "rate" => it.rate(),
            "quote_deposit" => it.quote_deposit(SOL),
            "quote_withdraw" => it.quote_withdraw(SOL),
            "migrate_page" => it.migrate_page(self.alice.pubkey(), 0, None),
            "observe" => {
                let count = SLOTS_PER_PAGE as u8;
                self.pool.observe_instruction(0, 0, count).await
            }
            "finalize_epoch" => self.pool.finalize_instruction().await,
            "settle_batch" => it.settle_batch(self.tickets().due.batch_id),
            _ => return None,
        })
    }

    async fn build_for_authority(&mut self, name: &str) -> Option<(Instruction, Vec<Keypair>)> {
        let (admin, guardian) = (self.pool.admin(), self.pool.guardian());
        let heir = self.heir();
        let (it, by, to) = (self.pool.addresses, admin.pubkey(), heir.pubkey());
        let (parameter, now) = (Parameter::RewardFeeBps, self.pool.account().await);
        let change = now.governance.pending_change(parameter).unwrap_or_default();
        let planned = now.planned_value(parameter);
        let unrestored = Lamports::new(now.unrestored_lamports);
        let (loss, until) = (now.breaker_epoch, now.paused_until_epoch);
        Some(match name {
            "nominate_admin" => {
                let nominate = it.nominate_admin(by, to, now.nominated_admin);
                (nominate, vec![admin])
            }
            "accept_admin" => (it.accept_admin(to), vec![heir]),
            "set_curator" => (it.set_curator(by, to, now.curator), vec![admin]),
            "set_guardian" => (it.set_guardian(by, to, now.guardian), vec![admin]),
            "set_treasury" => (it.set_treasury(by, to, now.treasury), vec![admin]),
            "schedule_change" => {
                let schedule = it.schedule_change(by, parameter, 600, planned);
                (schedule, vec![admin])
            }
            "cancel_change" => (it.cancel_change(by, parameter, change), vec![admin]),
            "pause" => (it.pause(guardian.pubkey()), vec![guardian]),
            "unpause" => (it.unpause(guardian.pubkey(), until), vec![guardian]),
            "acknowledge_loss" => (it.acknowledge_loss(by, loss, unrestored), vec![admin]),
            _ => return None,
        })
    }

    async fn build_for_user(&mut self, name: &str) -> (Instruction, Vec<Keypair>) {
        let alice = self.alice.pubkey();
        let lst = self.pool.lst_account(&alice);
        let (addresses, tickets) = (self.pool.addresses, self.tickets());
        let instruction = match name {
            "deposit_sol" => addresses.deposit_sol(alice, lst, SOL, 0),
            "pay_fees" => addresses.pay_fees(alice, self.pool.treasury().pubkey()),
            "withdraw_sol" => {
                let recipient = self.pool.cluster.address("alice's vault");
                addresses.withdraw_sol(alice, lst, recipient, SOL, 0)
            }
            "request_unstake" => return self.request_unstake(),
            "cancel_ticket" => addresses.cancel_ticket(&tickets.open.of(&alice), lst),
            "transfer_ticket" => {
                let open = tickets.open;
                transfer_ticket(&open.of(&alice), self.bob.pubkey(), open.lst)
            }
            "claim" => {
                return (
                    self.pool.claim_instruction(&tickets.claimable).await,
                    vec![],
                );
            }
            unknown => panic!("there is no case of {unknown}"),
        };
        (instruction, vec![self.alice.insecure_clone()])
    }

    /// Alice's LST joins the queue for her vault, at bob's expense.
    fn request_unstake(&mut self) -> (Instruction, Vec<Keypair>) {
        let alice = self.alice.pubkey();
        let request = UnstakeRequest {
            owner: self.pool.cluster.address("alice's vault"),
            payer: self.bob.pubkey(),
            later_batches: 0,
            ..UnstakeRequest::own(
                alice,
                self.pool.lst_account(&alice),
                self.tickets().open.batch_id,
                1_000_000,
                SOL,
            )
        };
        let ticket = self.pool.addresses.ticket(&alice, request.number);
        self.pool.know_ticket(&ticket);
        let signers = vec![self.alice.insecure_clone(), self.bob.insecure_clone()];
        (self.pool.addresses.request_unstake(&request), signers)
    }

    /// The validator that the instruction has something to do with.
    async fn place_for(&mut self, name: &str) -> SlotAddress {
        let number = match name {
            "close_slot" => 3,
            "undelegate" | "eject_validator" | "report_loss" | "withdraw_stake" => 1,
            _ => 0,
        };
        let vote = self.pool.vote(number);
        self.pool.place(&vote).await
    }

    async fn add_validator(&mut self) -> (Instruction, Vec<Keypair>) {
        let name = format!("{}'s candidate", self.pool.name());
        let vote = self.pool.cluster.create_validator(&name, 500).await;
        let add = self.pool.add_validator_instruction(&vote, 3).await;
        (add, vec![self.pool.curator()])
    }

    /// Alice's 5 SOL of active stake with v0, whose staker is bob.
    async fn offer_stake(&mut self) {
        let (vote, alice, bob) = (self.pool.vote(0), self.alice.pubkey(), self.bob.pubkey());
        let name = format!("{}'s offered stake", self.pool.name());
        let cluster = &mut self.pool.cluster;
        let stake = cluster.inject_active_stake(&name, &alice, 5 * SOL, &vote);
        let stake = stake.await;
        let hire = |state: &mut StakeStateV2| match state {
            StakeStateV2::Stake(meta, _, _) => meta.authorized.staker = bob,
            other => panic!("{other:?}"),
        };
        self.pool.cluster.change_stake(&stake, hire).await;
    }

    fn deposit_stake(&self, place: &SlotAddress) -> (Instruction, Vec<Keypair>) {
        let (alice, bob) = (&self.alice, &self.bob);
        let name = format!("{}'s offered stake", self.pool.name());
        let source = StakeSource {
            stake: self.pool.cluster.address(&name),
            staker: bob.pubkey(),
            withdrawer: alice.pubkey(),
        };
        let recipient = self.pool.lst_account(&alice.pubkey());
        let deposit = self
            .pool
            .addresses
            .deposit_stake(place, &source, recipient, 0);
        (deposit, vec![alice.insecure_clone(), bob.insecure_clone()])
    }

    /// Alice takes 3 LST worth of stake into an account of her vault; bob pays its rent.
    fn withdraw_stake(&self, place: &SlotAddress) -> (Instruction, Vec<Keypair>) {
        let name = format!("{}'s new stake", self.pool.name());
        let stake = self.pool.cluster.keypair(&name);
        let recipient = StakeRecipient {
            recipient: self.pool.cluster.address("alice's vault"),
            payer: self.bob.pubkey(),
            ..self
                .pool
                .stake_recipient(&self.alice.pubkey(), &stake.pubkey())
        };
        let withdraw = self
            .pool
            .addresses
            .withdraw_stake(place, &recipient, 3 * SOL, 0);
        let signers = vec![
            self.alice.insecure_clone(),
            stake,
            self.bob.insecure_clone(),
        ];
        (withdraw, signers)
    }

    /// As if v1 had not voted in the last epoch in which it did.
    async fn forget_last_credits_of_v1(&mut self) {
        let vote = self.pool.vote(1);
        let forget = |state: &mut VoteStateVersions| match state {
            VoteStateVersions::V4(state) => drop(state.epoch_credits.pop()),
            other => panic!("{other:?}"),
        };
        self.pool.cluster.change_vote(&vote, forget).await;
    }

    /// Creation of a pool that does not exist yet, one per pool that does.
    async fn create_pool(&mut self) -> (Instruction, Vec<Keypair>) {
        let existing = self.pool.name().to_string();
        self.pool.turn_to(&format!("{existing}'s heir"));
        let (creator, minter) = (self.pool.creator(), self.pool.minter());
        self.pool.cluster.fund(&creator.pubkey(), 100 * SOL).await;
        self.pool.create_mint().await;
        let create = self.pool.create_pool_instruction(PoolConfig::RECOMMENDED);
        self.pool.turn_to(&existing);
        (create, vec![creator, minter])
    }
}
