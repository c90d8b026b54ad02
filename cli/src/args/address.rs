//! Addresses as they are typed.

use solana_pubkey::Pubkey;

/// Reads an address.
pub fn address(text: &str) -> Result<Pubkey, &'static str> {
    let wrong = "this is no address: one has 32 to 44 letters and digits, without 0, O, I and l";
    text.parse().map_err(|_| wrong)
}
