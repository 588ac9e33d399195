//! What the cells of a column have in common: its type, the order of its dates, the style of its numbers.
//!
//! A profile is fed with cells (all, or a sample) and answers with what they prove, and how many of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::table::{Cell, CellKind};
use crate::values::{
    DateOrder, DecimalEvidence, DecimalStyle, Email, MomentEvidence, decimal_evidence,
    is_number_in_scientific_form, read_flag, read_moment,
};

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// No value at all.
    Empty,
    /// Text of any kind.
    Text,
    /// E-mail addresses.
    Email,
    /// Phone numbers.
    Phone,
    /// Dates, with or without time.
    Date,
    /// Whole numbers.
    Integer,
    /// Numbers with decimals.
    Decimal,
    /// Yes and no.
    Flag,
}

/// The order of day and month in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum DateOrderFound {
    /// Every date names its order itself (ISO, month as a word).
    NotNeeded,
    /// Proven, or the only custom for this way of writing.
    Decided {
        /// The order.
        by: DateOrder,
        /// False where only custom speaks for it (dates with points).
        proven: bool,
    },
    /// All days and months are 12 or less: a person has to say.
    Ambiguous,
    /// Some cells prove one order and some the other.
    Contradictory,
}

/// What was seen in a column. See the module.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// Cells seen.
    pub cells: u64,
    /// Cells with something in them.
    pub filled: u64,
    /// The first different values, shortened.
    pub samples: Vec<String>,
    /// The different values with their counts; cleared once there are more than [`ColumnProfile::MAX_DISTINCT`].
    pub distinct: BTreeMap<String, u64>,
    /// True once there were too many different values to count.
    pub many: bool,
    /// A date that proves the order (`31.10.2024`), for the reason shown to people.
    pub proof: Option<String>,
    /// What a person has said that the values are; it goes before what they look like.
    pub said: Option<ColumnType>,
    emails: u64,
    phones: u64,
    damaged_numbers: u64,
    flags: u64,
    digits_only: u64,
    leading_zeros: u64,
    serial_like: u64,
    kinds: [u64; 7],
    moments: [u64; 5],
    decimals: [u64; 5],
}

impl ColumnProfile {
    /// Different values that are counted one by one.
    pub const MAX_DISTINCT: usize = 256;
    /// Samples that are kept.
    pub const SAMPLES: usize = 5;
    /// Where numbers with decimals that a workbook stores as such are counted, after the kinds of evidence.
    const STORED_DECIMALS: usize = 4;

    /// Takes one more cell into account.
    pub fn observe(&mut self, cell: Cell<'_>) {
        self.cells += 1;
        let text = cell.text.trim();
        if text.is_empty() {
            return;
        }
        self.filled += 1;
        self.kinds[cell.kind as usize] += 1;
        if self.samples.len() < Self::SAMPLES && !self.samples.iter().any(|sample| sample == text) {
            self.samples.push(text.chars().take(120).collect());
        }
        if !self.many {
            *self.distinct.entry(text.chars().take(120).collect()).or_default() += 1;
            if self.distinct.len() > Self::MAX_DISTINCT {
                self.distinct.clear();
                self.many = true;
            }
        }
        if text.contains('@') {
            self.emails += u64::from(Email::read(text).is_ok());
            return;
        }
        if is_number_in_scientific_form(text) {
            self.damaged_numbers += 1;
        }
        self.flags += u64::from(read_flag(text).is_some());
        if let Some(reading) = read_moment(text, DateOrder::DayFirst) {
            self.moments[reading.evidence as usize] += 1;
            let proves = matches!(
                reading.evidence,
                MomentEvidence::DayFirst | MomentEvidence::MonthFirst
            );
            if proves && self.proof.is_none() {
                self.proof = Some(text.to_string());
            }
        }
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        if digits == text.len() {
            self.digits_only += 1;
            self.leading_zeros += u64::from(text.len() > 1 && text.starts_with('0'));
        }
        if text
            .parse::<f64>()
            .is_ok_and(|number| (20_000.0..80_000.0).contains(&number))
        {
            self.serial_like += 1;
        }
        match decimal_evidence(text) {
            // A number that the file itself stores has no style to find out.
            Some(evidence) if cell.kind == CellKind::Number && evidence != DecimalEvidence::Neither => {
                self.decimals[Self::STORED_DECIMALS] += 1;
            }
            Some(evidence) => self.decimals[evidence as usize] += 1,
            None => {}
        }
        let phone_like = (7..=17).contains(&digits)
            && text.chars().all(|c| c.is_ascii_digit() || " +-/().–".contains(c))
            && (text.starts_with('0') || text.starts_with('+') || text.starts_with("(0"));
        self.phones += u64::from(phone_like);
    }

    /// Takes over what another profile of the same column has seen after this one.
    pub fn merge(&mut self, later: Self) {
        fn add<const N: usize>(counts: &mut [u64; N], more: [u64; N]) {
            counts
                .iter_mut()
                .zip(more)
                .for_each(|(count, more)| *count += more);
        }
        self.cells += later.cells;
        self.filled += later.filled;
        for sample in later.samples {
            if self.samples.len() < Self::SAMPLES && !self.samples.contains(&sample) {
                self.samples.push(sample);
            }
        }
        self.many |= later.many;
        for (text, count) in later.distinct {
            *self.distinct.entry(text).or_default() += count;
        }
        self.many |= self.distinct.len() > Self::MAX_DISTINCT;
        if self.many {
            self.distinct.clear();
        }
        self.proof = self.proof.take().or(later.proof);
        self.said = self.said.or(later.said);
        self.emails += later.emails;
        self.phones += later.phones;
        self.damaged_numbers += later.damaged_numbers;
        self.flags += later.flags;
        self.digits_only += later.digits_only;
        self.leading_zeros += later.leading_zeros;
        self.serial_like += later.serial_like;
        add(&mut self.kinds, later.kinds);
        add(&mut self.moments, later.moments);
        add(&mut self.decimals, later.decimals);
    }

    /// Share of `count` in the filled cells, 0 to 1.
    fn share(&self, count: u64) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "shares need two digits")]
        if self.filled == 0 {
            0.0
        } else {
            count as f64 / self.filled as f64
        }
    }

    /// Share of the filled cells that are of this type, in percent; text is what nothing else is. What a person has said
    /// holds for all of them.
    pub fn percent_of(&self, kind: ColumnType) -> u8 {
        if self.said == Some(kind) {
            return 100;
        }
        let moments: u64 = self.moments.iter().sum();
        let numbers: u64 = self.decimals.iter().sum();
        let count = match kind {
            ColumnType::Empty => 0,
            ColumnType::Text => self.filled,
            ColumnType::Email => self.emails,
            ColumnType::Phone => self.phones + self.damaged_numbers,
            ColumnType::Date => moments.max(self.kinds[CellKind::Moment as usize]),
            ColumnType::Integer | ColumnType::Decimal => numbers,
            ColumnType::Flag => self.flags.max(self.kinds[CellKind::Bool as usize]),
        };
        u8::try_from(count.min(self.filled) * 100 / self.filled.max(1)).unwrap_or(100)
    }

    /// What a person has said that the values are, else what most of them are.
    pub fn column_type(&self) -> ColumnType {
        self.said.unwrap_or_else(|| self.type_of_most())
    }

    /// Nine of ten decide; the rest are findings for the check.
    fn type_of_most(&self) -> ColumnType {
        const MOST: f64 = 0.9;
        let moments: u64 = self.moments.iter().sum();
        let numbers: u64 = self.decimals.iter().sum();
        let stored = |kind: CellKind| self.share(self.kinds[kind as usize]);
        if self.filled == 0 {
            ColumnType::Empty
        } else if self.share(self.emails) >= 0.75 {
            ColumnType::Email
        } else if stored(CellKind::Moment) >= 0.75 || self.share(moments) >= MOST {
            ColumnType::Date
        } else if stored(CellKind::Bool) >= MOST {
            ColumnType::Flag
        } else if self.share(self.phones + self.damaged_numbers) >= 0.75 && self.phones > 0 {
            ColumnType::Phone
        } else if self.share(numbers) >= MOST && self.leading_zeros == 0 {
            let whole = self.decimals[DecimalEvidence::Neither as usize];
            if whole == numbers && self.digits_only + self.kinds[CellKind::Number as usize] > 0 {
                ColumnType::Integer
            } else {
                ColumnType::Decimal
            }
        } else if self.share(self.flags) >= MOST {
            ColumnType::Flag
        } else {
            ColumnType::Text
        }
    }

    /// Which of day and month comes first in the dates of this column.
    pub fn date_order(&self) -> DateOrderFound {
        let count = |evidence: MomentEvidence| self.moments[evidence as usize];
        let decided = |by, proven| DateOrderFound::Decided { by, proven };
        match (
            count(MomentEvidence::DayFirst) > 0,
            count(MomentEvidence::MonthFirst) > 0,
        ) {
            (true, true) => DateOrderFound::Contradictory,
            (true, false) => decided(DateOrder::DayFirst, true),
            (false, true) => decided(DateOrder::MonthFirst, true),
            (false, false) if count(MomentEvidence::Either) > 0 => DateOrderFound::Ambiguous,
            (false, false) if count(MomentEvidence::DayFirstByCustom) > 0 => {
                decided(DateOrder::DayFirst, false)
            }
            (false, false) => DateOrderFound::NotNeeded,
        }
    }

    /// Dates in digits that can be read with the day or the month first (`03/04/2024`).
    pub fn ambiguous_dates(&self) -> u64 {
        self.moments[MomentEvidence::Either as usize]
    }

    /// Which character separates decimals; `None` where no cell proves it.
    pub fn decimal_style(&self) -> Option<DecimalStyle> {
        let count = |evidence: DecimalEvidence| self.decimals[evidence as usize];
        match (count(DecimalEvidence::Comma), count(DecimalEvidence::Point)) {
            (0, 0) => None,
            (comma, point) if comma >= point => Some(DecimalStyle::Comma),
            _ => Some(DecimalStyle::Point),
        }
    }

    /// Amounts with a sign that may group digits or separate decimals (`1.250`), where no other amount of the column
    /// decides it.
    pub fn ambiguous_decimals(&self) -> u64 {
        match self.decimal_style() {
            None => self.decimals[DecimalEvidence::Either as usize],
            Some(_) => 0,
        }
    }

    /// True when the values look like day numbers of a spreadsheet that lost their date format.
    pub fn looks_like_serial_dates(&self) -> bool {
        self.filled > 0 && self.share(self.serial_like) >= 0.95
    }

    /// Cells with a number that a spreadsheet has rounded (4,93012E+11).
    pub fn damaged_numbers(&self) -> u64 {
        self.damaged_numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(texts: &[&str]) -> ColumnProfile {
        let mut profile = ColumnProfile::default();
        for text in texts {
            profile.observe(Cell::text(text));
        }
        profile
    }

    #[test]
    fn columns_show_their_types() {
        let table: [(&[&str], ColumnType); 10] = [
            (&["", " "], ColumnType::Empty),
            (
                &[
                    "a@example.de",
                    "b@example.de",
                    "k.A.",
                    "c@example.ch",
                    "d@example.ch",
                ],
                ColumnType::Email,
            ),
            (
                &["+49 30 1234567", "089/1234567", "4,93012E+11", "030 1234567"],
                ColumnType::Phone,
            ),
            (&["15.06.2024", "1.7.24", ""], ColumnType::Date),
            (&["1", "20", "300"], ColumnType::Integer),
            (&["1.234,50", "12", "7,5"], ColumnType::Decimal),
            (&["01067", "80331"], ColumnType::Text),
            (&["ja", "nein", "ja"], ColumnType::Flag),
            (&["Gasthof Krone", "Hotel Post"], ColumnType::Text),
            (&["2024", "15.06.2024", "abc"], ColumnType::Text),
        ];
        for (texts, expected) in table {
            assert_eq!(profile(texts).column_type(), expected, "{texts:?}");
        }
    }

    #[test]
    fn the_order_of_dates_is_decided_by_proof_and_never_silently() {
        let order = |texts: &[&str]| profile(texts).date_order();
        assert_eq!(
            order(&["03/04/2024", "31/10/2024"]),
            DateOrderFound::Decided {
                by: DateOrder::DayFirst,
                proven: true
            }
        );
        assert_eq!(
            order(&["03/04/2024", "10/31/2024"]),
            DateOrderFound::Decided {
                by: DateOrder::MonthFirst,
                proven: true
            }
        );
        assert_eq!(
            order(&["03.04.2024"]),
            DateOrderFound::Decided {
                by: DateOrder::DayFirst,
                proven: false
            }
        );
        assert_eq!(order(&["03/04/2024", "05/06/2024"]), DateOrderFound::Ambiguous);
        assert_eq!(
            order(&["31/10/2024", "10/31/2024"]),
            DateOrderFound::Contradictory
        );
        assert_eq!(order(&["2024-06-15"]), DateOrderFound::NotNeeded);
        assert_eq!(
            profile(&["03/04/2024", "31/10/2024"]).proof.as_deref(),
            Some("31/10/2024")
        );
    }

    #[test]
    fn the_style_of_numbers_is_that_of_most() {
        assert_eq!(
            profile(&["1.234", "12,5"]).decimal_style(),
            Some(DecimalStyle::Comma)
        );
        assert_eq!(
            profile(&["1'234.50", "12"]).decimal_style(),
            Some(DecimalStyle::Point)
        );
        assert_eq!(profile(&["12", "1.234"]).decimal_style(), None);
        assert_eq!(profile(&["12", "1.234"]).ambiguous_decimals(), 1);
        assert_eq!(profile(&["12,5", "1.234"]).ambiguous_decimals(), 0);
        // What a workbook stores as a number says nothing about how people write amounts in the same column.
        let mut mixed = profile(&["1.234,50"]);
        for text in ["12.5", "13.5", "1.234"] {
            mixed.observe(Cell {
                kind: CellKind::Number,
                text,
            });
        }
        assert_eq!(mixed.decimal_style(), Some(DecimalStyle::Comma));
        assert_eq!(mixed.column_type(), ColumnType::Decimal);
        assert!(profile(&["45458", "45123.5"]).looks_like_serial_dates());
    }
}
