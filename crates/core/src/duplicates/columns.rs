//! Which columns of a table that nobody has mapped name a thing, and which tell it from others of its name.
//!
//! Headers in the usual languages are believed first, then what is in the cells. Nothing is known here about a target's
//! fields; the choice is only good enough to compare rows with each other.

use std::collections::HashSet;

use super::fold::fold;
use super::place::Place;
use crate::table::{Row, RowBlock};

/// The columns of a table by what they say about a row, as indices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// By which people know the row; different in every row.
    pub id: Option<usize>,
    /// What the row is called, in the order in which the texts are put together: one column, or first and family name.
    pub name: Vec<usize>,
    /// The town.
    pub place: Option<usize>,
    /// The postcode.
    pub postcode: Option<usize>,
    /// The e-mail address.
    pub email: Option<usize>,
    /// The phone number.
    pub phone: Option<usize>,
    /// A year that belongs to the name: two editions of one title are two things.
    pub year: Option<usize>,
    /// Numbers and dates that few rows share: of birth, of insurance, of an article.
    pub codes: Vec<usize>,
}

const GIVEN: &[&str] = &[
    "givenname",
    "firstname",
    "vorname",
    "fname",
    "prenom",
    "nome",
    "forename",
    "given",
    "first",
    "rufname",
];
const FAMILY: &[&str] = &[
    "surname",
    "lastname",
    "nachname",
    "familienname",
    "familyname",
    "lname",
    "zuname",
    "cognome",
    "nomdefamille",
    "last",
    "family",
];
/// From what names a row best to what may do.
const NAME: &[&str] = &[
    "company",
    "companyname",
    "firma",
    "firmenname",
    "unternehmen",
    "betrieb",
    "businessname",
    "organisation",
    "organization",
    "title",
    "titel",
    "titre",
    "papertitle",
    "booktitle",
    "name",
    "fullname",
    "product",
    "productname",
    "producttitle",
    "produkt",
    "produktname",
    "artikel",
    "artikelbezeichnung",
    "bezeichnung",
    "songname",
    "song",
    "track",
    "beername",
    "beer",
    "restaurant",
    "hotel",
    "movie",
    "film",
    "book",
    "buch",
    "item",
    "itemname",
    "nom",
    "label",
];
const PLACE: &[&str] = &[
    "city",
    "ort",
    "stadt",
    "town",
    "suburb",
    "wohnort",
    "locality",
    "localite",
    "gemeinde",
    "ville",
    "commune",
    "municipality",
    "standort",
    "sitz",
    "citta",
    "village",
    "ortschaft",
    "place",
];
const POSTCODE: &[&str] = &[
    "plz",
    "postleitzahl",
    "postcode",
    "zip",
    "zipcode",
    "postalcode",
    "npa",
    "cap",
    "codepostal",
];
const PHONE: &[&str] = &[
    "phone",
    "phonenumber",
    "telefon",
    "telefonnummer",
    "tel",
    "telephone",
    "mobile",
    "mobil",
    "handy",
    "rufnummer",
    "fon",
    "natel",
    "telefono",
];
const YEAR: &[&str] = &[
    "year",
    "jahr",
    "annee",
    "anno",
    "pubyear",
    "publicationyear",
    "erscheinungsjahr",
    "releaseyear",
];
/// Numbers that say how much or when something was written, not which one.
const NO_CODE: &[&str] = &[
    "price",
    "preis",
    "prix",
    "listprice",
    "amount",
    "betrag",
    "umsatz",
    "revenue",
    "date",
    "datum",
    "created",
    "createdat",
    "registeredat",
    "time",
    "pages",
    "volume",
    "number",
    "rating",
    "score",
];
const ID: &[&str] = &[
    "id",
    "recid",
    "recordid",
    "nr",
    "nummer",
    "key",
    "uuid",
    "externalid",
    "rowid",
];

/// Rows whose cells are looked at.
const SAMPLE: usize = 2_000;
/// A column is one of a kind when so many of a hundred cells that hold something are.
const MOSTLY: usize = 70;

/// What the cells of a column look like.
#[derive(Default)]
struct Seen {
    filled: usize,
    different: usize,
    letters: usize,
    emails: usize,
    phones: usize,
    towns: usize,
    codes: usize,
    words: usize,
    length: usize,
}

impl Seen {
    fn of(column: usize, blocks: &[RowBlock]) -> Self {
        let mut seen = Seen::default();
        let mut texts: HashSet<&str> = HashSet::new();
        let rows = blocks.iter().flat_map(RowBlock::rows).take(SAMPLE);
        for text in rows
            .map(|row| row.cell(column).text.trim())
            .filter(|text| !text.is_empty())
        {
            seen.filled += 1;
            seen.different += usize::from(texts.insert(text));
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
            seen.letters += usize::from(letters > digits);
            seen.emails += usize::from(text.contains('@') && !text.contains(' '));
            seen.phones += usize::from(is_phone(text, digits, letters));
            seen.codes += usize::from(is_code(text, digits));
            seen.towns += usize::from(digits == 0 && Place::read(text).is_some_and(|place| place.known));
            seen.words += text.split_whitespace().count().min(8);
            seen.length += text.len();
        }
        seen
    }

    /// Whether so many of a hundred filled cells are among `part`.
    fn share(&self, part: usize, percent: usize) -> bool {
        self.filled > 0 && part * 100 >= self.filled * percent
    }

    /// How much a column of texts tells rows apart; 0 for what is no name: codes, addresses of the net, long texts.
    fn as_name(&self) -> usize {
        let is_name = self.share(self.letters, MOSTLY)
            && !self.share(self.emails, 20)
            && self.length <= 160 * self.filled;
        if is_name {
            self.different * self.words / self.filled.max(1)
        } else {
            0
        }
    }
}

fn is_phone(text: &str, digits: usize, letters: usize) -> bool {
    letters == 0
        && (7..=15).contains(&digits)
        && (text.starts_with(['+', '(']) || text.starts_with('0'))
        && !text.contains([':', ','])
}

/// A number or date long enough not to be shared by chance: at least six digits, and no decimal fraction.
fn is_code(text: &str, digits: usize) -> bool {
    digits >= 6 && text.len() <= 24 && !text.contains([' ', ',', '@']) && text.matches('.').count() != 1
}

impl Columns {
    /// Chooses the columns of a table; `None` when none of them names its rows.
    pub fn find(headers: &[String], blocks: &[RowBlock]) -> Option<Self> {
        let forms: Vec<String> = headers.iter().map(|header| plain(header)).collect();
        let seen: Vec<Seen> = (0..headers.len())
            .map(|column| Seen::of(column, blocks))
            .collect();
        let named = |names: &[&str]| {
            let mut found = names.iter().filter_map(|name| {
                (0..forms.len()).find(|&at| forms[at] == plain(name) && seen[at].filled > 0)
            });
            found.next()
        };
        let by_content = |is: &dyn Fn(&Seen) -> bool| (0..seen.len()).find(|&at| is(&seen[at]));
        let mut columns = Columns {
            id: named(ID).filter(|&at| seen[at].different == seen[at].filled),
            email: by_content(&|seen| seen.share(seen.emails, MOSTLY)),
            postcode: named(POSTCODE),
            year: named(YEAR),
            ..Columns::default()
        };
        columns.phone = named(PHONE).or_else(|| by_content(&|seen| seen.share(seen.phones, MOSTLY)));
        columns.name = match (named(GIVEN), named(FAMILY)) {
            (Some(given), Some(family)) => vec![given, family],
            (_, family) => named(NAME).or(family).into_iter().collect(),
        };
        columns.place = named(PLACE)
            .or_else(|| by_content(&|seen| seen.share(seen.towns, 40)))
            .filter(|at| !columns.name.contains(at));
        if columns.name.is_empty() {
            let best = (0..seen.len())
                .filter(|&at| !columns.has(at))
                .max_by_key(|&at| (seen[at].as_name(), std::cmp::Reverse(at)))?;
            if seen[best].as_name() == 0 {
                return None;
            }
            columns.name.push(best);
        }
        let unlike = |at: usize| !NO_CODE.iter().any(|name| forms[at] == plain(name));
        columns.codes = (0..seen.len())
            .filter(|&at| !columns.has(at) && unlike(at))
            .filter(|&at| seen[at].share(seen[at].codes, MOSTLY) && seen[at].share(seen[at].different, 30))
            .collect();
        Some(columns)
    }

    fn has(&self, column: usize) -> bool {
        let single = [
            self.id,
            self.place,
            self.postcode,
            self.email,
            self.phone,
            self.year,
        ];
        single.contains(&Some(column)) || self.name.contains(&column)
    }

    /// The name of a row, with the year that belongs to it.
    pub(super) fn name_of(&self, row: Row<'_>) -> String {
        let columns = self.name.iter().chain(&self.year);
        let texts = columns.map(|&column| row.cell(column).text.trim());
        texts
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Headers of the columns that take part, in the order of their roles; for people to see.
    pub fn describe<'h>(&self, headers: &'h [String]) -> Vec<&'h str> {
        let single = [self.year, self.place, self.postcode, self.email, self.phone];
        let columns = self.name.iter().copied().chain(single.into_iter().flatten());
        let columns = columns.chain(self.codes.iter().copied());
        columns
            .filter_map(|column| headers.get(column).map(String::as_str))
            .collect()
    }
}

/// A header without what people do differently: `Given_Name`, `given name`, `GivenName`.
pub(super) fn plain(header: &str) -> String {
    fold(
        &header
            .split(|letter: char| !letter.is_alphanumeric())
            .collect::<String>(),
    )
}

/// A table as a test writes it, its first row below the header.
#[cfg(test)]
pub(super) fn table_of(headers: &[&str], rows: &[&[&str]]) -> (Vec<String>, RowBlock) {
    let mut block = RowBlock::new(headers.len());
    for (number, row) in (2..).zip(rows) {
        block.push(number, row.iter().map(|text| crate::table::Cell::text(text)));
    }
    (headers.iter().map(ToString::to_string).collect(), block)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(table: &[&[&str]]) -> Option<(Vec<String>, Columns)> {
        let (headers, block) = table_of(table[0], &table[1..]);
        let columns = Columns::find(&headers, &[block])?;
        let said = columns
            .describe(&headers)
            .iter()
            .map(ToString::to_string)
            .collect();
        Some((said, columns))
    }

    #[test]
    fn the_columns_that_say_something_are_found() {
        let people: &[&[&str]] = &[
            &[
                "rec_id",
                "given_name",
                "surname",
                "suburb",
                "postcode",
                "state",
                "date_of_birth",
                "soc_sec_id",
            ],
            &[
                "r1",
                "michaela",
                "neumann",
                "winston hills",
                "4223",
                "nsw",
                "19151111",
                "5304218",
            ],
            &[
                "r2",
                "courtney",
                "painter",
                "richlands",
                "4560",
                "vic",
                "19161214",
                "4066625",
            ],
        ];
        let products: &[&[&str]] = &[
            &["id", "title", "manufacturer", "price"],
            &["1", "Sony Bravia KDL-40V", "Sony", "999.00"],
            &["2", "Adobe Photoshop Elements 7", "Adobe", "99.99"],
        ];
        let papers: &[&[&str]] = &[
            &["id", "title", "authors", "venue", "year"],
            &[
                "1",
                "Efficient similarity joins",
                "C. Xiao, W. Wang",
                "WWW",
                "2008",
            ],
            &[
                "2",
                "The anatomy of a search engine",
                "S. Brin, L. Page",
                "WWW",
                "1998",
            ],
        ];
        let nameless: &[&[&str]] = &[
            &["A", "B", "C"],
            &["Gasthof Adler am Markt", "a@adler.de", "Ulm"],
            &["Metzgerei Huber", "info@huber.de", "Köln"],
        ];
        for (table, said) in [
            (
                people,
                &[
                    "given_name",
                    "surname",
                    "suburb",
                    "postcode",
                    "date_of_birth",
                    "soc_sec_id",
                ][..],
            ),
            (products, &["title"]),
            (papers, &["title", "year"]),
            (nameless, &["A", "C", "B"]),
        ] {
            assert_eq!(found(table).expect("it has names").0, said);
        }
    }

    #[test]
    fn a_table_of_numbers_names_nothing() {
        assert_eq!(found(&[&["a", "b"], &["1", "2"], &["3", "4"]]), None);
    }
}
