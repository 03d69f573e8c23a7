//! What the tests need from packages: installed once, skipped when it is there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::stage::{ask, run};

/// What Debian's tools ask before they start a package's service.
const POLICY: &str = "/usr/sbin/policy-rc.d";
/// The answer "no" to every service (invoke-rc.d: 101 is "action forbidden by policy").
const POLICY_NEVER: &str = "#!/bin/sh\nexit 101\n";

/// The Debian packages that tests/debian-packages.txt names.
pub fn debian() -> anyhow::Result<()> {
    let list = crate::root().join("tests/debian-packages.txt");
    let text = fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
    let wanted = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let missing: Vec<&str> = wanted.filter(|package| !has_debian_package(package)).collect();
    if missing.is_empty() {
        println!("  every Debian package is there");
        return Ok(());
    }
    if ask(Command::new("id").arg("-u")).as_deref().map(str::trim) != Some("0") {
        bail!("packages are missing; run this as root: apt-get install {}", missing.join(" "));
    }
    let _no_services = NoServices::begin()?;
    run(Command::new("apt-get").args(["-q", "update"]))?;
    run(Command::new("apt-get")
        .args(["-q", "-y", "-o", "Dpkg::Use-Pty=0", "install", "--no-install-recommends"])
        .args(&missing)
        .env("DEBIAN_FRONTEND", "noninteractive"))
}

fn has_debian_package(name: &str) -> bool {
    let status = ask(Command::new("dpkg-query").args(["-W", "-f=${db:Status-Status}", name]));
    status.as_deref() == Some("installed")
}

/// Keeps packages from starting their services while it lives: the tests start their own.
struct NoServices {
    before: Option<Vec<u8>>,
}

impl NoServices {
    fn begin() -> anyhow::Result<Self> {
        use std::os::unix::fs::PermissionsExt as _;
        let before = fs::read(POLICY).ok();
        let this = Self { before };
        fs::write(POLICY, POLICY_NEVER).with_context(|| format!("cannot write {POLICY}"))?;
        fs::set_permissions(POLICY, fs::Permissions::from_mode(0o755))
            .with_context(|| format!("cannot make {POLICY} executable"))?;
        Ok(this)
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        let restored = match &self.before {
            Some(text) => fs::write(POLICY, text),
            None => fs::remove_file(POLICY),
        };
        if let Err(error) = restored {
            eprintln!("warning: cannot put {POLICY} back as it was: {error}");
        }
    }
}

/// A virtual environment with what tests/requirements.txt names, made again when that file changes.
///
/// Gives its Python; none if the tests need no package.
pub fn python() -> anyhow::Result<Option<PathBuf>> {
    let wanted = crate::root().join("tests/requirements.txt");
    let Ok(wanted_text) = fs::read_to_string(&wanted) else {
        return Ok(None);
    };
    let folder = crate::target().join("python");
    let python = folder.join("bin/python");
    let stamp = folder.join("installed-requirements.txt");
    if is_current(&stamp, &wanted_text) && python.exists() {
        println!("  every Python package is there");
        return Ok(Some(python));
    }
    fs::create_dir_all(crate::target()).context("cannot make the target folder")?;
    run(Command::new(system_python()).args(["-m", "venv", "--clear"]).arg(&folder))?;
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(&wanted))?;
    fs::write(&stamp, wanted_text).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(Some(python))
}

/// Debian's own Python if it is there: its venv module comes with the packages above.
fn system_python() -> &'static str {
    if Path::new("/usr/bin/python3").exists() { "/usr/bin/python3" } else { "python3" }
}

/// The packages of tests/clients, installed again when their lock file changes.
///
/// Gives the folder they are in; none if the tests need no package.
pub fn node() -> anyhow::Result<Option<PathBuf>> {
    let folder = crate::root().join("tests/clients");
    let Ok(lock) = fs::read_to_string(folder.join("package-lock.json")) else {
        return Ok(None);
    };
    let modules = folder.join("node_modules");
    let stamp = modules.join(".installed-package-lock.json");
    if is_current(&stamp, &lock) {
        println!("  every Node package is there");
        return Ok(Some(modules));
    }
    // Not `npm ci`: it refuses a lock file that leaves out native builds for machines that the registry has none for.
    // This installs the same versions, checked against the same hashes, and writes nothing but the folder.
    run(Command::new("npm")
        .args(["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .arg("--prefix")
        .arg(&folder))?;
    fs::write(&stamp, lock).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(Some(modules))
}

fn is_current(stamp: &Path, wanted: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|text| text == wanted)
}
