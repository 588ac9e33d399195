//! A made-up world of German and Swiss businesses, and how people misspell it.

use std::collections::HashSet;

use super::lists::{
    CARRIERS, CHAINS, CITIES, FORMS, GIVEN, HOMES, HOUSES, INNS, INVENTED, SAINTS, SURNAME_ENDS, SURNAMES,
    SYLLABLES_FIRST, SYLLABLES_LAST, TRADES,
};

/// SplitMix64: the same world on every machine.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed)
    }

    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        value ^ (value >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % end.max(1) as u64).unwrap_or(0)
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    /// Picks early entries more often, as names are spread: the first some hundred times as often as the last.
    pub(crate) fn pick_early<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        #[expect(clippy::cast_precision_loss, reason = "a share of a short list")]
        let share = (self.below(1 << 20) as f64 / f64::from(1 << 20)).powf(2.2);
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 <= share < 1"
        )]
        let at = (share * from.len() as f64) as usize;
        from[at.min(from.len() - 1)]
    }
}

/// A row of the made-up world, with the business it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) business: u32,
    pub(crate) email: String,
    pub(crate) phone: String,
    pub(crate) company: String,
    pub(crate) city: String,
    pub(crate) postcode: String,
    /// How it was changed against the business's own row.
    pub(crate) kind: &'static str,
}

pub(crate) struct World {
    dice: Dice,
    cities: Vec<(String, u32)>,
    surnames: Vec<String>,
    /// City and name of each business, without what two rows may leave out: no town has two inns of one name.
    taken: HashSet<(usize, String)>,
    made: u32,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut cities: Vec<(String, u32)> = CITIES
            .iter()
            .map(|(name, code)| ((*name).to_string(), *code))
            .collect();
        for first in SYLLABLES_FIRST {
            for last in SYLLABLES_LAST {
                let code = 1000 + u32::try_from(dice.below(98_000)).unwrap_or(0);
                cities.push((format!("{first}{last}"), code));
            }
        }
        let known = SURNAMES
            .lines()
            .filter(|line| !line.starts_with('#'))
            .flat_map(str::split_whitespace);
        let mut surnames: Vec<String> = known.map(capital).collect();
        for first in SYLLABLES_FIRST {
            for end in SURNAME_ENDS {
                surnames.push(format!("{first}{end}"));
            }
        }
        for (consonant, vowel) in [
            ("Br", "a"),
            ("Dr", "e"),
            ("F", "i"),
            ("G", "o"),
            ("H", "u"),
            ("K", "ä"),
            ("L", "ö"),
            ("M", "ü"),
            ("P", "ie"),
            ("R", "au"),
            ("S", "ei"),
            ("Schl", "a"),
            ("Tr", "o"),
            ("W", "e"),
            ("Z", "i"),
        ] {
            for middle in [
                "ld", "mm", "nd", "ng", "rt", "st", "tt", "ck", "ff", "ss", "rb", "lk", "nz", "pp", "hr",
            ] {
                for end in SURNAME_ENDS {
                    surnames.push(format!("{consonant}{vowel}{middle}{end}"));
                }
            }
        }
        World {
            dice,
            cities,
            surnames,
            taken: HashSet::new(),
            made: 0,
        }
    }

    fn surname(&mut self) -> String {
        #[expect(clippy::cast_precision_loss, reason = "a share of a short list")]
        let share = (self.dice.below(1 << 20) as f64 / f64::from(1 << 20)).powf(2.5);
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 <= share < 1"
        )]
        let at = (share * self.surnames.len() as f64) as usize;
        self.surnames[at.min(self.surnames.len() - 1)].clone()
    }

    /// A new business.
    pub(crate) fn business(&mut self) -> Row {
        let business = self.made;
        self.made += 1;
        #[expect(clippy::cast_precision_loss, reason = "a share of a short list")]
        let share = (self.dice.below(1 << 20) as f64 / f64::from(1 << 20)).powf(1.8);
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 <= share < 1"
        )]
        let at = ((share * self.cities.len() as f64) as usize).min(self.cities.len() - 1);
        let (city, code) = self.cities[at].clone();
        let spread = if at < 20 { self.dice.below(90) } else { 0 };
        let digits = if code < 10_000
            && CITIES.iter().any(|(name, _)| {
                matches!(
                    *name,
                    "Zürich"
                        | "Basel"
                        | "Bern"
                        | "Genève"
                        | "Wien"
                        | "Luzern"
                        | "St. Gallen"
                        | "Winterthur"
                        | "Biel/Bienne"
                ) && *name == city
            }) {
            4
        } else {
            5
        };
        let postcode = format!("{:0digits$}", code as usize + spread);
        let company = self.name_in(at);
        let dice = &mut self.dice;
        let host: String = company
            .to_lowercase()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(14)
            .collect();
        let email = if dice.chance(55) {
            format!("info{business}@{host}.de")
        } else {
            String::new()
        };
        let phone = if dice.chance(65) {
            format!(
                "0{} {}",
                200 + dice.below(700),
                100_000 + u64::from(business) * 7 % 800_000_000
            )
        } else {
            String::new()
        };
        Row {
            business,
            email,
            phone,
            company,
            city,
            postcode,
            kind: "original",
        }
    }

    /// A name that no other business of the town has, nor one that only a trade tells from it.
    fn name_in(&mut self, city: usize) -> String {
        loop {
            let surname = self.surname();
            let other = self.surname();
            let dice = &mut self.dice;
            let form = dice.pick(FORMS);
            let (company, core) = match dice.below(100) {
                0..30 => {
                    let trade = dice.pick_early(TRADES);
                    (format!("{trade} {surname} {form}"), format!("{trade} {surname}"))
                }
                30..42 => {
                    let (trade, given) = (dice.pick_early(TRADES), dice.pick_early(GIVEN));
                    (
                        format!("{trade} {given} {surname} {form}"),
                        format!("{trade} {given} {surname}"),
                    )
                }
                42..64 => {
                    let house = dice.pick_early(HOUSES);
                    let noun = house.rsplit(' ').next().unwrap_or(house);
                    (format!("{} {house}", dice.pick_early(INNS)), noun.to_string())
                }
                64..74 => {
                    let (home, saint) = (dice.pick_early(HOMES), dice.pick_early(SAINTS));
                    (
                        format!("{} {home} St. {saint}", dice.pick(CARRIERS)),
                        saint.to_string(),
                    )
                }
                74..80 => {
                    let (chain, number) = (dice.pick(CHAINS), 1 + dice.below(400));
                    (format!("{chain} Filiale {number}"), format!("{chain} {number}"))
                }
                80..90 => {
                    let name = format!(
                        "{}{} {surname}",
                        dice.pick(INVENTED),
                        dice.pick(INVENTED).to_lowercase()
                    );
                    (format!("{name} {form}"), name)
                }
                90..96 => (
                    format!("{surname} & {other} {form}"),
                    format!("{surname} {other}"),
                ),
                _ => {
                    let (given, trade) = (dice.pick_early(GIVEN), dice.pick_early(TRADES));
                    (
                        format!("{given} {surname} {trade} {form}"),
                        format!("{trade} {given} {surname}"),
                    )
                }
            };
            if self.taken.insert((city, core)) {
                return company.trim().to_string();
            }
        }
    }

    /// The same business as somebody else typed it in.
    pub(crate) fn again(&mut self, original: &Row) -> Row {
        let mut row = original.clone();
        let dice = &mut self.dice;
        row.kind = [
            "legal",
            "umlaut",
            "order",
            "abbreviation",
            "typo",
            "first letter",
            "and",
            "owner",
            "blank",
            "city",
            "postcode",
            "e-mail",
            "phone",
        ][dice.below(13)];
        match row.kind {
            "legal" => row.company = relegal(&row.company, dice),
            "umlaut" => {
                row.company = plain(&row.company);
                row.city = plain(&row.city);
            }
            "order" => {
                let words: Vec<&str> = row.company.split(' ').collect();
                if words.len() > 1
                    && !row.company.contains(['&', '('])
                    && !row.company.contains("St. ")
                    && !row.company.contains("Filiale")
                {
                    let mut turned = words[1..].to_vec();
                    turned.push(words[0]);
                    row.company = turned.join(" ");
                }
            }
            "abbreviation" => {
                for (long, short) in [
                    ("Gasthof", "Gasth."),
                    ("Restaurant", "Rest."),
                    ("Gaststätte", "Gastst."),
                    ("Bäckerei", "Bäck."),
                    ("St. ", "Sankt "),
                    ("Hans ", "H. "),
                    ("Peter ", "P. "),
                    ("Thomas ", "Th. "),
                ] {
                    row.company = row.company.replace(long, short);
                }
            }
            "typo" => row.company = mistype(&row.company, dice, false),
            "first letter" => row.company = mistype(&row.company, dice, true),
            "and" => {
                row.company = row
                    .company
                    .replace(" & ", if dice.chance(50) { " und " } else { " u. " });
            }
            "owner" => {
                let owner = format!("{}, Inh. {} {}", row.company, dice.pick(GIVEN), dice.pick(HOUSES));
                row.company = owner;
            }
            "blank" => {
                if let Some((before, after)) = row.company.clone().split_once(' ')
                    && before.len() > 3
                    && after.chars().next().is_some_and(char::is_alphabetic)
                {
                    row.company = format!("{before}{}", after.to_lowercase());
                }
            }
            "city" => {
                row.city = match row.city.as_str() {
                    "Frankfurt am Main" => dice
                        .pick(&["Frankfurt", "Ffm", "Frankfurt a. M.", "Frankfurt/Main"])
                        .to_string(),
                    "Köln" => dice
                        .pick(&["Koeln", "Cologne", "50667 Köln", "Köln-Ehrenfeld"])
                        .to_string(),
                    "Zürich" => dice
                        .pick(&["Zurich", "Zuerich", "8001 Zürich", "Zürich ZH"])
                        .to_string(),
                    "Genève" => "Genf".to_string(),
                    "Biel/Bienne" => "Biel".to_string(),
                    "St. Gallen" => "Sankt Gallen".to_string(),
                    other => format!("{} {other}", row.postcode),
                };
            }
            "postcode" => row.postcode = String::new(),
            "e-mail" => row.email = row.email.to_uppercase(),
            _ => row.phone = row.phone.replacen('0', "+49 ", 1),
        }
        if row.kind != "e-mail" && row.kind != "phone" {
            if dice.chance(70) {
                row.email = String::new();
            }
            if dice.chance(60) {
                row.phone = String::new();
            }
        }
        row
    }

    /// Another business that looks like `original`: in another town, of another trade, number or first name, a sister, or
    /// of another family. `None` where the name has no part to change in the way that was drawn.
    pub(crate) fn rival(&mut self, original: &Row) -> Option<Row> {
        if original.company.contains("Inh.") {
            return None;
        }
        let mut row = original.clone();
        row.business = self.made;
        self.made += 1;
        (row.email, row.phone) = (String::new(), String::new());
        let family = self.surname();
        let dice = &mut self.dice;
        let known = |word: &str, list: &[&str]| list.contains(&word);
        let mut words: Vec<String> = row.company.split(' ').map(str::to_string).collect();
        let find = |list: &[&str]| words.iter().position(|word| known(word, list));
        row.kind = dice.pick(&[
            "other town",
            "other trade",
            "other number",
            "other first name",
            "sister",
            "other family",
        ]);
        match row.kind {
            "other town" => {
                let at = dice.below(self.cities.len());
                let (city, code) = &self.cities[at];
                if *city == original.city {
                    return None;
                }
                row.city.clone_from(city);
                row.postcode = format!("{code:05}");
            }
            "other trade" => {
                let at = find(TRADES)?;
                let other = dice.pick(TRADES).to_string();
                // Who caters also has a party service.
                let same = |one: &str, two: &str| one == "Catering" && two == "Partyservice";
                if other == words[at] || same(&other, &words[at]) || same(&words[at], &other) {
                    return None;
                }
                words[at] = other;
            }
            "other number" => {
                let at = words.iter().position(|word| word.parse::<u32>().is_ok())?;
                words[at] =
                    (words[at].parse::<u32>().ok()? + 1 + u32::try_from(dice.below(9)).ok()?).to_string();
            }
            "other first name" => {
                let at = find(GIVEN)?;
                let other = dice.pick(GIVEN).to_string();
                if other == words[at] {
                    return None;
                }
                words[at] = other;
            }
            "sister" => {
                find(TRADES).or_else(|| words.iter().position(|word| word == "&"))?;
                words.insert(
                    words.len().min(2),
                    dice.pick(&["Holding", "Verwaltungs", "Immobilien"]).to_string(),
                );
            }
            _ => {
                let at = find(TRADES)?;
                let name = if at == 0 { 1 } else { at - 1 };
                let plain = words
                    .get(name)
                    .is_some_and(|word| word.len() > 3 && word.chars().all(char::is_alphabetic));
                if !plain || known(&words[name], GIVEN) || FORMS.contains(&words[name].as_str()) {
                    return None;
                }
                words[name] = family;
            }
        }
        if row.kind != "other town" {
            row.company = words.join(" ");
            if row.company == original.company {
                return None;
            }
        }
        Some(row)
    }

    /// `count` rows, about a tenth of them again, in no order.
    pub(crate) fn rows(&mut self, count: usize) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::with_capacity(count);
        while rows.len() < count {
            let row = self.business();
            if self.dice.chance(10) && rows.len() + 1 < count {
                let again = self.again(&row);
                rows.push(again);
                if self.dice.chance(15) && rows.len() + 1 < count {
                    let third = self.again(&row);
                    rows.push(third);
                }
            }
            rows.push(row);
        }
        for at in (1..rows.len()).rev() {
            let other = self.dice.below(at + 1);
            rows.swap(at, other);
        }
        rows
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn plain(text: &str) -> String {
    text.replace('ä', "ae")
        .replace('ö', "oe")
        .replace('ü', "ue")
        .replace('ß', "ss")
        .replace('Ä', "Ae")
        .replace('Ö', "Oe")
        .replace('Ü', "Ue")
        .replace('è', "e")
}

fn relegal(company: &str, dice: &mut Dice) -> String {
    for (form, others) in [
        (
            "GmbH & Co. KG",
            &["GmbH u. Co KG", "GmbH+Co.KG", "GmbH & Co KG", ""][..],
        ),
        ("UG (haftungsbeschränkt)", &["UG", ""]),
        (
            "GmbH",
            &["G.m.b.H.", "Gesellschaft mit beschränkter Haftung", "gmbh", ""],
        ),
        ("e.K.", &["e. K.", "eK", "e.Kfm.", ""]),
        ("AG", &["Aktiengesellschaft", ""]),
        ("GbR", &["", "G.b.R."]),
    ] {
        if let Some(name) = company.strip_suffix(form) {
            return format!("{name}{}", dice.pick(others)).trim().to_string();
        }
    }
    company.to_string()
}

/// One slip of the finger in the longest word.
fn mistype(company: &str, dice: &mut Dice, first: bool) -> String {
    let longest = company.split(' ').max_by_key(|word| word.len()).unwrap_or("");
    let mut letters: Vec<char> = longest.chars().collect();
    if letters.len() < 5 {
        return company.to_string();
    }
    let at = if first {
        0
    } else {
        1 + dice.below(letters.len() - 2)
    };
    match dice.below(3) {
        0 => letters.swap(at, at + 1),
        1 => {
            letters.remove(at);
        }
        _ => letters[at] = char::from(b'a' + u8::try_from(dice.below(26)).unwrap_or(0)),
    }
    company.replacen(longest, &letters.into_iter().collect::<String>(), 1)
}
