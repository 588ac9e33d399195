//! Whether a row heads a table: its words stand over values, or are words that head columns.

use super::{
    inspection::DetectionReason,
    settings::HeaderRows,
    shape::Shape,
    structure::{Profile, SampleRow, column_letters, usual_filled},
};

/// How a row that may be a heading compares with the body below.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Contrast {
    /// Columns with words above values.
    pub(crate) differing: usize,
    /// Columns with a value of the same shape as below.
    pub(crate) alike: usize,
    /// Columns with a value of another shape than below.
    odd: usize,
}

/// Compares a row with the body below it.
pub(crate) fn contrast(row: &SampleRow, body: &Profile) -> Contrast {
    let mut found = Contrast::default();
    for column in 0..row.width() {
        let here = row.shape(column).family();
        match (here, body.shape(column)) {
            (Shape::Blank, _) => {}
            (here, Some(below)) if below.is_typed() => {
                if here == below {
                    // Years head columns of numbers.
                    let year = row.text(column).len() == 4
                        && row
                            .text(column)
                            .parse::<u32>()
                            .is_ok_and(|year| (1950..2100).contains(&year));
                    if !(year && below == Shape::Decimal) {
                        found.alike += 1;
                    }
                } else if here.is_typed() {
                    found.odd += 1;
                } else {
                    found.differing += 1;
                }
            }
            (here, _) if here.is_typed() => found.odd += 1,
            _ => {}
        }
    }
    found
}

/// Words that head columns of leads, in German, English and Swiss French, in lower case.
const HEADINGS: &[&str] = &[
    "firma",
    "firmenname",
    "unternehmen",
    "company",
    "companyname",
    "kunde",
    "kundenname",
    "customer",
    "account",
    "name",
    "nachname",
    "vorname",
    "lastname",
    "firstname",
    "surname",
    "nom",
    "prénom",
    "entreprise",
    "société",
    "anrede",
    "titel",
    "title",
    "salutation",
    "ansprechpartner",
    "kontakt",
    "contact",
    "ort",
    "stadt",
    "city",
    "ville",
    "plz",
    "postleitzahl",
    "zip",
    "zipcode",
    "postcode",
    "npa",
    "straße",
    "strasse",
    "street",
    "adresse",
    "address",
    "rue",
    "land",
    "country",
    "pays",
    "kanton",
    "canton",
    "bundesland",
    "state",
    "region",
    "telefon",
    "tel",
    "tel.",
    "phone",
    "mobil",
    "mobile",
    "handy",
    "téléphone",
    "fax",
    "email",
    "e-mail",
    "mail",
    "courriel",
    "web",
    "website",
    "webseite",
    "homepage",
    "url",
    "id",
    "nr",
    "nr.",
    "no",
    "nummer",
    "number",
    "#",
    "lfd. nr.",
    "kundennummer",
    "kundennr",
    "kunden-nr.",
    "datum",
    "date",
    "zeit",
    "time",
    "created",
    "erstellt",
    "registriert",
    "registriert am",
    "umsatz",
    "revenue",
    "volumen",
    "volume",
    "betrag",
    "amount",
    "preis",
    "price",
    "menge",
    "quantity",
    "qty",
    "status",
    "phase",
    "stage",
    "typ",
    "type",
    "art",
    "branche",
    "industry",
    "kategorie",
    "category",
    "quelle",
    "source",
    "notiz",
    "notizen",
    "notes",
    "note",
    "bemerkung",
    "bemerkungen",
    "kommentar",
    "comment",
    "comments",
    "remarks",
    "beschreibung",
    "description",
    "besitzer",
    "owner",
    "verantwortlich",
    "position",
    "funktion",
    "role",
    "abteilung",
    "department",
    "aktivität",
    "aktivitäten",
    "activity",
    "letzter kontakt",
    "produkt",
    "product",
    "value",
    "wert",
    "key",
    "code",
    "gender",
    "age",
    "alter",
];

/// True for texts too long for a heading, or closed by a full stop.
fn is_sentence(text: &str) -> bool {
    let text = text.trim();
    let words = text.split_whitespace().count();
    words >= 8 || (words >= 3 && text.ends_with('.'))
}

fn is_heading_word(text: &str) -> bool {
    HEADINGS.contains(&text.trim().trim_end_matches(':').to_lowercase().as_str())
}

fn heading_words(row: &SampleRow) -> Vec<String> {
    row.cells
        .iter()
        .filter(|cell| is_heading_word(&cell.text))
        .map(|cell| cell.text.trim().to_owned())
        .collect()
}

/// How many of the texts head columns.
pub(crate) fn heading_words_of<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.filter(|text| is_heading_word(text)).count()
}

/// True for `A`, `B`, `C`: the names that columns without a heading are given.
fn is_lettered(row: &SampleRow) -> bool {
    row.width() > 1 && (0..row.width()).all(|column| row.text(column) == column_letters(column))
}

/// True for what programs write where there is no value, and for numbers that are none.
fn is_void(text: &str) -> bool {
    const VOID: [&str; 14] = [
        "null", "none", "nil", "nan", "inf", "-inf", "+inf", "infinity", "n/a", "na", "#n/a", "k.a.", "-",
        "?",
    ];
    VOID.contains(&text.trim().to_lowercase().as_str())
}

/// How much a row looks like the heading of `body`; above 0 it is one.
fn heading_evidence(row: &SampleRow, body: &[&SampleRow]) -> (f64, DetectionReason) {
    // The heading once more, further down, does not speak against it.
    let same = |other: &SampleRow| {
        other.width() == row.width() && (0..row.width()).all(|column| other.text(column) == row.text(column))
    };
    let body: Vec<&SampleRow> = body.iter().filter(|other| !same(other)).copied().collect();
    let usual = usual_filled(&body);
    let profile = Profile::of(&body, usual);
    let seen = contrast(row, &profile);
    let words = heading_words(row);
    let filled = row.filled().max(1) as f64;
    let mut score = 0.3 + seen.differing as f64 - 1.5 * seen.alike as f64 - 0.7 * seen.odd as f64;
    score += words.len() as f64 * 0.8;
    if is_lettered(row) {
        score += 3.0;
    }
    // Headings differ from each other; values repeat.
    let mut texts: Vec<&str> = (0..row.width())
        .map(|column| row.text(column))
        .filter(|text| !text.is_empty())
        .collect();
    texts.sort_unstable();
    let all = texts.len();
    texts.dedup();
    if texts.len() < all {
        score -= 0.2;
    }
    let mut repeated = 0usize;
    let mut longer = 0usize;
    for column in 0..row.width() {
        let text = row.text(column);
        if text.is_empty() {
            continue;
        }
        if body.iter().any(|other| other.text(column) == text) {
            repeated += 1;
        }
        let lengths: usize = body.iter().map(|other| other.text(column).chars().count()).sum();
        let mean = lengths as f64 / body.len().max(1) as f64;
        if mean > 1.8 * text.chars().count() as f64 {
            longer += 1;
        }
    }
    score -= 1.2 * repeated as f64;
    score += 0.3 * longer as f64;
    // Words over every column of values are a heading, whatever the columns of words say.
    if seen.differing > 0 && seen.alike + seen.odd == 0 && seen.differing == profile.typed_columns() {
        score = score.max(0.3);
    }
    let longest = row
        .cells
        .iter()
        .map(|cell| cell.text.chars().count())
        .max()
        .unwrap_or(0);
    if longest > 120 {
        score -= 1.0;
    }
    if row.cells.iter().any(|cell| is_sentence(&cell.text)) {
        score -= 0.8;
    }
    let blank_share = 1.0 - filled / usual.max(1) as f64;
    if blank_share > 0.3 {
        score -= blank_share;
    }
    let reason = if seen.differing > 0 {
        DetectionReason::HeaderAbove {
            row: row.number,
            columns: seen.differing,
        }
    } else if !words.is_empty() {
        DetectionReason::HeaderWords {
            row: row.number,
            words: words.into_iter().take(3).collect(),
        }
    } else {
        DetectionReason::Usual
    };
    (score, reason)
}

/// Finds the heading of a table, with its certainty and reason. `counted` where a row's number of cells is its own, as
/// in text files.
pub(crate) fn find_header(table: &[&SampleRow], counted: bool) -> (HeaderRows, f32, DetectionReason) {
    let usual = usual_filled(table);
    let least = if usual <= 2 {
        usual
    } else {
        (usual * 7).div_ceil(10).max(2)
    };
    let dense: Vec<usize> = (0..table.len())
        .filter(|&index| table[index].filled() >= least)
        .collect();
    let Some(&first) = dense.first() else {
        let header = HeaderRows {
            first: table[0].number,
            count: 1,
        };
        return (header, 0.3, DetectionReason::Usual);
    };
    let body_after = |index: usize| -> Vec<&SampleRow> {
        table[index + 1..]
            .iter()
            .filter(|row| row.filled() * 2 >= usual)
            .take(60)
            .copied()
            .collect()
    };
    // A heading is usually the first full row; lines of remarks above it may be as full as it is.
    let (mut at, (mut score, mut reason)) = (first, heading_evidence(table[first], &body_after(first)));
    let single = body_after(first).is_empty();
    for &index in dense.iter().skip(1).take(10) {
        let body = body_after(index);
        if body.is_empty() {
            break;
        }
        let (other, why) = heading_evidence(table[index], &body);
        let profile = Profile::of(&body, usual);
        let unlike = table[at..index].iter().all(|row| {
            let seen = contrast(row, &profile);
            seen.alike == 0 && (row.filled() < usual || seen.differing + seen.odd > 0)
        });
        // A sentence above the heading is none.
        let sentence = table[at].cells.iter().any(|cell| is_sentence(&cell.text));
        let (least, more) = if sentence { (0.2, 0.5) } else { (1.5, 1.0) };
        if other >= least && other > score + more && unlike {
            (at, score, reason) = (index, other, why);
        }
    }
    if single {
        // One row and nothing below: words are a heading, values are not.
        let row = table[at];
        let typed = row.cells.iter().filter(|cell| cell.shape.is_typed()).count();
        let count = u32::from(typed == 0);
        let header = HeaderRows {
            first: row.number,
            count,
        };
        let reason = if count == 1 {
            DetectionReason::Usual
        } else {
            DetectionReason::NoHeader
        };
        return (header, 0.6, reason);
    }
    // A heading with gaps is not full, but stands right above the first row and says what the columns are.
    if score <= 0.5 && at > 0 {
        let above = table[at - 1];
        let near = above.number + 1 == table[at].number && above.filled() >= 2;
        let whole = above.filled() * 2 >= usual;
        // A heading that was cut off names the first columns.
        let cut = above.filled() == above.width()
            && (above.width() >= 3 || !heading_words(above).is_empty())
            && above
                .cells
                .iter()
                .all(|cell| !is_sentence(&cell.text) && !cell.text.trim().ends_with(':'));
        if near && (whole || cut) && !above.has_typed() {
            let (other, why) = heading_evidence(above, &body_after(at - 1));
            let other = if cut { other.max(0.6) } else { other };
            if other > score.max(0.0) {
                (at, score, reason) = (at - 1, other, why);
            }
        }
    }
    if score <= 0.0 {
        let header = HeaderRows {
            first: table[first].number,
            count: 0,
        };
        return (header, certainty(-score), DetectionReason::NoHeader);
    }
    // Lines of the heading above and below.
    let mut from = at;
    while from > 0 && at - from < 2 && !is_lettered(table[at]) {
        let above = table[from - 1];
        let group = above.number + 1 == table[from].number
            && above.filled() >= 2
            && !above.has_typed()
            && above.width() <= table[at].width()
            && spans(above, table[at], counted)
            && above
                .cells
                .iter()
                .all(|cell| !cell.text.trim().ends_with(':') && cell.text.chars().count() <= 60);
        if !group {
            break;
        }
        from -= 1;
    }
    let mut to = at;
    while to + 1 < table.len() && to - at < 2 {
        let next = table[to + 1];
        if next.number != table[to].number + 1 || !continues_heading(table[to], next, &body_after(to + 1)) {
            break;
        }
        to += 1;
    }
    let header = HeaderRows {
        first: table[from].number,
        count: table[to].number - table[from].number + 1,
    };
    (header, certainty(score), reason)
}

/// True when the texts of `above` can head groups of the columns of `head`: they have gaps between them, or reach over
/// most of it. A pair of texts in the first columns is a remark.
/// Where rows say how many cells they have (`counted`), lines of a heading have as many.
fn spans(above: &SampleRow, head: &SampleRow, counted: bool) -> bool {
    above.filled() < above.width()
        || (above.width() * 2 > head.width() && (!counted || above.cells.len() == head.cells.len()))
}

fn certainty(score: f64) -> f32 {
    #[allow(clippy::cast_possible_truncation, reason = "a certainty needs two digits")]
    let certainty = (0.5 + 0.49 * (score / (score + 1.5)).clamp(0.0, 1.0)) as f32;
    certainty
}

/// True when `next` is a further line of the heading that `above` begins.
fn continues_heading(above: &SampleRow, next: &SampleRow, body: &[&SampleRow]) -> bool {
    if body.is_empty() || next.has_typed() || is_lettered(above) {
        return false;
    }
    if next.cells.iter().any(|cell| is_void(&cell.text)) {
        return false;
    }
    let profile = Profile::of(body, usual_filled(body));
    let seen = contrast(next, &profile);
    let typed = profile.typed_columns();
    if seen.alike > 0 || seen.odd > 0 {
        return false;
    }
    // Words over values in more than one column, or over the only one.
    let over_values = seen.differing >= 2.min(typed.max(1)) && seen.differing * 2 >= typed;
    // A heading with gaps that the next line fills.
    let gaps = (0..next.width())
        .filter(|&column| above.text(column).is_empty() && !next.text(column).is_empty())
        .count();
    let fills_gaps = gaps >= 2 && gaps * 2 >= next.filled() && above.filled() < next.filled();
    over_values || (fills_gaps && typed == 0)
}
