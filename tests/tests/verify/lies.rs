//! Each lie is planted alone in the bank of an honest pool, found, and named.

use sluice_client::{Evidence, Subject, Verdict};
use solana_pubkey::Pubkey;

use crate::scene::Scene;

/// Where it would have to be found, and how it is planted.
pub struct Lie {
    /// What is claimed.
    pub what: &'static str,
    /// The check that must name it.
    pub subject: Subject,
    /// How bad that is.
    pub verdict: Verdict,
    /// Changes what an honest node shows.
    pub plant: fn(&mut Evidence),
}

/// A lie that is a failure.
pub const fn lie(what: &'static str, subject: Subject, plant: fn(&mut Evidence)) -> Lie {
    Lie {
        what,
        subject,
        verdict: Verdict::Fail,
        plant,
    }
}

/// Plants each of these alone and asks whether it is named.
pub async fn assert_all_found(lies: &[Lie]) {
    let mut scene = Scene::set().await;
    let honest = scene.told(&scene.honest.clone(), &[]).await;
    assert!(honest.verdict() <= Verdict::Notice, "{honest:#?}");
    let mut missed = Vec::new();
    for lie in lies {
        let mut planted = scene.honest.clone();
        (lie.plant)(&mut planted);
        assert_ne!(planted.accounts, scene.honest.accounts, "{}", lie.what);
        let listed: Vec<Pubkey> = planted.accounts.keys().copied().collect();
        let report = scene.told(&planted, &listed).await;
        let check = report.check(lie.subject).expect("a check");
        if check.verdict() != lie.verdict || report.verdict() != lie.verdict {
            let others = report
                .checks
                .iter()
                .filter(|check| check.verdict() > Verdict::Notice);
            let others: Vec<_> = others.map(|check| (check.name(), check.says())).collect();
            let says = check.says();
            missed.push(format!(
                "{}: {:?} {says} {others:#?}",
                lie.what,
                check.verdict()
            ));
        }
        println!("{}: {}", lie.what, check.says());
    }
    assert!(missed.is_empty(), "{missed:#?}");
}
