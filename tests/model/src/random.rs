//! Random lives, one seed after the other.

use std::{fs, time::Instant};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sluice_model::{Life, Statistics};

use crate::Stored;

/// Steps of a life.
const STEPS: u64 = 5_000;
/// Lives between two lines.
const LIVES_PER_LINE: u64 = 100;

/// How far a run has come.
#[derive(Default, Serialize, Deserialize)]
struct Reached {
    next_seed: u64,
    steps: u64,
    seconds: u64,
}

/// Lives until so many steps are done, those of earlier runs included.
pub fn run(steps: u64, stored: &Stored) -> Result<()> {
    let file = stored.folder.join("random.json");
    let mut reached = if stored.resume {
        let text = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        serde_json::from_slice(&text)?
    } else {
        Reached {
            next_seed: stored.seed,
            ..Reached::default()
        }
    };
    fs::create_dir_all(&stored.folder)?;
    let (began, earlier) = (Instant::now(), reached.seconds);
    let mut total = Statistics::default();
    while reached.steps < steps {
        let lived = Life::live_alone(reached.next_seed, STEPS)?;
        total.add(&lived);
        reached.next_seed += 1;
        reached.steps += lived.steps;
        reached.seconds = earlier + began.elapsed().as_secs();
        if reached.next_seed.is_multiple_of(LIVES_PER_LINE) || reached.steps >= steps {
            fs::write(&file, serde_json::to_vec(&reached)?)?;
            let per_second = reached.steps / reached.seconds.max(1);
            println!(
                "{} steps, {per_second} a second, next seed {}",
                reached.steps, reached.next_seed
            );
        }
    }
    println!("{total:#?}");
    Ok(())
}
