//! Each rule: when it says something, and that it then begins and ends once.

use std::collections::BTreeSet;

use strum::IntoEnumIterator;

use super::{
    super::{
        Gap, Market,
        course::{Change, Course},
        judge::judge,
        observed::Change as Announced,
        program::{Seen, deviations},
        settings::Authority,
    },
    *,
};
use crate::known::Doubt;

/// What makes a rule speak.
type Spoil = fn(&mut Observed);

fn view(observed: &mut Observed) -> &mut View {
    observed.pools[0].view.as_mut().unwrap()
}

/// For each rule, the least that makes it speak, and words that its text must have.
const CASES: [(Rule, Spoil, &str); 25] = [
    (
        Rule::NotPriced,
        |all| (view(all).priced_epoch, view(all).passed_percent) = (811, 10),
        "those of epoch 811, and 10% of epoch 812",
    ),
    (
        Rule::QueueOld,
        |all| view(all).queue_age_epochs = 4,
        "4 epochs ago",
    ),
    (
        Rule::BreakerTripped,
        |all| view(all).is_tripped = true,
        "breaker",
    ),
    (
        Rule::LossReported,
        |all| view(all).fallen_lamports = 1_500_000_000,
        "fell by 1.500000000 SOL",
    ),
    (
        Rule::ValidatorBreach,
        |all| view(all).breaches = vec![("V".to_owned(), "commission", "it takes too much")],
        "V breaks a rule of the pool: it takes too much.",
    ),
    (
        Rule::ValidatorDelinquent,
        |all| view(all).breaches = vec![("V".to_owned(), "delinquent", "it does not vote")],
        "it does not vote",
    ),
    (
        Rule::EjectionHeldBack,
        |all| view(all).held_back = vec!["V".to_owned()],
        "V is not ejected yet",
    ),
    (
        Rule::StepDue,
        |all| view(all).due[0].2 = 1_801,
        "Due for 30 minutes, and not done: A batch is paid.",
    ),
    (
        Rule::Paused,
        |all| view(all).paused_until_epoch = Some(815),
        "until epoch 815",
    ),
    (
        Rule::ChangePending,
        |all| {
            view(all).changes = vec![Announced {
                name: "reward-fee-bps",
                before: "300".to_owned(),
                after: "400".to_owned(),
                from_epoch: 814,
                seconds: Some(300_000),
            }];
        },
        "reward-fee-bps becomes 400 (now 300) when epoch 814 is priced: in about 3 days",
    ),
    (
        Rule::NominationPending,
        |all| view(all).nominee = Some("N".to_owned()),
        "N is nominated as admin",
    ),
    (
        Rule::YieldLow,
        |all| {
            all.pools[0].gap = Some(Gap {
                epochs: 5,
                gross_parts_e9: 66_000_000,
                net_parts_e9: 45_900_000,
            });
        },
        "Over 5 epochs holders got 4.5900% a year, and the cluster paid 6.6000%",
    ),
    (
        Rule::MarketLow,
        |all| {
            let price_lamports = Ok(979_000_000);
            all.pools[0].market = Some(Market { price_lamports });
        },
        "pays 0.979000000 SOL for a token, 2.10% less than an exit",
    ),
    (
        Rule::MarketSilent,
        |all| {
            let price_lamports = Err("it does not answer in time".to_owned());
            all.pools[0].market = Some(Market { price_lamports });
        },
        "not known: it does not answer in time.",
    ),
    (
        Rule::PoolUnread,
        |all| all.pools[0].unread_seconds = 301,
        "not read for 5 minutes",
    ),
    (
        Rule::ProgramChanged,
        |all| {
            let (first, now) = (seen("a", "A"), seen("b", "A"));
            all.program = Some(deviations(&first, &now, &AlertSettings::default()));
        },
        "The hash of the program is b, and was a when this keeper first saw it.",
    ),
    (
        Rule::LowBalance,
        |all| all.balance_lamports = Some(9_999_999),
        "has 0.009999999 SOL",
    ),
    (
        Rule::NodeDown,
        |all| all.nodes[1].1 = NodeState::Silent,
        "node two does not answer",
    ),
    (
        Rule::NoNode,
        |all| all.nodes = vec![("one".to_owned(), NodeState::Silent)],
        "No node can be used",
    ),
    (
        Rule::NodeSetAside,
        |all| all.nodes[1].1 = NodeState::Doubted(Doubt::AnotherCluster),
        "two is not used: it serves another cluster",
    ),
    (
        Rule::NodeSetAside,
        |all| all.nodes[1].1 = NodeState::Doubted(Doubt::Outdated),
        "two is not used: it shows old accounts as new ones",
    ),
    (
        Rule::KeeperIdle,
        |all| all.idle_seconds = 601,
        "nothing for 10 minutes",
    ),
    (
        Rule::WebhookFailed,
        |all| all.webhooks[0].1 = false,
        "The webhook 1 (slack) takes no messages",
    ),
    (
        Rule::StoreDown,
        |all| all.store = Some(Err("The store at X cannot be used: no".to_owned())),
        "The store at X cannot be used: no. What the chain forgets",
    ),
    (
        Rule::JournalDown,
        |all| all.journal = Some("The journal X cannot be used".to_owned()),
        "Nothing is sent for any pool. The journal X cannot be used.",
    ),
];

fn seen(hash: &str, authority: &str) -> Seen {
    Seen {
        hash: hash.to_owned(),
        upgrade_authority: authority.to_owned(),
    }
}

#[test]
fn each_rule_speaks_at_its_threshold_and_begins_and_ends_once() {
    let limits = AlertSettings::default();
    let tested: BTreeSet<Rule> = CASES.iter().map(|(rule, ..)| *rule).collect();
    assert_eq!(tested, Rule::iter().collect());
    assert_eq!(judge(&calm(), &limits).conditions, []);
    for (rule, spoil, words) in CASES {
        let mut ill = calm();
        spoil(&mut ill);
        let judged = judge(&ill, &limits);
        let mut rules: Vec<Rule> = judged.conditions.iter().map(|one| one.key.rule).collect();
        // A node that is alone is also one of those that do not answer.
        rules.retain(|other| (rule, *other) != (Rule::NoNode, Rule::NodeDown));
        assert_eq!(rules, [rule]);
        let texts: Vec<&String> = judged.conditions.iter().map(|one| &one.text).collect();
        assert!(texts.iter().any(|text| text.contains(words)), "{texts:?}");
        let mut course = Course::default();
        let mut count = |observed: &Observed, from: u64| {
            let judged = judge(observed, &limits);
            let steps = (from..from + 200).flat_map(|now| course.step(&judged, now, 60));
            let of_rule = steps.filter(|change| match change {
                Change::Begins(alert) | Change::Ends(alert) => alert.key.rule == rule,
            });
            of_rule.collect::<Vec<_>>()
        };
        let begun = count(&ill, NOW);
        assert!(
            matches!(begun[..], [Change::Begins(_)]),
            "{rule}: {begun:?}"
        );
        let ended = count(&calm(), NOW + 200);
        assert!(matches!(ended[..], [Change::Ends(_)]), "{rule}: {ended:?}");
    }
}

#[test]
fn a_rule_that_is_switched_off_says_nothing() {
    for (rule, spoil, _) in CASES {
        let mut ill = calm();
        spoil(&mut ill);
        let limits = settings(&format!("off = [\"{rule}\"]"));
        let judged = judge(&ill, &limits);
        assert!(
            judged.conditions.iter().all(|one| one.key.rule != rule),
            "{rule}"
        );
    }
}

#[test]
fn of_a_pool_that_cannot_be_read_nothing_is_told_but_that() {
    let limits = AlertSettings::default();
    let mut ill = calm();
    view(&mut ill).is_tripped = true;
    ill.pools[0].unread_seconds = 301;
    let judged = judge(&ill, &limits);
    let rules: Vec<Rule> = judged.conditions.iter().map(|one| one.key.rule).collect();
    assert_eq!(rules, [Rule::PoolUnread]);
    for rule in [
        Rule::BreakerTripped,
        Rule::NotPriced,
        Rule::ChangePending,
        Rule::MarketLow,
    ] {
        assert!(judged.unknown.contains(&(rule, POOL.to_owned())), "{rule}");
    }
    let nothing = judge(&Observed::default(), &limits);
    assert_eq!(nothing.conditions, []);
    for rule in [
        Rule::LowBalance,
        Rule::NodeDown,
        Rule::NoNode,
        Rule::ProgramChanged,
        Rule::StoreDown,
    ] {
        assert!(nothing.unknown.contains(&(rule, String::new())), "{rule}");
    }
}

#[test]
fn a_program_is_held_against_the_configuration_or_else_against_what_was_first_seen() {
    let (first, now) = (seen("a", "A"), seen("b", "none"));
    let told = |settings: &AlertSettings| {
        let deviations = deviations(&first, &now, settings);
        deviations
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    let unset = told(&AlertSettings::default());
    assert_eq!(unset.len(), 2, "{unset:?}");
    assert!(
        unset[1].contains("is none, and was A when this keeper"),
        "{unset:?}"
    );
    let wanted = AlertSettings {
        upgrade_authority: Some(Authority(None)),
        program_hash: Some(solana_hash::Hash::default()),
        ..AlertSettings::default()
    };
    let set = told(&wanted);
    assert_eq!(set.len(), 1, "{set:?}");
    assert!(
        set[0].contains("is b, and the configuration wants 0000"),
        "{set:?}"
    );
    assert_eq!(deviations(&first, &first, &AlertSettings::default()), []);
}

#[test]
fn a_hash_is_told_as_other_commands_print_it_and_an_authority_as_an_address() {
    let [was, is] = [1, 2].map(|byte| solana_hash::Hash::new_from_array([byte; 32]).to_string());
    let (first, now) = (seen(&was, &was), seen(&is, &is));
    let told = deviations(&first, &now, &AlertSettings::default());
    let texts: Vec<(&str, &str)> = told
        .iter()
        .map(|one| (one.is.as_str(), one.wanted.as_str()))
        .collect();
    let [hash, before] = ["02", "01"].map(|byte| byte.repeat(32));
    assert_eq!(texts, [(hash.as_str(), before.as_str()), (&is, &was)]);
}

#[test]
fn a_gap_is_the_mean_of_as_many_epochs_as_were_asked_for() {
    use super::super::yields::{EpochYield, note};
    let mut seen = Vec::new();
    for (epoch, net_parts_e9) in [(1, 0), (2, 60_000_000), (3, 62_000_000), (3, 64_000_000)] {
        let one = EpochYield {
            epoch,
            gross_parts_e9: 66_000_000,
            net_parts_e9,
        };
        note(&mut seen, one, 2);
    }
    let gap = Gap::over(&seen, 2).unwrap();
    assert_eq!((gap.net_parts_e9, gap.bps()), (62_000_000, 40));
    assert_eq!(Gap::over(&seen, 3), None);
    let more = Gap {
        net_parts_e9: 70_000_000,
        ..gap
    };
    assert_eq!(more.bps(), 0, "holders got more");
}
