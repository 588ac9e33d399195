//! Invented leads: the text of any cell from its row and column alone, so that nothing is kept and every run sees the
//! same rows. About one lead in a hundred has something wrong with it.

use lotse_desktop::border::{ColumnKind, Severity};

/// A column of the invented table.
pub(crate) struct Field {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) kind: ColumnKind,
    pub(crate) computed: bool,
    pub(crate) choices: &'static [&'static str],
    pub(crate) width: u16,
}

const fn field(id: &'static str, title: &'static str, kind: ColumnKind, width: u16) -> Field {
    Field {
        id,
        title,
        kind,
        computed: false,
        choices: &[],
        width,
    }
}

const fn choice(
    id: &'static str,
    title: &'static str,
    choices: &'static [&'static str],
    width: u16,
) -> Field {
    Field {
        id,
        title,
        kind: ColumnKind::Choice,
        computed: false,
        choices,
        width,
    }
}

const fn computed(id: &'static str, title: &'static str, kind: ColumnKind, width: u16) -> Field {
    Field {
        id,
        title,
        kind,
        computed: true,
        choices: &[],
        width,
    }
}

const BUSINESS: [&str; 9] = [
    "restaurant",
    "hotel",
    "catering",
    "kantine",
    "grosshandel",
    "leh",
    "bildung",
    "gesundheit",
    "sonstiges",
];
const ORIGIN: [&str; 6] = [
    "messe",
    "empfehlung",
    "telefon",
    "web_formular",
    "partner",
    "sonstiges",
];

/// The twenty columns.
pub(crate) const FIELDS: [Field; 20] = [
    field("externalId", "Externe ID", ColumnKind::Text, 120),
    field("companyName", "Firma", ColumnKind::Text, 210),
    field("postalCode", "PLZ", ColumnKind::Text, 72),
    field("city", "Ort", ColumnKind::Text, 130),
    choice("businessType", "Betriebsart", &BUSINESS, 120),
    choice("territory", "Gebiet", &["DE", "CH"], 76),
    field("contact.firstName", "Vorname", ColumnKind::Text, 110),
    field("contact.lastName", "Nachname", ColumnKind::Text, 120),
    field("contact.email", "E-Mail", ColumnKind::Email, 220),
    field("contact.phone", "Telefon", ColumnKind::Phone, 150),
    field("contact.role", "Funktion", ColumnKind::Text, 130),
    field("ownerUserId", "Betreuer", ColumnKind::Text, 110),
    field("registeredAt", "Registriert", ColumnKind::Date, 108),
    field("consentGivenAt", "Einwilligung", ColumnKind::Date, 108),
    choice("source", "Herkunft", &ORIGIN, 120),
    field("estimatedVolume", "Volumen", ColumnKind::Number, 110),
    field("notes", "Notizen", ColumnKind::Text, 260),
    computed("protectionUntil", "Schutz bis", ColumnKind::Date, 108),
    computed("progressDeadline", "Frist", ColumnKind::Date, 108),
    computed("protectionStatus", "Schutz", ColumnKind::Text, 100),
];

pub(crate) const COMPANY: usize = 1;
const CITY: usize = 3;
pub(crate) const EMAIL: usize = 8;
pub(crate) const PHONE: usize = 9;
pub(crate) const REGISTERED: usize = 12;

const KINDS: [&str; 12] = [
    "Gasthaus",
    "Hotel",
    "Bäckerei",
    "Metzgerei",
    "Kantine",
    "Feinkost",
    "Café",
    "Brauhaus",
    "Landgasthof",
    "Seniorenheim",
    "Großküche",
    "Weinstube",
];
const NAMES: [&str; 16] = [
    "Sonnenschein",
    "Seeblick",
    "Zur Krone",
    "Adler",
    "Technopark",
    "Huber",
    "Zum Löwen",
    "Rössli",
    "Alpenrose",
    "Hafenblick",
    "Lindenhof",
    "Am Markt",
    "Waldfrieden",
    "Schützen",
    "Mühlbach",
    "Engel",
];
const FORMS: [&str; 5] = ["", " GmbH", " e.K.", " GmbH & Co. KG", " AG"];
const CITIES: [(&str, &str); 12] = [
    ("10115", "Berlin"),
    ("20095", "Hamburg"),
    ("80331", "München"),
    ("50667", "Köln"),
    ("60311", "Frankfurt a. M."),
    ("70173", "Stuttgart"),
    ("01067", "Dresden"),
    ("79098", "Freiburg i. Br."),
    ("88045", "Friedrichshafen"),
    ("8001", "Zürich"),
    ("3011", "Bern"),
    ("4051", "Basel"),
];
const FIRST: [&str; 10] = [
    "Max", "Anna", "Jürgen", "Beate", "Ueli", "Lena", "Tomasz", "Greta", "Özlem", "Paul",
];
const LAST: [&str; 10] = [
    "Muster", "Kraft", "Böhm", "Vogt", "Frei", "Sommer", "Lang", "Huber", "Yılmaz", "Weiß",
];
const ROLES: [&str; 5] = ["Inhaberin", "Küchenchef", "Einkauf", "Geschäftsführung", ""];
const NOTES: [&str; 5] = [
    "",
    "Rückruf nach der Messe vereinbart",
    "Muster erhalten, wartet auf Angebot",
    "Bestandskunde seit 2019",
    "möchte nur vormittags angerufen werden",
];

/// A number that depends on nothing but the cell (the finaliser of SplitMix64).
fn dice(row: u32, column: usize) -> u64 {
    let mut x = (u64::from(row) << 8 | column as u64).wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

fn one<T: Copy>(of: &[T], dice: u64) -> T {
    of[usize::try_from(dice % of.len() as u64).unwrap_or(0)]
}

/// The finding that the untouched cell of `row` has, if any: what [`text`] writes there is wrong in just this way.
pub(crate) fn flaw(row: u32, column: usize) -> Option<Flaw> {
    let (every, flaw) = match column {
        COMPANY => (400, Flaw::BrokenEncoding),
        EMAIL => (364, Flaw::EmailIncomplete),
        PHONE => (720, Flaw::PhoneDamaged),
        REGISTERED => (2400, Flaw::InFuture),
        _ => return None,
    };
    dice(row, column + 100).is_multiple_of(every).then_some(flaw)
}

/// What can be wrong with a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    BrokenEncoding,
    TooShort,
    EmailIncomplete,
    PhoneDamaged,
    InFuture,
    NotADate,
    NotANumber,
    NotAChoice,
}

impl Flaw {
    /// What is wrong with a text that a person wrote into `column`.
    pub(crate) fn of(column: usize, text: &str) -> Option<Self> {
        let field = &FIELDS[column];
        match field.kind {
            _ if matches!(column, COMPANY | CITY) && text.chars().count() < 2 => Some(Flaw::TooShort),
            _ if column == COMPANY && text.contains('Ã') => Some(Flaw::BrokenEncoding),
            _ if text.is_empty() => None,
            ColumnKind::Email => {
                let whole = text
                    .split_once('@')
                    .is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'));
                (!whole).then_some(Flaw::EmailIncomplete)
            }
            ColumnKind::Phone => text.contains("E+").then_some(Flaw::PhoneDamaged),
            ColumnKind::Date => {
                let day = text.len() == 10
                    && text.bytes().enumerate().all(|(at, byte)| match at {
                        4 | 7 => byte == b'-',
                        _ => byte.is_ascii_digit(),
                    });
                if day {
                    (text > "2026-11-22").then_some(Flaw::InFuture)
                } else {
                    Some(Flaw::NotADate)
                }
            }
            ColumnKind::Number => text.parse::<f64>().is_err().then_some(Flaw::NotANumber),
            ColumnKind::Choice => (!field.choices.contains(&text)).then_some(Flaw::NotAChoice),
            ColumnKind::Text => None,
        }
    }

    pub(crate) fn severity(self) -> Severity {
        match self {
            Flaw::BrokenEncoding => Severity::Warning,
            _ => Severity::Error,
        }
    }

    pub(crate) fn code(self) -> &'static str {
        match self {
            Flaw::BrokenEncoding => "text.broken_encoding",
            Flaw::TooShort => "text.too_short",
            Flaw::EmailIncomplete => "email.invalid",
            Flaw::PhoneDamaged => "phone.damaged",
            Flaw::InFuture => "registered_at.future",
            Flaw::NotADate => "date.unreadable",
            Flaw::NotANumber => "number.unreadable",
            Flaw::NotAChoice => "choice.unknown",
        }
    }

    pub(crate) fn message(self) -> &'static str {
        match self {
            Flaw::BrokenEncoding => "Zeichensatz beschädigt.",
            Flaw::TooShort => "Mindestens zwei Zeichen.",
            Flaw::EmailIncomplete => "Nach dem @ fehlt die Domain.",
            Flaw::PhoneDamaged => "Von Excel beschädigt: Ziffern sind verloren.",
            Flaw::InFuture => "Liegt in der Zukunft.",
            Flaw::NotADate => "Kein Datum.",
            Flaw::NotANumber => "Keine Zahl.",
            Flaw::NotAChoice => "Keiner der erlaubten Werte.",
        }
    }
}

/// The untouched text of a cell.
pub(crate) fn text(row: u32, column: usize) -> String {
    let roll = dice(row, column);
    if let Some(flaw) = flaw(row, column) {
        return match flaw {
            Flaw::BrokenEncoding => "MÃ¼ller Feinkost".to_owned(),
            Flaw::EmailIncomplete => "max.mustermann@".to_owned(),
            Flaw::PhoneDamaged => "4,93012E+11".to_owned(),
            _ => "2027-01-01".to_owned(),
        };
    }
    let (postal, city) = one(&CITIES, dice(row, 2));
    let swiss = postal.len() == 4;
    let domain = || one(&["kueche", "gasthof", "hotel", "markt"], dice(row, 30));
    match FIELDS[column].id {
        "externalId" => format!("EXCEL-ROW-{}", row + 5),
        "companyName" => format!(
            "{} {}{}",
            one(&KINDS, roll),
            one(&NAMES, roll >> 8),
            one(&FORMS, roll >> 16)
        ),
        "postalCode" => postal.to_owned(),
        "city" => city.to_owned(),
        "territory" => if swiss { "CH" } else { "DE" }.to_owned(),
        "businessType" => one(&BUSINESS, roll).to_owned(),
        "source" => one(&ORIGIN, roll).to_owned(),
        "contact.firstName" => one(&FIRST, roll).to_owned(),
        "contact.lastName" => one(&LAST, roll).to_owned(),
        "contact.email" if roll.is_multiple_of(9) => String::new(),
        "contact.email" => format!(
            "{}{}@{}.example",
            one(&["info", "post", "hallo", "kontakt"], roll),
            row,
            domain()
        ),
        "contact.phone" if swiss => format!("+41 44 {:03} {:02} {:02}", roll % 1000, roll % 97, roll % 89),
        "contact.phone" => format!(
            "+49 {} {}",
            [30, 40, 89, 221, 69, 711][(roll % 6) as usize],
            100_000 + roll % 8_999_999
        ),
        "contact.role" => one(&ROLES, roll).to_owned(),
        "ownerUserId" => format!("user-{:02}", roll % 24),
        "registeredAt" | "consentGivenAt" => day(dice(row, REGISTERED) % 2600),
        "protectionUntil" => day(dice(row, REGISTERED) % 2600 + 180),
        "progressDeadline" => day(dice(row, REGISTERED) % 2600 + 60),
        "protectionStatus" => if dice(row, REGISTERED) % 2600 > 2470 {
            "PROTECTED"
        } else {
            "EXPIRED"
        }
        .to_owned(),
        "estimatedVolume" => format!("{}.{:02}", roll % 90_000, roll % 100),
        _ => one(&NOTES, roll).to_owned(),
    }
}

/// The day `count` days after the first of January 2019, in a calendar whose months have 28 days.
fn day(count: u64) -> String {
    let (year, rest) = (2019 + count / 336, count % 336);
    format!("{year}-{:02}-{:02}", rest / 28 + 1, rest % 28 + 1)
}
