//! The program comes to the cluster.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use sluice_client::words::amounts::sol;

use super::figures::{Figures, seconds};
use crate::{
    demo::{Before, address, fees, narration::tell},
    said::{figure, text},
    stage::Stage,
    wallet::Wallet,
};

/// Rents of some programs, and fees.
const DEPLOYER_LAMPORTS: u64 = 100_000_000_000;

/// Who may replace the program, and the program.
pub struct Deployer {
    /// Has the upgrade authority.
    pub wallet: Wallet,
    /// The program's file.
    pub elf: PathBuf,
    /// The program's address.
    pub program: String,
}

impl Deployer {
    /// Deploys a program at the address of a keypair in a file.
    pub fn deploy(
        stage: &Stage,
        elf: PathBuf,
        program_id: &Path,
        figures: &mut Figures,
    ) -> Result<Self> {
        let wallet = stage.actor("deployer", DEPLOYER_LAMPORTS)?;
        let (before, start) = (Before::of(stage, &wallet)?, Instant::now());
        let deploy = format!(
            "--yes program deploy {} --program-id {}",
            elf.display(),
            program_id.display()
        );
        let said = stage.sluice(&wallet, &deploy)?;
        let deployer = Self {
            wallet,
            elf,
            program: text(&said, "/program")?.to_owned(),
        };
        deployer.require_paid(stage, &before, &said)?;
        tell(&format!("{} is deployed.", deployer.program));
        figures.add("deployment", seconds(start.elapsed()));
        figures.add(
            "deployment: code",
            format!("{} bytes", figure(&said, "/elf_bytes")?),
        );
        figures.add(
            "deployment: pieces of the code, a transaction each",
            figure(&said, "/written")?,
        );
        figures.add(
            "deployment: fees",
            sol(figure(&said, "/network_fee_lamports")?),
        );
        figures.add(
            "deployment: rent of the code",
            sol(figure(&said, "/rent_lamports")?),
        );
        deployer.require_code(stage, &deployer.elf)?;
        let again = stage.sluice(&deployer.wallet, &deploy)?;
        ensure!(
            figure(&again, "/written")? == 0,
            "it is written twice: {again}"
        );
        Ok(deployer)
    }

    /// Fails unless the rents of both accounts and the fees were paid, to the lamport.
    fn require_paid(&self, stage: &Stage, before: &Before<'_>, said: &Value) -> Result<()> {
        let rents = [
            stage.lamports(&address(said, "/program")?)?,
            stage.lamports(&address(said, "/data_address")?)?,
        ];
        before.require(&[], &[rents[0], rents[1], fees(said)?])
    }

    /// Fails unless the cluster has exactly this code at the program's address, and says who may replace it.
    pub fn require_code(&self, stage: &Stage, elf: &Path) -> Result<()> {
        let verify = format!("program verify {} {}", self.program, elf.display());
        let said = stage.sluice(&self.wallet, &verify)?;
        ensure!(said["is_equal"] == true, "the code is another: {said}");
        let shown = stage.sluice(&self.wallet, &format!("program show {}", self.program))?;
        ensure!(shown["hash"] == said["hash"], "{shown} is not {said}");
        Ok(())
    }

    /// A file with other code that does the same: more than the last one has after its end.
    pub fn longer(&self, folder: &Path, name: &str, bytes: usize) -> Result<PathBuf> {
        let mut code = fs::read(&self.elf)
            .with_context(|| format!("{} cannot be read", self.elf.display()))?;
        code.resize(code.len() + bytes, 1);
        let file = folder.join(name);
        fs::write(&file, code).with_context(|| format!("cannot write {}", file.display()))?;
        Ok(file)
    }
}
