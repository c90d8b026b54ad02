//! The two instructions.

use pinocchio::{AccountView, Address, ProgramResult, error::ProgramError};

use crate::{
    TRANSIT,
    calls::{self, DEPOSIT_SOL, SLUICE, TOKEN, WITHDRAW_SOL, WRAPPED_SOL},
    error::{RouterError, ensure},
};

/// Bytes of a token account. The mint comes first in it.
const TOKEN_ACCOUNT_BYTES: usize = 165;
/// Where its amount stands.
const TOKENS_AT: usize = 64;

/// Reads which instruction it is, and does it. Data is Sluice's: eight bytes that say which, the amount,
/// and the least result.
pub fn process(_program: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    match data.as_chunks() {
        ([DEPOSIT_SOL, lamports, _], []) => deposit_sol(accounts, *lamports, data),
        ([WITHDRAW_SOL, _, minimum], []) => {
            withdraw_sol(accounts, u64::from_le_bytes(*minimum), data)
        }
        _ => Err(RouterError::UnknownInstruction.into()),
    }
}

/// Unwraps exactly so many lamports, and deposits them.
fn deposit_sol(accounts: &[AccountView], lamports: [u8; 8], data: &[u8]) -> ProgramResult {
    let [
        pool,
        mint,
        mint_authority,
        reserve,
        transit,
        recipient,
        token_program,
        system_program,
        owner,
        source,
        sluice_program,
        ..,
    ] = accounts
    else {
        return Err(RouterError::MissingAccounts.into());
    };
    require_programs(token_program, sluice_program)?;
    ensure(owner.is_signer(), RouterError::NotSigned)?;
    ensure(*transit.address() == TRANSIT, RouterError::WrongTransit)?;
    require_wrapped_sol(source)?;
    require_lst(recipient, mint)?;

    calls::unwrap_lamports(source, transit, owner, lamports)?;
    let accounts = [
        pool,
        mint,
        mint_authority,
        reserve,
        transit,
        recipient,
        token_program,
        system_program,
    ];
    calls::deposit_sol(accounts, data)
}

/// Leaves the pool at once, into the wrapped SOL account itself, and makes tokens of the lamports: so
/// many at least, also where the cluster's rent has risen since the account was made, and takes a part.
fn withdraw_sol(accounts: &[AccountView], minimum: u64, data: &[u8]) -> ProgramResult {
    let [
        pool,
        mint,
        reserve,
        owner,
        source,
        recipient,
        token_program,
        system_program,
        sluice_program,
        ..,
    ] = accounts
    else {
        return Err(RouterError::MissingAccounts.into());
    };
    require_programs(token_program, sluice_program)?;
    ensure(owner.is_signer(), RouterError::NotSigned)?;
    require_lst(source, mint)?;
    require_wrapped_sol(recipient)?;

    let before = tokens(recipient)?;
    let accounts = [
        pool,
        mint,
        reserve,
        owner,
        source,
        recipient,
        token_program,
        system_program,
    ];
    calls::withdraw_sol(accounts, data)?;
    calls::sync_native(recipient)?;
    let received = tokens(recipient)?.checked_sub(before);
    let suffices = received.is_some_and(|received| received >= minimum);
    ensure(suffices, RouterError::FewerTokens)
}

fn require_programs(token_program: &AccountView, sluice_program: &AccountView) -> ProgramResult {
    let is_token = *token_program.address() == TOKEN;
    ensure(is_token, RouterError::WrongTokenProgram)?;
    let is_sluice = *sluice_program.address() == SLUICE;
    ensure(is_sluice, RouterError::WrongSluiceProgram)
}

fn require_wrapped_sol(account: &AccountView) -> ProgramResult {
    let is_wrapped_sol = is_token_account(account, &WRAPPED_SOL)?;
    ensure(is_wrapped_sol, RouterError::NotWrappedSol)
}

/// That the mint is the pool's is for Sluice to say.
fn require_lst(account: &AccountView, mint: &AccountView) -> ProgramResult {
    let is_lst = is_token_account(account, mint.address())?;
    ensure(is_lst, RouterError::NotLst)
}

/// What a wrapped SOL account holds.
fn tokens(account: &AccountView) -> Result<u64, ProgramError> {
    let data = account.try_borrow()?;
    let bytes = data.get(TOKENS_AT..).and_then(<[u8]>::first_chunk);
    let bytes = bytes.ok_or(RouterError::NotWrappedSol)?;
    Ok(u64::from_le_bytes(*bytes))
}

fn is_token_account(account: &AccountView, mint: &Address) -> Result<bool, ProgramError> {
    let data = account.try_borrow()?;
    Ok(account.owned_by(&TOKEN)
        && data.len() == TOKEN_ACCOUNT_BYTES
        && data.starts_with(mint.as_array()))
}
