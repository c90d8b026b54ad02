//! What the router refuses itself, and what the pool and the token program refuse through it. Nothing
//! that is refused changes an account.

use sluice::{SluiceError, state::Pool};
use sluice_router::RouterError;
use sluice_tests::{
    cluster::{LAMPORTS_PER_SOL as SOL, TransactionFailure},
    pool::Watch,
    scenario::{replace_account, router::Routed},
};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use spl_token_interface::{
    ID as TOKEN_PROGRAM,
    error::TokenError,
    native_mint,
    state::{Account as TokenAccount, AccountState},
};

const TOKEN_2022: Pubkey = Pubkey::from_str_const("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");

/// How a pool closes in an epoch, the error, and how many of [`both`] it closes.
type Gate = (fn(&mut Pool, u64), SluiceError, usize);

/// A swap of a SOL in each direction.
fn both(routed: &Routed) -> [Instruction; 2] {
    [routed.deposit(SOL, 0), routed.withdraw(SOL, 0)]
}

/// Sends what must be refused. It fails where the refusal changed an account.
async fn refused(routed: &mut Routed, swap: &Instruction) -> TransactionFailure {
    let user = routed.user.insecure_clone();
    let outcome = routed
        .pool
        .try_out(std::slice::from_ref(swap), &[&user])
        .await;
    outcome.expect_err("refused")
}

/// With the error of the router, and its sentence in the logs.
async fn assert_refused(routed: &mut Routed, swap: &Instruction, error: RouterError) {
    let failure = refused(routed, swap).await;
    assert_eq!(failure.custom_code, Some(error as u32), "{failure}");
    let logged = format!("Program log: {}", error.message());
    assert!(failure.logs.contains(&logged), "{failure}");
}

async fn assert_code(routed: &mut Routed, swap: &Instruction, code: u32) {
    let failure = refused(routed, swap).await;
    assert_eq!(failure.custom_code, Some(code), "{failure}");
}

/// Both directions with another account in the place of one.
async fn assert_replaced(routed: &mut Routed, named: &Pubkey, other: Pubkey, error: RouterError) {
    for mut swap in both(routed) {
        replace_account(&mut swap, named, other);
        assert_refused(routed, &swap, error).await;
    }
}

#[test]
fn codes_are_part_of_the_interface() {
    let errors = [
        RouterError::UnknownInstruction,
        RouterError::MissingAccounts,
        RouterError::NotSigned,
        RouterError::WrongTokenProgram,
        RouterError::WrongSluiceProgram,
        RouterError::WrongTransit,
        RouterError::NotWrappedSol,
        RouterError::NotLst,
        RouterError::FewerTokens,
    ];
    let codes = errors.map(|error| error as u32);
    assert!(codes.into_iter().eq(7_000..7_009), "{codes:?}");
}

#[tokio::test]
async fn another_token_program_is_refused_by_name() {
    let mut routed = Routed::start().await;
    let error = RouterError::WrongTokenProgram;
    assert_replaced(&mut routed, &TOKEN_PROGRAM, TOKEN_2022, error).await;
}

#[tokio::test]
async fn a_program_that_is_not_sluice_is_refused_by_name() {
    let mut routed = Routed::start().await;
    let error = RouterError::WrongSluiceProgram;
    assert_replaced(&mut routed, &sluice::ID, sluice_router::ID, error).await;
}

#[tokio::test]
async fn another_account_in_the_place_of_transit_is_refused_by_name() {
    let mut routed = Routed::start().await;
    let mut deposit = routed.deposit(SOL, 0);
    let stranger = routed.pool.cluster.address("stranger");
    replace_account(&mut deposit, &sluice_router::TRANSIT, stranger);
    assert_refused(&mut routed, &deposit, RouterError::WrongTransit).await;
}

#[tokio::test]
async fn an_account_that_is_not_wrapped_sol_is_refused_by_name() {
    let mut routed = Routed::start().await;
    let good = routed.wrapped;
    for other in unsuitable(&mut routed, good, native_mint::ID).await {
        assert_replaced(&mut routed, &good, other, RouterError::NotWrappedSol).await;
    }
    let lst = routed.lst;
    assert_replaced(&mut routed, &good, lst, RouterError::NotWrappedSol).await;
}

#[tokio::test]
async fn an_account_that_is_not_the_lsts_is_refused_by_name() {
    let mut routed = Routed::start().await;
    let (good, mint) = (routed.lst, routed.pool.addresses.mint);
    for other in unsuitable(&mut routed, good, mint).await {
        assert_replaced(&mut routed, &good, other, RouterError::NotLst).await;
    }
    let wrapped = routed.wrapped;
    assert_replaced(&mut routed, &good, wrapped, RouterError::NotLst).await;
}

/// What is like a good token account, but is none: of Token-2022, of a stranger's program, with an
/// extension, truncated, closed; and the mint itself.
async fn unsuitable(routed: &mut Routed, good: Pubkey, mint: Pubkey) -> Vec<Pubkey> {
    let good = routed.pool.cluster.account(&good).await;
    let mut like = |name: &str, change: &dyn Fn(&mut Account)| {
        let (mut account, address) = (good.clone(), routed.pool.cluster.address(name));
        change(&mut account);
        routed.pool.cluster.set_account(&address, account);
        address
    };
    vec![
        like("Token-2022", &|account| account.owner = TOKEN_2022),
        like("fake", &|account| account.owner = Pubkey::new_unique()),
        like("longer", &|account| account.data.push(2)),
        like("truncated", &|account| account.data.truncate(164)),
        like("empty", &|account| account.data.clear()),
        like("closed", &|account| *account = Account::default()),
        mint,
    ]
}

#[tokio::test]
async fn who_does_not_sign_swaps_nothing() {
    let mut routed = Routed::start().await;
    for mut swap in both(&routed) {
        let mut metas = swap.accounts.iter_mut();
        metas
            .find(|meta| meta.is_signer)
            .expect("one signs")
            .is_signer = false;
        assert_refused(&mut routed, &swap, RouterError::NotSigned).await;
    }
}

#[tokio::test]
async fn data_of_another_length_or_name_is_refused() {
    let mut routed = Routed::start().await;
    for swap in both(&routed) {
        let (longer, other) = ([&swap.data[..], &[0]].concat(), [7; 24].to_vec());
        let shorter = [0, 1, 7, 8, 16, 23].map(|length| swap.data[..length].to_vec());
        for data in shorter.into_iter().chain([longer, other]) {
            let swap = Instruction {
                data,
                ..swap.clone()
            };
            assert_refused(&mut routed, &swap, RouterError::UnknownInstruction).await;
        }
    }
}

#[tokio::test]
async fn a_list_that_lacks_accounts_is_refused() {
    let mut routed = Routed::start().await;
    for swap in both(&routed) {
        for length in 0..swap.accounts.len() {
            let mut swap = swap.clone();
            swap.accounts.truncate(length);
            assert_refused(&mut routed, &swap, RouterError::MissingAccounts).await;
        }
    }
}

#[tokio::test]
async fn what_the_pool_refuses_is_refused_with_its_error() {
    let mut routed = Routed::start().await;
    let amounts = [
        (routed.deposit(0, 0), SluiceError::ZeroAmount),
        (routed.withdraw(0, 0), SluiceError::ZeroAmount),
        (routed.deposit(SOL, 2 * SOL), SluiceError::BelowMinimum),
        (routed.withdraw(SOL, 2 * SOL), SluiceError::BelowMinimum),
        (
            routed.withdraw(800 * SOL, 0),
            SluiceError::InsufficientReserve,
        ),
    ];
    for (swap, error) in amounts {
        assert_code(&mut routed, &swap, error.into()).await;
    }
    let epoch = routed.pool.cluster.epoch().await;
    routed.pool.watch = Watch::Off;
    let gates: [Gate; 4] = [
        (
            |pool, epoch| pool.paused_until_epoch = epoch + 1,
            SluiceError::Paused,
            1,
        ),
        (
            |pool, epoch| pool.breaker_epoch = epoch,
            SluiceError::BreakerTripped,
            2,
        ),
        (
            |pool, epoch| pool.finalized_epoch = epoch - 1,
            SluiceError::PoolStale,
            2,
        ),
        (|pool, _| pool.version = 0, SluiceError::MigrationNeeded, 2),
    ];
    for (close, error, directions) in gates {
        routed.pool.change_pool(|pool| close(pool, epoch)).await;
        for swap in &both(&routed)[..directions] {
            assert_code(&mut routed, swap, error.into()).await;
        }
    }
}

#[tokio::test]
async fn what_is_no_pool_is_refused() {
    let mut routed = Routed::start().await;
    routed.pool.watch = Watch::Off;
    let pool = routed.pool.addresses.pool;
    let good = routed.pool.cluster.account(&pool).await;
    let truncated = |length: usize| Account {
        data: good.data[..length].to_vec(),
        ..good.clone()
    };
    let mut other_type = good.clone();
    other_type.data[0] ^= 1;
    let of_another_program = Account {
        owner: Pubkey::new_unique(),
        ..good.clone()
    };
    let last = good.data.len() - 1;
    // Anchor's codes.
    let cases = [
        (of_another_program, 3_007),
        (other_type, 3_002),
        (truncated(0), 3_001),
        (truncated(7), 3_001),
        (truncated(8), 3_003),
        (truncated(600), 3_003),
        (truncated(last), 3_003),
    ];
    for (account, code) in cases {
        routed.pool.cluster.set_account(&pool, account);
        for swap in both(&routed) {
            assert_code(&mut routed, &swap, code).await;
        }
    }
}

#[tokio::test]
async fn what_the_token_program_refuses_is_refused_with_its_error() {
    let mut routed = Routed::start().await;
    let mallory = routed.pool.user("mallory", SOL).await.pubkey();
    let (wrapped, lst) = (
        routed.pool.wrap(&mallory, SOL).await,
        routed.pool.lst_account(&mallory),
    );
    let (balance, _) = routed.balances().await;
    let more_than_there_is = routed.deposit(balance + 1, 0);
    let error = TokenError::InsufficientFunds as u32;
    assert_code(&mut routed, &more_than_there_is, error).await;

    let pool = routed.pool.routed();
    let of_another_owner = [
        pool.deposit_sol(&routed.swapper(wrapped, routed.lst), SOL, 0),
        pool.withdraw_sol(&routed.swapper(lst, routed.wrapped), SOL, 0),
    ];
    for (swap, error) in of_another_owner
        .iter()
        .zip([TokenError::OwnerMismatch, TokenError::InsufficientFunds])
    {
        assert_code(&mut routed, swap, error as u32).await;
    }
    let lst = routed.lst;
    routed.pool.cluster.change_account(&lst, freeze).await;
    for swap in both(&routed) {
        assert_code(&mut routed, &swap, TokenError::AccountFrozen as u32).await;
    }
}

/// Nobody can do that: the mint has no freeze authority.
fn freeze(account: &mut Account) {
    let mut token = TokenAccount::unpack(&account.data).expect("a token account");
    token.state = AccountState::Frozen;
    TokenAccount::pack(token, &mut account.data).expect("it fits");
}
