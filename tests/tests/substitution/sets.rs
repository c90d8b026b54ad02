//! Accounts that fit each other, replaced together.
//!
//! One wrong account alone is often given away by another one that does not fit it: a foreign batch by
//! the ticket, a foreign stake account by the vote account. An attacker brings both. So whatever
//! differs between an instruction and one of its siblings, the same instruction for another pool,
//! validator, ticket or user, is mixed: every subset of it, or where it is too much for that every
//! subset of up to three, or all but up to two. The arguments count as one thing more that can be
//! mixed. The last sibling has twins: accounts with the content of ours, except that they name the
//! other pool.

use sluice_tests::scenario::two_pools::{Case, Sibling};
use solana_instruction::Instruction;

use super::{may_be, prober::Prober};

/// So many differences or fewer are mixed in every way.
const MOST_MIXED_IN_EVERY_WAY: usize = 10;

/// What an instruction and a sibling of it differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The account at this position.
    Account(usize),
    /// The arguments.
    Arguments,
}

impl Part {
    fn differing(one: &Instruction, other: &Instruction) -> Vec<Self> {
        assert_eq!(one.accounts.len(), other.accounts.len(), "a sibling");
        let metas = one.accounts.iter().zip(&other.accounts).enumerate();
        let accounts = metas
            .filter(|(_, (one, other))| one.pubkey != other.pubkey)
            .map(|(position, _)| Self::Account(position));
        let arguments = (one.data != other.data).then_some(Self::Arguments);
        accounts.chain(arguments).collect()
    }

    fn take(self, from: &Instruction, into: &mut Instruction) {
        match self {
            Self::Account(position) => {
                into.accounts[position].pubkey = from.accounts[position].pubkey;
            }
            Self::Arguments => into.data.clone_from(&from.data),
        }
    }

    fn name(self, names: &[String]) -> &str {
        match self {
            Self::Account(position) => &names[position],
            Self::Arguments => "arguments",
        }
    }
}

/// Which subsets of so many differences are tried, as bits: some of them, and all where that is wrong, too.
fn subsets(differences: usize, with_all: bool) -> impl Iterator<Item = u32> {
    let whole = (1_u32 << differences) - 1;
    (1..whole + u32::from(with_all)).filter(move |mixed| {
        let taken = mixed.count_ones() as usize;
        differences <= MOST_MIXED_IN_EVERY_WAY || taken <= 3 || taken + 2 >= differences
    })
}

impl Prober {
    /// Sends every mixture of the instruction with a sibling. None may work, except where anybody may
    /// choose all that was mixed in, or all that was left.
    pub async fn probe_sets(&mut self, case: &Case, sibling: &Sibling, names: &[String]) {
        let parts = Part::differing(&case.instruction, &sibling.instruction);
        for mixed in subsets(parts.len(), sibling.is_attack) {
            let (taken, left) = split(&parts, mixed);
            let mut instruction = case.instruction.clone();
            for part in &taken {
                part.take(&sibling.instruction, &mut instruction);
            }
            self.sign_what_can_be_signed(&mut instruction);
            self.mixtures += 1;
            if self.send(&instruction).await.is_err() {
                continue;
            }
            self.restore().await;
            let describe = |part: &Part| {
                let name = part.name(names);
                format!("{}.{name} is {}", case.name, sibling.are)
            };
            if let [only] = taken[..] {
                self.accept(describe(&only));
            } else {
                let are_chosen = |parts: &[Part]| parts.iter().all(|part| may_be(&describe(part)));
                if !are_chosen(&taken) && (left.is_empty() || !are_chosen(&left)) {
                    let [taken, left] = [&taken, &left].map(|parts| {
                        let described = parts.iter().map(describe);
                        described.collect::<Vec<_>>().join(", ")
                    });
                    self.harmful.push(format!("{taken}; but not: {left}"));
                }
            }
        }
        self.assert_untouched(case.name).await;
    }
}

/// The parts whose bits are set, and the others.
fn split(parts: &[Part], mixed: u32) -> (Vec<Part>, Vec<Part>) {
    let numbered = parts.iter().copied().enumerate();
    let (taken, left): (Vec<_>, Vec<_>) = numbered.partition(|(bit, _)| mixed & (1 << bit) != 0);
    let parts = |numbered: Vec<(usize, Part)>| numbered.into_iter().map(|(_, part)| part).collect();
    (parts(taken), parts(left))
}
