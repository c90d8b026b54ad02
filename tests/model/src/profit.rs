//! The search for profit on all scenes, and its table.

use std::{collections::BTreeMap, fs, path::Path, time::Instant};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use sluice_model::search::{
    Candidate, Genome, Kind, MOST_EPOCHS, Played, Scene, Search, Setting, Start, sol,
};

use crate::Stored;

/// Sequences of a scene between two savings.
const ROUND: u64 = 500;
/// Sequences for a replay on the compiled program.
const REPLAYED: usize = 1_000;

/// A search in its scene.
#[derive(Serialize, Deserialize)]
struct Island {
    setting: Setting,
    kind: Kind,
    start: Start,
    search: Search,
}

impl Island {
    fn scene<'a>(&self, scenes: &'a Scenes) -> &'a Scene {
        &scenes[&(self.kind, self.setting, self.start)]
    }
}

/// All scenes.
type Scenes = BTreeMap<(Kind, Setting, Start), Scene>;

/// Who searches in each kind of scene with each setting: what she begins with, and whether she is
/// behind validators, too.
const WHO: [(Start, bool); 3] = [
    (Start::Newcomer, false),
    (Start::Newcomer, true),
    (Start::Holder, true),
];

/// How far a run has come.
#[derive(Serialize, Deserialize)]
struct Reached {
    seed: u64,
    seconds: u64,
    islands: Vec<Island>,
}

impl Reached {
    fn new(seed: u64) -> Self {
        let mut islands = Vec::new();
        for kind in Kind::ALL {
            for setting in Setting::ALL {
                for epochs in 1..=MOST_EPOCHS {
                    for (start, with_validators) in WHO {
                        let number = islands.len() as u64;
                        islands.push(Island {
                            setting,
                            kind,
                            start,
                            search: Search::new(epochs, with_validators, seed ^ (number << 40)),
                        });
                    }
                }
            }
        }
        Self {
            seed,
            seconds: 0,
            islands,
        }
    }

    fn sequences(&self) -> u64 {
        let islands = self.islands.iter();
        islands.map(|island| island.search.sequences).sum()
    }

    fn steps(&self) -> u64 {
        let islands = self.islands.iter();
        islands.map(|island| island.search.steps).sum()
    }

    fn save(&self, folder: &Path) -> Result<()> {
        fs::write(folder.join("profit.json"), serde_json::to_vec(self)?)?;
        let each = REPLAYED.div_ceil(self.islands.len());
        let best = self.islands.iter().flat_map(|island| {
            let best = island.search.best().iter().take(each);
            best.map(|found| Candidate {
                setting: island.setting,
                kind: island.kind,
                start: island.start,
                seed: self.seed,
                epochs: island.search.epochs,
                genome: found.genome.clone(),
                profit: found.profit,
            })
        });
        let best: Vec<Candidate> = best.collect();
        fs::write(folder.join("best.json"), serde_json::to_vec(&best)?)?;
        Ok(())
    }
}

/// Searches until so many sequences were played, those of earlier runs included.
pub fn run(sequences: u64, stored: &Stored) -> Result<()> {
    let file = stored.folder.join("profit.json");
    let mut reached: Reached = if stored.resume {
        let text = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        serde_json::from_slice(&text)?
    } else {
        Reached::new(stored.seed)
    };
    fs::create_dir_all(&stored.folder)?;
    let mut scenes = Scenes::new();
    for it in &reached.islands {
        let scene = Scene::new(it.setting, it.kind, it.start, reached.seed);
        scenes
            .entry((it.kind, it.setting, it.start))
            .or_insert(scene);
    }
    let (began, earlier) = (Instant::now(), reached.seconds);
    while reached.sequences() < sequences {
        for number in 0..reached.islands.len() {
            let shorter = shorter_finds(&reached.islands, number);
            let island = &mut reached.islands[number];
            let scene = &scenes[&(island.kind, island.setting, island.start)];
            island.search.begin_with(scene, &shorter);
            island.search.go_on(scene, ROUND);
        }
        reached.seconds = earlier + began.elapsed().as_secs();
        reached.save(&stored.folder)?;
        let seconds = reached.seconds.max(1);
        println!(
            "{} sequences, {} a second, {} steps a second",
            reached.sequences(),
            reached.sequences() / seconds,
            reached.steps() / seconds
        );
    }
    println!("{}", table(&reached.islands, &scenes));
    let too_much = reached.islands.iter().filter(|island| {
        let best = island.search.best().first();
        island.kind != Kind::Lucky && best.is_some_and(|found| found.profit > 0)
    });
    let too_much = too_much.count();
    if too_much > 0 {
        bail!("in {too_much} searches something pays, though all epochs pay alike");
    }
    Ok(())
}

/// What is won in fewer epochs is won in more, too.
fn shorter_finds(islands: &[Island], number: usize) -> Vec<Genome> {
    let island = &islands[number];
    if island.search.epochs == 1 || island.search.sequences % (20 * ROUND) > ROUND {
        return Vec::new();
    }
    let shorter = islands.iter().filter(|other| {
        (other.kind, other.setting, other.start) == (island.kind, island.setting, island.start)
            && other.search.epochs + 1 == island.search.epochs
            && other.search.with_validators == island.search.with_validators
    });
    let best = shorter.flat_map(|other| other.search.best().iter().take(5));
    best.map(|found| found.genome.clone()).collect()
}

/// The best of every scene and number of epochs.
fn table(islands: &[Island], scenes: &Scenes) -> String {
    let mut rows = vec![
        "| scene | parameters | epochs | sequences | best profit, SOL | in bps of the capital | others \
         lost by it, SOL | most that others lost by any, SOL |"
            .to_string(),
        "| --- | --- | --- | --- | --- | --- | --- | --- |".to_string(),
    ];
    for group in islands.chunks(WHO.len()) {
        let played = group
            .iter()
            .filter_map(|it| it.search.play_best(it.scene(scenes)));
        let best = played.max_by_key(|it| it.profit).unwrap_or_default();
        let sequences: u64 = group.iter().map(|it| it.search.sequences).sum();
        let most_loss = group.iter().map(|it| it.search.most_loss).max();
        rows.push(row(&group[0], &best, sequences, most_loss.unwrap_or(0)));
    }
    rows.join("\n")
}

fn row(island: &Island, best: &Played, sequences: u64, most_loss: i128) -> String {
    format!(
        "| {} | {} | {} | {sequences} | {} | {} | {} | {} |",
        island.kind,
        island.setting,
        island.search.epochs,
        sol(best.profit),
        best.profit_bps(),
        sol(best.loss),
        sol(most_loss),
    )
}
