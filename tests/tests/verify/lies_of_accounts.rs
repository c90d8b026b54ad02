//! Lies in what the pool holds: stake accounts, purses, tokens, batches, tickets, the program.

use sluice::state::{Slot, Ticket, UnstakeBatch, ValidatorPage};
use sluice_client::{
    Evidence, Subject, Verdict, decode, pool::token_metadata::TOKEN_METADATA_PROGRAM,
};
use solana_account::Account;
use solana_pubkey::Pubkey;
use solana_stake_interface::state::StakeStateV2;
use spl_token_interface::state::{Account as TokenAccount, AccountState, Mint};

use crate::{
    lies::{Lie, assert_all_found, lie},
    scene::{Scene, account, edit, edit_stake, edit_token},
};

const SOMEBODY: Pubkey = Pubkey::new_from_array([9; 32]);

fn first_slot(evidence: &Evidence) -> Slot {
    let address = evidence.addresses.page(0);
    let page: ValidatorPage = decode(&address, &evidence.accounts[&address]).expect("a page");
    page.slots[0]
}

fn main_of(evidence: &Evidence) -> Pubkey {
    first_slot(evidence).main
}

fn stake(evidence: &mut Evidence, change: impl FnOnce(&mut StakeStateV2)) {
    let address = main_of(evidence);
    edit_stake(evidence, address, change);
}

fn meta(state: &mut StakeStateV2) -> &mut solana_stake_interface::state::Meta {
    match state {
        StakeStateV2::Stake(meta, ..) | StakeStateV2::Initialized(meta) => meta,
        other => panic!("{other:?}"),
    }
}

fn mint(evidence: &mut Evidence, change: impl FnOnce(&mut Mint)) {
    let address = evidence.addresses.mint;
    edit_token(evidence, address, change);
}

fn escrow(evidence: &mut Evidence, change: impl FnOnce(&mut TokenAccount)) {
    let address = evidence.addresses.escrow;
    edit_token(evidence, address, change);
}

fn batch(evidence: &mut Evidence, id: u64, change: impl FnOnce(&mut UnstakeBatch)) {
    let address = evidence.addresses.batch(id);
    edit(evidence, address, change);
}

/// The first ticket of a batch.
fn ticket_of(evidence: &Evidence, id: u64) -> Pubkey {
    let tickets = evidence.tickets.iter().flatten();
    let mut of_batch = tickets.filter(|address| {
        let ticket = decode::<Ticket>(address, &evidence.accounts[*address]);
        ticket.is_ok_and(|ticket| ticket.batch == id)
    });
    *of_batch.next().expect("a ticket")
}

fn ticket(evidence: &mut Evidence, id: u64, change: impl FnOnce(&mut Ticket)) {
    let address = ticket_of(evidence, id);
    edit(evidence, address, change);
}

/// A copy of a ticket, where no request has made one.
fn forge(evidence: &mut Evidence, id: u64) {
    let copy = evidence.accounts[&ticket_of(evidence, id)].clone();
    evidence.accounts.insert(SOMEBODY, copy);
}

/// Batches of the scene.
const SETTLED: u64 = 0;
const LOCKED: u64 = 1;
const OPEN: u64 = 2;

const STAKES: [Lie; 10] = [
    lie(
        "a stake account of another staker",
        Subject::StakeAccounts,
        |it| {
            stake(it, |state| meta(state).authorized.staker = SOMEBODY);
        },
    ),
    lie(
        "a stake account of another withdrawer",
        Subject::StakeAccounts,
        |it| {
            stake(it, |state| meta(state).authorized.withdrawer = SOMEBODY);
        },
    ),
    lie(
        "a stake account with a lockup",
        Subject::StakeAccounts,
        |it| {
            stake(it, |state| meta(state).lockup.epoch = 1_000);
        },
    ),
    lie(
        "a stake account with a custodian",
        Subject::StakeAccounts,
        |it| {
            stake(it, |state| meta(state).lockup.custodian = SOMEBODY);
        },
    ),
    lie(
        "stake for another validator",
        Subject::StakeAccounts,
        |it| {
            stake(it, |state| match state {
                StakeStateV2::Stake(_, stake, _) => stake.delegation.voter_pubkey = SOMEBODY,
                other => panic!("{other:?}"),
            });
        },
    ),
    lie("a lamport less of stake", Subject::StakeAccounts, |it| {
        let address = main_of(it);
        account(it, address).lamports -= 1;
    }),
    lie(
        "a stake account that is gone",
        Subject::StakeAccounts,
        |it| {
            let address = main_of(it);
            it.accounts.remove(&address);
        },
    ),
    lie(
        "a stake account of another program",
        Subject::StakeAccounts,
        |it| {
            let address = main_of(it);
            account(it, address).owner = SOMEBODY;
        },
    ),
    lie(
        "a stake account that is gone, backing",
        Subject::Backing,
        |it| {
            let address = main_of(it);
            it.accounts.remove(&address);
        },
    ),
    Lie {
        what: "less delegated than booked",
        subject: Subject::StakeAccounts,
        verdict: Verdict::Warning,
        plant: |it| {
            stake(it, |state| match state {
                StakeStateV2::Stake(_, stake, _) => stake.delegation.stake -= 1,
                other => panic!("{other:?}"),
            });
        },
    },
];

const HOLDINGS: [Lie; 18] = [
    lie("a reserve that is short", Subject::Reserve, |it| {
        let address = it.addresses.reserve;
        let booked = 1;
        account(it, address).lamports = booked;
    }),
    lie("a reserve of another program", Subject::Reserve, |it| {
        let address = it.addresses.reserve;
        account(it, address).owner = SOMEBODY;
    }),
    lie("a claims vault that is short", Subject::Claims, |it| {
        let address = it.addresses.claims_vault;
        account(it, address).lamports = 1;
    }),
    lie("a claims vault of another program", Subject::Claims, |it| {
        let address = it.addresses.claims_vault;
        account(it, address).owner = SOMEBODY;
    }),
    lie("a larger supply", Subject::Supply, |it| {
        mint(it, |mint| mint.supply += 1_000_000_000);
    }),
    lie("somebody who can mint", Subject::Mint, |it| {
        mint(it, |mint| mint.mint_authority = Some(SOMEBODY).into());
    }),
    lie("nobody who can mint", Subject::Mint, |it| {
        mint(it, |mint| mint.mint_authority = None.into());
    }),
    lie("somebody who can freeze", Subject::Mint, |it| {
        mint(it, |mint| mint.freeze_authority = Some(SOMEBODY).into());
    }),
    Lie {
        what: "a name that cannot be read",
        subject: Subject::Name,
        verdict: Verdict::Warning,
        plant: |it| {
            let nonsense = Account {
                lamports: 10_000_000,
                data: vec![4; 10],
                owner: TOKEN_METADATA_PROGRAM,
                ..Account::default()
            };
            it.accounts.insert(it.addresses.metadata(), nonsense);
        },
    },
    lie("other decimals", Subject::Mint, |it| {
        mint(it, |mint| mint.decimals = 6);
    }),
    lie("an escrow that is short", Subject::Escrow, |it| {
        escrow(it, |escrow| escrow.amount -= 1);
    }),
    lie("an escrow of somebody", Subject::Escrow, |it| {
        escrow(it, |escrow| escrow.owner = SOMEBODY);
    }),
    lie("an escrow of another token", Subject::Escrow, |it| {
        escrow(it, |escrow| escrow.mint = SOMEBODY);
    }),
    lie("a frozen escrow", Subject::Escrow, |it| {
        escrow(it, |escrow| escrow.state = AccountState::Frozen);
    }),
    lie("an escrow with a delegate", Subject::Escrow, |it| {
        escrow(it, |escrow| escrow.delegate = Some(SOMEBODY).into());
    }),
    lie("an escrow that somebody can close", Subject::Escrow, |it| {
        escrow(it, |escrow| escrow.close_authority = Some(SOMEBODY).into());
    }),
    lie("an escrow of another program", Subject::Escrow, |it| {
        let address = it.addresses.escrow;
        account(it, address).owner = SOMEBODY;
    }),
    lie("fees of somebody", Subject::Fees, |it| {
        let address = it.addresses.fees;
        edit_token(it, address, |fees: &mut TokenAccount| fees.owner = SOMEBODY);
    }),
];

const QUEUE: [Lie; 18] = [
    lie(
        "a locked batch with less to settle",
        Subject::Batches,
        |it| {
            batch(it, LOCKED, |batch| batch.unsettled_lst -= 1);
        },
    ),
    lie(
        "a locked batch with more to settle",
        Subject::Batches,
        |it| {
            batch(it, LOCKED, |batch| batch.unsettled_lst = batch.lst + 1);
        },
    ),
    lie("a locked batch that is gone", Subject::Batches, |it| {
        let address = it.addresses.batch(LOCKED);
        it.accounts.remove(&address);
    }),
    lie("a batch of another pool", Subject::Batches, |it| {
        batch(it, OPEN, |batch| batch.pool = SOMEBODY);
    }),
    lie("a batch with another number", Subject::Batches, |it| {
        batch(it, OPEN, |batch| batch.id += 1);
    }),
    lie("an open batch with more LST", Subject::Batches, |it| {
        batch(it, OPEN, |batch| batch.lst += 1);
    }),
    lie("a settled batch that was not", Subject::Batches, |it| {
        batch(it, SETTLED, |batch| batch.unsettled_lst = 1);
    }),
    lie(
        "a batch that paid more than it got",
        Subject::Batches,
        |it| {
            batch(it, SETTLED, |batch| {
                batch.claimed_lamports = batch.paid_lamports + 1;
            });
        },
    ),
    lie("a batch that got less", Subject::Claims, |it| {
        batch(it, SETTLED, |batch| batch.paid_lamports -= 1);
    }),
    lie("a batch with fewer tickets", Subject::Tickets, |it| {
        batch(it, LOCKED, |batch| batch.tickets -= 1);
    }),
    lie("a locked batch with fewer LST", Subject::Tickets, |it| {
        batch(it, LOCKED, |batch| batch.lst -= 1);
    }),
    lie(
        "a forged ticket of a locked batch",
        Subject::Tickets,
        |it| forge(it, LOCKED),
    ),
    lie(
        "a forged ticket of a settled batch",
        Subject::Tickets,
        |it| forge(it, SETTLED),
    ),
    lie(
        "a ticket of a batch that never was",
        Subject::Tickets,
        |it| {
            ticket(it, LOCKED, |ticket| ticket.batch = 77);
        },
    ),
    lie("a ticket of more LST", Subject::Tickets, |it| {
        ticket(it, LOCKED, |ticket| ticket.lst += 1);
    }),
    lie(
        "a ticket that was paid nothing yet",
        Subject::Tickets,
        |it| {
            ticket(it, SETTLED, |ticket| ticket.lst *= 2);
        },
    ),
    lie(
        "a ticket that claimed more than its part",
        Subject::Tickets,
        |it| {
            ticket(it, SETTLED, |ticket| ticket.claimed_lamports = u64::MAX);
        },
    ),
    lie("a ticket that is gone", Subject::Tickets, |it| {
        let address = ticket_of(it, LOCKED);
        it.accounts.remove(&address);
    }),
];

#[tokio::test]
async fn stake_that_is_not_what_the_list_says_is_named() {
    assert_all_found(&STAKES).await;
}

#[tokio::test]
async fn lamports_and_tokens_that_are_short_or_in_other_hands_are_named() {
    assert_all_found(&HOLDINGS).await;
}

#[tokio::test]
async fn batches_and_tickets_that_do_not_fit_are_named() {
    assert_all_found(&QUEUE).await;
}

#[tokio::test]
async fn another_program_and_another_upgrade_authority_are_named() {
    let mut scene = Scene::set().await;
    let honest = scene.honest.clone();
    let deployed = honest.deployed.clone().expect("the program");
    let mut changed = scene.pool.cluster.account(&deployed.data_address).await;
    *changed.data.last_mut().expect("code") ^= 1;
    scene
        .pool
        .cluster
        .set_account(&deployed.data_address, changed);
    scene.forget(deployed.data_address);
    let report = scene.told(&honest, &[]).await;
    let check = report.check(Subject::Program).expect("a check");
    assert_eq!(check.verdict(), Verdict::Fail, "{}", check.says());
    assert!(
        check.says().contains("another one than you expect"),
        "{}",
        check.says()
    );

    scene.expected.program_hash = None;
    scene.expected.upgrade_authority = Some(Some(SOMEBODY));
    let report = scene.told(&honest, &[]).await;
    let check = report.check(Subject::Program).expect("a check");
    assert_eq!(check.verdict(), Verdict::Fail, "{}", check.says());
    assert!(
        check.says().contains("can be replaced by"),
        "{}",
        check.says()
    );
}
