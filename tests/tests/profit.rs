//! Sequences that the search for profit found best, on the compiled program: every account is that of
//! the model after every step, to the lamport, and so is what they win.

use std::{env, fs};

use anyhow::{Context, Result, ensure};
use sluice_model::{
    Model, SOL,
    search::{Candidate, Genome, Kind, Moment, Move, Played, Scene, Search, Setting, Start, play},
};
use sluice_tests::{
    model::World,
    seeds::{self, number, on_all_cores},
};

/// Sequences of the search of the tests' command.
const SEQUENCES: u64 = 1_500;
const SEED: u64 = 1;

/// Plays a sequence on the model, and what was done then on the compiled program.
async fn replay(scene: &Scene, genome: &Genome, epochs: usize) -> Result<Played> {
    let (played, market) = play(scene, genome, epochs, true);
    let mut world = World::of_scene(scene).await?;
    world
        .replay(&scene.opening)
        .await
        .context("at the opening")?;
    let actions = market.actions.as_deref().unwrap_or_default();
    let replayed = world.replay(actions).await;
    replayed.with_context(|| format!("{genome:?}\n{}", world.trace()))?;
    check_same(&world.model, &market.model)?;
    Ok(played)
}

/// The chain has come to the same books and balances as the model had alone.
fn check_same(chain: &Model, alone: &Model) -> Result<()> {
    ensure!(chain.ledger == alone.ledger, "other books");
    ensure!(chain.holders == alone.holders, "other balances");
    ensure!(chain.now.slot == alone.now.slot, "another slot");
    let purses = |model: &Model| [model.reserve, model.vault, model.fees, model.mint_supply];
    ensure!(purses(chain) == purses(alone), "other purses");
    let stakes = |model: &Model| {
        let slots = model.slots.values();
        let accounts = slots.flat_map(|slot| slot.stakes.map(|held| held.account.lamports));
        accounts.collect::<Vec<_>>()
    };
    ensure!(stakes(chain) == stakes(alone), "other stake");
    Ok(())
}

#[test]
fn what_a_search_found_best_wins_on_the_compiled_program_what_it_wins_on_the_model() {
    let scenes = [
        (Setting::Recommended, Kind::Lucky, 2, true),
        (Setting::LeastFees, Kind::Quiet, 3, false),
        (Setting::Bounds, Kind::Busy, 2, false),
    ];
    on_all_cores(0..scenes.len() as u64, |index| {
        let (setting, kind, epochs, with_validators) = scenes[index as usize];
        let scene = Scene::new(setting, kind, Start::Newcomer, SEED);
        let mut search = Search::new(epochs, with_validators, SEED);
        search.go_on(&scene, SEQUENCES);
        let best = search.best().first().expect("trades were accepted");
        let played = seeds::live(replay(&scene, &best.genome, epochs));
        let played = played.unwrap_or_else(|error| panic!("{setting}, {kind}: {error:?}"));
        assert_eq!(played.profit, best.profit);
    });
}

/// Of forty seeds the one whose first epochs have the luckiest validator: twenty times the ordinary.
const LUCKY_SEED: u64 = 22;

/// The luckiest validator of the first epochs, and its epoch.
fn luckiest(scene: &Scene, epochs: usize) -> (usize, u8) {
    let all = (0..epochs).flat_map(|epoch| (0..4_u8).map(move |number| (epoch, number)));
    let luck = |it: &(usize, u8)| scene.luck[it.0][usize::from(it.1)];
    all.max_by_key(luck).expect("validators")
}

/// E4. What pays where epochs do not pay alike: stake of a lucky validator, taken in the last slot by who
/// holds LST already. She gets what the validator has beyond the least that an exit must leave, and that
/// is what others lose.
#[test]
fn e4_a_holder_who_takes_stake_of_a_lucky_validator_in_the_last_slot_wins_little() {
    for (setting, most) in [(Setting::Recommended, 7 * SOL), (Setting::Bounds, 23 * SOL)] {
        let scene = Scene::new(setting, Kind::Lucky, Start::Holder, LUCKY_SEED);
        let (epoch, validator) = luckiest(&scene, 3);
        let takes = Move::WithdrawStake(validator, 10_000);
        let genome = Genome::of([(epoch, Moment::LastSlot, takes)]);
        let played = seeds::live(replay(&scene, &genome, epoch + 1));
        let played = played.unwrap_or_else(|error| panic!("{setting}: {error:?}"));
        let won = 1..i128::from(most);
        assert!(won.contains(&played.profit), "{setting}: {played:?}");
        assert_eq!(played.profit, played.loss, "{setting}");
    }
}

/// `SLUICE_BEST` is the file that `sluice-model profit` writes, `SLUICE_REPLAYS` how many of it to play.
#[test]
#[ignore = "takes an hour: cargo xtask profit"]
fn what_long_searches_found_best_wins_on_the_compiled_program_what_it_wins_on_the_model() {
    let file = env::var("SLUICE_BEST").expect("SLUICE_BEST names a file");
    let best: Vec<Candidate> =
        serde_json::from_slice(&fs::read(file).expect("it is there")).expect("candidates");
    let wanted = number("SLUICE_REPLAYS").unwrap_or(best.len() as u64);
    // Evenly from all scenes.
    let step = (best.len() as u64).div_ceil(wanted.max(1)).max(1);
    let count = (best.len() as u64).div_ceil(step);
    let replayed = on_all_cores(0..count, |index| {
        let it = &best[(index * step) as usize];
        let scene = Scene::new(it.setting, it.kind, it.start, it.seed);
        let played = seeds::live(replay(&scene, &it.genome, it.epochs));
        let played = played.unwrap_or_else(|error| panic!("{it:?}: {error:?}"));
        assert_eq!(played.profit, it.profit, "{it:?}");
        if index.is_multiple_of(20) {
            println!("{index} of {count}");
        }
    });
    println!("{} sequences were the same to the lamport", replayed.len());
}
