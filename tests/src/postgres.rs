//! A real PostgreSQL that a test starts for itself.

use std::{
    fs,
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use tempfile::TempDir;

/// The password of its user.
pub const PASSWORD: &str = "not-told-to-anybody";

/// A server without a network, in a temporary folder, that ends when it is dropped.
pub struct Postgres {
    programs: PathBuf,
    folder: TempDir,
    databases: AtomicU32,
}

impl Postgres {
    /// The server of this process.
    pub fn start() -> Self {
        let programs = programs();
        let folder = TempDir::new().unwrap();
        if let Some((user, group)) = unprivileged() {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let postgres = Self {
            programs,
            folder,
            databases: AtomicU32::new(0),
        };
        let password = postgres.folder.path().join("password");
        fs::write(&password, PASSWORD).unwrap();
        let data = postgres.data();
        postgres.run(
            "initdb",
            &[
                "--pgdata",
                &data,
                "--username",
                "keeper",
                "--auth",
                "scram-sha-256",
                "--no-sync",
                "--pwfile",
                password.to_str().unwrap(),
            ],
        );
        postgres.start_server();
        postgres
    }

    /// Starts the server, which must not run.
    pub fn start_server(&self) {
        let folder = self.folder.path().display();
        let options = format!("-c listen_addresses='' -c fsync=off -k '{folder}'");
        let log = format!("{folder}/log");
        self.run(
            "pg_ctl",
            &[
                "--pgdata",
                &self.data(),
                "--log",
                &log,
                "--wait",
                "--options",
                &options,
                "start",
            ],
        );
    }

    /// Ends the server at once.
    pub fn stop_server(&self) {
        self.run(
            "pg_ctl",
            &[
                "--pgdata",
                &self.data(),
                "--wait",
                "--mode",
                "immediate",
                "stop",
            ],
        );
    }

    /// The URL of a new database.
    pub fn database(&self) -> String {
        let name = format!("store{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        self.url(&name, PASSWORD)
    }

    /// The URL of a database, by its name.
    pub fn url(&self, name: &str, password: &str) -> String {
        let socket = self.folder.path().to_str().unwrap().replace('/', "%2F");
        format!("postgres://keeper:{password}@{socket}/{name}")
    }

    /// What the server answers to a statement.
    pub fn sql(&self, database: &str, statement: &str) -> String {
        let folder = self.folder.path().to_str().unwrap();
        let arguments = [
            "-h", folder, "-U", "keeper", "-d", database, "-At", "-c", statement,
        ];
        let output = self.run("psql", &arguments);
        String::from_utf8(output.stdout).unwrap()
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let program = self.programs.join(program);
        // The server refuses to be root.
        let mut command = match unprivileged() {
            None => Command::new(&program),
            Some(_) => {
                let mut command = Command::new("runuser");
                command.args(["-u", "nobody", "--"]).arg(&program);
                command
            }
        };
        command
            .args(arguments)
            .env("PGPASSWORD", PASSWORD)
            .current_dir("/");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}: {output:?}", program.display());
        output
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if Path::new(&self.data()).join("postmaster.pid").exists() {
            self.stop_server();
        }
    }
}

/// Debian's programs of the newest version.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let folders = versions.map(|version| version.unwrap().path().join("bin"));
    let found = folders
        .filter(|folder| folder.join("initdb").exists())
        .max();
    found.expect("there is no PostgreSQL: on Debian, run: sudo apt-get install postgresql")
}

/// Who is no root, where this process is.
fn unprivileged() -> Option<(u32, u32)> {
    static NOBODY: OnceLock<Option<(u32, u32)>> = OnceLock::new();
    *NOBODY.get_or_init(|| {
        let id = |arguments: &[&str]| {
            let output = Command::new("id").args(arguments).output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            text.trim().parse::<u32>().unwrap()
        };
        (id(&["-u"]) == 0).then(|| (id(&["-u", "nobody"]), id(&["-g", "nobody"])))
    })
}
