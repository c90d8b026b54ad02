//! How a verb comes in two forms: one that must succeed, and one that returns what came of it.

use std::panic::Location;

use crate::cluster::{Sent, TransactionFailure};

/// The transaction that was accepted, or a panic with the logs.
pub(super) fn accepted<T>(result: Result<T, TransactionFailure>, caller: &Location<'_>) -> T {
    result.unwrap_or_else(|failure| panic!("refused, called at {caller}: {failure}"))
}

pub(super) type Outcome = Result<Sent, TransactionFailure>;

/// Defines `name`, which must succeed, and `try_name`, which returns what came of it. The body is
/// asynchronous and makes an instruction and its signers.
macro_rules! verbs {
    ($($(#[$doc:meta])* $name:ident, $try_name:ident, ($($argument:ident: $type:ty),*), |$pool:ident| $body:expr;)*) => {
        impl Pool {
            $(
                $(#[$doc])*
                #[track_caller]
                pub fn $name(&mut self, $($argument: $type),*) -> impl Future<Output = Sent> {
                    let caller = std::panic::Location::caller();
                    async move { accepted(self.$try_name($($argument),*).await, caller) }
                }

                $(#[$doc])*
                pub async fn $try_name(&mut self, $($argument: $type),*) -> Outcome {
                    let $pool = &mut *self;
                    let (instruction, signers): (Instruction, Vec<Keypair>) = $body;
                    let signers: Vec<&Keypair> = signers.iter().collect();
                    self.send(&[instruction], &signers).await
                }
            )*
        }
    };
}

pub(super) use verbs;
