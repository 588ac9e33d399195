//! Duplicates on the command line in files that hold no companies: people, products.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop there")]

use std::process::{Command, Output};

/// What `lotse duplicates` says to files that are written for it.
fn duplicates(files: &[(&str, &str)], arguments: &[&str]) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_lotse"))
        .arg("duplicates")
        .args(arguments)
        .current_dir(folder.path())
        .env("HOME", folder.path())
        .output()
        .unwrap();
    let stderr = String::from_utf8(stderr).unwrap();
    assert!(status.success(), "{stderr}");
    (String::from_utf8(stdout).unwrap(), stderr)
}

/// The pairs of rows, each as it stands in its line.
fn rows(out: &str) -> Vec<&str> {
    let lines = out.lines().skip(1);
    lines.map(|line| line.rsplitn(5, ',').last().unwrap()).collect()
}

const PEOPLE: &str = "\
rec_id,given_name,surname,street,suburb,postcode,date_of_birth
r1,Michaela,Neumann,Stanley Street 8,Winston Hills,4223,19151111
r2,Courtney,Painter,Pinkerton Circuit 12,Richlands,4560,19161214
r3,Charles,Green,Salkauskas Crescent 38,Dapto,4566,19480930
r4,Michaela,Neuman,Stanley Street 8,Winston Hills,4223,19151111
r5,Charles,Parr,Macdonnell Street 5,Dapto,4566,19770103
r6,Courtney,Paitner,Pinkerton Circ. 12,Richlands,4560,19161214
r7,Courtney,Painter,Longmore Crescent 3,Broken Hill,2880,19850623
";

#[test]
fn people_are_compared_by_name_place_and_birth() {
    let (out, said) = duplicates(&[("people.csv", PEOPLE)], &["people.csv"]);
    assert_eq!(rows(&out), ["2,5", "3,7"], "{out}");
    assert!(out.contains("2,5,r1,r4,"), "{out}");
    for column in ["given_name", "surname", "date_of_birth"] {
        assert!(said.contains(column), "{said}");
    }
    assert_eq!(said.matches("people.csv").count(), 1, "{said}");
}

#[test]
fn people_of_a_reference_file_are_not_compared_with_each_other() {
    let new = "\
rec_id,given_name,surname,street,suburb,postcode,date_of_birth
n1,Charles,Greene,Salkauskas Crescent 38,Dapto,4566,19480930
n2,Bianca,Voss,Clift Crescent 2,Bonnyrigg,2177,19320717
n3,Lachlan,Berry,Giblin Street 40,Rosebud,3939,19550521
";
    let (out, _) = duplicates(
        &[("people.csv", PEOPLE), ("new.csv", new)],
        &["new.csv", "--reference", "people.csv"],
    );
    assert_eq!(out.lines().count(), 2, "{out}");
    assert!(out.contains("n1") && out.contains("r3"), "{out}");
}

#[test]
fn products_are_compared_by_title_and_their_numbers_keep_them_apart() {
    let products = "\
id,title,manufacturer,price
1,Sony Cyber-shot DSC-W120 Digital Camera Pink,Sony,199.99
2,Canon PowerShot SD890 Digital ELPH Camera,Canon,299.00
3,Sony Cyber-shot DSC-W120 Digital Camera (Pink),Sony,189.00
4,Sony Cyber-shot DSC-W150 Digital Camera Pink,Sony,229.99
5,Bose Acoustimass 5 Series III Speaker System,Bose,599.00
6,Bose Acoustimass 10 Series IV Speaker System,Bose,999.00
7,Garmin nuvi 255W Portable Navigator,Garmin,249.99
";
    let (out, said) = duplicates(&[("products.csv", products)], &["products.csv"]);
    assert_eq!(rows(&out), ["2,4"], "{out}");
    assert!(said.contains("title"), "{said}");
}
