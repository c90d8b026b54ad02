//! What to do next. The library names no commands: where a sentence is about a step that can be
//! taken, it has a mark, and the program that shows the sentence puts in its name for the step.

use std::fmt;

use strum::{EnumIter, EnumMessage, EnumString, IntoEnumIterator};

/// A step that can come next. In a sentence it is marked by its name in snake case and braces; its
/// message is what it is called where nobody has a better name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumMessage, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Next {
    /// Do what is due in the pool.
    #[strum(message = "the crank")]
    Crank,
    /// Deposit SOL.
    #[strum(message = "a deposit of SOL")]
    Stake,
    /// Leave through the queue.
    #[strum(message = "a request to unstake")]
    Unstake,
    /// Leave at once, for a fee.
    #[strum(message = "the instant exit")]
    Instant,
    /// Look at the pool: prices, limits, dates.
    #[strum(message = "the pool's state")]
    ShowPool,
    /// Look at who has which role.
    #[strum(message = "the list of roles")]
    ShowRoles,
    /// Look at the pool's parameters and the changes that wait.
    #[strum(message = "the list of parameters")]
    ShowConfig,
    /// Look at one's own tickets.
    #[strum(message = "the list of tickets")]
    ShowTickets,
    /// Look at the pool's validators.
    #[strum(message = "the list of validators")]
    ShowValidators,
    /// Look at how one validator stands with the pool.
    #[strum(message = "the explanation of a validator")]
    ExplainValidator,
    /// Give the pool the layout of the deployed program.
    #[strum(message = "the migration")]
    Migrate,
    /// Give something to an account of a program.
    #[strum(message = "the consent to accounts of programs")]
    AllowProgramOwned,
    /// Look up transactions that were left undecided.
    #[strum(message = "the list of undecided transactions")]
    ShowPending,
    /// Look at the unsigned transaction, or take it to signers elsewhere.
    #[strum(message = "an unsigned copy of it")]
    Dump,
    /// Run a cluster on this machine.
    #[strum(message = "a local cluster")]
    StartCluster,
    /// Ask a test cluster for SOL.
    #[strum(message = "an airdrop")]
    Airdrop,
    /// Take SOL out of a stake account.
    #[strum(message = "the stake program's withdrawal")]
    WithdrawStake,
    /// Change the lockup of a stake account.
    #[strum(message = "the stake program's change of lockups")]
    SetLockup,
}

impl Next {
    /// All steps.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }
}

impl fmt::Display for Next {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.get_message().unwrap_or_default())
    }
}

/// What to do next: a sentence without its full stop, in which steps are marked. Empty where
/// nothing helps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Advice(pub &'static str);

impl Advice {
    /// Where nothing helps.
    pub const NONE: Self = Self("");

    /// The sentence with the steps called as `name` says.
    pub fn said_with(&self, name: &dyn Fn(Next) -> String) -> String {
        let mut parts = self.0.split('{');
        let mut said = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            match part
                .split_once('}')
                .map(|(mark, rest)| (mark.parse(), rest))
            {
                Some((Ok(next), rest)) => {
                    said.push_str(&name(next));
                    said.push_str(rest);
                }
                _ => said.extend(["{", part]),
            }
        }
        said
    }

    /// The steps that the sentence names, in order.
    pub fn steps(&self) -> Vec<Next> {
        let marks = self.0.split('{').skip(1);
        marks
            .filter_map(|part| part.split_once('}')?.0.parse().ok())
            .collect()
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.said_with(&|next| next.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_names_its_steps_as_its_reader_calls_them() {
        let advice = Advice("Run {crank}, then look at {show_pool}");
        assert_eq!(advice.steps(), [Next::Crank, Next::ShowPool]);
        assert_eq!(
            advice.to_string(),
            "Run the crank, then look at the pool's state"
        );
        let said = advice.said_with(&|next| format!("<{next:?}>"));
        assert_eq!(said, "Run <Crank>, then look at <ShowPool>");
        assert_eq!(Advice("a {brace").to_string(), "a {brace");
    }
}
