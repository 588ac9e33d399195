//! Sets of rows that are as unlike the made-up world as files can be: what is linear there has to be linear here.

use super::world::{Dice, Row, World};

/// A shape's name, and what makes it of the rows of the world.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    change: fn(&mut Dice, &mut Row),
}

impl Shape {
    /// `count` rows of this shape.
    pub(crate) fn rows(&self, count: usize) -> Vec<Row> {
        let mut dice = Dice::new(11);
        let mut rows = World::new(7).rows(count);
        for row in &mut rows {
            (self.change)(&mut dice, row);
        }
        rows
    }
}

const LARGE_CITIES: &[&str] = &[
    "Berlin",
    "Hamburg",
    "München",
    "Köln",
    "Frankfurt am Main",
    "Stuttgart",
    "Düsseldorf",
    "Leipzig",
    "Dortmund",
    "Essen",
    "Bremen",
    "Dresden",
    "Hannover",
    "Nürnberg",
    "Duisburg",
    "Bochum",
    "Wuppertal",
    "Bielefeld",
    "Bonn",
    "Münster",
    "Mannheim",
    "Karlsruhe",
    "Augsburg",
    "Wiesbaden",
    "Gelsenkirchen",
    "Mönchengladbach",
    "Braunschweig",
    "Chemnitz",
    "Kiel",
    "Aachen",
    "Halle",
    "Magdeburg",
    "Freiburg",
    "Krefeld",
    "Lübeck",
    "Mainz",
    "Erfurt",
    "Oberhausen",
    "Rostock",
    "Kassel",
    "Hagen",
    "Saarbrücken",
    "Hamm",
    "Potsdam",
    "Ludwigshafen",
    "Oldenburg",
    "Leverkusen",
    "Osnabrück",
    "Solingen",
    "Heidelberg",
];

const COMMON_NAMES: &[&str] = &[
    "Müller",
    "Schmidt",
    "Schneider",
    "Fischer",
    "Weber",
    "Meyer",
    "Wagner",
    "Becker",
    "Schulz",
    "Hoffmann",
    "Koch",
    "Bauer",
    "Richter",
    "Klein",
    "Wolf",
    "Schröder",
    "Neumann",
    "Schwarz",
    "Zimmermann",
    "Braun",
];

/// All shapes.
pub(crate) const SHAPES: &[Shape] = &[
    Shape {
        name: "fifty cities",
        change: |dice, row| {
            row.city = dice.pick(LARGE_CITIES).to_string();
            row.postcode = String::new();
        },
    },
    Shape {
        name: "fifty cities, postcodes",
        change: |dice, row| {
            let city = dice.below(LARGE_CITIES.len());
            row.city = LARGE_CITIES[city].to_string();
            row.postcode = (10_000 + city * 1_700 + dice.below(200)).to_string();
        },
    },
    Shape {
        name: "few cities have most",
        change: |dice, row| {
            row.city = dice.pick_early(LARGE_CITIES).to_string();
            row.postcode = String::new();
        },
    },
    Shape {
        name: "one city",
        change: |_, row| {
            row.city = "Berlin".to_string();
            row.postcode = String::new();
        },
    },
    Shape {
        name: "no city",
        change: |_, row| {
            row.city = String::new();
            row.postcode = String::new();
        },
    },
    Shape {
        name: "half without city",
        change: |dice, row| {
            if dice.chance(50) {
                row.city = String::new();
                row.postcode = String::new();
            }
        },
    },
    Shape {
        name: "no city, postcodes",
        change: |_, row| row.city = String::new(),
    },
    Shape {
        name: "twenty family names",
        change: |dice, row| {
            row.company = format!("{} GmbH", dice.pick(COMMON_NAMES));
            row.city = dice.pick(LARGE_CITIES).to_string();
        },
    },
    Shape {
        name: "common names with numbers",
        change: |dice, row| {
            let number = dice.below(100_000);
            row.company = format!("{} {number} GmbH", dice.pick(COMMON_NAMES));
            row.city = dice.pick(LARGE_CITIES).to_string();
        },
    },
    Shape {
        name: "two common names",
        change: |dice, row| {
            let form = dice.pick(&["GmbH", "KG", "AG", "e.K."]);
            row.company = format!("{} & {} {form}", dice.pick(COMMON_NAMES), row.company);
            row.city = dice.pick(LARGE_CITIES).to_string();
        },
    },
    Shape {
        name: "all of one name",
        change: |_, row| {
            row.company = "Hotel Adler".to_string();
            row.city = "Berlin".to_string();
        },
    },
    Shape {
        name: "branches of a chain",
        change: |dice, row| {
            row.company = format!("Sparkasse Filiale {}", dice.below(1_000_000));
            row.city = "Berlin".to_string();
        },
    },
    Shape {
        name: "invented words",
        change: |dice, row| {
            let mut word = || -> String {
                let length = 5 + dice.below(8);
                (0..length)
                    .map(|_| char::from(b'a' + u8::try_from(dice.below(26)).unwrap_or(0)))
                    .collect()
            };
            row.company = format!("{} {}", word(), word());
            row.city = "Berlin".to_string();
        },
    },
    Shape {
        name: "an address for ten rows",
        change: |dice, row| row.email = format!("info@firma{}.de", dice.below(100_000)),
    },
    Shape {
        name: "an address for a thousand rows",
        change: |dice, row| row.email = format!("info@firma{}.de", dice.below(1_000)),
    },
    Shape {
        name: "one address",
        change: |_, row| row.email = "info@firma.de".to_string(),
    },
    Shape {
        name: "one number",
        change: |_, row| row.phone = "030 1234567".to_string(),
    },
    Shape {
        name: "a city for each row",
        change: |dice, row| {
            row.city = format!("Weg {} am Tor {}", dice.below(1_000_000), dice.below(1_000_000));
        },
    },
    Shape {
        name: "long titles",
        change: |dice, row| {
            let words: Vec<&str> = (0..24).map(|_| dice.pick_early(LARGE_CITIES)).collect();
            row.company = format!("{} {}", row.company, words.join(" "));
            row.city = String::new();
        },
    },
];
