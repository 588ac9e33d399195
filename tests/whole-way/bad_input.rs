//! What is not as it should be: one sentence, the right exit code, and nothing is lost.

use std::path::Path;

use lotse_engine::example;

use crate::desk::Desk;

/// Every command that reads a file of leads.
const READERS: [&str; 4] = ["inspect", "convert", "check", "duplicates"];

#[test]
fn files_that_cannot_be_read_are_said_by_every_command() {
    let desk = Desk::new();
    let write = |name: &str, bytes: &[u8]| std::fs::write(desk.path(name), bytes).unwrap();
    write("leer.csv", b"");
    write("leer.xlsx", b"");
    write(
        "bild.xlsx",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0\x08\x06\0\0\0",
    );
    write(
        "brief.csv",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n",
    );
    write(
        "abgeschnitten.xlsx",
        b"PK\x03\x04\x14\0\0\0\x08\0 and then nothing more",
    );
    std::fs::create_dir(desk.path("ordner.csv")).unwrap();
    for reader in READERS {
        for file in [
            "leer.csv",
            "leer.xlsx",
            "bild.xlsx",
            "brief.csv",
            "abgeschnitten.xlsx",
            "ordner.csv",
            "fehlt.csv",
        ] {
            let said = desk.lotse(&[reader, file]);
            assert_eq!(said.code, 3, "{reader} {file}: {said:?}");
            said.failed_with(3, file);
        }
    }
}

#[test]
fn a_failed_check_leaves_no_half_project_and_no_half_report() {
    let desk = Desk::new();
    crate::leads::write_csv(&desk.path("gut.csv"), 10);
    std::fs::write(desk.path("leer.csv"), "").unwrap();
    let all = [
        "check", "gut.csv", "leer.csv", "--save", "p.lotse", "--report", "r.json", "--leads", "l.jsonl",
    ];
    desk.lotse(&all).failed_with(3, "leer.csv");
    let left: Vec<_> = desk
        .files()
        .into_iter()
        .filter(|file| !file.starts_with(desk.home()))
        .collect();
    assert_eq!(left.len(), 2, "only the two sources are there: {left:?}");
}

#[test]
fn a_failed_conversion_leaves_what_an_earlier_one_has_written() {
    let desk = Desk::new();
    crate::leads::write_csv(&desk.path("gut.csv"), 10);
    desk.lotse(&["convert", "gut.csv", "--out", "tabelle.csv"])
        .with_code(0);
    let before = std::fs::read(desk.path("tabelle.csv")).unwrap();
    desk.lotse(&["convert", "fehlt.csv", "--out", "tabelle.csv"])
        .failed_with(3, "fehlt.csv");
    assert!(std::fs::read(desk.path("tabelle.csv")).unwrap() == before);
    assert_eq!(desk.files().len(), 2, "nothing else is left");
    desk.lotse(&["convert", "gut.csv", "--out", "/dev/stdout"])
        .with_code(0);
}

#[test]
fn a_project_that_stands_there_already_is_not_overwritten() {
    let desk = Desk::new();
    crate::leads::write_csv(&desk.path("gut.csv"), 10);
    std::fs::write(desk.path("p.lotse"), "wichtig").unwrap();
    desk.lotse(&["check", "gut.csv", "--save", "p.lotse"])
        .failed_with(3, "already");
    assert_eq!(std::fs::read_to_string(desk.path("p.lotse")).unwrap(), "wichtig");
}

/// A project of ten leads at `p.lotse`.
fn project(desk: &Desk) {
    crate::leads::write_csv(&desk.path("gut.csv"), 10);
    desk.lotse(&["check", "gut.csv", "--save", "p.lotse"])
        .with_code(0);
    let add = ["connection", "add", "ziel", "--url", "http://127.0.0.1:9"];
    desk.lotse_with(&add, "key").with_code(0);
}

/// The commands that open a project.
fn openers(name: &str) -> [Vec<&str>; 2] {
    [
        vec!["audit", name, "--verify"],
        vec!["push", name, "--connection", "ziel", "--dry-run"],
    ]
}

#[test]
fn what_is_no_project_or_a_damaged_or_a_newer_one_is_said_and_left_alone() {
    let desk = Desk::new();
    project(&desk);
    let whole = std::fs::read(desk.path("p.lotse")).unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(desk.path(name), bytes).unwrap();
    write("leer.lotse", b"");
    write("text.lotse", b"Firma;Ort\r\nKrone;Ulm\r\n");
    write("halb.lotse", &whole[..whole.len() / 2]);
    let mut damaged = whole.clone();
    damaged[4096..].fill(0x5a);
    write("beschaedigt.lotse", &damaged);
    // The number of the format stands at byte 60 of the head.
    let mut newer = whole.clone();
    newer[60..64].copy_from_slice(&99_u32.to_be_bytes());
    write("neuer.lotse", &newer);
    let other = rusqlite::Connection::open(desk.path("andere.lotse")).unwrap();
    other.execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    drop(other);
    for (name, sentence) in [
        ("fehlt.lotse", "does not exist"),
        ("leer.lotse", "no Lotse project"),
        ("text.lotse", "no Lotse project"),
        ("gut.csv", "no Lotse project"),
        ("andere.lotse", "no Lotse project"),
        ("halb.lotse", "damaged"),
        ("beschaedigt.lotse", "damaged"),
        ("neuer.lotse", "newer version of Lotse"),
    ] {
        let before = std::fs::read(desk.path(name)).ok();
        for arguments in openers(name) {
            let said = desk.lotse_with(&arguments, "key");
            assert_eq!(said.code, 3, "{arguments:?}: {said:?}");
            said.failed_with(3, sentence);
        }
        assert!(
            std::fs::read(desk.path(name)).ok() == before,
            "{name} is as it was"
        );
    }
    desk.lotse(&["audit", "p.lotse", "--verify"]).with_code(0);
}

/// Takes the right to write away, and gives it back when dropped, so that the folder can be removed.
struct ReadOnly<'a>(&'a Path);

impl<'a> ReadOnly<'a> {
    fn make(path: &'a Path) -> Self {
        set_mode(path, if path.is_dir() { 0o555 } else { 0o444 });
        ReadOnly(path)
    }
}

impl Drop for ReadOnly<'_> {
    fn drop(&mut self) {
        set_mode(self.0, if self.0.is_dir() { 0o755 } else { 0o644 });
    }
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_project_that_may_not_be_written_says_what_to_do() {
    let desk = Desk::new();
    project(&desk);
    let path = desk.path("p.lotse");
    let before = std::fs::read(&path).unwrap();
    let _read_only = ReadOnly::make(&path);
    for arguments in openers("p.lotse") {
        desk.lotse_with(&arguments, "key")
            .failed_with(3, "folder with write permission");
    }
    assert!(std::fs::read(&path).unwrap() == before);
}

#[test]
fn results_that_cannot_be_written_are_said_by_their_name() {
    let desk = Desk::new();
    example::write_csv(&desk.path("export.csv")).unwrap();
    for option in ["--report", "--leads", "--errors", "--save"] {
        let name = if option == "--errors" {
            "fehlt/x.csv"
        } else {
            "fehlt/x"
        };
        let said = desk.lotse(&["check", "export.csv", option, name]);
        assert_eq!(said.code, 3, "{option}: {said:?}");
        assert!(said.err.contains("fehlt"), "{option}: {said:?}");
    }
    desk.lotse(&["convert", "export.csv", "--out", "fehlt/x.csv"])
        .failed_with(3, "fehlt/x.csv");
    // A folder of the system into which nobody writes, not even root.
    desk.lotse(&["check", "export.csv", "--save", "/proc/x.lotse"])
        .failed_with(3, "/proc/x.lotse");
    desk.lotse(&["convert", "export.csv", "--out", "/proc/x.csv"])
        .failed_with(3, "/proc/x.csv");
}

#[test]
fn settings_that_cannot_be_read_are_not_overwritten() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.home().join("config")).unwrap();
    let file = desk.home().join("config/connections.json");
    std::fs::write(&file, "{ half of a fi").unwrap();
    desk.lotse(&["connection", "list"])
        .failed_with(3, "connections.json");
    let add = ["connection", "add", "ziel", "--url", "https://crm.example.de"];
    desk.lotse_with(&add, "key").failed_with(3, "connections.json");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "{ half of a fi");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let desk = Desk::new();
    crate::leads::write_csv(&desk.path("viele.csv"), 5000);
    let whole = "\"$0\" convert viele.csv | head -n 1; echo \"${PIPESTATUS[0]}\"";
    let output = std::process::Command::new("bash")
        .args(["-c", whole])
        .arg(lotse_tests::programs::lotse())
        .current_dir(desk.path(""))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with("Kd-Nr.,Firma,") && text.trim_end().ends_with("\n0"),
        "{text}"
    );
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
