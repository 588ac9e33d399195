//! What a rule names itself: its finders, over what the general reading found.

use regex::Regex;

use crate::mailbox::layout::{Sheet, Span};
use crate::mailbox::parsed::LeadField;
use crate::mailbox::rules::{BodyPlace, Finder, Rule, RuleField};
use crate::mailbox::values::{find_moment, is_placeholder, one_line};
use crate::mailbox::vocabulary::{Concept, normal_form};

use super::draft::{Candidate, Draft, Place};
use super::fields::{Surroundings, Taking, Undecided, is_plausible, lines, settle};
use super::letters::{Contents, SourceKind};
use super::pairs::{How, Pair};
use super::parse::Reading;

/// A value that a rule names goes before one that the general reading found.
const SURER: f64 = 0.03;

/// Runs the finders of a rule over the leads of a reading.
pub(super) fn apply(rule: &Rule, contents: &Contents, reading: &mut Reading) {
    if !rule.fields.is_empty() && reading.leads.is_empty() {
        reading.leads.push((Draft::default(), Vec::new()));
    }
    let single = reading.leads.len() == 1;
    let confidence = (rule.confidence + SURER).min(1.0);
    for index in 0..reading.leads.len() {
        let (draft, pairs) = &mut reading.leads[index];
        for (field, finders) in &rule.fields {
            let search = Search {
                contents,
                sheet: reading.sheet,
                pairs,
                single,
            };
            let found = finders.iter().find_map(|finder| search.find(finder));
            if let Some(found) = found {
                take(field, found, contents, confidence, &reading.around, draft);
            }
        }
        if let Some(portal) = &rule.portal
            && let Some(letter) = contents.letters.first()
        {
            let text = letter.headers.text("from").unwrap_or_default();
            draft.offer(
                LeadField::Portal,
                Candidate {
                    value: portal.clone(),
                    place: Place::Header {
                        part: letter.header_part("From"),
                        span: Span::new(0, text.len()),
                        text,
                    },
                    by: "constant".to_string(),
                    confidence,
                },
            );
        }
    }
}

/// What a finder found: a stretch of a text, or a text that stands nowhere.
struct Found {
    place: Place,
    by: String,
    /// Where the value is not what stands there.
    constant: Option<String>,
}

struct Search<'a> {
    contents: &'a Contents,
    sheet: usize,
    pairs: &'a [Pair],
    single: bool,
}

impl Search<'_> {
    fn find(&self, finder: &Finder) -> Option<Found> {
        match finder {
            Finder::Label(labels) => self.pair(labels, None),
            Finder::Cell(labels) => self.pair(labels, Some(How::Cell)),
            Finder::Column(labels) => self.pair(labels, Some(How::Column)),
            // What is found once in a mail is not what each of its leads has.
            Finder::Pattern {
                pattern,
                group,
                place,
            } if self.single => self.pattern(pattern, *group, place),
            Finder::Css(text, selector) if self.single => self.css(text, selector),
            Finder::Json(path) => self.path(path, "json"),
            Finder::Xml(path) => self.path(path, "xml"),
            Finder::Header(name) => {
                let letter = self.contents.letters.first()?;
                let text = letter.headers.text(name).filter(|text| !text.is_empty())?;
                Some(Found {
                    place: Place::Header {
                        part: letter.header_part(name),
                        span: Span::new(0, text.len()),
                        text,
                    },
                    by: format!("header:{name}"),
                    constant: None,
                })
            }
            Finder::Constant(value) => {
                let letter = self.contents.letters.first()?;
                let text = letter.headers.text("from").unwrap_or_default();
                Some(Found {
                    place: Place::Header {
                        part: letter.header_part("From"),
                        span: Span::new(0, text.len()),
                        text,
                    },
                    by: "constant".to_string(),
                    constant: Some(value.clone()),
                })
            }
            Finder::Pattern { .. } | Finder::Css(..) => None,
        }
    }

    fn text(&self) -> &str {
        &self.contents.sheets[self.sheet].text
    }

    fn pair(&self, labels: &[String], how: Option<How>) -> Option<Found> {
        let wanted: Vec<String> = labels.iter().map(|label| normal_form(label)).collect();
        let pair = self.pairs.iter().find(|pair| {
            how.is_none_or(|how| pair.how == how)
                && wanted.contains(&normal_form(pair.label.of(self.text())))
                && !is_placeholder(pair.value.of(self.text()))
        })?;
        Some(Found {
            place: Place::Sheet(self.sheet, pair.value),
            by: format!("{}:{}", pair.how.name(), one_line(pair.label.of(self.text()))),
            constant: None,
        })
    }

    fn pattern(&self, pattern: &Regex, group: usize, place: &BodyPlace) -> Option<Found> {
        match place {
            BodyPlace::Body => {
                // The text the other values are from first.
                let others = (0..self.contents.sheets.len()).filter(|index| *index != self.sheet);
                for index in std::iter::once(self.sheet).chain(others) {
                    let found = pattern.captures(&self.contents.sheets[index].text);
                    if let Some(found) = found.and_then(|found| found.get(group)) {
                        return Some(Found {
                            place: Place::Sheet(index, Span::new(found.start(), found.end())),
                            by: "regex".to_string(),
                            constant: None,
                        });
                    }
                }
                None
            }
            BodyPlace::Subject => self.in_header("Subject", pattern, group),
            BodyPlace::Header(name) => self.in_header(name, pattern, group),
        }
    }

    fn in_header(&self, name: &str, pattern: &Regex, group: usize) -> Option<Found> {
        self.contents.letters.iter().find_map(|letter| {
            let text = letter.headers.text(name)?;
            let found = pattern.captures(&text)?.get(group)?;
            let span = Span::new(found.start(), found.end());
            Some(Found {
                place: Place::Header {
                    part: letter.header_part(name),
                    text: text.clone(),
                    span,
                },
                by: "regex".to_string(),
                constant: None,
            })
        })
    }

    fn css(&self, text: &str, selector: &scraper::Selector) -> Option<Found> {
        self.contents
            .sheets
            .iter()
            .enumerate()
            .find_map(|(index, sheet): (usize, &Sheet)| {
                let elements = sheet.elements.as_ref()?;
                let span = elements
                    .document
                    .select(selector)
                    .filter_map(|element| elements.places.get(&element.id()).copied())
                    .find(|span| !span.is_empty())?;
                Some(Found {
                    place: Place::Sheet(index, span),
                    by: format!("css:{text}"),
                    constant: None,
                })
            })
    }

    /// A path into attached data: the whole of it, or its end inside the record of this lead.
    fn path(&self, path: &str, format: &str) -> Option<Found> {
        for source in &self.contents.sources {
            let SourceKind::Data(data) = &source.kind else {
                continue;
            };
            if data.format != format {
                continue;
            }
            let ending = format!("/{}", path.trim_start_matches('/'));
            let of_this_lead = |span: Span| {
                self.single || source.sheet == self.sheet && self.pairs.iter().any(|pair| pair.value == span)
            };
            let found = data.paths.iter().find(|(known, _)| known == path).or_else(|| {
                data.paths
                    .iter()
                    .find(|(known, span)| known.ends_with(&ending) && of_this_lead(*span))
            });
            if let Some((_, span)) = found {
                return Some(Found {
                    place: Place::Sheet(source.sheet, *span),
                    by: format!("{format}:{path}"),
                    constant: None,
                });
            }
        }
        None
    }
}

/// Puts what was found into the field. A rule is believed where a label alone would not be, but an address stays an
/// address and a time a time.
fn take(
    field: &RuleField,
    found: Found,
    contents: &Contents,
    confidence: f64,
    around: &Surroundings,
    draft: &mut Draft,
) {
    if let Some(value) = found.constant {
        let candidate = Candidate {
            value,
            place: found.place,
            by: found.by,
            confidence,
        };
        match field {
            RuleField::Lead(field) => draft.offer(*field, candidate),
            RuleField::Extra(label) => draft.offer_extra(label.clone(), candidate),
            _ => {}
        }
        return;
    }
    let (text, span, sheet): (&str, Span, Option<usize>) = match &found.place {
        Place::Sheet(index, span) => (&contents.sheets[*index].text, *span, Some(*index)),
        Place::Header { text, span, .. } => (text, *span, None),
    };
    let span = span.trimmed(text);
    let value = span.of(text);
    if is_placeholder(value) {
        return;
    }
    if let RuleField::Extra(label) = field {
        draft.offer_extra(
            label.clone(),
            Candidate {
                value: lines(value, false),
                place: found.place.clone(),
                by: found.by,
                confidence,
            },
        );
        return;
    }
    // Read as if it stood in a sheet; values from headers get their place back afterwards.
    let mut around = around.clone();
    around.sheet = sheet.unwrap_or(usize::MAX);
    let mut taken = Draft::default();
    let mut undecided = Undecided::default();
    let concept = field.concept();
    let strict = matches!(concept, Concept::Email | Concept::Phone | Concept::Consent);
    let mut taking = Taking {
        text,
        span,
        by: &found.by,
        confidence,
        around: &around,
        draft: &mut taken,
        undecided: &mut undecided,
    };
    let understood = is_plausible(concept, value) && taking.take(concept);
    settle(text, &around, &mut taken, undecided);
    if !understood
        && !strict
        && let RuleField::Lead(field) = field
    {
        let (range, value) = match field {
            LeadField::ReceivedAt => match find_moment(value, around.zone) {
                Some(found) => (found.range, found.value),
                None => return,
            },
            LeadField::Message => (0..value.len(), lines(value, false)),
            _ => (0..value.len(), one_line(value)),
        };
        taken.offer(
            *field,
            Candidate {
                value,
                place: Place::Sheet(around.sheet, span.part(range.start, range.end)),
                by: found.by.clone(),
                confidence,
            },
        );
    }
    for (field, mut candidate) in taken.fields {
        if let (Place::Sheet(usize::MAX, span), Place::Header { part, text, .. }) =
            (&candidate.place, &found.place)
        {
            candidate.place = Place::Header {
                part: part.clone(),
                text: text.clone(),
                span: *span,
            };
        }
        // A rule's word goes before the general reading's.
        candidate.confidence = candidate.confidence.max(confidence);
        draft.offer(field, candidate);
    }
}
