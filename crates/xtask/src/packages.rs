//! System packages of Debian and Ubuntu.

use std::process::Command;

use crate::Done;
use crate::run::{output, program, run, say};

/// A package and what it is for.
pub(crate) type Package = (&'static str, &'static str);

/// What building and opening the window needs.
pub(crate) const TO_BUILD: &[Package] = &[
    ("build-essential", "a C compiler for SQLite and compression"),
    ("pkg-config", "finds the libraries below"),
    (
        "libwebkit2gtk-4.1-dev",
        "the browser engine that draws the window",
    ),
    ("librsvg2-dev", "the window's icons"),
    (
        "fonts-inter",
        "the typeface of the window, where the system brings no better one",
    ),
    ("fonts-dejavu-core", "signs that other typefaces lack"),
];

/// What the tests need beyond that.
pub(crate) const TO_TEST: &[Package] = &[
    ("webkit2gtk-driver", "drives the real window in tests"),
    ("xvfb", "a screen for it where there is none"),
    ("xauth", "access to that screen"),
    ("dovecot-imapd", "a real IMAP server for the mailbox tests"),
    ("gnome-keyring", "a real keyring for the credential tests"),
    ("dbus", "the bus on which the keyring listens"),
    ("openssl", "certificates for the test servers"),
    ("python3", "the proxy that breaks connections on purpose"),
];

/// Installs what is missing. Says what and why; does nothing and says nothing where everything is there.
pub(crate) fn ensure(packages: &[&[Package]]) -> Done {
    let wanted: Vec<Package> = packages.iter().flat_map(|list| list.iter().copied()).collect();
    if output(Command::new("dpkg-query").arg("--version")).is_none() {
        println!(
            "   This is no Debian or Ubuntu. If the build fails, please install what matches these packages:"
        );
        for (name, purpose) in wanted {
            println!("     {name}: {purpose}");
        }
        return Ok(());
    }
    let missing: Vec<Package> = wanted
        .into_iter()
        .filter(|(name, _)| !is_installed(name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    say("Installing system packages");
    for (name, purpose) in &missing {
        println!("   {name}: {purpose}");
    }
    let mut names: Vec<&str> = missing.iter().map(|(name, _)| *name).collect();
    run(
        &mut as_root(&["apt-get", "update", "-q"])?,
        "Fetching the list of packages",
    )?;
    let mut install = vec!["apt-get", "install", "-q", "-y", "--no-install-recommends"];
    install.append(&mut names);
    let mut install = as_root(&install)?;
    install.env("DEBIAN_FRONTEND", "noninteractive");
    run(&mut install, "Installing the packages")
}

fn is_installed(name: &str) -> bool {
    let mut query = program("dpkg-query", &["-W", "-f=${db:Status-Status}", name]);
    output(&mut query).is_some_and(|status| status.trim() == "installed")
}

/// The command with the rights to install packages.
fn as_root(words: &[&str]) -> Result<Command, String> {
    let is_root = output(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    if is_root {
        return Ok(program(words[0], &words[1..]));
    }
    if output(Command::new("sudo").arg("--version")).is_none() {
        return Err(format!(
            "packages are missing and there is no sudo. Please run as root: {}",
            words.join(" ")
        ));
    }
    Ok(program("sudo", words))
}
