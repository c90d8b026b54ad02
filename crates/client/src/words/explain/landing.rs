//! Transactions that were sent, and of which too little is known.

use std::path::Path;

use solana_rpc_client_api::client_error::Error as RpcClientError;
use solana_signature::Signature;

use super::{Explanation, rpc};

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

/// The node that was given it says no.
pub fn not_taken(signature: &Signature, cause: &RpcClientError) -> Explanation {
    Explanation::new(
        format!(
            "The node did not take the transaction {signature}: {}. It may arrive all the same",
            rpc(cause).what
        ),
        "Do not repeat it before {show_pending} says that it did not arrive; a node that says so \
         every time is not one to send through",
    )
}

/// The journal has a line that cannot be read.
pub fn damaged(path: &Path, line: usize, why: &str) -> Explanation {
    Explanation::new(
        format!(
            "Line {line} of the journal of transactions {} is damaged ({why}): what it noted is not known, \
             and a transaction could be lost. Nothing was sent",
            path.display()
        ),
        "Look at what the other lines note with {show_pending}, and at your balance. Then move the file \
         aside: the next command begins a new one",
    )
}
