//! What Node runs: the TypeScript client, `clients/js`, with its packages, its generated part and its
//! tests; the page for holders, `app`; and the tests of `integrations`.

use std::{env, ffi::OsString, fs, path::PathBuf};

use anyhow::{Context, Result, bail};
use xshell::{Shell, cmd};

use crate::workspace::{Workspace, cargo};

/// The oldest Node that everything here runs in: Vite, which builds the page, wants it. The client alone runs
/// from 20.18 on.
const LEAST_NODE: (u32, u32) = (20, 19);
/// The page's package.
const APP: &str = "app";
/// The npm package that brings a Node where the machine has none, or an older one.
const NODE_PACKAGE: &str = "node@22.23.3";

/// Runs the client's tests. The shell knows the ELFs, and the binaries are built.
pub fn test(workspace: &Workspace, shell: &Shell) -> Result<()> {
    let cargo = cargo();
    cmd!(shell, "{cargo} build --workspace --example quote_vectors").run()?;
    let vectors = of_client(workspace)?.join("vectors.json");
    let write_vectors = workspace.binary("examples/quote_vectors");
    cmd!(shell, "{write_vectors} {vectors}").run()?;
    let _in_package = enter(workspace, shell)?;
    shell.set_var("SLUICE_VECTORS", vectors);
    tell_commands(workspace, shell);
    cmd!(shell, "npm run check").run()?;
    Ok(cmd!(shell, "npm test").run()?)
}

/// Tests what indexers and lists take of Sluice, on accounts and transactions that were recorded.
pub fn test_integrations(workspace: &Workspace, shell: &Shell) -> Result<()> {
    let _in_package = enter_package(workspace, shell, "integrations")?;
    Ok(cmd!(shell, "npm test").run()?)
}

/// Records those accounts and transactions anew, on a local cluster. The shell knows the ELFs, and the
/// binaries are built.
pub fn record_integrations(workspace: &Workspace, shell: &Shell) -> Result<()> {
    let _in_package = enter_package(workspace, shell, "integrations")?;
    tell_commands(workspace, shell);
    Ok(cmd!(shell, "npm run record").run()?)
}

/// Makes the generated part anew from `idl/sluice.json`.
pub fn generate(workspace: &Workspace) -> Result<()> {
    let shell = workspace.shell()?;
    let _in_package = enter(workspace, &shell)?;
    Ok(cmd!(shell, "npm run generate").run()?)
}

/// Builds the page for holders into the target directory, where `sluice-localnet --app` finds it.
pub fn build_app(workspace: &Workspace, shell: &Shell) -> Result<()> {
    build_client(workspace, shell)?;
    let _in_package = enter_package(workspace, shell, APP)?;
    shell.set_var("SLUICE_APP", workspace.target.join("app"));
    cmd!(shell, "npm run check").run()?;
    Ok(cmd!(shell, "npm run build").run()?)
}

/// Builds the page and tests it in a browser. The shell knows the ELFs, and the binaries are built.
pub fn test_app(workspace: &Workspace, shell: &Shell) -> Result<()> {
    build_app(workspace, shell)?;
    let _in_package = enter_package(workspace, shell, APP)?;
    tell_commands(workspace, shell);
    Ok(cmd!(shell, "npm test").run()?)
}

/// Builds the page and takes the pictures that its tests compare with. The shell knows the ELFs, and the
/// binaries are built.
pub fn renew_pictures(workspace: &Workspace, shell: &Shell) -> Result<()> {
    build_app(workspace, shell)?;
    let _in_package = enter_package(workspace, shell, APP)?;
    tell_commands(workspace, shell);
    Ok(cmd!(shell, "npm run pictures").run()?)
}

/// Builds the page and takes its picture. The shell knows the ELFs, and the binaries are built.
pub fn picture_app(workspace: &Workspace, shell: &Shell) -> Result<()> {
    build_app(workspace, shell)?;
    let _in_package = enter_package(workspace, shell, APP)?;
    tell_commands(workspace, shell);
    let picture = workspace.root.join("docs/src/drawings/page.png");
    Ok(cmd!(shell, "npm run picture -- {picture}").run()?)
}

/// Builds the client, for packages that depend on it.
fn build_client(workspace: &Workspace, shell: &Shell) -> Result<()> {
    let _in_client = enter(workspace, shell)?;
    Ok(cmd!(shell, "npm run build").run()?)
}

fn tell_commands(workspace: &Workspace, shell: &Shell) {
    shell.set_var("SLUICE_CLI", workspace.binary("sluice"));
    shell.set_var("SLUICE_LOCALNET", workspace.binary("sluice-localnet"));
}

/// Tests the package in this folder, which depends on the client.
pub fn test_dependent(workspace: &Workspace, shell: &Shell, folder: &str) -> Result<()> {
    build_client(workspace, shell)?;
    let _in_package = shell.push_dir(workspace.root.join(folder));
    cmd!(shell, "npm ci --loglevel error").run()?;
    Ok(cmd!(shell, "npm test").run()?)
}

/// Goes to the client's package.
fn enter<'a>(workspace: &Workspace, shell: &'a Shell) -> Result<xshell::PushDir<'a>> {
    enter_package(workspace, shell, "clients/js")
}

/// Goes to a package, with a Node that is new enough and the packages of its lock file.
fn enter_package<'a>(
    workspace: &Workspace,
    shell: &'a Shell,
    folder: &str,
) -> Result<xshell::PushDir<'a>> {
    let in_package = shell.push_dir(workspace.root.join(folder));
    if cmd!(shell, "npm --version")
        .quiet()
        .ignore_stderr()
        .read()
        .is_err()
    {
        bail!("npm is missing, which {folder} needs: on Debian, run: sudo apt-get install npm");
    }
    if !has_node(shell) {
        use_own_node(workspace, shell)?;
    }
    install_packages(workspace, shell, folder)?;
    Ok(in_package)
}

fn has_node(shell: &Shell) -> bool {
    let version = cmd!(shell, "node --version").quiet().ignore_stderr().read();
    version.is_ok_and(|version| is_new_enough(&version))
}

/// Whether a version like `v20.18.1` is new enough.
fn is_new_enough(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= LEAST_NODE,
        _ => false,
    }
}

/// Installs a Node into the target directory, once, and puts it first on the path.
fn use_own_node(workspace: &Workspace, shell: &Shell) -> Result<()> {
    let folder = workspace.target.join("node");
    let binaries = folder.join("node_modules/.bin");
    prepend_to_path(shell, binaries.clone())?;
    if has_node(shell) {
        return Ok(());
    }
    let (major, minor) = LEAST_NODE;
    eprintln!(
        "Node is missing or older than {major}.{minor}: {NODE_PACKAGE} goes to {}",
        folder.display()
    );
    fs::create_dir_all(&folder)?;
    cmd!(
        shell,
        "npm install --prefix {folder} --no-save --no-audit --no-fund {NODE_PACKAGE}"
    )
    .run()?;
    if !has_node(shell) {
        bail!("{NODE_PACKAGE} does not run here: install Node {major}.{minor} or later yourself");
    }
    Ok(())
}

fn prepend_to_path(shell: &Shell, first: PathBuf) -> Result<()> {
    let path = shell
        .var_os("PATH")
        .unwrap_or_else(|| OsString::from("/usr/bin:/bin"));
    let folders = [first].into_iter().chain(env::split_paths(&path));
    shell.set_var("PATH", env::join_paths(folders)?);
    Ok(())
}

/// Installs what the lock file names, unless that is there.
fn install_packages(workspace: &Workspace, shell: &Shell, folder: &str) -> Result<()> {
    let package = shell.current_dir();
    let name = format!("{}-lock.json", folder.replace('/', "-"));
    let installed = of_client(workspace)?.join(name);
    let wanted = fs::read(package.join("package-lock.json"))
        .with_context(|| format!("{folder} has no lock file"))?;
    let is_there = package.join("node_modules").is_dir();
    if is_there && fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    // Without warnings of packages whose own commands, which nobody runs here, want a newer Node.
    cmd!(shell, "npm ci --loglevel error").run()?;
    Ok(fs::write(installed, wanted)?)
}

/// Where the client's tests keep what they need.
fn of_client(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target.join("js");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_node_is_the_one_that_vite_needs() {
        for version in ["v20.19.0", "v20.20.2", "v22.0.0", "v100.0.0"] {
            assert!(is_new_enough(version), "{version}");
        }
        for version in ["v18.20.4", "v20.18.9", "v9.99.0", "", "v", "node"] {
            assert!(!is_new_enough(version), "{version}");
        }
    }
}
