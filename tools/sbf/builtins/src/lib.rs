//! Signed 128-bit division, which `solana-compiler-builtins` lacks.
//!
//! The compiler tests the divisor before it calls these, so a zero divisor,
//! which `checked_*` excludes here, cannot occur; testing it again keeps the
//! compiler from adding a panic of its own.
#![no_std]

use solana_compiler_builtins as _;

#[unsafe(no_mangle)]
extern "Rust" fn __divti3(dividend: i128, divisor: i128) -> i128 {
    let quotient = dividend
        .unsigned_abs()
        .checked_div(divisor.unsigned_abs())
        .unwrap_or(0);
    with_sign(quotient, (dividend < 0) != (divisor < 0))
}

#[unsafe(no_mangle)]
extern "Rust" fn __modti3(dividend: i128, divisor: i128) -> i128 {
    let remainder = dividend
        .unsigned_abs()
        .checked_rem(divisor.unsigned_abs())
        .unwrap_or(0);
    with_sign(remainder, dividend < 0)
}

#[inline(always)]
fn with_sign(magnitude: u128, negative: bool) -> i128 {
    let value = magnitude as i128;
    if negative { value.wrapping_neg() } else { value }
}
