//! The house as `src-tauri/ARCHITECTURE.md` draws it: who may know whom.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use lotse_tests::programs;
use serde_json::Value as Json;

/// For each of our crates, which others of ours it is built on. The tests stand outside of the house: they may look into
/// every room, and nobody is built on them.
const DIRECTIONS: [(&str, &[&str]); 6] = [
    ("lotse-core", &[]),
    ("lotse-engine", &["lotse-core"]),
    ("lotse-server", &["lotse-core"]),
    ("lotse-cli", &["lotse-core", "lotse-engine"]),
    // The server for practice alone.
    ("lotse-desktop", &["lotse-core", "lotse-engine", "lotse-server"]),
    ("xtask", &[]),
];

/// What the rules are built on: computing, text and tables, all without a world around them.
const BELOW_CORE: [&str; 14] = [
    "chrono",
    "chrono-tz",
    "idna",
    "phonenumber",
    "rayon",
    "regex",
    "rust_decimal",
    "serde",
    "serde_json",
    "sha2",
    "strsim",
    "thiserror",
    "ts-rs",
    "unicode-normalization",
];

/// Crates through which a program reaches files, the network, the window, other processes or chance. None of them may
/// lie anywhere below `lotse-core`.
const WORLDLY: [&str; 33] = [
    "async-imap",
    "async-std",
    "calamine",
    "clap",
    "csv",
    "dirs",
    "etcetera",
    "fastrand",
    "getrandom",
    "h2",
    "hyper",
    "keyring",
    "libsqlite3-sys",
    "memmap2",
    "mio",
    "native-tls",
    "notify",
    "rand",
    "reqwest",
    "rusqlite",
    "rustls",
    "rustix",
    "smol",
    "socket2",
    "tauri",
    "tauri-runtime",
    "tempfile",
    "tokio",
    "ureq",
    "uuid",
    "walkdir",
    "wry",
    "zbus",
];

/// By which a program asks for the time, a file, the network, its surroundings or chance without any crate. What the
/// standard library and chrono offer cannot be seen from the manifests.
const WORLDLY_CALLS: [&str; 12] = [
    "Instant::now",
    "Local::now",
    "SystemTime",
    "Utc::now",
    "env::temp_dir",
    "env::var",
    "std::fs",
    "std::io::stdin",
    "std::net",
    "std::process",
    "RandomState",
    "thread::sleep",
];

fn cargo(arguments: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    programs::output_of(Command::new(env!("CARGO")).args(arguments).current_dir(root))
}

fn metadata() -> Json {
    let text = cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--offline",
        "--no-deps",
    ]);
    serde_json::from_str(&text).unwrap()
}

fn list(json: &Json) -> &[Json] {
    json.as_array().map_or(&[], Vec::as_slice)
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_default()
}

/// The packages of the workspace with the dependencies that end up in their programs (neither build nor dev).
fn our_packages(metadata: &Json) -> BTreeMap<String, BTreeSet<String>> {
    let members: BTreeSet<&str> = list(&metadata["workspace_members"]).iter().map(text).collect();
    let of = |package: &Json| {
        let dependencies = list(&package["dependencies"]).iter();
        let normal = dependencies.filter(|dependency| dependency["kind"].is_null());
        let names = normal.map(|dependency| text(&dependency["name"]).to_string());
        (text(&package["name"]).to_string(), names.collect())
    };
    let packages = list(&metadata["packages"]).iter();
    packages
        .filter(|package| members.contains(text(&package["id"])))
        .map(of)
        .collect()
}

#[test]
fn our_crates_know_each_other_in_one_direction_only() {
    let packages = our_packages(&metadata());
    let names: BTreeSet<&str> = packages.keys().map(String::as_str).collect();
    let found: BTreeMap<&str, BTreeSet<&str>> = packages
        .iter()
        .filter(|(name, _)| *name != "lotse-tests")
        .map(|(name, dependencies)| {
            let ours = dependencies
                .iter()
                .map(String::as_str)
                .filter(|name| names.contains(name));
            (name.as_str(), ours.collect())
        })
        .collect();
    let drawn: BTreeMap<&str, BTreeSet<&str>> = DIRECTIONS
        .into_iter()
        .map(|(name, below)| (name, below.iter().copied().collect()))
        .collect();
    assert_eq!(found, drawn);
}

#[test]
fn core_is_built_on_what_is_listed_and_on_nothing_of_the_world() {
    let direct = &our_packages(&metadata())["lotse-core"];
    assert_eq!(
        direct.iter().map(String::as_str).collect::<Vec<_>>(),
        BELOW_CORE,
        "a new dependency of core belongs into this list, if it has nothing to do with the world"
    );
    let below = below("lotse-core");
    assert!(
        below.contains("phf") && below.len() > BELOW_CORE.len(),
        "the whole tree is seen"
    );
    let worldly: Vec<String> = below
        .into_iter()
        .filter(|name| WORLDLY.contains(&name.as_str()))
        .collect();
    assert_eq!(worldly, [""; 0], "these lie below lotse-core");
}

/// The names of all packages that end up in a program through this one. Asked of cargo for this package alone: in the
/// metadata of the whole workspace, what others ask of a shared dependency would count, too.
fn below(name: &str) -> BTreeSet<String> {
    let tree = cargo(&[
        "tree",
        "--package",
        name,
        "--edges",
        "normal,no-proc-macro",
        "--prefix",
        "none",
        "--locked",
        "--offline",
    ]);
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    names.map(str::to_string).collect()
}

#[test]
fn core_asks_neither_for_the_time_nor_for_a_file() {
    fn walk(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                // Tests stand at the end of a file and may read their own fixtures.
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                for call in WORLDLY_CALLS.iter().filter(|call| code.contains(**call)) {
                    found.push(format!("{}: {call}", path.display()));
                }
            }
        }
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/core/src");
    let mut found = Vec::new();
    walk(&source, &mut found);
    assert_eq!(found, [""; 0]);
}

/// The intake is compiled into the fuzz targets a second time, by a manifest that no build of the workspace looks at.
#[test]
fn the_fuzz_targets_declare_what_the_intake_is_built_on() {
    let engine = our_packages(&metadata()).remove("lotse-engine").unwrap();
    let arguments = [
        "metadata",
        "--format-version",
        "1",
        "--offline",
        "--no-deps",
        "--manifest-path",
        "fuzz/Cargo.toml",
    ];
    let fuzz: Json = serde_json::from_str(&cargo(&arguments)).unwrap();
    let declared: BTreeSet<&str> = list(&fuzz["packages"][0]["dependencies"])
        .iter()
        .map(|dependency| text(&dependency["name"]))
        .collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut intake = std::fs::read_to_string(root.join("crates/engine/src/packing.rs")).unwrap();
    read_into(&mut intake, &root.join("crates/engine/src/sources"));
    let used = engine
        .iter()
        .map(String::as_str)
        .filter(|name| intake.contains(&format!("{}::", name.replace('-', "_"))));
    let used: BTreeSet<&str> = used.collect();
    assert!(used.contains("memchr"), "the intake was looked at: {used:?}");
    let missing: Vec<&&str> = used.difference(&declared).collect();
    assert!(missing.is_empty(), "fuzz/Cargo.toml lacks {missing:?}");
    // And no other room of the engine than those that the targets take in.
    let shared = std::fs::read_to_string(root.join("fuzz/src/lib.rs")).unwrap();
    let rooms = intake.split("crate::").skip(1).map(|rest| {
        let end = rest.find(|sign: char| !sign.is_alphanumeric() && sign != '_');
        &rest[..end.unwrap_or(rest.len())]
    });
    let absent: BTreeSet<&str> = rooms
        .filter(|room| !room.is_empty() && !shared.contains(&format!("mod {room};")))
        .collect();
    assert!(absent.is_empty(), "fuzz/src/lib.rs lacks {absent:?}");
}

/// The texts of all files below a folder, one behind the other.
fn read_into(all: &mut String, folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_into(all, &path);
        } else {
            all.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}
