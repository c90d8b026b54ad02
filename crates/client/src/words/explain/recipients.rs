//! Addresses that are given nothing, and what was probably meant.

use solana_pubkey::Pubkey;

use super::Explanation;

/// Whom to name instead of an address that nobody can sign for.
pub fn rather(owner: &Option<Pubkey>) -> String {
    match owner {
        Some(owner) => format!("If you mean its owner, give {owner}"),
        None => "Give the address of a wallet or of a multisig's vault".to_owned(),
    }
}

/// An account of a program that may keep wallets, or may not.
pub fn of_a_program(address: &Pubkey, program: &Pubkey) -> Explanation {
    Explanation::new(
        format!(
            "{address} belongs to the program {program}: only that program can move what it receives"
        ),
        "Give the address of a wallet or of a multisig's vault or, if this is your wallet in that \
         program, add {allow_program_owned}",
    )
}

/// An address that no key has: a vault, or something like the reserve of another pool.
pub fn keyless(address: &Pubkey) -> Explanation {
    Explanation::new(
        format!(
            "{address} has no key: only a program can move what it receives, and most never do, such \
             as for the reserve of another pool"
        ),
        "Give the address of a wallet or, if this is the vault of your multisig, add \
         {allow_program_owned}",
    )
}
