//! Wakes one mutant, whose number is written into the ELF behind the marker, or several at once.

use anchor_lang::prelude::{AccountInfo, Pubkey};

#[repr(C)]
struct Switch {
    marker: [u8; 16],
    number: u32,
    several: [u8; 1_024],
}

#[used]
static SWITCH: Switch = Switch {
    marker: *b"which is removed",
    number: 0,
    several: [0; 1_024],
};

/// In the place of a number: those are awake that have a bit among `several`.
const SEVERAL: u32 = 1;

/// Whether this mutant is awake.
#[inline(always)]
pub fn is(number: u32) -> bool {
    // safety: it is a field of a static.
    let awake = unsafe { core::ptr::read_volatile(&SWITCH.number) };
    awake != 0 && (awake == number || (awake == SEVERAL && is_among(number)))
}

#[cold]
#[inline(never)]
fn is_among(number: u32) -> bool {
    let bit = number as usize & 0x1FFF;
    // safety: it is a field of a static, and within it.
    let byte = unsafe { core::ptr::read_volatile(SWITCH.several.as_ptr().add(bit / 8)) };
    byte >> (bit % 8) & 1 == 1
}

pub fn own<'x, 'info: 'x>(number: u32, account: &AccountInfo<'info>, expected: &'x Pubkey) -> &'x Pubkey {
    if is(number) { account.key } else { expected }
}

#[inline(always)]
pub fn eq<T: PartialEq + ?Sized>(number: u32, left: &T, right: &T) -> bool {
    (left == right) ^ is(number)
}
#[inline(always)]
pub fn ne<T: PartialEq + ?Sized>(number: u32, left: &T, right: &T) -> bool {
    (left != right) ^ is(number)
}
#[inline(always)]
pub fn lt<T: PartialOrd>(number: u32, left: &T, right: &T) -> bool {
    if is(number) { left <= right } else { left < right }
}
#[inline(always)]
pub fn le<T: PartialOrd>(number: u32, left: &T, right: &T) -> bool {
    if is(number) { left < right } else { left <= right }
}
#[inline(always)]
pub fn gt<T: PartialOrd>(number: u32, left: &T, right: &T) -> bool {
    if is(number) { left >= right } else { left > right }
}
#[inline(always)]
pub fn ge<T: PartialOrd>(number: u32, left: &T, right: &T) -> bool {
    if is(number) { left > right } else { left >= right }
}
#[inline(always)]
pub fn and(number: u32, left: bool, right: impl FnOnce() -> bool) -> bool {
    if is(number) { left || right() } else { left && right() }
}
#[inline(always)]
pub fn or(number: u32, left: bool, right: impl FnOnce() -> bool) -> bool {
    if is(number) { left && right() } else { left || right() }
}
