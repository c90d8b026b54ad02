//! Random adversaries of each role, in the real runtime.

use sluice_tests::{
    adversary::{Figures, Outcome, Peace, Role, Setting, table},
    scenario::SOL,
    seeds::{self, number, on_all_cores},
};

/// Worlds of each role and setting in a long run.
const LONG_WORLDS: u64 = 200;
/// Worlds of each role in the tests' command.
const WORLDS: u64 = 2;

/// The world of a seed with each of these roles in turn.
fn live(seed: u64, roles: &[Role], setting: Setting) -> Vec<(Role, Outcome)> {
    let mut outcomes = Vec::new();
    let mut lived: Option<(Role, Peace)> = None;
    for role in roles {
        let config = role.config(setting);
        let same = |(other, _): &(Role, Peace)| other.config(setting) == config;
        let outcome = seeds::live(async {
            let (_, peace) = match lived.take().filter(same) {
                Some(peace) => lived.insert(peace),
                None => lived.insert((*role, Peace::live(seed, config).await)),
            };
            peace.attack(seed, config, *role, &[]).await
        });
        outcomes.push((*role, outcome));
    }
    outcomes
}

/// The worlds of these seeds, on all cores.
fn live_all(seeds: std::ops::Range<u64>, roles: &[Role], setting: Setting) -> Vec<Figures> {
    let outcomes: Vec<(Role, Outcome)> = on_all_cores(seeds, |seed| {
        let lived = live(seed, roles, setting);
        for (role, outcome) in &lived {
            let (won, lost) = (outcome.profit, outcome.loss);
            eprintln!("{seed}: {role}, {setting}: won {won}, others lost {lost}");
        }
        lived
    })
    .into_iter()
    .flatten()
    .collect();
    let of = |role: Role| {
        let mut outcomes: Vec<Outcome> = outcomes
            .iter()
            .filter(|(of, _)| *of == role)
            .map(|(_, outcome)| outcome.clone())
            .collect();
        outcomes.sort_by_key(|outcome| outcome.seed);
        Figures {
            role,
            setting,
            outcomes,
        }
    };
    roles.iter().map(|role| of(*role)).collect()
}

/// The same world without every move that its profit or its harm does not need.
fn simplest(role: Role, setting: Setting, found: &Outcome, of: fn(&Outcome) -> i128) -> Outcome {
    let (seed, config) = (found.seed, role.config(setting));
    let peace = seeds::live(Peace::live(seed, config));
    let (mut best, mut left_out) = (found.clone(), Vec::new());
    for (number, _) in found.moves.iter().rev() {
        left_out.push(*number);
        let tried = seeds::live(peace.attack(seed, config, role, &left_out));
        if of(&tried) >= of(&best) * 9 / 10 {
            best = tried;
        } else {
            left_out.pop();
        }
    }
    best
}

/// What a role wins and what others lose in the first worlds at the recommended parameters, at most,
/// in SOL of 100,000.
fn most_sol(role: Role) -> (i128, i128) {
    match role {
        Role::Validator => (0, 25),
        Role::Curator => (4, 40),
        Role::Whale | Role::Donor => (0, 0),
        Role::Stranger => (0, 1),
    }
}

#[test]
fn adversaries_of_every_role_win_little_and_take_no_principal_at_the_recommended_parameters() {
    let sol = i128::from(SOL);
    for figures in live_all(0..WORLDS, &Role::ALL, Setting::Recommended) {
        let (role, (most_profit, most_loss)) = (figures.role, most_sol(figures.role));
        let (won, lost) = (figures.most_profitable(), figures.most_harmful());
        assert!(won.profit <= most_profit * sol, "{role}: {won:#?}");
        assert!(lost.loss <= most_loss * sol, "{role}: {lost:#?}");
        assert!(figures.principal_loss() <= 0, "{role}");
    }
}

/// The entry charge and the instant-exit fee are what stops the stranger of the test above.
#[test]
fn adversaries_win_in_the_same_world_without_the_charge_and_the_fee() {
    let outcomes = live(1, &[Role::Stranger], Setting::Bounds);
    let (_, stranger) = &outcomes[0];
    assert!(stranger.profit > 0 && stranger.loss > 0, "{stranger:#?}");
}

/// The charge follows the last finalize, so a lucky epoch is shared with whoever comes in its last slot:
/// two moves win what the book says, at the expense of the holders.
#[test]
fn adversaries_win_by_two_moves_around_the_boundary_of_a_lucky_epoch() {
    let outcomes = live(9, &[Role::Whale], Setting::Recommended);
    let (_, whale) = &outcomes[0];
    println!("{whale:#?}");
    let (won, lost) = (whale.profit / i128::from(SOL), whale.loss / i128::from(SOL));
    assert_eq!((won, lost, whale.moves.len()), (51, 84, 2), "{whale:#?}");
    assert!(whale.principal_loss <= 0, "nothing but rewards");
}

/// `SLUICE_SEED` lives one world, and says which moves it takes.
#[test]
#[ignore = "takes many minutes: cargo xtask adversaries"]
fn adversaries_of_every_role_take_no_principal_in_hundreds_of_worlds() {
    let seeds = match number("SLUICE_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("SLUICE_WORLDS").unwrap_or(LONG_WORLDS),
    };
    let mut rows = Vec::new();
    for setting in [Setting::Recommended, Setting::Bounds] {
        rows.extend(live_all(seeds.clone(), &Role::ALL, setting));
    }
    rows.sort_by_key(|figures| (figures.role, figures.setting));
    for figures in &rows {
        let (role, setting) = (figures.role, figures.setting);
        for (found, of) in [
            (figures.most_profitable(), profit as fn(&Outcome) -> i128),
            (figures.most_harmful(), loss),
        ] {
            eprintln!("{role}, {setting}: {found:#?}");
            if number("SLUICE_SEED").is_some() {
                eprintln!("at its simplest: {:#?}", simplest(role, setting, found, of));
            }
        }
    }
    println!("{}", table(&rows));
    for figures in &rows {
        let lost = figures.principal_loss();
        assert!(lost <= 0, "{}: {lost} lamports of principal", figures.role);
    }
}

fn profit(outcome: &Outcome) -> i128 {
    outcome.profit
}

fn loss(outcome: &Outcome) -> i128 {
    outcome.loss
}
