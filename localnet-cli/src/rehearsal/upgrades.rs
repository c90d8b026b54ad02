//! A program is upgraded under a living pool, handed over, and made final.

use std::{fs, path::PathBuf, thread, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use sluice_client::words::amounts::sol;
use solana_keypair::{Keypair, write_keypair_file};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{Rehearsal, figures::seconds};
use crate::{
    demo::{
        Before, address, fees,
        narration::{act, tell},
    },
    said::{difference, figure, list, text},
};

/// Enough for another program and its fees.
const HEIR_LAMPORTS: u64 = 50_000_000_000;
/// Into writing a buffer.
const MIDDLE: Duration = Duration::from_secs(3);

impl Rehearsal {
    /// The whole life of a program that holders depend on.
    pub fn upgrades(&mut self) -> Result<()> {
        act(
            15,
            "Upgrade the program, hand it over, make it final",
            "The pool lives on. In the middle of writing the new code, the validator is killed.",
        );
        self.write_through_a_crash()?;
        self.upgrade()?;
        self.extend()?;
        self.hand_over()?;
        self.buffers()?;
        self.close()?;
        self.metadata()?;
        self.make_final()
    }

    fn write_through_a_crash(&mut self) -> Result<()> {
        let elf = self.deployer.longer(self.folder.whole(), "next.so", 1)?;
        let write = format!("--yes program write-buffer {}", elf.display());
        let (demo, node, wallet) = (&self.demo, &mut self.node, &self.deployer.wallet);
        let (away, first) = thread::scope(|scope| {
            let writing = scope.spawn(|| demo.stage.quietly(wallet, &write));
            thread::sleep(MIDDLE);
            let away = node.kill_and_restart();
            let first = writing
                .join()
                .ok()
                .context("the thread that writes is gone");
            (away, first)
        });
        let (away, first) = (away?, first?);
        tell(&match &first {
            Ok(_) => "The command went on by itself.".to_owned(),
            Err(error) => format!("The command ended: {error:#}"),
        });
        self.figures
            .add("killed while code is written, back after", seconds(away));
        let stage = &self.demo.stage;
        let said = stage.sluice(wallet, &write)?;
        let verify = format!(
            "program verify {} {}",
            text(&said, "/buffer")?,
            elf.display()
        );
        let verified = stage.sluice(wallet, &verify)?;
        ensure!(verified["is_equal"] == true, "{verified}");
        Ok(())
    }

    fn upgrade(&mut self) -> Result<()> {
        let elf = self.folder.path("next.so");
        let (stage, wallet) = (&self.demo.stage, &self.deployer.wallet);
        let upgrade = format!(
            "--yes program upgrade {} {}",
            self.deployer.program,
            elf.display()
        );
        let said = self
            .figures
            .time("upgrade from a buffer", || stage.sluice(wallet, &upgrade))?;
        ensure!(
            figure(&said, "/written")? == 0,
            "the buffer was not taken: {said}"
        );
        self.deployer.require_code(stage, &elf)?;
        let again = stage.sluice(wallet, &upgrade)?;
        ensure!(
            figure(&again, "/written")? == 0,
            "it is written twice: {again}"
        );
        self.pool_lives()
    }

    /// Somebody stakes, to the lamport.
    fn pool_lives(&self) -> Result<()> {
        let (stage, holder) = (&self.demo.stage, &self.demo.holder);
        stage.quietly(&self.demo.stranger, "crank")?;
        let before = Before::of(stage, holder)?;
        let said = stage.sluice(holder, "stake 1")?;
        before.require(&[], &[figure(&said, "/deposited_lamports")?, fees(&said)?])?;
        self.demo.verify()
    }

    fn extend(&self) -> Result<()> {
        let (stage, wallet) = (&self.demo.stage, &self.deployer.wallet);
        let shown = stage.quietly(wallet, &format!("program show {}", self.deployer.program))?;
        let before = Before::of(stage, wallet)?;
        let code = address(&shown, "/data_address")?;
        let rent = stage.lamports(&code)?;
        let said = stage.sluice(
            wallet,
            &format!("--yes program extend {} 20480", self.deployer.program),
        )?;
        let more = difference(stage.lamports(&code)?, rent)?;
        before.require(&[], &[more, fees(&said)?])?;
        let (room, had) = (
            figure(&said, "/room_bytes")?,
            figure(&shown, "/room_bytes")?,
        );
        ensure!(room == had + 20_480, "{had} bytes became {room}");
        self.pool_lives()
    }

    /// To another key, which upgrades back to the first code.
    fn hand_over(&mut self) -> Result<()> {
        let stage = &self.demo.stage;
        let heir = stage.actor("heir", HEIR_LAMPORTS)?;
        let (program, key) = (&self.deployer.program, heir.keypair_file.display());
        let wallet = &self.deployer.wallet;
        stage.sluice(
            wallet,
            &format!("--yes program set-authority {program} {key}"),
        )?;
        let upgrade = format!(
            "--yes program upgrade {program} {}",
            self.deployer.elf.display()
        );
        let refused = stage.refused(wallet, &upgrade)?;
        ensure!(refused.contains(&heir.owner.to_string()), "{refused}");
        let before = Before::of(stage, &heir)?;
        let said = stage.sluice(&heir, &upgrade)?;
        before.require(&[], &[fees(&said)?])?;
        self.deployer.wallet = heir;
        self.deployer
            .require_code(&self.demo.stage, &self.deployer.elf)?;
        self.pool_lives()
    }

    /// Are listed, change hands, and give their rent back.
    fn buffers(&self) -> Result<()> {
        let (stage, wallet) = (&self.demo.stage, &self.deployer.wallet);
        let elf = self.deployer.longer(self.folder.whole(), "other.so", 2)?;
        stage.sluice(
            wallet,
            &format!("--yes program write-buffer {}", elf.display()),
        )?;
        let shown = stage.sluice(wallet, "program show --buffers")?;
        let [buffer] = list(&shown, "/buffers")? else {
            bail!("one buffer should be there: {shown}");
        };
        let (buffer, rent) = (text(buffer, "/buffer")?, figure(buffer, "/rent_lamports")?);
        let before = Before::of(stage, wallet)?;
        let said = stage.sluice(wallet, &format!("--yes program close {buffer}"))?;
        before.require(&[rent], &[fees(&said)?])?;
        let shown = stage.sluice(wallet, "program show --buffers")?;
        ensure!(
            list(&shown, "/buffers")?.is_empty(),
            "a buffer is left: {shown}"
        );
        tell(&format!("{} came back with a buffer.", sol(rent)));
        Ok(())
    }

    /// Another program comes and goes for good.
    fn close(&mut self) -> Result<()> {
        let (stage, wallet) = (&self.demo.stage, &self.deployer.wallet);
        let (key, _) = self.new_address("other.json")?;
        let deploy = format!(
            "--yes program deploy {} --program-id {} --max-len 600000 --other-address",
            self.deployer.elf.display(),
            key.display()
        );
        let said = self.figures.time("deployment of another program", || {
            stage.sluice(wallet, &deploy)
        })?;
        let (program, rent) = (
            text(&said, "/program")?,
            stage.lamports(&address(&said, "/data_address")?)?,
        );
        ensure!(figure(&said, "/room_bytes")? == 600_000, "{said}");
        let close = format!("--yes program close {program}");
        let refused = stage.refused(wallet, &close)?;
        ensure!(refused.contains("--again"), "{refused}");
        let before = Before::of(stage, wallet)?;
        let said = stage.sluice(wallet, &format!("{close} --again {program}"))?;
        before.require(&[rent], &[fees(&said)?])?;
        let refused = stage.refused(wallet, &deploy)?;
        ensure!(refused.contains("was closed"), "{refused}");
        Ok(())
    }

    /// The cluster has no program that keeps it: the sentence says so, and a file has what to send later.
    fn metadata(&self) -> Result<()> {
        let (stage, wallet) = (&self.demo.stage, &self.deployer.wallet);
        let refused = stage.refused(wallet, "--yes program metadata write idl")?;
        tell(&format!("Metadata: {refused}"));
        ensure!(
            refused.contains("npx @solana-program/program-metadata@"),
            "{refused}"
        );
        let dumped = stage.sluice(wallet, "--send dump program metadata write idl")?;
        let messages = list(&dumped, "/transactions")?.len();
        ensure!(messages > 1, "{dumped}");
        let file = self.folder.path("metadata.json");
        fs::write(&file, dumped.to_string())?;
        tell(&format!(
            "{messages} messages for later are in {}.",
            file.display()
        ));
        Ok(())
    }

    fn make_final(&self) -> Result<()> {
        let (stage, wallet, program) = (
            &self.demo.stage,
            &self.deployer.wallet,
            &self.deployer.program,
        );
        let end = format!("--yes program set-authority {program} --final --without-metadata");
        let refused = stage.refused(wallet, &end)?;
        ensure!(refused.contains("--again"), "{refused}");
        stage.sluice(wallet, &format!("{end} --again {program}"))?;
        let shown = stage.sluice(wallet, &format!("program show {program}"))?;
        ensure!(shown["upgrade_authority"].is_null(), "{shown}");
        let elf = self.folder.path("next.so");
        let refused = stage.refused(
            wallet,
            &format!("--yes program upgrade {program} {}", elf.display()),
        )?;
        ensure!(refused.contains("nobody can change"), "{refused}");
        self.deploy_final()?;
        self.pool_lives()
    }

    /// A program that nobody could ever change.
    fn deploy_final(&self) -> Result<()> {
        let (stage, wallet) = (&self.demo.stage, &self.deployer.wallet);
        let (key, program) = self.new_address("final.json")?;
        let deploy = format!(
            "--yes program deploy {} --program-id {} --final --other-address",
            self.deployer.elf.display(),
            key.display()
        );
        let refused = stage.refused(wallet, &deploy)?;
        ensure!(refused.contains("--without-metadata"), "{refused}");
        let deploy = format!("{deploy} --without-metadata");
        let refused = stage.refused(wallet, &deploy)?;
        ensure!(refused.contains("--again"), "{refused}");
        let said = stage.sluice(wallet, &format!("{deploy} --again {program}"))?;
        ensure!(said["upgrade_authority"].is_null(), "{said}");
        let close = format!("--yes program close {program} --again {program}");
        let refused = stage.refused(wallet, &close)?;
        ensure!(refused.contains("nobody"), "{refused}");
        Ok(())
    }

    /// A new address, and the file with its keypair.
    fn new_address(&self, name: &str) -> Result<(PathBuf, Pubkey)> {
        let (file, keypair) = (self.folder.path(name), Keypair::new());
        if let Err(error) = write_keypair_file(&keypair, &file) {
            bail!("cannot write {}: {error}", file.display());
        }
        Ok((file, keypair.pubkey()))
    }
}
