//! Mails from files, without any mailbox.

use serde_json::Value as Json;

use super::{Home, fixture};

fn lines(out: &str) -> Vec<Json> {
    out.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn every_mail_is_one_object_with_leads_and_the_place_of_each_value() {
    let home = Home::new();
    let (card, lunch) = (fixture("attached/vcard.eml"), home.path("mittag.eml"));
    std::fs::write(&lunch, "From: c@x.example\nSubject: Mittag\n\nUm 12?\n").unwrap();
    let parsed = home.lotse(&["mail", "parse", card.to_str().unwrap(), "mittag.eml", "--json"]);
    let mails = lines(parsed.good());
    assert_eq!(mails.len(), 2);
    let keys: Vec<&String> = mails[0].as_object().unwrap().keys().collect();
    for key in ["file", "status", "rule", "error", "leads"] {
        assert!(keys.iter().any(|known| *known == key), "{key} in {keys:?}");
    }
    assert_eq!(mails[0]["file"], card.to_str().unwrap());
    assert_eq!(
        (&mails[0]["status"], &mails[1]["status"]),
        (&"parsed".into(), &"unmatched".into())
    );
    let lead = &mails[0]["leads"][0];
    assert_eq!(lead["fields"]["email"], "moritz@postbox.example");
    assert!(
        lead["fields"].get("message").is_none(),
        "what was not found is absent"
    );
    let place = &lead["provenance"]["email"];
    assert_eq!(
        (&place["part"], &place["text"]),
        (&"2".into(), &"moritz@postbox.example".into())
    );
    assert_eq!(
        place["end"].as_u64().unwrap() - place["start"].as_u64().unwrap(),
        22
    );
    assert!(place["by"].as_str().unwrap().contains('/'), "{place}");
    assert!(lead["confidence"].as_f64().unwrap() > 0.5);
}

#[test]
fn what_is_no_mail_is_said_and_not_in_the_way_of_the_others() {
    let home = Home::new();
    std::fs::write(home.path("leer.eml"), "").unwrap();
    std::fs::write(home.path("notiz.eml"), "nur ein Satz\n").unwrap();
    std::fs::create_dir(home.path("ordner")).unwrap();
    let card = fixture("attached/vcard.eml");
    let files = [
        "leer.eml",
        "notiz.eml",
        "ordner",
        "fehlt.eml",
        card.to_str().unwrap(),
    ];
    let parsed = home.lotse(&[&["mail", "parse", "--json"], &files[..]].concat());
    parsed.refused(3, &["4 of 5 files"]);
    let mails = lines(&parsed.out);
    for (mail, says) in mails.iter().zip(["empty", "headers", "folder", "No such file"]) {
        assert_eq!(
            (&mail["status"], &mail["leads"]),
            (&"failed".into(), &Json::Array(vec![]))
        );
        assert!(mail["error"].as_str().unwrap().contains(says), "{mail}");
    }
    assert_eq!(mails[4]["status"], "parsed");
    let told = home.lotse(&["mail", "parse", "leer.eml"]);
    assert_eq!(
        told.out,
        "leer.eml: The mail is empty. Ask the sender for it again.\n"
    );
    assert_eq!(home.lotse(&["mail", "parse"]).code, 2);
}

#[test]
fn rules_of_ones_own_come_first_and_broken_ones_are_named() {
    let home = Home::new();
    let rules = home.path("regeln");
    std::fs::create_dir(&rules).unwrap();
    let rule = r#"{"id":"wunsch","applies":{"all":[{"in":"subject","matches":"Wunsch"}]},
        "fields":{"externalId":[{"label":"Wunsch-Nr"}]}}"#;
    std::fs::write(rules.join("wunsch.json"), rule).unwrap();
    let mail =
        "From: p@x.example\nSubject: Wunsch\n\nName: Max Muster\nE-Mail: max@x.example\nWunsch-Nr: 4711\n";
    std::fs::write(home.path("wunsch.eml"), mail).unwrap();
    let parse = ["mail", "parse", "wunsch.eml", "--json", "--rules", "regeln"];
    let parsed = home.lotse(&parse).json();
    assert_eq!(
        (&parsed["rule"], &parsed["leads"][0]["fields"]["externalId"]),
        (&"wunsch".into(), &"4711".into())
    );

    std::fs::write(rules.join("kaputt.json"), "{").unwrap();
    home.lotse(&parse).refused(3, &["kaputt.json", "form of a rule"]);
    home.lotse(&["mail", "parse", "wunsch.eml", "--rules", "nirgends"])
        .refused(3, &["nirgends"]);
}
