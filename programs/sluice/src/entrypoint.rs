//! Where the runtime calls the program.
//!
//! Anchor's entrypoint grows a list of accounts and drops each of them at the end. This one does what
//! `entrypoint_no_alloc!` of the library does, with the lifetimes that Anchor's dispatcher wants, and
//! with the heap of a library that programs of the same kind use: 50 compute units less per account.

use std::mem::MaybeUninit;

use anchor_lang::prelude::*;
#[cfg(target_os = "solana")]
use solana_program_entrypoint::{HEAP_LENGTH, HEAP_START_ADDRESS};
use solana_program_entrypoint::{SUCCESS, custom_panic_default, deserialize_into};

/// The most accounts that an instruction can have: twice as many as a transaction may lock today. The
/// program fails where there are more.
const MAX_ACCOUNTS: usize = 128;

custom_panic_default!();

/// Memory is handed out one piece after the other, and never taken back.
#[cfg(target_os = "solana")]
#[global_allocator]
// SAFETY: the runtime gives every program this range, zeroed.
static HEAP: pinocchio::entrypoint::BumpAllocator = unsafe {
    pinocchio::entrypoint::BumpAllocator::new_unchecked(HEAP_START_ADDRESS as usize, HEAP_LENGTH)
};

/// Reads accounts and data, and dispatches.
///
/// # Safety
///
/// `input` is what the runtime hands to programs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn entrypoint(input: *mut u8) -> u64 {
    let room = Box::leak(Box::<[AccountInfo<'_>]>::new_uninit_slice(MAX_ACCOUNTS));
    // SAFETY: the runtime wrote `input`. More accounts than there is room for are a panic.
    let (program_id, count, data) = unsafe { deserialize_into(input, room) };
    let written: &[MaybeUninit<AccountInfo<'_>>] = room.get(..count).unwrap_or_default();
    // SAFETY: the first `count` have just been written.
    let accounts = unsafe { written.assume_init_ref() };
    match crate::entry(program_id, accounts, data) {
        Ok(()) => SUCCESS,
        Err(error) => error.into(),
    }
}
