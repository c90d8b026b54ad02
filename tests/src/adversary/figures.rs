//! What came of many worlds, as a row of a table.

use super::{
    Outcome,
    role::{Role, Setting},
};

const LAMPORTS_PER_MILLI: i128 = 1_000_000;
const THOUSAND: i128 = 1_000;

/// What a role did in all worlds with one setting.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Who.
    pub role: Role,
    /// In what kind of pool.
    pub setting: Setting,
    /// What came of it, world by world.
    pub outcomes: Vec<Outcome>,
}

impl Figures {
    /// The world in which the adversary has won most.
    pub fn most_profitable(&self) -> &Outcome {
        let outcomes = self.outcomes.iter();
        outcomes.max_by_key(|it| it.profit).expect("worlds")
    }

    /// The world in which the others have lost most.
    pub fn most_harmful(&self) -> &Outcome {
        let outcomes = self.outcomes.iter();
        outcomes.max_by_key(|it| it.loss).expect("worlds")
    }

    /// The most that the others have less at the end of a world than before the adversary began;
    /// negative where they have more in all.
    pub fn principal_loss(&self) -> i128 {
        let outcomes = self.outcomes.iter();
        outcomes.map(|it| it.principal_loss).max().expect("worlds")
    }

    /// The mean of something over all worlds.
    fn mean(&self, of: impl Fn(&Outcome) -> i128) -> i128 {
        let sum: i128 = self.outcomes.iter().map(of).sum();
        sum / self.outcomes.len() as i128
    }

    /// What others lost for each lamport that the adversary has less, in thousandths, over all worlds
    /// in which it has less. `None` where others lost nothing by that.
    pub fn loss_per_lamport_e3(&self) -> Option<i128> {
        let paid = || self.outcomes.iter().filter(|it| it.profit < 0);
        let (spent, lost): (i128, i128) = (
            paid().map(|it| -it.profit).sum(),
            paid().map(|it| it.loss).sum(),
        );
        (spent > 0 && lost > 0).then(|| lost * THOUSAND / spent)
    }

    fn row(&self) -> String {
        let ratio = self
            .loss_per_lamport_e3()
            .map_or("none".to_string(), |ratio| {
                format!("{}.{:03}", ratio / THOUSAND, ratio % THOUSAND)
            });
        format!(
            "| {} | {} | {} | {} | {} | {} | {} | {ratio} |",
            self.role,
            self.setting,
            self.outcomes.len(),
            sol(self.mean(|it| it.profit)),
            sol(self.most_profitable().profit),
            sol(self.mean(|it| it.loss)),
            sol(self.most_harmful().loss),
        )
    }
}

/// The rows as a Markdown table.
pub fn table(rows: &[Figures]) -> String {
    let head = "| role | parameters | worlds | profit, mean | most | loss of others, mean | most | \
                lost per lamport spent |\n| --- | --- | --- | --- | --- | --- | --- | --- |";
    let rows: Vec<String> = rows.iter().map(Figures::row).collect();
    format!("{head}\n{}", rows.join("\n"))
}

/// SOL with three decimals, rounded down in amount.
fn sol(lamports: i128) -> String {
    let millis = lamports.abs() / LAMPORTS_PER_MILLI;
    let sign = if lamports < 0 && millis > 0 { "-" } else { "" };
    format!("{sign}{}.{:03}", millis / THOUSAND, millis % THOUSAND)
}
