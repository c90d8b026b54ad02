//! The instructions that Infinity calls.

use pinocchio::{
    AccountView, Address, ProgramResult,
    cpi::set_return_data,
    sysvars::{Sysvar, clock::Clock},
};
use sluice_rate::{PROGRAM_ID, PoolRate};

use crate::{
    SLUICE, confirm,
    error::{ValueError, ensure},
    instruction::Asked,
    known, price,
};

/// Reads which instruction it is, and does it.
pub fn process(_program: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    match Asked::read(data)? {
        Asked::LstToSol(lst) => {
            let (pool, clock) = (confirmed_pool(accounts)?, Clock::get()?);
            price::require_price(&pool, clock.epoch)?;
            answer(price::lst_to_sol(&pool, lst, clock.slot)?)
        }
        Asked::SolToLst(lamports) => {
            let (pool, clock) = (confirmed_pool(accounts)?, Clock::get()?);
            price::require_price(&pool, clock.epoch)?;
            answer(price::sol_to_lst(&pool, lamports, clock.slot)?)
        }
        Asked::Confirm(slot) => confirm::confirm(accounts, slot),
    }
}

/// The pool of the mint, if Sluice is the program that was confirmed.
fn confirmed_pool(accounts: &[AccountView]) -> Result<PoolRate, ValueError> {
    let [mint, state, pool, program, program_data, ..] = accounts else {
        return Err(ValueError::MissingAccounts);
    };
    let confirmed = known::confirmed_slot(state)?;
    ensure(*program.address() == SLUICE, ValueError::WrongProgram)?;
    let deployed = known::deployed_slot(program_data)?;
    ensure(deployed == confirmed, ValueError::Upgraded)?;

    ensure(pool.owned_by(&SLUICE), ValueError::OtherProgram)?;
    let data = pool.try_borrow().map_err(|_| ValueError::NotAPool)?;
    let rate = PoolRate::read(&PROGRAM_ID, &data)?;
    ensure(
        *mint.address().as_array() == rate.mint,
        ValueError::WrongMint,
    )?;
    Ok(rate)
}

fn answer(range: price::Range) -> ProgramResult {
    set_return_data(range.to_bytes().as_flattened());
    Ok(())
}
