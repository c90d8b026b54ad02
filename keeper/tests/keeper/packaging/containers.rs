//! Dockerfile and compose files, parsed. Nothing is built here.

use std::{collections::BTreeSet, path::Path, process::Command};

use docker_compose_types::{AdvancedVolumes, BuildStep, Compose, Ports, Volumes};
use dockerfile_parser::{Dockerfile, Instruction, ShellOrExecExpr, Stage};
use serde_norway::Value;

use super::{assert_variable_is_known, binary, file, printed, text};

const DOCKERFILE: &str = "deploy/Dockerfile";
const COMPOSE: [&str; 2] = ["deploy/compose.yaml", "deploy/compose.localnet.yaml"];
/// What only the operator has.
const OWN: &str = "./keeper.json";

fn dockerfile() -> Dockerfile {
    Dockerfile::parse(&text(DOCKERFILE)).unwrap()
}

fn compose(path: &str) -> Compose {
    serde_norway::from_str(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What is run in a stage.
fn commands(stage: &Stage<'_>) -> String {
    let run = stage
        .instructions
        .iter()
        .filter_map(|instruction| match instruction {
            Instruction::Run(run) => run.as_shell().map(ToString::to_string),
            _ => None,
        });
    run.collect::<Vec<_>>().join("\n")
}

/// The words of an entry point or a command.
fn words(expression: &ShellOrExecExpr) -> Vec<String> {
    let words = expression.as_exec().expect("a list of words");
    words.as_str_vec().into_iter().map(str::to_owned).collect()
}

#[test]
fn the_dockerfile_builds_with_the_rust_of_the_workspace() {
    let toolchain: toml::Table = text("rust-toolchain.toml").parse().unwrap();
    let channel = toolchain["toolchain"]["channel"]
        .as_str()
        .unwrap()
        .to_owned();
    let dockerfile = dockerfile();
    let images = dockerfile
        .instructions
        .iter()
        .filter_map(|instruction| match instruction {
            Instruction::From(from) => Some(&from.image_parsed),
            _ => None,
        });
    let rust: Vec<_> = images.filter(|image| image.image == "rust").collect();
    assert_eq!(rust.len(), 1);
    assert_eq!(
        rust[0].tag.as_deref(),
        Some(format!("{channel}-slim-bookworm").as_str())
    );
}

#[test]
fn everything_that_the_dockerfile_copies_is_in_the_tree_or_is_built_before() {
    let dockerfile = dockerfile();
    let stages = dockerfile.stages();
    for stage in stages.iter() {
        for instruction in &stage.instructions {
            let Instruction::Copy(copy) = instruction else {
                continue;
            };
            let from = copy.flags.iter().find(|flag| flag.name.as_ref() == "from");
            let built = from.map(|flag| {
                let name = flag.value.as_ref();
                commands(
                    stages
                        .get_by_name(name)
                        .unwrap_or_else(|| panic!("no stage {name}")),
                )
            });
            for source in &copy.sources {
                match &built {
                    None => assert!(file(source.as_ref()).exists(), "{source}"),
                    Some(built) => assert_built(source.as_ref(), built),
                }
            }
        }
    }
}

/// Whether these commands make the file, and the workspace has it.
fn assert_built(source: &str, commands: &str) {
    let path = Path::new(source);
    let name = path.file_stem().unwrap().to_str().unwrap();
    if let Ok(binary_name) = path.strip_prefix("/sluice/target/release") {
        assert!(
            commands.contains(&format!("--bin {}", binary_name.display())),
            "{source}"
        );
        assert!(binary(name).is_file(), "there is no binary {name}");
        return;
    }
    assert!(path.starts_with("/sluice/target/deploy"), "{source}");
    let program = name.replace('_', "-");
    let build = commands
        .lines()
        .find(|line| line.contains("cargo xtask build"));
    assert!(
        build.unwrap().split(' ').any(|word| word == program),
        "{source}"
    );
}

#[test]
fn the_images_run_as_a_user_without_power_what_exists() {
    let dockerfile = dockerfile();
    let stages = dockerfile.stages();
    for name in ["keeper", "localnet"] {
        let stage = stages.get_by_name(name).unwrap();
        let (mut user, mut typed) = (None, Vec::new());
        for instruction in &stage.instructions {
            match instruction {
                Instruction::Misc(misc) if misc.instruction.as_ref() == "USER" => {
                    user = misc.arguments.to_string().trim().parse::<u32>().ok();
                }
                Instruction::Entrypoint(entry) => {
                    typed.splice(0..0, words(&entry.expr)).for_each(drop)
                }
                Instruction::Cmd(command) => typed.extend(words(&command.expr)),
                Instruction::Env(env) => {
                    env.vars
                        .iter()
                        .for_each(|var| assert_variable_is_known(var.key.as_ref()));
                }
                _ => {}
            }
        }
        assert!(user.is_some_and(|user| user >= 1_000), "{name} is {user:?}");
        let entry = typed.remove(0);
        let path = Path::new(&entry);
        assert_eq!(path.parent().unwrap(), Path::new("/usr/local/bin"));
        // The last argument ends it before it does anything, once all others are understood.
        let mut command = Command::new(binary(path.file_name().unwrap().to_str().unwrap()));
        printed("none", command.args(typed).arg("--help"));
    }
    let last = stages.iter().last().unwrap();
    assert_eq!(
        last.name.as_deref(),
        Some("keeper"),
        "built where no target is named"
    );
}

#[test]
fn a_parser_of_compose_files_knows_everything_in_ours() {
    for path in COMPOSE {
        let written: Value = serde_norway::from_str(&text(path)).unwrap();
        let understood = serde_norway::to_value(compose(path)).unwrap();
        let keys = |value: &Value| {
            let mut keys = BTreeSet::new();
            collect(value, "", &mut keys);
            keys
        };
        let lost: Vec<_> = keys(&written)
            .difference(&keys(&understood))
            .cloned()
            .collect();
        assert!(lost.is_empty(), "{path}: {lost:?}");
    }
}

/// The paths of all keys.
fn collect(value: &Value, path: &str, keys: &mut BTreeSet<String>) {
    if let Value::Mapping(map) = value {
        for (key, value) in map {
            let path = format!("{path}/{}", key.as_str().unwrap_or("?"));
            collect(value, &path, keys);
            keys.insert(path);
        }
    }
}

#[test]
fn everything_that_the_compose_files_name_is_there_and_no_port_is_open_to_others() {
    let dockerfile = dockerfile();
    let stages = dockerfile.stages();
    for path in COMPOSE {
        let compose = compose(path);
        for (name, service) in &compose.services.0 {
            let service = service.as_ref().unwrap();
            if let Some(BuildStep::Advanced(build)) = &service.build_ {
                assert_eq!(build.dockerfile.as_deref(), Some(DOCKERFILE), "{name}");
                assert_eq!(build.context, "..", "{name}");
                stages
                    .get_by_name(build.target.as_deref().unwrap())
                    .unwrap();
            } else if let Some(image) = &service.image {
                let tag = image.split_once(':').map(|(_, tag)| tag);
                assert!(
                    tag.is_some_and(|tag| tag.contains('.')),
                    "{image} is not pinned"
                );
            }
            if let Some(from) = service.extends.get("file") {
                let other = self::compose(&format!("deploy/{from}"));
                assert!(
                    other.services.0.contains_key(&service.extends["service"]),
                    "{name}"
                );
            }
            service
                .volumes
                .iter()
                .for_each(|volume| assert_is_there(volume, &compose));
            let Ports::Short(ports) = &service.ports else {
                panic!("{name} has ports of another form");
            };
            assert!(
                ports.iter().all(|port| port.starts_with("127.0.0.1:")),
                "{ports:?}"
            );
        }
    }
}

fn assert_is_there(volume: &Volumes, compose: &Compose) {
    let source = match volume {
        Volumes::Simple(text) => text.split(':').next().unwrap().to_owned(),
        Volumes::Advanced(AdvancedVolumes { source, .. }) => source.clone().unwrap(),
    };
    match source.starts_with("./") {
        true => assert!(
            source == OWN || file("deploy").join(&source).exists(),
            "{source}"
        ),
        false => assert!(
            compose.volumes.0.contains_key(&source),
            "{source} is no volume"
        ),
    }
}
