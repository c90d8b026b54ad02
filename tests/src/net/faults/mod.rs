//! Nodes that fail: [`LyingNode`] changes answers as a closure says, [`FaultyNode`] does everything
//! that nodes do wrong, by rules that are data, [`FrozenNode`] shows what was, and nodes of a [`Moment`] tell [`Forgery`] after
//! [`Forgery`] about accounts and numbers.

mod frozen;
mod lies;
mod lying_node;
mod memory;
mod mixes;
mod named;
mod node;
mod proxy;
mod rule;
mod traffic;

pub use frozen::{Frozen, FrozenNode};
pub use lies::{
    About, CapturingNode, Catalogue, Forgery, Lie, Moment, Mutation, STRANGER, Twist, forgeries,
};
pub use lying_node::LyingNode;
pub use mixes::mix;
pub use named::named;
pub use node::FaultyNode;
pub use rule::{Calls, Change, Effect, Heard, Rule, SEND, Trigger};
pub use traffic::Traffic;

/// What goes wrong while a command runs.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name, unlike all others.
    pub name: String,
    /// The rules of each node before the cluster.
    pub nodes: Vec<Vec<Rule>>,
    /// Decides what happens by chance.
    pub seed: u64,
    /// Whether a command must succeed all the same.
    pub survivable: bool,
}

impl Scenario {
    /// Nothing goes wrong.
    pub fn none() -> Self {
        Self {
            name: "no fault".to_owned(),
            nodes: vec![Vec::new()],
            seed: 0,
            survivable: true,
        }
    }

    /// Its nodes before a cluster.
    pub fn before(&self, honest_url: &str) -> Vec<FaultyNode> {
        let seeds = self.seed..;
        let nodes = self.nodes.iter().zip(seeds);
        nodes
            .map(|(rules, seed)| FaultyNode::before(honest_url, rules, seed))
            .collect()
    }
}
