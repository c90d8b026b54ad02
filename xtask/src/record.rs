//! What the source becomes, to the byte: recorded with the source, and built anew elsewhere to compare.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process,
    time::Instant,
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};

use crate::{
    build, fingerprint,
    program::{ALL, Program},
    upstream::{self, Places},
    workspace::Workspace,
};

/// Where the hashes are.
const FILE: &str = "programs/hashes.json";

/// What was recorded of each program: its name, and what [`of`] says.
type Recorded = BTreeMap<String, Value>;

/// Records what these programs, which are built, have become.
pub fn write(workspace: &Workspace, programs: &[&Program]) -> Result<()> {
    let mut recorded = read(workspace)?;
    for program in programs {
        let elf = build::elf(program, workspace);
        recorded.insert(program.name.to_string(), of(&elf, program, workspace)?);
    }
    let programs: Map<_, _> = recorded.into_iter().collect();
    let text = serde_json::to_string_pretty(&json!({ "programs": programs }))?;
    let file = workspace.root.join(FILE);
    fs::write(&file, format!("{text}\n"))?;
    eprintln!("{} is written", file.display());
    Ok(())
}

/// Builds programs in a folder of their own, with packages that are fetched anew and, unless
/// `same_compiler`, a compiler that is installed anew, and fails where one byte is another than was recorded.
/// Without names: all that were recorded.
pub fn verify(workspace: &Workspace, named: &[&Program], same_compiler: bool) -> Result<()> {
    let recorded = read(workspace)?;
    ensure!(
        !recorded.is_empty(),
        "{FILE} has no hash: run `cargo xtask build --record`"
    );
    let is_meant = |program: &&&Program| match named {
        [] => recorded.contains_key(program.name),
        named => named.iter().any(|other| other.name == program.name),
    };
    let programs: Vec<_> = ALL.iter().filter(is_meant).collect();
    for program in &programs {
        require_this_source(recorded.get(program.name), program, workspace)?;
    }
    let elsewhere = Elsewhere::copy(workspace)?;
    let mut places = elsewhere.places();
    if same_compiler {
        places.compiler = Places::of_this_user()?.compiler;
    }
    let mut different = Vec::new();
    for program in programs {
        let start = Instant::now();
        let elf = upstream::build(program, &elsewhere.workspace, &places)?;
        let (built, wanted) = (sha256(&elf)?, &recorded[program.name]["sha256"]);
        let is_same = *wanted == built;
        let verdict = if is_same { "the same" } else { "ANOTHER" };
        println!(
            "{:<18} {verdict:<8} {built} {:>4.0?}",
            program.name,
            start.elapsed()
        );
        if !is_same {
            println!(
                "{:<18} recorded {}",
                "",
                wanted.as_str().unwrap_or_default()
            );
            different.push(program.name);
        }
    }
    ensure!(
        different.is_empty(),
        "not what was recorded: {}",
        different.join(", ")
    );
    Ok(())
}

/// Says whether an ELF that was just built is the one that was recorded with its source.
pub fn compare(elf: &Path, program: &Program, workspace: &Workspace) -> Result<()> {
    let recorded = read(workspace)?;
    let Some(recorded) = recorded.get(program.name) else {
        return Ok(());
    };
    if require_this_source(Some(recorded), program, workspace).is_err() {
        return Ok(()); // Work goes on: the next release is recorded anew.
    }
    let is_same = recorded["sha256"] == sha256(elf)?;
    let verdict = if is_same { "is" } else { "is NOT" };
    eprintln!(
        "{} {verdict} what was recorded with this source",
        elf.display()
    );
    Ok(())
}

fn require_this_source(
    recorded: Option<&Value>,
    program: &Program,
    workspace: &Workspace,
) -> Result<()> {
    let name = program.name;
    let recorded = recorded.with_context(|| format!("{FILE} has no hash of {name}"))?;
    ensure!(
        recorded["inputs"] == build::inputs(program, workspace)?,
        "{FILE} has the hash of {name} from another source, profile or compiler: run `cargo xtask build --record {name}`"
    );
    Ok(())
}

fn of(elf: &Path, program: &Program, workspace: &Workspace) -> Result<Value> {
    Ok(json!({
        "sha256": sha256(elf)?,
        "bytes": fs::metadata(elf)?.len(),
        "compiler": build::compiler(workspace)?,
        "inputs": build::inputs(program, workspace)?,
    }))
}

/// The hash that verified builds compare, and the chain's commands tell: of the file without the zero
/// bytes after its end.
fn sha256(elf: &Path) -> Result<String> {
    let bytes = fs::read(elf).with_context(|| format!("{} cannot be read", elf.display()))?;
    let end = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    Ok(fingerprint::of_bytes(&bytes[..end]))
}

fn read(workspace: &Workspace) -> Result<Recorded> {
    let file = workspace.root.join(FILE);
    if !file.exists() {
        return Ok(Recorded::new());
    }
    let whole: Value = serde_json::from_str(&fs::read_to_string(&file)?)?;
    let Value::Object(programs) = &whole["programs"] else {
        bail!("{} has no object \"programs\"", file.display());
    };
    Ok(programs.clone().into_iter().collect())
}

/// A copy of the source, away from everything that this user has. It goes with this value.
struct Elsewhere {
    folder: PathBuf,
    workspace: Workspace,
}

impl Elsewhere {
    fn copy(workspace: &Workspace) -> Result<Self> {
        let folder = env::temp_dir().join(format!("sluice-verify-{}", process::id()));
        let root = folder.join("a/copy/of/the source");
        let this = Self {
            workspace: Workspace {
                target: root.join("target"),
                root: root.clone(),
            },
            folder,
        };
        for file in workspace.files()? {
            let to = root.join(&file);
            fs::create_dir_all(to.parent().unwrap_or(&root))?;
            fs::copy(workspace.root.join(file), to)?;
        }
        Ok(this)
    }

    fn places(&self) -> Places {
        Places {
            compiler: self.folder.join("compiler"),
            packages: self.folder.join("packages"),
        }
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_changed_byte_is_found_and_zeros_after_the_end_are_not_counted() -> Result<()> {
        let file = env::temp_dir().join(format!("xtask-record-{}", process::id()));
        let of = |bytes: &[u8]| {
            fs::write(&file, bytes)?;
            sha256(&file)
        };
        let hash = of(b"\x7fELF code")?;
        // As `sha256sum` says of the same bytes.
        assert_eq!(
            hash,
            "a7a3a4b7946b90e3ac315f52848c3377d4a7fcca7e6a98209441281a89e3bfd1"
        );
        assert_eq!(of(b"\x7fELF code\0\0\0")?, hash);
        assert_ne!(of(b"\x7fELF codf")?, hash);
        assert_ne!(of(b"\x7fELF\0code")?, hash);
        fs::remove_file(file)?;
        Ok(())
    }
}
