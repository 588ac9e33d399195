//! Who wrote which stretch of a sheet: the sender, somebody whose mail was forwarded, or somebody who is quoted.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{Block, Sheet, Span};

/// What the subject says about a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SubjectKind {
    /// `AW:`, `Re:`, …
    Reply,
    /// `WG:`, `Fwd:`, …
    Forward,
    /// Neither.
    Plain,
}

impl SubjectKind {
    /// Reads the first prefix of a subject.
    pub(crate) fn of(subject: &str) -> Self {
        static PREFIX: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"(?i)^\s*(?:\[[^\]]{0,40}\]\s*)?(?:(re|aw|antw|antwort|sv|rif|réf|ref)|(fw|fwd|wg|tr|i|wtrlt|weitergeleitet))\s*(?:\[\d+\]|\(\d+\))?\s*:")
                .expect("a tested pattern")
        });
        match PREFIX.captures(subject) {
            Some(found) if found.get(1).is_some() => Self::Reply,
            Some(_) => Self::Forward,
            None => Self::Plain,
        }
    }
}

/// A stretch of a sheet by one writer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) blocks: Range<usize>,
    pub(crate) origin: Origin,
    /// The header lines above a forwarded mail.
    pub(crate) header: Option<InlineHeader>,
}

/// Whose words they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The sender's own.
    Own,
    /// Of a mail that was passed on: to be read like a mail.
    Forwarded,
    /// Of an earlier mail in a conversation: not to be read again.
    Replied,
}

/// The header lines that mail programs write above a forwarded mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct InlineHeader {
    pub(crate) from: Option<Span>,
    pub(crate) reply_to: Option<Span>,
    pub(crate) subject: Option<Span>,
    pub(crate) to: Option<Span>,
    date: bool,
}

impl InlineHeader {
    /// A contact form has "Von" and "Betreff" too; only a mail has a date and a recipient as well.
    fn is_a_mails(&self) -> bool {
        self.from.is_some() && self.date && (self.to.is_some() || self.subject.is_some())
    }

    fn take(&mut self, field: HeaderField, value: Span) {
        match field {
            HeaderField::From => self.from = self.from.or(Some(value)),
            HeaderField::ReplyTo => self.reply_to = self.reply_to.or(Some(value)),
            HeaderField::Subject => self.subject = self.subject.or(Some(value)),
            HeaderField::Date => self.date = true,
            HeaderField::To => self.to = self.to.or(Some(value)),
            HeaderField::Other => {}
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum HeaderField {
    From,
    ReplyTo,
    Subject,
    Date,
    To,
    Other,
}

fn header_field(label: &str) -> Option<HeaderField> {
    Some(
        match label.trim().trim_matches('*').trim().to_lowercase().as_str() {
            "von" | "from" | "de" | "da" | "expéditeur" | "mittente" | "absender" => HeaderField::From,
            "antwort an" | "reply-to" | "répondre à" | "rispondi a" => HeaderField::ReplyTo,
            "betreff" | "subject" | "objet" | "oggetto" => HeaderField::Subject,
            "datum" | "date" | "gesendet" | "sent" | "envoyé" | "inviato" | "data" | "gesendet am" => {
                HeaderField::Date
            }
            "an" | "to" | "à" | "a" | "empfänger" => HeaderField::To,
            "cc" | "kopie" | "copie à" | "bcc" | "wichtigkeit" | "importance" | "priorität"
            | "organisation" => HeaderField::Other,
            _ => return None,
        },
    )
}

/// Divides a sheet by writers.
pub(crate) fn segments(sheet: &Sheet, subject: SubjectKind) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut current = Segment {
        blocks: 0..0,
        origin: Origin::Own,
        header: None,
    };
    // Quotes of this depth are the segment's own text: programs that forward may quote what they forward.
    let mut depth = 0;
    let mut forward_marked = false;
    let mut at = 0;
    let close = |segments: &mut Vec<Segment>, current: &Segment, end: usize| {
        if end > current.blocks.start {
            segments.push(Segment {
                blocks: current.blocks.start..end,
                ..current.clone()
            });
        }
    };
    while at < sheet.blocks.len() {
        if let Some((header, length)) = inline_header(sheet, at) {
            close(&mut segments, &current, at);
            let forwarded = forward_marked || subject != SubjectKind::Reply;
            let start = at + length;
            depth = depth_of_next(sheet, start);
            current = Segment {
                blocks: start..start,
                origin: if forwarded {
                    Origin::Forwarded
                } else {
                    Origin::Replied
                },
                header: Some(header),
            };
            forward_marked = false;
            at = start;
            continue;
        }
        match mark_at(sheet, at) {
            Some((Mark::Forward, length)) => {
                close(&mut segments, &current, at);
                forward_marked = true;
                at += length;
                depth = depth_of_next(sheet, at);
                current = Segment {
                    blocks: at..at,
                    origin: Origin::Forwarded,
                    header: None,
                };
                continue;
            }
            Some((Mark::Reply, length)) => {
                close(&mut segments, &current, at);
                at += length;
                depth = depth_of_next(sheet, at);
                current = Segment {
                    blocks: at..at,
                    origin: Origin::Replied,
                    header: None,
                };
                continue;
            }
            None => {}
        }
        if let Some(quoted) = quote_depth(&sheet.blocks[at])
            && quoted != depth
        {
            let changed = if quoted < depth && current.origin == Origin::Replied {
                // The quote is over.
                Some(Origin::Own)
            } else if quoted > depth && current.origin == Origin::Own && subject == SubjectKind::Reply {
                Some(Origin::Replied)
            } else if quoted > depth && current.origin == Origin::Own {
                Some(Origin::Forwarded)
            } else {
                None
            };
            depth = quoted;
            if let Some(origin) = changed {
                close(&mut segments, &current, at);
                current = Segment {
                    blocks: at..at,
                    origin,
                    header: None,
                };
            }
        }
        at += 1;
    }
    close(&mut segments, &current, sheet.blocks.len());
    segments
}

/// The depth of a block that shows something.
fn quote_depth(block: &Block) -> Option<u8> {
    match block {
        Block::Line(line) => (!line.span.is_empty()).then_some(line.quoted),
        Block::Table(table) => Some(table.quoted),
    }
}

fn depth_of_next(sheet: &Sheet, at: usize) -> u8 {
    sheet.blocks[at.min(sheet.blocks.len())..]
        .iter()
        .find_map(quote_depth)
        .unwrap_or(0)
}

/// Header lines of a mail that begin at block `at`, and how many blocks they take.
fn inline_header(sheet: &Sheet, at: usize) -> Option<(InlineHeader, usize)> {
    let mut header = InlineHeader::default();
    match &sheet.blocks[at] {
        Block::Table(table) => {
            for row in &table.rows {
                let [label, value, ..] = row.as_slice() else {
                    return None;
                };
                let label = label.span.of(&sheet.text).trim_end_matches(':');
                header.take(header_field(label)?, value.span);
            }
            header.is_a_mails().then_some((header, 1))
        }
        Block::Line(_) => {
            let mut length = 0;
            let mut lines = 0;
            for block in &sheet.blocks[at..] {
                let Block::Line(line) = block else { break };
                let text = line.span.of(&sheet.text);
                let field = text
                    .split_once(':')
                    .and_then(|(label, value)| Some((header_field(label)?, value)));
                match field {
                    Some((field, value)) => {
                        header.take(field, line.span.locate(&sheet.text, value.trim()));
                        lines += 1;
                    }
                    // A list of recipients may be wrapped; blank lines may stand between (quoted-printable HTML).
                    None if lines > 0 && !text.is_empty() && line.indent > 0 => {}
                    None if lines > 0 && text.is_empty() && !header.is_a_mails() => {}
                    None => break,
                }
                length += 1;
                if lines > 12 || length > 24 {
                    break;
                }
            }
            (lines >= 3 && header.is_a_mails()).then_some((header, length))
        }
    }
}

enum Mark {
    Forward,
    Reply,
}

/// A line that says what follows was forwarded or is quoted, and how many blocks it takes.
fn mark_at(sheet: &Sheet, at: usize) -> Option<(Mark, usize)> {
    static FORWARD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?ix)^[-_=*\s>]*(?:
                forwarded\ message | begin\ forwarded\ message | weitergeleitete\ (?:nachricht|e-?mail|mail)
                | anfang\ der\ weitergeleiteten\ (?:nachricht|e-?mail|mail) | message\ transf[ée]r[ée]
                | d[ée]but\ du\ message\ (?:transf[ée]r[ée]|r[ée]exp[ée]di[ée]) | (?:inizio\ )?messaggio\ inoltrato
            )\s*:?[-_=*\s]*$",
        )
        .expect("a tested pattern")
    });
    static REPLY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?ix)^(?:
                (?:am|on|le|il)\ .{6,160}\ (?:schrieb|wrote|a\ [ée]crit|ha\ scritto)\b.{0,120}:
                | .{3,120}\ schrieb\ am\ .{6,80}:
            )$",
        )
        .expect("a tested pattern")
    });
    let Block::Line(line) = &sheet.blocks[at] else {
        return None;
    };
    let text = line.span.of(&sheet.text);
    if text.is_empty() || text.len() > 300 {
        return None;
    }
    if FORWARD.is_match(text) {
        return Some((Mark::Forward, 1));
    }
    if REPLY.is_match(text) {
        return Some((Mark::Reply, 1));
    }
    // The same, wrapped.
    if let Some(Block::Line(next)) = sheet.blocks.get(at + 1)
        && !next.span.is_empty()
        && next.quoted == line.quoted
        && starts_reply(text)
        && REPLY.is_match(&format!("{text} {}", next.span.of(&sheet.text)))
    {
        return Some((Mark::Reply, 2));
    }
    None
}

fn starts_reply(text: &str) -> bool {
    ["Am ", "On ", "Le ", "Il "]
        .iter()
        .any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::super::{html, plain};
    use super::*;

    fn found(sheet: &Sheet, subject: &str) -> Vec<(Origin, String)> {
        segments(sheet, SubjectKind::of(subject))
            .into_iter()
            .map(|segment| {
                let texts: Vec<&str> = sheet.blocks[segment.blocks.clone()]
                    .iter()
                    .map(|block| match block {
                        Block::Line(line) => line.span.of(&sheet.text),
                        Block::Table(_) => "[table]",
                    })
                    .filter(|text| !text.is_empty())
                    .collect();
                (segment.origin, texts.join("|"))
            })
            .filter(|(_, text)| !text.is_empty())
            .collect()
    }

    fn plain_found(text: &str, subject: &str) -> Vec<(Origin, String)> {
        found(&plain::sheet("1", text.to_string(), false), subject)
    }

    #[test]
    fn subjects_tell_replies_from_forwards() {
        for (subject, kind) in [
            ("AW: Anfrage", SubjectKind::Reply),
            ("Re[2]: x", SubjectKind::Reply),
            ("WG: AW: Anfrage", SubjectKind::Forward),
            ("[extern] Fwd: x", SubjectKind::Forward),
            ("Ihre Anfrage: Kurs", SubjectKind::Plain),
            ("", SubjectKind::Plain),
        ] {
            assert_eq!(SubjectKind::of(subject), kind, "{subject}");
        }
    }

    #[test]
    fn what_is_forwarded_is_read_and_what_is_quoted_is_not() {
        let forwarded = "Bitte kümmern.\n\n-------- Weitergeleitete Nachricht --------\nBetreff: Anfrage\n\
            Datum: Mo, 3 Mrz 2025\nVon: Portal <p@portal.example>\nAn: leads@example.test\n\nName: Max\n";
        assert_eq!(
            plain_found(forwarded, "Fwd: Anfrage"),
            [
                (Origin::Own, "Bitte kümmern.".to_string()),
                (Origin::Forwarded, "Name: Max".to_string())
            ]
        );
        let replied = "Danke!\n\nAm 03.03.2025 um 10:15 schrieb Portal <p@portal.example>:\n> Name: Max\n> Ort: Bern\n\nGruß";
        assert_eq!(
            plain_found(replied, "AW: Anfrage"),
            [
                (Origin::Own, "Danke!".to_string()),
                (Origin::Replied, "Name: Max|Ort: Bern".to_string()),
                (Origin::Own, "Gruß".to_string())
            ]
        );
    }

    #[test]
    fn outlook_writes_the_same_above_replies_and_forwards() {
        let text = "Siehe unten\n\n-----Ursprüngliche Nachricht-----\nVon: Portal\nGesendet: Montag, 3. März 2025 10:15\n\
            An: Leads\nBetreff: Anfrage\n\nName: Max";
        assert_eq!(
            plain_found(text, "WG: Anfrage")[1],
            (Origin::Forwarded, "Name: Max".to_string())
        );
        assert_eq!(plain_found(text, "AW: Anfrage")[1].0, Origin::Replied);
    }

    #[test]
    fn a_contact_form_with_sender_and_subject_is_no_forwarded_mail() {
        let text = "Von: Max Muster <max@example.test>\nBetreff: Frage\n\nNachrichtentext:\nHallo";
        assert_eq!(plain_found(text, "Frage")[0].0, Origin::Own);
    }

    #[test]
    fn apple_mail_quotes_what_it_forwards() {
        let text = "Anfang der weitergeleiteten Nachricht:\n\n> Von: Portal <p@portal.example>\n> Betreff: Anfrage\n\
            > Datum: 3. März 2025\n> An: x\n> \n> Name: Max";
        let sheet = plain::sheet("1", text.to_string(), false);
        let segments = segments(&sheet, SubjectKind::Plain);
        let last = segments.last().unwrap();
        assert_eq!(last.origin, Origin::Forwarded);
        let from = last.header.as_ref().unwrap().from.unwrap();
        assert_eq!(from.of(&sheet.text), "Portal <p@portal.example>");
    }

    #[test]
    fn thunderbird_forwards_html_with_a_table_of_headers() {
        let sheet = html::sheet(
            "1",
            "Hier<table><tr><th>Betreff:</th><td>Anfrage</td></tr><tr><th>Datum:</th><td>heute</td></tr>\
             <tr><th>Von:</th><td>p@portal.example</td></tr></table><p>Name: Max",
        );
        assert_eq!(
            found(&sheet, "Fwd: x"),
            [
                (Origin::Own, "Hier".to_string()),
                (Origin::Forwarded, "Name: Max".to_string())
            ]
        );
    }
}
