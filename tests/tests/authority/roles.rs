//! Every role against every instruction that a key decides, and the hand-over of roles.

use std::collections::BTreeSet;

use SluiceError::{NotAdmin, NotCurator, NotGuardian, NotNominated};
use sluice::{
    SluiceError,
    state::{Parameter, Pool as PoolAccount, PoolConfig},
};
use sluice_client::SlotAddress;
use sluice_math::Lamports;
use sluice_tests::{
    cluster::{Cluster, LAMPORTS_PER_SOL as SOL},
    pool::{Pool, Watch},
    scenario::assert_refused,
};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

/// Who tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Admin,
    Nominee,
    Curator,
    Guardian,
    Treasury,
    Holder,
    Stranger,
}

const EVERYBODY: [Who; 7] = [
    Who::Admin,
    Who::Nominee,
    Who::Curator,
    Who::Guardian,
    Who::Treasury,
    Who::Holder,
    Who::Stranger,
];

/// An instruction, who may do it, and the code of the error for all others.
struct Row {
    name: &'static str,
    allowed: &'static [Who],
    code: u32,
    build: fn(&GovernedPool, Pubkey) -> Instruction,
}

fn rows() -> Vec<Row> {
    let row = |name, allowed, error: SluiceError, build| Row {
        name,
        allowed,
        code: error.into(),
        build,
    };
    let (admin, curator): (&[Who], &[Who]) = (&[Who::Admin], &[Who::Curator]);
    vec![
        row("nominate_admin", admin, NotAdmin, |it, by| {
            it.pool
                .addresses
                .nominate_admin(by, it.heir, it.now.nominated_admin)
        }),
        row("accept_admin", &[Who::Nominee], NotNominated, |it, by| {
            it.pool.addresses.accept_admin(by)
        }),
        row("set_curator", admin, NotAdmin, |it, by| {
            it.pool.addresses.set_curator(by, it.heir, it.now.curator)
        }),
        row("set_guardian", admin, NotAdmin, |it, by| {
            it.pool.addresses.set_guardian(by, it.heir, it.now.guardian)
        }),
        row("set_treasury", admin, NotAdmin, |it, by| {
            it.pool.addresses.set_treasury(by, it.heir, it.now.treasury)
        }),
        row("schedule_change", admin, NotAdmin, |it, by| {
            let parameter = Parameter::RewardFeeBps;
            it.pool.addresses.schedule_change(by, parameter, 600, 700)
        }),
        row("cancel_change", admin, NotAdmin, GovernedPool::cancel),
        row("acknowledge_loss", admin, NotAdmin, |it, by| {
            let nothing = Lamports::ZERO;
            it.pool.addresses.acknowledge_loss(by, 0, nothing)
        }),
        row("pause", &[Who::Guardian], NotGuardian, |it, by| {
            it.pool.addresses.pause(by)
        }),
        row(
            "unpause",
            &[Who::Guardian, Who::Admin],
            NotGuardian,
            |it, by| {
                let until_epoch = it.now.paused_until_epoch;
                it.pool.addresses.unpause(by, until_epoch)
            },
        ),
        row("add_validator", curator, NotCurator, |it, by| {
            let mut add = it.add.clone();
            add.accounts[1].pubkey = by;
            add
        }),
        row("set_weight", curator, NotCurator, |it, by| {
            it.pool.addresses.set_weight(by, &it.place, 7, 1)
        }),
        row("retire_validator", curator, NotCurator, |it, by| {
            it.pool.addresses.retire_validator(by, &it.place)
        }),
    ]
}

/// A pool in which every one of the instructions has something to do.
struct GovernedPool {
    pool: Pool,
    now: PoolAccount,
    heir: Pubkey,
    place: SlotAddress,
    add: Instruction,
}

impl GovernedPool {
    async fn new() -> Self {
        let mut pool = Pool::builder().validators(&[(0, 1)]).start().await;
        let holder = pool.user("holder", 100 * SOL).await;
        pool.deposit(&holder, 10 * SOL).await;
        let vote = pool.vote(0);
        let place = pool.place(&vote).await;
        let newcomer = pool.cluster.create_validator("newcomer", 0).await;
        let add = pool.add_validator_instruction(&newcomer, 1).await;
        let nominee = pool.cluster.keypair("nominee").pubkey();
        pool.nominate_admin(&nominee).await;
        pool.schedule_change(Parameter::RewardFeeBps, 700).await;
        pool.pause().await;
        pool.change_pool(|account| account.breaker_epoch = 0).await;
        pool.watch = Watch::Off;
        let heir = pool.cluster.address("heir");
        let now = pool.account().await;
        let mut governed = Self {
            pool,
            now,
            heir,
            place,
            add,
        };
        for who in EVERYBODY {
            let key = governed.key(who).pubkey();
            governed.pool.cluster.fund(&key, 10 * SOL).await;
        }
        governed
    }

    /// Takes the change back that waits.
    fn cancel(&self, by: Pubkey) -> Instruction {
        let parameter = Parameter::RewardFeeBps;
        let change = self.now.governance.pending_change(parameter);
        let change = change.expect("it waits");
        self.pool.addresses.cancel_change(by, parameter, change)
    }

    fn key(&self, who: Who) -> Keypair {
        match who {
            Who::Admin => self.pool.admin(),
            Who::Nominee => self.pool.cluster.keypair("nominee"),
            Who::Curator => self.pool.curator(),
            Who::Guardian => self.pool.guardian(),
            Who::Treasury => self.pool.treasury(),
            Who::Holder => self.pool.cluster.keypair("holder"),
            Who::Stranger => self.pool.cluster.keypair("stranger"),
        }
    }

    /// Sends the row's instruction signed by `who`: it succeeds if and only if `who` may, fails
    /// with the row's error else, and then changes nothing. Everything is put back.
    async fn check(&mut self, row: &Row, who: Who) {
        let key = self.key(who);
        let instruction = (row.build)(self, key.pubkey());
        let outcome = self.pool.try_out(&[instruction], &[&key]).await;
        let context = format!("{} by {who:?}", row.name);
        if row.allowed.contains(&who) {
            outcome.unwrap_or_else(|failure| panic!("{context}: {failure}"));
        } else {
            let code = outcome.err().and_then(|failure| failure.custom_code);
            assert_eq!(code, Some(row.code), "{context}");
        }
    }
}

#[tokio::test]
async fn attack_34_every_role_does_what_the_table_says_and_nothing_else() {
    let mut governed = GovernedPool::new().await;
    for row in rows() {
        for who in EVERYBODY {
            governed.check(&row, who).await;
        }
    }
}

#[test]
fn the_table_of_roles_has_every_instruction_that_a_key_decides() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../idl/sluice.json");
    let idl = std::fs::read_to_string(path).expect("the IDL");
    let idl: serde_json::Value = serde_json::from_str(&idl).expect("JSON");
    let instructions = idl["instructions"].as_array().expect("instructions");
    let decided = instructions.iter().filter(|instruction| {
        let accounts = instruction["accounts"].as_array().expect("accounts");
        accounts
            .iter()
            .any(|account| account["name"] == "authority" || account["name"] == "curator")
    });
    let decided: BTreeSet<&str> = decided
        .map(|instruction| instruction["name"].as_str().expect("a name"))
        .collect();
    let table = rows();
    let table: BTreeSet<&str> = table.iter().map(|row| row.name).collect();
    assert_eq!(decided, table);
}

#[tokio::test]
async fn v29_the_admins_role_goes_only_to_a_key_that_signs_for_it() {
    let mut pool = Pool::start().await;
    let (admin, next) = (pool.admin(), pool.cluster.keypair("next"));
    pool.nominate_admin(&next.pubkey()).await;
    assert_eq!(pool.account().await.admin, admin.pubkey());
    pool.schedule_change(Parameter::RewardFeeBps, 0).await;
    pool.accept_admin(&next).await;
    let account = pool.account().await;
    assert_eq!(account.admin, next.pubkey());
    assert_eq!(account.nominated_admin, Pubkey::default());
    let refused = pool.try_cancel_change(Parameter::RewardFeeBps).await;
    assert_refused(refused, NotAdmin);
    assert_refused(pool.try_accept_admin(&next).await, NotNominated);
}

#[tokio::test]
async fn v29_a_second_nomination_replaces_the_first() {
    let mut pool = Pool::start().await;
    let (first, second) = (
        pool.cluster.keypair("first"),
        pool.cluster.keypair("second"),
    );
    pool.nominate_admin(&first.pubkey()).await;
    pool.nominate_admin(&second.pubkey()).await;
    assert_refused(pool.try_accept_admin(&first).await, NotNominated);
    // In one transaction, too, the last nomination counts.
    let by = pool.admin();
    let race = [
        pool.addresses
            .nominate_admin(by.pubkey(), first.pubkey(), second.pubkey()),
        pool.addresses.accept_admin(second.pubkey()),
    ];
    let raced = pool.send(&race, &[&by, &second]).await;
    assert_refused(raced, NotNominated);
    pool.accept_admin(&second).await;
    assert_eq!(pool.account().await.admin, second.pubkey());
}

#[tokio::test]
async fn v29_a_nomination_that_was_taken_back_cannot_be_accepted() {
    let mut pool = Pool::start().await;
    let next = pool.cluster.keypair("next");
    pool.nominate_admin(&next.pubkey()).await;
    pool.nominate_admin(&Pubkey::default()).await;
    assert_refused(pool.try_accept_admin(&next).await, NotNominated);
    assert_eq!(pool.account().await.admin, pool.admin().pubkey());
}

#[tokio::test]
async fn no_role_goes_to_an_address_of_the_pool_and_no_treasury_to_nobody() {
    let mut pool = Pool::start().await;
    let it = pool.addresses;
    let own = [
        it.pool,
        it.mint,
        it.stake_authority,
        it.mint_authority,
        it.reserve,
        it.claims_vault,
        it.escrow,
        it.fees,
        it.history,
    ];
    let unusable = || SluiceError::KeyUnusable;
    for key in own {
        assert_refused(pool.try_nominate_admin(&key).await, unusable());
        assert_refused(pool.try_set_curator(&key).await, unusable());
        assert_refused(pool.try_set_guardian(&key).await, unusable());
        assert_refused(pool.try_set_treasury(&key).await, unusable());
    }
    let nobody = Pubkey::default();
    assert_refused(pool.try_set_treasury(&nobody).await, unusable());
    pool.set_curator(&nobody).await;
    pool.set_guardian(&nobody).await;
}

/// Catalogue 24, for roles: a pool that nobody could administer is not created, and nobody
/// who watches a creator's transaction can take the mint: its authority signs.
#[tokio::test]
async fn attack_24_a_pool_is_created_only_by_its_mints_authority_and_with_usable_roles() {
    type Change = fn(&mut sluice::instructions::PoolParams, Pubkey);
    let mut pool = Pool::not_created(Cluster::start().await, "pool");
    pool.create_mint().await;
    let (creator, minter) = (pool.creator(), pool.minter());
    let squatter = pool.cluster.funded("squatter", 10 * SOL).await;
    pool.cluster.fund(&creator.pubkey(), 10 * SOL).await;
    let it = pool.addresses;
    let params = pool.params(PoolConfig::RECOMMENDED);
    let own = it.create_pool(squatter.pubkey(), squatter.pubkey(), params);
    let squatted = pool.cluster.send(&[own], &[&squatter]).await;
    assert_refused(squatted, SluiceError::MintUnsuitable);
    let mut unsigned = it.create_pool(squatter.pubkey(), minter.pubkey(), params);
    unsigned.accounts[2].is_signer = false;
    let squatted = pool.cluster.send(&[unsigned], &[&squatter]).await;
    assert!(squatted.is_err(), "the mint's authority must sign");

    let unusable: [Change; 6] = [
        |params, _| params.admin = Pubkey::default(),
        |params, _| params.treasury = Pubkey::default(),
        |params, own| params.admin = own,
        |params, own| params.curator = own,
        |params, own| params.guardian = own,
        |params, own| params.treasury = own,
    ];
    for change in unusable {
        let mut bad = params;
        change(&mut bad, it.mint_authority);
        let create = it.create_pool(creator.pubkey(), minter.pubkey(), bad);
        let created = pool.cluster.send(&[create], &[&creator, &minter]).await;
        assert_refused(created, SluiceError::KeyUnusable);
    }
    let create = it.create_pool(creator.pubkey(), minter.pubkey(), params);
    pool.must_send(&[create], &[&creator, &minter]).await;
}

#[tokio::test]
async fn a_pool_without_curator_and_guardian_still_pays_every_holder() {
    let mut pool = Pool::builder().validators(&[(0, 1), (0, 1)]).start().await;
    let alice = pool.user("alice", 200 * SOL).await;
    pool.deposit(&alice, 100 * SOL).await;
    pool.set_curator(&Pubkey::default()).await;
    pool.set_guardian(&Pubkey::default()).await;
    let vote = pool.vote(0);
    assert_refused(pool.try_set_weight(&vote, 0).await, NotCurator);
    assert_refused(pool.try_pause().await, NotGuardian);
    pool.crank_window().await;
    pool.live_an_epoch(0).await;
    let ticket = pool.request(&alice, 100 * SOL).await;
    for _ in 0..3 {
        pool.live_an_epoch(0).await;
    }
    pool.claim(&ticket).await;
    let PoolAccount {
        lst_supply,
        dead_lst,
        ..
    } = pool.account().await;
    assert_eq!(lst_supply, dead_lst);
}

#[tokio::test]
async fn attack_31_a_new_treasury_gets_the_fees_and_an_unusable_one_stops_no_exit() {
    let (mut pool, alice) = sluice_tests::scenario::earning_pool(Pool::builder()).await;
    pool.live_an_epoch(1_000).await;
    let nowhere = pool.cluster.address("new treasury");
    pool.set_treasury(&nowhere).await;
    let ticket = pool.request(&alice, 100 * SOL).await;
    assert!(
        pool.try_pay_fees().await.is_err(),
        "the old treasury's account"
    );
    for _ in 0..3 {
        pool.live_an_epoch(1_000).await;
    }
    pool.claim(&ticket).await;
    let waiting = pool.books().await.fees_lst;
    assert!(waiting > 0);
    let payer = pool.cluster.payer().pubkey();
    let account = pool.lst_account(&nowhere);
    let pay = pool.addresses.pay_fees(payer, nowhere);
    pool.must_send(&[pay], &[]).await;
    assert_eq!(pool.cluster.token_balance(&account).await, waiting);
}
