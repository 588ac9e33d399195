//! What is matched, group by group.

use lotse_core::duplicates::{
    Duplicates, Index, Pair, Phone, Reason, Record, Region, Separated, Side, Watch, groups,
};

fn record<'a>(id: u32, email: &'a str, phone: &'a str, company: &'a str, city: &'a str) -> Record<'a> {
    Record {
        id,
        email,
        phone: Phone::Written(phone, Some(Region::De)),
        company,
        city,
        postcode: "",
    }
}

fn index(records: &[Record<'_>]) -> Index {
    let mut index = Index::new();
    index
        .extend(Side::Project, records, &Watch::SILENT)
        .expect("nobody cancels");
    index
}

fn find(index: &mut Index) -> Vec<Pair> {
    index
        .find_all(&Separated::default(), &Watch::SILENT)
        .expect("nobody cancels")
}

fn shown(pairs: &[Pair]) -> Vec<(u32, u32, Reason)> {
    pairs.iter().map(|pair| (pair.a, pair.b, pair.reason)).collect()
}

#[test]
fn the_best_stage_wins() {
    let mut index = index(&[
        record(
            1,
            "info@huber.de",
            "089 1234567",
            "Bäckerei Huber GmbH",
            "München",
        ),
        record(2, "INFO@huber.de", "089/1234567", "Bäckerei Huber", "Munich"),
        record(3, "", "+49 89 1234567", "Huber Bäckerei", "München"),
        record(4, "", "", "Baeckerei Huber e.K.", "80331 Muenchen"),
        record(5, "noreply@portal.de", "00000000", "k.A.", "-"),
        record(6, "noreply@portal.de", "00000000", "k.A.", "-"),
    ]);
    let pairs = find(&mut index);
    use Reason::{CompanyFuzzy, EmailExact, PhoneNormalized};
    assert_eq!(
        shown(&pairs),
        [
            (1, 2, EmailExact),
            (1, 3, PhoneNormalized),
            (1, 4, CompanyFuzzy),
            (2, 3, PhoneNormalized),
            (2, 4, CompanyFuzzy),
            (3, 4, CompanyFuzzy)
        ]
    );
    for pair in &pairs {
        let range = match pair.reason {
            EmailExact => 1.0..=1.0,
            PhoneNormalized => 0.9..=0.9,
            CompanyFuzzy => 0.75..=0.85,
        };
        assert!(range.contains(&pair.score), "{pair:?}");
    }
    let groups = groups(&pairs);
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].rows, [1, 2, 3, 4]);
    assert!(groups[0].hard);
}

#[test]
fn references_are_not_paired_with_each_other() {
    let mut index = index(&[record(1, "a@huber.de", "", "Gasthof Adler", "Ulm")]);
    let known = [
        record(2, "a@huber.de", "", "Gasthof Adler", "Ulm"),
        record(3, "A@huber.de", "", "Gasth. Adler", "Ulm"),
    ];
    index
        .extend(Side::Reference, &known, &Watch::SILENT)
        .expect("nobody cancels");
    use Reason::EmailExact;
    assert_eq!(shown(&find(&mut index)), [(1, 2, EmailExact), (1, 3, EmailExact)]);
}

#[test]
fn separated_pairs_stay_away() {
    let index = index(&[
        record(1, "a@huber.de", "", "", ""),
        record(2, "a@huber.de", "", "", ""),
        record(3, "a@huber.de", "", "", ""),
    ]);
    let mut duplicates =
        Duplicates::find(index, Separated::default(), &Watch::SILENT).expect("nobody cancels");
    assert_eq!(duplicates.pairs().count(), 3);
    let change = duplicates.separate(2, 1);
    assert_eq!(change.removed, [(1, 2)]);
    assert_eq!(
        change.groups[0].rows,
        [1, 2, 3],
        "the third row still holds the two together"
    );
    let change = duplicates.separate(1, 3);
    assert_eq!(change.groups.len(), 1);
    assert_eq!(change.groups[0].rows, [2, 3]);
    assert_eq!(change.rows, [1, 2, 3]);
    let change = duplicates.put_row(Side::Project, &record(1, "A@huber.de", "", "", ""));
    assert!(change.added.is_empty(), "an edit does not bring them back");
    let change = duplicates.rejoin(1, 2);
    assert_eq!(shown(&change.added), [(2, 1, Reason::EmailExact)]);
}

#[test]
fn edits_change_the_group_at_once() {
    let index = index(&[
        record(1, "", "", "Gasthof zum Adler", "Ulm"),
        record(2, "", "", "Gasthaus Adler", "Ulm"),
        record(3, "", "", "Hotel Linde", "Ulm"),
    ]);
    let mut duplicates =
        Duplicates::find(index, Separated::default(), &Watch::SILENT).expect("nobody cancels");
    assert_eq!(duplicates.group_of(1).map(|group| group.rows), Some(vec![1, 2]));
    let change = duplicates.put_row(Side::Project, &record(2, "", "", "Hotel zur Linde", "Ulm"));
    assert_eq!(change.removed, [(1, 2)]);
    assert_eq!(change.groups.len(), 1);
    assert_eq!(change.groups[0].rows, [2, 3]);
    assert_eq!(change.rows, [1, 2, 3]);
    let change = duplicates.remove_row(3);
    assert!(change.groups.is_empty());
    assert_eq!(duplicates.index().len(), 2);
}

#[test]
fn sets_of_equal_rows_beyond_measure_stay_groups() {
    let rows = 100_000;
    let companies: Vec<String> = (0..rows).map(|row| format!("Firma Nummer {row}")).collect();
    let mut records: Vec<Record<'_>> = companies
        .iter()
        .zip(0..)
        .map(|(name, id)| record(id, "x@huber.de", "089 1234567", name, "Ulm"))
        .collect();
    let mut index = index(&records);
    let pairs = find(&mut index);
    assert_eq!(pairs.len(), rows - 1);
    let star = |pair: &&Pair| pair.reason == Reason::EmailExact && pair.a == 0;
    assert_eq!(pairs.iter().find(|pair| !star(pair)), None);
    assert_eq!(groups(&pairs).len(), 1);
    for record in &mut records {
        *record = Record {
            email: "",
            phone: Phone::None,
            company: "Musterhaus Huber",
            ..*record
        };
    }
    let mut index = self::index(&records);
    let pairs = find(&mut index);
    assert_eq!(pairs.len(), rows - 1);
    assert_eq!(groups(&pairs)[0].rows.len(), rows);
}

#[test]
fn cancelling_stops_and_says_so() {
    let mut index = index(&[record(1, "a@b.de", "", "", ""), record(2, "a@b.de", "", "", "")]);
    let watch = Watch {
        progress: &|_| {},
        cancelled: &|| true,
    };
    assert!(index.find_all(&Separated::default(), &watch).is_err());
    assert!(
        index
            .extend(Side::Project, &[record(3, "", "", "", "")], &watch)
            .is_err()
    );
    assert_eq!(index.len(), 2);
}

#[test]
fn an_index_comes_back_from_bytes() {
    let mut index = index(&[
        record(
            1,
            "jörg@bücher.de",
            "089 1234567",
            "Gasthof zum Adler, Inh. Hans Maier",
            "Ulm",
        ),
        record(2, "", "", "Gasth. Adler GmbH", "Ulm/Donau"),
        record(3, "", "", "wird entfernt", "Köln"),
    ]);
    index.remove(3);
    let bytes = index.to_bytes();
    let mut again = Index::from_bytes(&bytes).expect("just written");
    assert_eq!(again.len(), 2);
    assert_eq!(find(&mut again), find(&mut index));
    assert_eq!(again.explain(1, 2), index.explain(1, 2));
    assert_eq!(again.to_bytes(), bytes);
    for cut in [0, 7, 27, 40, bytes.len() - 1] {
        assert!(Index::from_bytes(&bytes[..cut]).is_err(), "cut at {cut}");
    }
    let mut changed = bytes.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    assert!(Index::from_bytes(&changed).is_err());
}

/// All rows of the first labelled list.
fn listed() -> Vec<Record<'static>> {
    let lines = include_str!("pairs.csv")
        .lines()
        .skip(1)
        .map(|line| line.split(';').collect::<Vec<_>>());
    let rows = lines.flat_map(|cells| [[cells[2], cells[3], cells[4]], [cells[5], cells[6], cells[7]]]);
    let records = rows.zip(0..).map(|([company, city, postcode], id)| Record {
        id,
        company,
        city,
        postcode,
        ..Record::default()
    });
    records.collect()
}

#[test]
fn new_rows_find_what_a_search_of_everything_finds() {
    let records = listed();
    let (known, new) = records.split_at(600);
    let mut index = index(known);
    index
        .extend(Side::Project, new, &Watch::SILENT)
        .expect("nobody cancels");
    let ids: Vec<u32> = new.iter().map(|record| record.id).collect();
    let found = index
        .find_for(&ids, &Separated::default(), &Watch::SILENT)
        .expect("nobody cancels");
    let all = find(&mut index)
        .into_iter()
        .filter(|pair| ids.contains(&pair.a) || ids.contains(&pair.b));
    assert_eq!(found, all.collect::<Vec<_>>());
    assert!(found.len() > 40, "{}", found.len());
}

#[test]
fn the_order_of_chunks_changes_nothing() {
    let records = listed();
    let mut whole = index(&records);
    let mut pieces = Index::new();
    for chunk in records.chunks(7) {
        pieces
            .extend(Side::Project, chunk, &Watch::SILENT)
            .expect("nobody cancels");
    }
    assert_eq!(find(&mut pieces), find(&mut whole));
}

#[test]
fn a_row_that_says_what_a_reference_says_matches_what_other_references_say() {
    let place = |id, company| record(id, "", "", company, "Köln");
    let known = [
        place(1, "Bäckerei Hubertus"),
        place(2, "Bäckerei Hubertus Inh. Peter Schmid"),
    ];
    let mut index = Index::new();
    index
        .extend(Side::Reference, &known, &Watch::SILENT)
        .expect("nobody cancels");
    index
        .extend(Side::Project, &[place(3, "Bäckerei Hubertus")], &Watch::SILENT)
        .expect("nobody cancels");
    use Reason::CompanyFuzzy;
    let pairs = [(1, 3, CompanyFuzzy), (2, 3, CompanyFuzzy)];
    assert_eq!(shown(&find(&mut index)), pairs);
    let found = index.find_for(&[3], &Separated::default(), &Watch::SILENT);
    assert_eq!(shown(&found.expect("nobody cancels")), pairs);
}

#[test]
fn new_rows_of_a_large_set_are_tied_to_its_first_row() {
    let names = ["Hotel Adler", "Hotel Adler Berlin", "Hotel zum Adler"];
    let rows: Vec<Record<'_>> = (0..900)
        .map(|id| record(id, "", "", names[id as usize / 300], "Berlin"))
        .collect();
    let mut index = index(&rows);
    let ids = [5, 299, 450, 899];
    let found = index
        .find_for(&ids, &Separated::default(), &Watch::SILENT)
        .expect("nobody cancels");
    let all = find(&mut index)
        .into_iter()
        .filter(|pair| ids.contains(&pair.a) || ids.contains(&pair.b));
    assert_eq!(found, all.collect::<Vec<_>>());
    assert!((4..100).contains(&found.len()), "{}", found.len());
}
