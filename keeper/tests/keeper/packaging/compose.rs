//! The compose files. Every key that they have is declared here: another one is a mistake.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_norway::Value;

use super::{assert_variable_is_known, file, text};

const FILES: [&str; 2] = ["compose.yaml", "compose.localnet.yaml"];
/// What only the operator has.
const OWN: &str = "./keeper.json";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Compose {
    #[serde(rename = "name")]
    _name: String,
    services: BTreeMap<String, Service>,
    #[serde(default)]
    volumes: BTreeMap<String, Option<Value>>,
    #[serde(default)]
    secrets: BTreeMap<String, Secret>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    build: Option<Build>,
    image: Option<String>,
    extends: Option<Extends>,
    #[serde(default)]
    depends_on: BTreeMap<String, Value>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    #[serde(default)]
    volumes: Vec<String>,
    #[serde(default)]
    ports: Vec<String>,
    #[serde(default)]
    secrets: Vec<String>,
    #[serde(rename = "restart")]
    _restart: Option<String>,
    #[serde(rename = "command")]
    _command: Option<Vec<String>>,
    #[serde(rename = "healthcheck")]
    _healthcheck: Option<Value>,
    #[serde(rename = "stop_grace_period")]
    _stop_grace_period: Option<String>,
    #[serde(rename = "read_only")]
    _read_only: Option<bool>,
    #[serde(rename = "cap_drop")]
    _cap_drop: Option<Vec<String>>,
    #[serde(rename = "security_opt")]
    _security_opt: Option<Vec<String>>,
}

/// How an image is built.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// The folder that it is built from, as seen from the file.
    pub context: String,
    /// As seen from that folder.
    pub dockerfile: String,
    /// The stage.
    pub target: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Extends {
    file: String,
    service: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Secret {
    file: String,
}

fn compose(name: &str) -> Compose {
    let parsed = serde_norway::from_str(&text(&format!("deploy/{name}")));
    parsed.unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// All images that are built.
pub fn builds() -> Vec<Build> {
    let files = FILES.map(compose).into_iter();
    let services = files.flat_map(|compose| compose.services.into_values());
    let builds: Vec<Build> = services.filter_map(|service| service.build).collect();
    assert!(!builds.is_empty());
    builds
}

#[test]
fn everything_that_the_compose_files_name_is_there_and_no_port_is_open_to_others() {
    for name in FILES {
        let compose = compose(name);
        for service in compose.services.values() {
            assert_service(service, &compose);
        }
        for secret in compose.secrets.values() {
            assert_eq!(secret.file, OWN, "no secret is in the repository");
        }
    }
}

fn assert_service(service: &Service, compose: &Compose) {
    if let Some(image) = service.image.as_ref().filter(|_| service.build.is_none()) {
        let tag = image.split_once(':').map(|(_, tag)| tag);
        assert!(
            tag.is_some_and(|tag| tag.contains('.')),
            "{image} is not pinned"
        );
    }
    let has_image = service.image.is_some() || service.extends.is_some();
    assert!(has_image, "a service without an image");
    if let Some(Extends { file, service }) = &service.extends {
        assert!(
            self::compose(file).services.contains_key(service),
            "{file} has no {service}"
        );
    }
    let services = service.depends_on.keys();
    services.for_each(|other| assert!(compose.services.contains_key(other), "{other}"));
    let secrets = service.secrets.iter();
    secrets.for_each(|secret| assert!(compose.secrets.contains_key(secret), "{secret}"));
    service
        .environment
        .keys()
        .for_each(|name| assert_variable_is_known(name));
    for volume in &service.volumes {
        let source = volume.split(':').next().unwrap();
        match source.starts_with("./") {
            true => assert!(file("deploy").join(source).exists(), "{source}"),
            false => assert!(
                compose.volumes.contains_key(source),
                "{source} is no volume"
            ),
        }
    }
    let is_own = |port: &String| port.starts_with("127.0.0.1:");
    assert!(service.ports.iter().all(is_own), "{:?}", service.ports);
}
