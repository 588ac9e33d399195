//! Clean tables of different characters.

/// A small generator of numbers, the same on every machine.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap()
    }

    pub(crate) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// A clean table.
pub(crate) struct Base {
    pub(crate) name: &'static str,
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    /// The delimiter it is usually written with.
    pub(crate) delimiter: &'static str,
}

const FIRMS: &[&str] = &[
    "Bäckerei Müller",
    "Hotel Zur Post",
    "Gasthof Krone",
    "Beck & Söhne GmbH",
    "Catering König, Inh. A. Voß",
    "Kantine Süd",
    "Großhandel Öztürk",
    "Metzgerei Huber",
    "Café \"Zum Glück\"",
    "Mensa Uni Köln",
    "Da Vinci S.r.l.",
];
const CITIES: &[&str] = &[
    "Köln",
    "München",
    "Ulm",
    "Zürich",
    "Frankfurt a. M.",
    "Bad Ems",
    "Saarbrücken",
    "Leipzig",
];
const FIRST: &[&str] = &["Jürgen", "Zoë", "Anna", "Björn", "Renée", "Max", "Ute", "Mehmet"];
const LAST: &[&str] = &[
    "Müller",
    "Weiß",
    "O'Neill",
    "von der Heide",
    "Schröder",
    "Özil",
    "Kurz",
    "Beck",
];
const NOTES: &[&str] = &[
    "",
    "",
    "ruft zurück",
    "Angebot offen; Muster schicken",
    "wünscht Termin, eilig",
    "sagt: \"später\"",
    "erste Zeile\nzweite Zeile",
    "5 % Rabatt",
    "siehe Mail vom 3.4.",
];

fn leads(dice: &mut Dice) -> Base {
    let rows = (0..12 + dice.below(20))
        .map(|number| {
            let (first, last) = (dice.pick(FIRST), dice.pick(LAST));
            vec![
                format!("{}", 1000 + number),
                dice.pick(FIRMS).to_owned(),
                format!("{:05}", 1067 + dice.below(90_000)),
                dice.pick(CITIES).to_owned(),
                format!("{first} {last}"),
                format!(
                    "{}@firma-{number}.de",
                    last.to_lowercase().replace(['\'', ' '], "")
                ),
                format!("+49 {} {}", 30 + dice.below(900), 100_000 + dice.below(800_000)),
                format!(
                    "{:02}.{:02}.{}",
                    1 + dice.below(28),
                    1 + dice.below(12),
                    2019 + dice.below(6)
                ),
                format!("{},{:02}", dice.below(90_000), dice.below(100)),
                dice.pick(NOTES).to_owned(),
            ]
        })
        .collect();
    Base {
        name: "leads",
        header: strings(&[
            "Kundennr",
            "Firma",
            "PLZ",
            "Ort",
            "Ansprechpartner",
            "E-Mail",
            "Telefon",
            "Registriert am",
            "Volumen",
            "Notiz",
        ]),
        rows,
        delimiter: ";",
    }
}

fn sales(dice: &mut Dice) -> Base {
    let products = [
        "Wireless Mouse",
        "USB-C Hub, 7 ports",
        "Desk Lamp 12\" arm",
        "Notebook",
        "Chair, black",
    ];
    let kinds = ["Electronics", "Furniture", "Office"];
    let rows = (0..25 + dice.below(60))
        .map(|number| {
            let price = dice.below(90_000);
            vec![
                format!("{:02}/{:02}/2018", 1 + dice.below(12), 1 + dice.below(28)),
                format!(
                    "{:02}:{:02}:{:02}",
                    dice.below(24),
                    dice.below(60),
                    dice.below(60)
                ),
                format!("{}", 1 + dice.below(40)),
                format!("A-{:04}", dice.below(9000)),
                format!("{}.{:02}", price / 100, price % 100),
                dice.pick(&kinds).to_owned(),
                dice.pick(&products).to_owned(),
                format!("https://shop.example.com/p/{number}?ref={}", dice.below(99)),
                dice.pick(&["", "fast delivery", "returned, see ticket", "-"])
                    .to_owned(),
            ]
        })
        .collect();
    Base {
        name: "sales",
        header: strings(&[
            "DATE",
            "TIME",
            "Qty",
            "ProductId",
            "Price",
            "Kind",
            "Description",
            "URL",
            "Comments",
        ]),
        rows,
        delimiter: ",",
    }
}

fn words(dice: &mut Dice) -> Base {
    let rows = (0..8 + dice.below(10))
        .map(|_| {
            vec![
                dice.pick(FIRST).to_owned(),
                dice.pick(LAST).to_owned(),
                dice.pick(CITIES).to_owned(),
                dice.pick(&["Leitung", "Einkauf", "Küche", "Verwaltung"])
                    .to_owned(),
            ]
        })
        .collect();
    Base {
        name: "words",
        header: strings(&["Vorname", "Nachname", "Ort", "Abteilung"]),
        rows,
        delimiter: ";",
    }
}

fn narrow(dice: &mut Dice) -> Base {
    let rows = (0..15)
        .map(|number| {
            vec![
                format!("K{number:03}"),
                dice.pick(FIRMS).replace('"', ""),
                format!("{}", dice.below(5000)),
            ]
        })
        .collect();
    Base {
        name: "narrow",
        header: strings(&["Code", "Firma", "Menge"]),
        rows,
        delimiter: ",",
    }
}

pub(crate) fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

pub(crate) fn all(dice: &mut Dice) -> Vec<Base> {
    vec![leads(dice), sales(dice), words(dice), narrow(dice)]
}
