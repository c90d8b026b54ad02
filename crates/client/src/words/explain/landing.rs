//! Transactions that were sent, and of which too little is known.

use solana_signature::Signature;

use super::Explanation;

/// Its time seems to be over, and it was not seen.
pub fn not_confirmed(signature: &Signature) -> Explanation {
    Explanation::new(
        format!(
            "The transaction {signature} was sent, is in no block, and its time seems to be over: \
             it did very likely not arrive, but one node alone can be wrong about that"
        ),
        "Look it up with {show_pending} before you repeat it. With several nodes that is decided for \
         you; a higher priority fee helps on a busy cluster",
    )
}

/// Nothing is known.
pub fn perhaps_sent(signature: &Signature) -> Explanation {
    Explanation::new(
        format!(
            "The transaction {signature} was perhaps sent: no node says yet what became of it, and \
             it may still arrive"
        ),
        "Do not repeat it before {show_pending} says that it did not arrive",
    )
}
