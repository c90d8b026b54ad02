//! The rules on figures made by hand, and what is told of them.

mod course;
mod prometheus;
mod rules;
mod telling;
mod webhooks;

use super::{
    judge::{Condition, Judgement, Key},
    observed::{NodeState, Observed, ObservedPool, View},
    rule::Rule,
    settings::AlertSettings,
};

/// A time.
const NOW: u64 = 1_800_000_000;
const POOL: &str = "HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk";

/// A keeper of a pool to whom nothing is wrong.
fn calm() -> Observed {
    let view = View {
        epoch: 812,
        passed_percent: 99,
        priced_epoch: 812,
        exit_price_lamports: Some(1_000_000_000),
        queue_age_epochs: 3,
        due: vec![("settle ".to_owned(), "A batch is paid".to_owned(), 1_800)],
        ..View::default()
    };
    Observed {
        balance_lamports: Some(10_000_000),
        idle_seconds: 600,
        nodes: vec![
            ("one".to_owned(), NodeState::Answers),
            ("two".to_owned(), NodeState::Answers),
        ],
        pools: vec![ObservedPool {
            address: POOL.to_owned(),
            called: "slSOL".to_owned(),
            unread_seconds: 300,
            view: Some(view),
            market: Some(super::Market {
                price_lamports: Ok(980_000_000),
            }),
            gap: Some(super::Gap {
                epochs: 5,
                gross_parts_e9: 66_000_000,
                net_parts_e9: 46_000_000,
            }),
        }],
        program: Some(Vec::new()),
        webhooks: vec![("webhook 1 (slack)".to_owned(), true)],
        store: Some(Ok(())),
        journal: None,
    }
}

/// One rule says this.
fn said(rule: Rule) -> Judgement {
    let key = Key {
        rule,
        pool: POOL.to_owned(),
        about: String::new(),
    };
    let condition = Condition {
        key,
        called: "slSOL".to_owned(),
        text: "It is so.".to_owned(),
    };
    Judgement {
        conditions: vec![condition],
        ..Judgement::default()
    }
}

fn settings(text: &str) -> AlertSettings {
    toml::from_str(text).unwrap()
}
