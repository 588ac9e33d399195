//! Mappings, activities and further values on the command line, as a script types it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop there")]

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value as Json;

struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let home = Home {
            folder: tempfile::tempdir().unwrap(),
        };
        let leads = "\
Kundennummer;Firma;Ort;Land;Betreuer;Registriert am;Telefon;Rubrik
1;Gasthaus Seeblick;Berlin;D;AV;15.06.2024;;Kost
2;Hotel Krone;München;D;AV;20.06.2024;089 998877;Bett
";
        let activities = "\
Kundennummer;Datum;Art
1;01.07.2024;Besuch
99;02.07.2024;Besuch
";
        let further =
            "Kundennummer;Telefon;Einwilligung am\n1;030 1234567;16.06.2024\n2;030 7654321;21.06.2024\n";
        for (name, text) in [
            ("leads.csv", leads),
            ("akt.csv", activities),
            ("mehr.csv", further),
        ] {
            std::fs::write(home.path(name), text).unwrap();
        }
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_lotse"))
            .args(arguments.split_whitespace())
            .env("LOTSE_HOME", self.path("home"))
            .env("LOTSE_USER", "Eva Beispiel")
            .current_dir(self.folder.path())
            .output()
            .unwrap()
    }

    /// Runs a command that has to end with `code`; gives what it printed.
    fn ends(&self, arguments: &str, code: i32) -> String {
        let output = self.run(arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments}: {error}");
        String::from_utf8(output.stdout).unwrap() + &error
    }

    fn check(&self, arguments: &str) -> Json {
        let line = format!("check leads.csv --now 2025-10-01T12:00:00Z --json {arguments}");
        let output = self.run(&line);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{line}: {error} {output:?}"))
    }

    fn leads(&self, arguments: &str) -> Vec<Json> {
        self.check(&format!("{arguments} --leads leads.jsonl"));
        let text = std::fs::read_to_string(self.path("leads.jsonl")).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

#[test]
fn a_suggested_mapping_is_a_file_that_check_takes_and_a_template_is_known_by_name() {
    let home = Home::new();
    home.ends("mapping suggest leads.csv --out m.json", 0);
    let mut mapping: Json =
        serde_json::from_str(&std::fs::read_to_string(home.path("m.json")).unwrap()).unwrap();
    assert_eq!(
        mapping["fields"]["companyName"]["origin"]["columns"][0]["name"],
        "Firma"
    );
    // What nobody can guess is put right by hand.
    mapping["fields"]["businessType"] = serde_json::json!({
        "origin": { "from": "columns", "columns": [{ "name": "RUBRIK" }] },
        "values": { "Kost": "restaurant", "Bett": "hotel" },
    });
    std::fs::write(home.path("m.json"), mapping.to_string()).unwrap();
    let kinds = |leads: Vec<Json>| -> Vec<String> {
        leads
            .iter()
            .map(|lead| lead["businessType"].as_str().unwrap_or("-").to_owned())
            .collect()
    };
    assert_eq!(kinds(home.leads("")), ["-", "-"]);
    assert_eq!(kinds(home.leads("--mapping m.json")), ["restaurant", "hotel"]);

    home.ends("mapping import m.json --name Altsystem", 0);
    assert!(
        home.ends("mapping list", 0)
            .starts_with("Altsystem (migration, 8 fields)")
    );
    assert!(
        home.ends("mapping list --file leads.csv", 0)
            .contains("8 of 8 columns found")
    );
    assert_eq!(home.ends("mapping list --file akt.csv", 0), "");
    assert_eq!(kinds(home.leads("--mapping Altsystem")), ["restaurant", "hotel"]);
    home.ends("mapping export Altsystem --out again.json", 0);
    assert_eq!(kinds(home.leads("--mapping again.json")), ["restaurant", "hotel"]);
    home.ends("mapping remove Altsystem", 0);
    assert!(home.ends("mapping export Altsystem", 3).contains("Altsystem"));
    assert!(
        home.ends("check leads.csv --mapping Altsystem", 3)
            .contains("Altsystem")
    );
}

#[test]
fn activities_of_a_second_file_are_joined_and_what_is_left_over_is_said() {
    let home = Home::new();
    let report = home.check("--activities akt.csv");
    assert_eq!(report["rows_read"], 2);
    let addition = &report["additions"][0];
    assert_eq!(
        (&addition["file"], &addition["matched"], &addition["unmatched"]),
        (&"akt.csv".into(), &1.into(), &1.into())
    );
    assert_eq!(addition["unmatched_rows"][0]["number"], 3);
    assert_eq!(report["undecided_progress"], serde_json::json!(["MEETING"]));
    let leads = home.leads("--activities akt.csv --progress MEETING=yes");
    assert_eq!(leads[0]["activities"][0]["activityType"], "MEETING");
    assert_eq!(leads[0]["activities"][0]["countsAsProgress"], true);
    let told = home.ends("check leads.csv --activities akt.csv --progress MEETING=yes", 1);
    assert!(
        told.contains("akt.csv: 1 of 2 rows belong to 1 lead, 1 left over"),
        "{told}"
    );
    assert!(told.contains("row 3: 99: no such lead"), "{told}");
}

#[test]
fn further_values_fill_what_is_empty_unless_a_field_is_to_be_overwritten() {
    let home = Home::new();
    let phones = |arguments: &str| -> Vec<String> {
        let leads = home.leads(arguments);
        leads
            .iter()
            .map(|lead| lead["contact"]["phone"].as_str().unwrap_or("-").to_owned())
            .collect()
    };
    assert_eq!(phones("--enrich mehr.csv"), ["+49301234567", "+4989998877"]);
    assert_eq!(
        phones("--enrich mehr.csv --overwrite contact.phone"),
        ["+49301234567", "+49307654321"]
    );
    home.ends("check leads.csv --overwrite contact.phone", 2);
    home.ends("check leads.csv --enrich mehr.csv --overwrite nosuch", 2);
}
