//! From a stretch of a sheet to its pairs of label and value, its rows of data, its headings and its other text.

use crate::mailbox::layout::quoting::Segment;
use crate::mailbox::layout::{Block, Line, Sheet, Span};
use crate::mailbox::values::{is_country, read_address, read_postal_city};
use crate::mailbox::vocabulary::{
    Concept, Meaning, Section, Strength, announces_foreign_contact, section, understand, understand_exactly,
};

use super::boilerplate::{is_closing, is_footer, is_of_a_team};
use super::shape::{LabelMark, Shape, ends_a_sentence, shape, wide_gap};
use super::tables::{Rows, read_table, with_written_tables};

/// A label with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) label: Span,
    pub(super) meaning: Option<Meaning>,
    /// Empty where the mail has none.
    pub(super) value: Span,
    pub(super) how: How,
    pub(super) section: Section,
}

/// How label and value belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// On a line, or the value below its label.
    Label,
    /// Cells of a row.
    Cell,
    /// A column and one of its cells.
    Column,
}

impl How {
    pub(super) fn name(self) -> &'static str {
        match self {
            How::Label => "label",
            How::Cell => "cell",
            How::Column => "column",
        }
    }
}

/// What a stretch of a sheet is made of, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Pair(Pair),
    Heading(Span),
    /// A line of dashes or the like.
    Rule,
    Rows(Rows),
    Text(Span),
}

/// A line, or what a table made of a row.
#[derive(Clone, Debug)]
pub(super) enum Raw {
    Line(Line),
    Pair(Span, Span),
    Rows(Rows),
}

/// Reads a stretch of a sheet.
pub(super) fn items(sheet: &Sheet, segment: &Segment) -> Vec<Item> {
    let text = &sheet.text;
    let mut raws = Vec::new();
    for block in &sheet.blocks[segment.blocks.clone()] {
        match block {
            Block::Line(line) => raws.push(Raw::Line(*line)),
            Block::Table(table) => raws.extend(read_table(text, table)),
        }
    }
    let raws = with_written_tables(text, &raws);
    let mut shapes: Vec<Option<Shape>> = raws
        .iter()
        .map(|raw| match raw {
            Raw::Line(line) => Some(shape(text, line)),
            _ => None,
        })
        .collect();
    follow_the_custom(text, &raws, &mut shapes);
    let mut walk = Walk {
        text,
        raws: &raws,
        shapes,
        at: 0,
        section: Section::Person,
        after_closing: false,
        until_blank: false,
        in_signature: false,
        items: Vec::new(),
    };
    walk.run();
    walk.items
}

/// Where several lines show how this form writes labels, the lines that look like them are labels too, although their
/// words alone would not say so.
fn follow_the_custom(text: &str, raws: &[Raw], shapes: &mut [Option<Shape>]) {
    let is_word = |shape: &Option<Shape>| {
        matches!(
            shape,
            Some(Shape::Label {
                mark: LabelMark::Word,
                ..
            })
        )
    };
    let below = shapes.iter().filter(|shape| is_word(shape)).count() >= 2;
    let lines = |raws: &[Raw]| -> Vec<Option<Line>> {
        raws.iter()
            .map(|raw| match raw {
                Raw::Line(line) => Some(*line),
                _ => None,
            })
            .collect()
    };
    let lines = lines(raws);
    let gaps = lines
        .iter()
        .zip(shapes.iter())
        .filter(|(line, shape)| {
            matches!(shape, Some(Shape::Pairs(_)))
                && line.is_some_and(|line| wide_gap(text, line.span).is_some())
        })
        .count()
        >= 2;
    for at in 0..shapes.len() {
        let (Some(Shape::Text), Some(line)) = (&shapes[at], lines[at]) else {
            continue;
        };
        let shown = line.span.of(text);
        if gaps && let Some((label, value)) = wide_gap(text, line.span) {
            shapes[at] = Some(Shape::Pairs(vec![(label, value)]));
        } else if below
            && shown.split_whitespace().count() <= 8
            && !ends_a_sentence(shown)
            && let Some(meaning) = understand(shown)
            && let Some(value) = lines.get(at + 1).copied().flatten()
            && matches!(shapes[at + 1], Some(Shape::Text))
            && reads_as(Some(&meaning), value.span.of(text))
            && (meaning.concepts[0] != Concept::Message || shown.split_whitespace().count() <= 3)
        {
            shapes[at] = Some(Shape::Label {
                label: line.span,
                mark: LabelMark::Word,
            });
        }
    }
}

struct Walk<'a> {
    text: &'a str,
    raws: &'a [Raw],
    /// Of the lines.
    shapes: Vec<Option<Shape>>,
    at: usize,
    section: Section,
    /// "Mit freundlichen Grüßen" was read: what follows is a signature, unless a person is described in it.
    after_closing: bool,
    /// The section ends with the next blank line.
    until_blank: bool,
    /// The delimiter of a signature was read.
    in_signature: bool,
    items: Vec<Item>,
}

impl Walk<'_> {
    fn run(&mut self) {
        while self.at < self.raws.len() {
            let at = self.at;
            self.at += 1;
            match &self.raws[at] {
                Raw::Pair(label, value) => self.push(*label, *value, How::Cell),
                Raw::Rows(rows) => self.items.push(Item::Rows(rows.clone())),
                Raw::Line(line) => self.line(at, *line),
            }
        }
    }

    fn line(&mut self, at: usize, line: Line) {
        match self.shapes[at].clone() {
            Some(Shape::Pairs(mut pairs)) => {
                let last = pairs.pop();
                for (label, value) in pairs {
                    self.push(label, value, How::Label);
                }
                if let Some((label, value)) = last {
                    let value = self.continued(at, line, label, value);
                    self.push(label, value, How::Label);
                }
            }
            Some(Shape::Label { label, mark }) => self.label_alone(label, mark, line.indent),
            Some(Shape::Text) => {
                let shown = line.span.of(self.text);
                match section(shown.trim_end_matches([':', '.'])) {
                    Some(section) if shown.chars().count() <= 70 => self.heading(line.span, section),
                    _ => {
                        self.after_closing |= is_closing(shown);
                        self.items.push(Item::Text(line.span));
                    }
                }
            }
            Some(Shape::Rule) => {
                // The delimiter of a signature; where nothing came before it, it only parts.
                let is_delimiter = line.span.of(self.text) == "--";
                self.in_signature |=
                    is_delimiter && self.items.iter().any(|item| matches!(item, Item::Pair(_)));
                self.items.push(Item::Rule);
            }
            Some(Shape::Blank) if std::mem::take(&mut self.until_blank) => self.section = Section::Person,
            Some(Shape::Blank) | None => {}
        }
    }

    fn push(&mut self, label: Span, value: Span, how: How) {
        let meaning = understand(label.of(self.text));
        // "Ihr Ansprechpartner: Max Meier", and below it his telephone.
        if announces_foreign_contact(label.of(self.text)) {
            self.section = Section::Foreign;
            self.until_blank = true;
        }
        // No signature labels its name.
        self.after_closing &= !meaning.as_ref().is_some_and(|meaning| {
            meaning.strength == Strength::Exact
                && matches!(
                    meaning.concepts[0],
                    Concept::FirstName
                        | Concept::LastName
                        | Concept::FullName
                        | Concept::NameLastFirst
                        | Concept::Salutation
                )
        }) && !label.of(self.text).eq_ignore_ascii_case("name");
        self.items.push(Item::Pair(Pair {
            label,
            meaning,
            value: value.trimmed(self.text),
            how,
            section: if self.after_closing || self.in_signature {
                Section::Foreign
            } else {
                self.section
            },
        }));
    }

    fn heading(&mut self, span: Span, section: Section) {
        self.section = if section == Section::Message {
            Section::Person
        } else {
            section
        };
        self.items.push(Item::Heading(span));
    }

    /// A label without a value on its line: a heading, or the value stands below.
    fn label_alone(&mut self, label: Span, mark: LabelMark, label_indent: usize) {
        let shown = label.of(self.text);
        let meaning = understand(shown);
        let announces = section(shown);
        let below = self.next_shown();
        let takes_value = match below {
            None => false,
            Some(next) => match &self.raws[next] {
                Raw::Line(line) => match self.shapes[next].as_ref() {
                    Some(Shape::Text) => {
                        !is_footer(line.span.of(self.text))
                            && (meaning.is_some() || mark != LabelMark::Colon || announces.is_none())
                    }
                    // "Nachricht:" and below it "Hallo: ich habe eine Frage"
                    Some(Shape::Pairs(pairs)) => {
                        is_message(meaning.as_ref()) && understand_exactly(pairs[0].0.of(self.text)).is_none()
                    }
                    // A value that is a label word itself: "Anrede" and below it "Frau" is not; "Ort" … "Essen" is not.
                    _ => false,
                },
                // Label and value each in a cell or row of their own are lines by now.
                _ => false,
            },
        };
        if !takes_value {
            if let Some(section) = announces {
                self.heading(label, section);
            } else if mark == LabelMark::Word || meaning.is_none() {
                self.items.push(Item::Heading(label));
            } else {
                // A known label with nothing to it.
                self.push(label, Span::new(label.end, label.end), How::Label);
            }
            return;
        }
        if announces == Some(Section::Foreign) && meaning.is_none() {
            self.heading(label, Section::Foreign);
            return;
        }
        let Some(next) = below else { return };
        let Raw::Line(line) = self.raws[next] else { return };
        let first = line.span;
        if let Some(announced) = announces
            && !is_message(meaning.as_ref())
            && !reads_as(meaning.as_ref(), first.of(self.text))
        {
            // "Kontakt" above an address block, and not a label for its first line.
            self.heading(label, announced);
            return;
        }
        if meaning.is_none() && mark == LabelMark::Colon && shown.split_whitespace().count() > 3 {
            // "Neue Anfrage nach Infomaterial von:" announces, it does not label.
            self.items.push(Item::Text(label));
            return;
        }
        self.at = next + 1;
        let value = if is_message(meaning.as_ref()) || announces == Some(Section::Message) {
            self.message(first, mark)
        } else if has_concept(meaning.as_ref(), Concept::Address) {
            self.address(first)
        } else {
            self.wrapped(line, first, label_indent)
        };
        if meaning.is_none() {
            // It may be no label at all; then its value is text like any other.
            self.items.push(Item::Text(first));
        }
        self.push(label, value, How::Label);
    }

    /// The next line or row that shows something, with at most two blank lines before it.
    fn next_shown(&self) -> Option<usize> {
        let mut blanks = 0;
        for at in self.at..self.raws.len() {
            match &self.shapes[at] {
                Some(Shape::Blank) => {
                    blanks += 1;
                    if blanks > 2 {
                        return None;
                    }
                }
                _ => return Some(at),
            }
        }
        None
    }

    /// The value of a pair that began on line `at`, with the lines over which it goes on.
    fn continued(&mut self, at: usize, line: Line, label: Span, value: Span) -> Span {
        let meaning = understand(label.of(self.text));
        if is_message(meaning.as_ref()) {
            return self.message(value, LabelMark::Colon);
        }
        if has_concept(meaning.as_ref(), Concept::Address) {
            return self.address(value);
        }
        let is_short = meaning.as_ref().is_some_and(|meaning| {
            matches!(
                meaning.concepts[0],
                Concept::Salutation
                    | Concept::Title
                    | Concept::FirstName
                    | Concept::LastName
                    | Concept::Phone
                    | Concept::Mobile
                    | Concept::Fax
                    | Concept::PostalCode
                    | Concept::Country
                    | Concept::ExternalId
            )
        });
        debug_assert_eq!(self.at, at + 1);
        if is_short {
            value
        } else {
            self.wrapped(line, value, line.indent)
        }
    }

    /// A value with the lines that a program wrapped it over.
    fn wrapped(&mut self, first: Line, value: Span, label_indent: usize) -> Span {
        let mut end = value.end;
        let mut last = first;
        while let Some(Raw::Line(next)) = self.raws.get(self.at) {
            if !matches!(self.shapes[self.at], Some(Shape::Text)) {
                break;
            }
            let next_text = next.span.of(self.text);
            let first_word = next_text.split_whitespace().next().unwrap_or_default();
            let width = last.indent + last.span.of(self.text).chars().count();
            let is_wrapped = width >= 55
                && width + 1 + first_word.chars().count() > 70
                && !is_footer(next_text)
                && next_text
                    .chars()
                    .next()
                    .is_some_and(|char| !char.is_uppercase() || width + first_word.chars().count() >= 74);
            let is_indented = next.indent >= label_indent + 2 && next.quoted == first.quoted;
            if !(last.goes_on || is_indented || is_wrapped) {
                break;
            }
            end = next.span.end;
            last = *next;
            self.at += 1;
        }
        Span::new(value.start, end)
    }

    /// An address over several lines.
    fn address(&mut self, first: Span) -> Span {
        let mut end = first.end;
        for _ in 0..5 {
            let Some(Raw::Line(next)) = self.raws.get(self.at) else {
                break;
            };
            if !matches!(self.shapes[self.at], Some(Shape::Text)) {
                break;
            }
            let shown = next.span.of(self.text);
            let belongs = read_postal_city(shown).is_some()
                || is_country(shown)
                || read_address(shown).street.is_some()
                || (next.indent >= 2 && shown.chars().count() <= 60);
            if !belongs {
                break;
            }
            end = next.span.end;
            self.at += 1;
        }
        Span::new(first.start, end)
    }

    /// What a person wrote, up to where somebody else goes on: the next label, a rule, a footer, a team's greeting.
    fn message(&mut self, first: Span, label: LabelMark) -> Span {
        let mut end = first.end;
        let mut after_blank = false;
        let mut lines: Vec<(Span, usize)> = vec![(first, self.at)];
        while let Some(raw) = self.raws.get(self.at) {
            let Raw::Line(line) = raw else { break };
            let shown = line.span.of(self.text);
            match self.shapes[self.at].as_ref() {
                Some(Shape::Blank) => {
                    after_blank = true;
                    self.at += 1;
                    continue;
                }
                Some(Shape::Rule) | None => break,
                Some(Shape::Label {
                    mark: LabelMark::Decorated,
                    ..
                }) => break,
                Some(Shape::Label {
                    mark: LabelMark::Strong,
                    ..
                }) if label != LabelMark::Word => break,
                Some(Shape::Label { label: found, mark }) => {
                    let known = understand_exactly(found.of(self.text)).is_some();
                    let announced = section(found.of(self.text));
                    if announced == Some(Section::Foreign)
                        || announced.is_some() && after_blank
                        || known && (*mark != LabelMark::Word || after_blank || label == LabelMark::Word)
                    {
                        break;
                    }
                }
                Some(Shape::Pairs(pairs)) => {
                    if self.ends_message(pairs[0], after_blank) {
                        break;
                    }
                }
                Some(Shape::Text) => {
                    if is_footer(shown) || section(shown) == Some(Section::Foreign) && after_blank {
                        break;
                    }
                }
            }
            self.at += 1;
            end = line.span.end;
            lines.push((line.span, self.at));
            after_blank = false;
        }
        // "Mit freundlichen Grüßen / Ihr Portal-Team" is the portal's, not the person's.
        for (index, (line, _)) in lines.iter().enumerate().skip(1) {
            if is_closing(line.of(self.text)) {
                let of_a_team = lines[index..]
                    .iter()
                    .any(|(line, _)| is_of_a_team(line.of(self.text)));
                let follows_footer = index + 1 == lines.len() && self.stopped_at_team();
                if of_a_team || follows_footer {
                    end = lines[index - 1].0.end;
                    break;
                }
            }
        }
        Span::new(first.start, end.max(first.end))
    }

    /// "Mit freundlichen Grüßen" and then "Ihr Portal-Team" below it.
    fn stopped_at_team(&self) -> bool {
        let shown = match self.raws.get(self.at) {
            Some(Raw::Line(line)) => line.span.of(self.text),
            _ => "",
        };
        is_footer(shown) && is_of_a_team(shown)
    }

    /// Whether a pair belongs to the form again and not to what the person wrote.
    fn ends_message(&self, (label, value): (Span, Span), after_blank: bool) -> bool {
        let shown = label.of(self.text);
        // "Kosten: Kann man in Raten zahlen?" is asked by the person.
        if value.of(self.text).ends_with('?') {
            return false;
        }
        match understand(shown) {
            Some(meaning) if meaning.strength == Strength::Exact => true,
            Some(meaning) => reads_as(Some(&meaning), value.of(self.text)),
            // Several lines of "label: value" in a row are a form, a single one may be a sentence.
            None => {
                let next_is_pair = matches!(self.shapes.get(self.at + 1), Some(Some(Shape::Pairs(_))));
                let is_last = self.at + 1 >= self.raws.len();
                let is_short =
                    shown.split_whitespace().count() <= 3 && value.of(self.text).chars().count() <= 60;
                after_blank && is_short && (next_is_pair || is_last)
                    || next_is_pair && is_short && shown.split_whitespace().count() <= 2
            }
        }
    }
}

fn has_concept(meaning: Option<&Meaning>, concept: Concept) -> bool {
    meaning.is_some_and(|meaning| meaning.concepts.contains(&concept))
}

fn is_message(meaning: Option<&Meaning>) -> bool {
    meaning.is_some_and(|meaning| meaning.concepts[0] == Concept::Message)
}

/// Whether a text can be the value that a label asks for; used where a line may be a value or something else.
fn reads_as(meaning: Option<&Meaning>, value: &str) -> bool {
    let Some(meaning) = meaning else { return false };
    meaning
        .concepts
        .iter()
        .any(|concept| super::fields::is_plausible(*concept, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox::layout::quoting::{SubjectKind, segments};
    use crate::mailbox::layout::{html, plain};

    fn found(sheet: &Sheet) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for segment in segments(sheet, SubjectKind::Plain) {
            for item in items(sheet, &segment) {
                if let Item::Pair(pair) = item {
                    let (label, value) = (pair.label.of(&sheet.text), pair.value.of(&sheet.text));
                    pairs.push((label.to_string(), value.to_string()));
                }
            }
        }
        pairs
    }

    fn plain_pairs(text: &str) -> Vec<(String, String)> {
        found(&plain::sheet("1", text.to_string(), false))
    }

    fn html_pairs(markup: &str) -> Vec<(String, String)> {
        found(&html::sheet("1", markup))
    }

    fn pair(label: &str, value: &str) -> (String, String) {
        (label.to_string(), value.to_string())
    }

    #[test]
    fn a_message_ends_where_the_form_goes_on() {
        let text = "Name: Max\nNachricht: Guten Tag,\n\nich habe Fragen:\n- Wann beginnt der Kurs?\n\nViele Grüße\nMax\n\nTelefon: 030 123456\n";
        assert_eq!(
            plain_pairs(text),
            [
                pair("Name", "Max"),
                pair(
                    "Nachricht",
                    "Guten Tag,\n\nich habe Fragen:\n- Wann beginnt der Kurs?\n\nViele Grüße\nMax"
                ),
                pair("Telefon", "030 123456"),
            ]
        );
    }

    #[test]
    fn a_teams_greeting_and_a_footer_are_no_message() {
        let text = "Nachricht:\nBitte rufen Sie an.\n\nMit freundlichen Grüßen\nIhr StudiFinder-Team\n\n-- \nStudiFinder GmbH";
        assert_eq!(plain_pairs(text), [pair("Nachricht", "Bitte rufen Sie an.")]);
        let text = "Nachricht: Hallo\n\nDiese E-Mail wurde automatisch erzeugt.\nTelefon: 030 1234567";
        assert_eq!(plain_pairs(text)[0], pair("Nachricht", "Hallo"));
    }

    #[test]
    fn values_below_their_labels_are_found() {
        let text = "Name\nMax Muster\n\nE-Mail:\n  max@example.test\n\nAnschrift\nMusterweg 1\n10115 Berlin\n\nKurs\nPsychologie";
        assert_eq!(
            plain_pairs(text),
            [
                pair("Name", "Max Muster"),
                pair("E-Mail", "max@example.test"),
                pair("Anschrift", "Musterweg 1\n10115 Berlin"),
                pair("Kurs", "Psychologie"),
            ]
        );
    }

    #[test]
    fn an_empty_field_does_not_take_the_next_label() {
        let text = "Name: Max\nTelefon:\nE-Mail: max@example.test\nFirma:\n\nOrt: Bern";
        let pairs = plain_pairs(text);
        assert!(pairs.contains(&pair("E-Mail", "max@example.test")));
        assert!(pairs.contains(&pair("Ort", "Bern")));
        assert!(pairs.contains(&pair("Telefon", "")));
    }

    #[test]
    fn wrapped_values_are_joined() {
        let text = "Studiengang: Betriebswirtschaftslehre mit Schwerpunkt Personalmanagement\n  und Arbeitsrecht\nOrt: Bern";
        assert_eq!(
            plain_pairs(text)[0].1,
            "Betriebswirtschaftslehre mit Schwerpunkt Personalmanagement\n  und Arbeitsrecht"
        );
    }

    #[test]
    fn tables_lists_and_rows_of_bold_labels_are_pairs() {
        assert_eq!(
            html_pairs(
                "<table><tr><td>Name</td><td>Max</td></tr><tr><td>Telefon</td><td></td></tr><tr><td>Ort</td><td>Bern</td></tr></table>"
            ),
            [pair("Name", "Max"), pair("Telefon", ""), pair("Ort", "Bern")]
        );
        assert_eq!(
            html_pairs("<p><b>Name</b><br>Max Muster</p><p><b>Wunschtermin</b><br>Montag</p>"),
            [pair("Name", "Max Muster"), pair("Wunschtermin", "Montag")]
        );
        assert_eq!(
            html_pairs(
                "<table><tr><td colspan=2><b>Name</b></td></tr><tr><td>&nbsp;</td><td>Max</td></tr><tr><td colspan=2><b>Nachricht</b></td></tr><tr><td>&nbsp;</td><td>Hallo<br>Welt</td></tr></table>"
            ),
            [pair("Name", "Max"), pair("Nachricht", "Hallo\nWelt")]
        );
    }
}
