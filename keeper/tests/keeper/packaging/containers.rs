//! Dockerfile and compose files, parsed. Nothing is built here.

use std::{path::Path, process::Command as Process};

use parse_dockerfile::{Command, Dockerfile, Instruction, Source, Stage};

use super::{assert_variable_is_known, binary, compose, file, printed, text};

const DOCKERFILE: &str = "deploy/Dockerfile";

fn with_dockerfile(look: impl FnOnce(&Dockerfile<'_>)) {
    let text = text(DOCKERFILE);
    look(&parse_dockerfile::parse(&text).unwrap());
}

fn stage<'a, 'b>(dockerfile: &'b Dockerfile<'a>, name: &str) -> Stage<'a, 'b> {
    let stage = dockerfile.stage(name);
    stage.unwrap_or_else(|| panic!("{DOCKERFILE} has no stage {name}"))
}

/// What is run in a stage.
fn commands(stage: &Stage<'_, '_>) -> String {
    let run = stage
        .instructions
        .iter()
        .filter_map(|instruction| match instruction {
            Instruction::Run(run) => match &run.arguments {
                Command::Shell(line) => Some(line.value.to_string()),
                _ => None,
            },
            _ => None,
        });
    run.collect::<Vec<_>>().join("\n")
}

/// The words of an entry point or a command.
fn words(command: &Command<'_>) -> Vec<String> {
    let Command::Exec(words) = command else {
        panic!("a list of words, so that no shell stands between signals and the keeper")
    };
    words
        .value
        .iter()
        .map(|word| word.value.to_string())
        .collect()
}

#[test]
fn the_dockerfile_builds_with_the_rust_of_the_workspace() {
    let toolchain: toml::Table = text("rust-toolchain.toml").parse().unwrap();
    let channel = toolchain["toolchain"]["channel"].as_str().unwrap();
    with_dockerfile(|dockerfile| {
        let images = dockerfile
            .stages()
            .map(|stage| stage.from.image.value.to_string());
        let rust: Vec<String> = images.filter(|image| image.starts_with("rust:")).collect();
        assert_eq!(rust, [format!("rust:{channel}-slim-bookworm")]);
    });
}

#[test]
fn everything_that_the_dockerfile_copies_is_in_the_tree_or_is_built_before() {
    with_dockerfile(|dockerfile| {
        let mut copied = 0;
        for instruction in &dockerfile.instructions {
            let Instruction::Copy(copy) = instruction else {
                continue;
            };
            let from = copy.options.iter().find(|flag| flag.name.value == "from");
            let from = from.map(|flag| flag.value.as_ref().unwrap().value.to_string());
            let built = from.map(|name| commands(&stage(dockerfile, &name)));
            for source in &copy.src {
                let Source::Path(source) = source else {
                    panic!("a path is copied");
                };
                copied += 1;
                match &built {
                    None => assert!(file(&source.value).exists(), "{}", source.value),
                    Some(built) => assert_built(&source.value, built),
                }
            }
        }
        assert!(copied >= 6, "{copied}");
    });
}

/// Whether these commands make the file, and the workspace has it.
fn assert_built(source: &str, commands: &str) {
    let path = Path::new(source);
    let name = path.file_stem().unwrap().to_str().unwrap();
    if path.starts_with("/sluice/target/release") {
        let mut words = commands.split_whitespace();
        assert!(words.any(|word| word == name), "nothing builds {source}");
        assert!(binary(name).is_file(), "there is no binary {name}");
        return;
    }
    assert!(path.starts_with("/sluice/target/deploy"), "{source}");
    let program = name.replace('_', "-");
    let build = commands
        .lines()
        .find(|line| line.contains("cargo xtask build"));
    let mut words = build.unwrap().split_whitespace();
    assert!(words.any(|word| word == program), "nothing builds {source}");
}

#[test]
fn the_images_run_as_a_user_without_power_what_exists() {
    with_dockerfile(|dockerfile| {
        for name in ["keeper", "localnet"] {
            let stage = stage(dockerfile, name);
            let (mut user, mut typed) = (String::new(), Vec::new());
            for instruction in stage.instructions {
                match instruction {
                    Instruction::User(named) => user = named.arguments.value.to_string(),
                    Instruction::Entrypoint(entry) => typed.extend(words(&entry.arguments)),
                    Instruction::Cmd(command) => typed.extend(words(&command.arguments)),
                    Instruction::Env(env) => env
                        .arguments
                        .value
                        .split_whitespace()
                        .filter_map(|word| word.split('=').next())
                        .for_each(assert_variable_is_known),
                    _ => {}
                }
            }
            let power = user.parse::<u32>().ok().filter(|user| *user >= 1_000);
            assert!(power.is_some(), "{name} runs as {user}");
            let entry = typed.remove(0);
            let program = entry.strip_prefix("/usr/local/bin/").unwrap();
            // The last argument ends it before it does anything, once all others are understood.
            printed(
                "none",
                Process::new(binary(program)).args(typed).arg("--help"),
            );
        }
        let last = dockerfile.stages().last().unwrap();
        let name = last
            .from
            .as_
            .as_ref()
            .map(|(_, name)| name.value.to_string());
        assert_eq!(
            name.as_deref(),
            Some("keeper"),
            "built where no target is named"
        );
    });
}

#[test]
fn the_compose_files_build_stages_that_exist() {
    with_dockerfile(|dockerfile| {
        for build in compose::builds() {
            assert_eq!(
                (build.context.as_str(), build.dockerfile.as_str()),
                ("..", DOCKERFILE)
            );
            stage(dockerfile, &build.target);
        }
    });
}
