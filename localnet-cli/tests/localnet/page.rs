//! The page for holders, as it is served. What it does is tested in a browser: `app/test`.

use std::{
    env::consts::EXE_SUFFIX,
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::Command,
};

use sluice_tests::{
    cluster::{sluice_elf, token_metadata_elf},
    command::{command, text},
};
use tempfile::TempDir;

use crate::{SLUICE_LOCALNET, running::Running};

/// A folder with both binaries, and a page that was built beside them.
pub struct Built(TempDir);

impl Built {
    /// Beside the binary under test, where a link to it is possible.
    pub fn new() -> Self {
        let beside = Path::new(SLUICE_LOCALNET).parent().unwrap();
        let built = Self(tempfile::tempdir_in(beside).unwrap());
        fs::create_dir_all(built.path("app/assets")).unwrap();
        fs::write(built.path("app/index.html"), "the page").unwrap();
        fs::write(built.path("app/assets/script.js"), "a script").unwrap();
        for binary in ["sluice", "sluice-localnet"] {
            let binary = format!("{binary}{EXE_SUFFIX}");
            fs::hard_link(beside.join(&binary), built.path(&binary)).unwrap();
        }
        built
    }

    /// A path in it.
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The binary in it, which finds the compiled programs.
    pub fn sluice_localnet(&self) -> Command {
        let mut binary = command(self.path(&format!("sluice-localnet{EXE_SUFFIX}")));
        binary
            .env("SLUICE_ELF", sluice_elf())
            .env("SLUICE_TOKEN_METADATA_ELF", token_metadata_elf());
        binary
    }
}

/// What a server answers to a path.
pub fn get(authority: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(authority).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_page_that_was_built_beside_the_binary_is_served_and_nothing_else() {
    let built = Built::new();
    fs::write(built.path("app/key.json"), "a secret").unwrap();
    fs::write(built.path("secret.js"), "a secret").unwrap();
    let running = Running::of(built.sluice_localnet().args(["start", "--app"]));
    let url = text(&running.started, "/page_url");
    let (page, node) = url.split_once("/#node=").unwrap();
    assert_eq!(node, text(&running.started, "/rpc_url"));
    let authority = page.strip_prefix("http://").unwrap();
    assert!(authority.starts_with("127.0.0.1:"), "{authority}");
    for (path, kind, body) in [
        ("/", "text/html", "the page"),
        ("/index.html?a=b", "text/html", "the page"),
        ("/assets/script.js", "text/javascript", "a script"),
    ] {
        let answer = get(authority, path);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.ends_with(&format!("\r\n\r\n{body}")), "{answer}");
        for header in [
            &format!("content-type: {kind}; charset=utf-8"),
            "content-security-policy: frame-ancestors 'none'",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
        ] {
            assert!(answer.contains(&format!("\r\n{header}\r\n")), "{answer}");
        }
    }
    for path in [
        "/key.json",
        "/secret.js",
        "/../secret.js",
        "/assets/../../secret.js",
        "/assets/",
        "//index.html/",
    ] {
        let answer = get(authority, path);
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
        assert!(!answer.contains("secret\r\n") && !answer.contains("a secret"));
    }
}
