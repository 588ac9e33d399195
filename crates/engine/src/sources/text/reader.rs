//! Reads a text file: its beginning for the inspection, and the whole of it as a stream of rows.
//!
//! The whole is read in waves of a few megabytes. A wave is decoded, cut at places where a record seems to begin, and
//! its parts are parsed on all cores at once. Then each part's true end is compared with the place where the next one
//! was begun; where they differ (a quoted cell runs across), the part is parsed again from the true place. So a
//! wrong guess costs time and never a row. The file is read, not mapped: a mapped file that another program shortens
//! ends the process.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

use lotse_core::table::{Cell, RowBlock};
use rayon::prelude::*;

use super::{
    charset::{self, CharsetGuess, Transcoder},
    dialect::{self, DialectGuess},
    mending::Mender,
    plain_reader::PlainReader,
    quick::QuickReader,
    record::{Cells, Dialect, Next},
};
use crate::sources::{
    Control,
    error::SourceError,
    inspection::SkipReason,
    notice::NoticeFact,
    probe::RowProbe,
    settings::ReadSettings,
    stream::RawBlock,
    structure::{SampleCell, SampleRow},
    tally::NoticeTally,
};

/// Bytes of the beginning that detections look at.
const HEAD: usize = 256 << 10;
/// Bytes of the beginning in which letters beyond ASCII are looked for.
const LETTERS: usize = 16 << 20;
/// Bytes read at a time.
const WAVE: usize = 16 << 20;
/// Bytes of a wave that one task parses.
const PART: usize = 512 << 10;
/// Bytes that the record at the end of a wave usually takes at most; longer ones cost a move of the next wave.
const LEFT_OVER: usize = 64 << 10;
/// Bytes of a row of a usual table, at least; more rows than that are no harm.
const ROW_BYTES: usize = 128;
/// Rows of the sample.
const SAMPLE_ROWS: usize = 1000;

/// A text file whose dialect is known.
#[derive(Debug)]
pub(crate) struct TextFile {
    file: File,
    name: String,
    pub(crate) bytes: u64,
    mark: usize,
    pub(crate) charset: CharsetGuess,
    pub(crate) dialect: DialectGuess,
    /// The decoded beginning, without a line `sep=;`.
    head: String,
    whole: bool,
}

impl TextFile {
    /// Opens a file and finds out its character set and dialect from its beginning.
    pub(crate) fn open(path: &Path, settings: &ReadSettings) -> Result<Self, SourceError> {
        let name = crate::sources::file_name(path);
        let unreadable = |error: std::io::Error| crate::sources::unreadable(&name, &error);
        let mut file = File::open(path).map_err(unreadable)?;
        let bytes = file.metadata().map_err(unreadable)?.len();
        let mut head = Vec::new();
        (&mut file)
            .take(HEAD as u64)
            .read_to_end(&mut head)
            .map_err(unreadable)?;
        // Long lines: a few records have to fit in.
        if memchr::memchr2_iter(b'\n', b'\r', &head).count() < 8 {
            (&mut file)
                .take(8 * HEAD as u64)
                .read_to_end(&mut head)
                .map_err(unreadable)?;
        }
        // Whoever sees only the inside of a cell takes its lines for rows.
        while ends_inside_a_long_cell(&head) && head.len() < LETTERS && (head.len() as u64) < bytes {
            (&mut file)
                .take(4 * HEAD as u64)
                .read_to_end(&mut head)
                .map_err(unreadable)?;
        }
        let whole = head.len() as u64 >= bytes;
        let charset = match settings.charset {
            Some(charset) => CharsetGuess {
                charset,
                certainty: 1.0,
                evidence: charset::CharsetEvidence::AsciiOnly,
            },
            None => {
                let pieces = if whole || !head.is_ascii() {
                    Vec::new()
                } else {
                    letters_further_on(&mut file, bytes).map_err(unreadable)?
                };
                charset::detect(&head, &pieces)
            }
        };
        let mark = match charset::byte_order_mark(&head) {
            Some((marked, length)) if marked == charset.charset => length,
            _ => 0,
        };
        let mut text = String::new();
        Transcoder::new(charset.charset).decode(&head[mark..], whole, &mut text);
        let dialect = dialect::detect(&text, whole, settings);
        text.drain(..dialect.declaration.unwrap_or(0));
        Ok(TextFile {
            file,
            name,
            bytes,
            mark,
            charset,
            dialect,
            head: text,
            whole,
        })
    }

    /// True when the beginning that was looked at is the whole file.
    pub(crate) fn is_whole(&self) -> bool {
        self.whole
    }

    /// Rows before the first record: the line `sep=;`.
    fn declared_rows(&self) -> u32 {
        u32::from(self.dialect.declaration.is_some())
    }

    /// The first rows as they stand, without blank ones.
    pub(crate) fn sample(&self) -> Vec<SampleRow> {
        let parser = Parser::new(&self.dialect, None);
        let (_, parts) = parser.sequence(&self.head, self.whole, SAMPLE_ROWS);
        let before = self.declared_rows();
        let mut rows: Vec<SampleRow> = parts
            .iter()
            .flat_map(|raw| {
                raw.rows.rows().map(|row| {
                    let count = raw
                        .ragged
                        .binary_search_by_key(&row.number(), |entry| entry.0)
                        .map_or(self.dialect.width, |place| raw.ragged[place].1 as usize);
                    SampleRow {
                        number: row.number() + before,
                        cells: row
                            .cells()
                            .take(count)
                            .map(|cell| SampleCell::new(cell.kind, cell.text))
                            .collect(),
                    }
                })
            })
            .collect();
        // The last record may be cut by the end of what was looked at.
        if !self.whole && rows.len() > 1 && rows.len() < SAMPLE_ROWS {
            rows.pop();
        }
        rows
    }

    /// Reads the whole file; `table` is what rows are expected to be like. Blocks of rows go to `out` in order, which
    /// says whether to go on. Returns the number of the last row.
    pub(crate) fn stream(
        &mut self,
        table: &TableShape,
        control: &Control<'_>,
        notices: &mut NoticeTally,
        out: &mut dyn FnMut(Vec<RawBlock>) -> bool,
    ) -> Result<u32, SourceError> {
        let name = self.name.clone();
        let unreadable = |error: std::io::Error| crate::sources::unreadable(&name, &error);
        let skip = self.mark as u64;
        self.file.seek(SeekFrom::Start(skip)).map_err(unreadable)?;
        let mut transcoder = Transcoder::new(self.charset.charset);
        let mut parser = Parser::new(&self.dialect, Some(table));
        // How long rows are, the beginning shows.
        let lines = memchr::memchr_iter(b'\n', self.head.as_bytes()).count().max(1);
        parser.plain_after = table.plain_after.unwrap_or(0) * (self.head.len() / lines + 1);
        let mut rows = 0u32;
        if self.dialect.declaration.is_some() {
            rows = 1;
            let block = RawBlock {
                known: vec![(1, SkipReason::SeparatorLine)],
                ..RawBlock::default()
            };
            if !out(vec![block]) {
                return Ok(rows);
            }
        }
        let mut done = skip;
        let room = " ".repeat(LEFT_OVER);
        let file = &mut self.file;
        let mut raw = vec![0; WAVE];
        // Decodes the next piece of the file behind room for what the wave before leaves over.
        let mut next = |text: &mut String| -> Result<bool, SourceError> {
            text.clear();
            text.push_str(&room);
            let length = read_full(file, &mut raw).map_err(unreadable)?;
            let last = length < raw.len();
            transcoder.decode(&raw[..length], last, text);
            Ok(last)
        };
        let (mut text, mut following) = (String::new(), String::new());
        let mut last = next(&mut text)?;
        let mut begin = LEFT_OVER + self.dialect.declaration.unwrap_or(0).min(text.len() - LEFT_OVER);
        let mut first = true;
        loop {
            control.check()?;
            // While one wave is parsed, the next is read and decoded.
            let wave = &text[begin..];
            let ((end, parts), read) = rayon::join(
                || parser.wave(wave, last, first),
                || {
                    if last { Ok(true) } else { next(&mut following) }
                },
            );
            first = false;
            let (count, blocks) = number(parts, rows, notices);
            rows += count;
            done += WAVE as u64;
            control.report(done.min(self.bytes), self.bytes, u64::from(rows));
            if !out(blocks) || last {
                break;
            }
            last = read?;
            let rest = &wave[end..];
            begin = match LEFT_OVER.checked_sub(rest.len()) {
                Some(begin) => {
                    following.replace_range(begin..LEFT_OVER, rest);
                    begin
                }
                None => {
                    following.replace_range(..LEFT_OVER, rest);
                    0
                }
            };
            std::mem::swap(&mut text, &mut following);
        }
        notices.add(NoticeFact::MixedCharset, None, None, transcoder.replaced);
        Ok(rows)
    }
}

/// True when a quote opens a cell long before the end and none comes after it.
fn ends_inside_a_long_cell(head: &[u8]) -> bool {
    memchr::memrchr(b'"', head).is_some_and(|quote| {
        let opens = quote == 0 || matches!(head[quote - 1], b';' | b',' | b'\t' | b'|' | b'\n' | b'\r');
        opens && head.len() - quote > HEAD / 8
    })
}

/// Gives the parts of a wave their row numbers.
fn number(wave: Vec<Part>, before: u32, notices: &mut NoticeTally) -> (u32, Vec<RawBlock>) {
    let mut rows = 0;
    let mut blocks = Vec::new();
    for part in wave {
        for mut raw in part.blocks {
            let by = before + rows;
            raw.rows.shift_numbers(by);
            if let Some(plain) = &mut raw.plain {
                plain.shift_numbers(by);
            }
            raw.ragged.iter_mut().for_each(|entry| entry.0 += by);
            raw.known.iter_mut().for_each(|entry| entry.0 += by);
            blocks.push(raw);
        }
        for (fact, row, count) in part.notices {
            notices.add(fact, row.map(|row| row + before + rows), None, count);
        }
        rows += part.records;
    }
    (rows, blocks)
}

/// Pieces of the file around letters beyond ASCII, where the beginning has none.
fn letters_further_on(file: &mut File, bytes: u64) -> std::io::Result<Vec<u8>> {
    let mut pieces = Vec::new();
    let mut buffer = vec![0; 1 << 20];
    let mut look = |file: &mut File, pieces: &mut Vec<u8>| -> std::io::Result<bool> {
        let length = read_full(file, &mut buffer)?;
        let bytes = &buffer[..length];
        if !bytes.is_ascii() {
            for (index, window) in bytes.chunks(256).enumerate() {
                if !window.is_ascii() && pieces.len() < 64 << 10 {
                    let from = (index * 256).saturating_sub(16);
                    pieces.extend_from_slice(&bytes[from..(index * 256 + 272).min(length)]);
                    pieces.push(b'\n');
                }
            }
        }
        Ok(length < buffer.len() || pieces.len() > 4096)
    };
    let mut passed = 0;
    while passed < LETTERS {
        if look(file, &mut pieces)? {
            return Ok(pieces);
        }
        passed += 1 << 20;
    }
    for eighth in 1..8 {
        file.seek(SeekFrom::Start(bytes / 8 * eighth))?;
        if look(file, &mut pieces)? {
            break;
        }
    }
    Ok(pieces)
}

/// Fills the buffer as far as the file reaches.
fn read_full(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(length) => filled += length,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// What rows of the table are expected to be like.
#[derive(Clone, Debug)]
pub(crate) struct TableShape {
    /// Columns of the table with blank ones before it.
    pub(crate) width: usize,
    pub(crate) probe: RowProbe,
    /// Whoever takes the rows takes them as they stand in the file, too; but so many of the first ones as cells.
    pub(crate) plain_after: Option<usize>,
}

/// Some records of a wave; row numbers count from 1 inside it.
#[derive(Debug, Default)]
struct Part {
    blocks: Vec<RawBlock>,
    /// Records, blank ones included.
    records: u32,
    /// Where the next part begins.
    end: usize,
    /// The buffer ended inside a record.
    incomplete: bool,
    notices: Vec<(NoticeFact, Option<u32>, u64)>,
}

struct Parser<'a> {
    dialect: &'a Dialect,
    mender: Mender,
    quick: Option<QuickReader>,
    plain: Option<PlainReader<'a>>,
    /// Bytes of the file before anything is kept as it stands.
    plain_after: usize,
    /// Cells of the usual record.
    usual: usize,
    width: usize,
    probe: Option<&'a RowProbe>,
}

impl<'a> Parser<'a> {
    fn new(guess: &'a DialectGuess, table: Option<&'a TableShape>) -> Self {
        let mender = Mender::new(guess);
        let width = table.map_or(guess.width, |table| table.width);
        let plain = table
            .filter(|table| table.plain_after.is_some())
            .and_then(|table| PlainReader::new(&guess.dialect, guess.width, width, &mender, &table.probe));
        Parser {
            dialect: &guess.dialect,
            plain,
            plain_after: 0,
            // Cells past the table make it wider where they have something in them: the careful reading looks.
            quick: QuickReader::new(&guess.dialect, guess.width, &mender).filter(|_| guess.width <= width),
            mender,
            usual: guess.width,
            width,
            probe: table.map(|table| &table.probe),
        }
    }

    /// Parses from the beginning of `text` on, at most `most` records, in one go.
    fn sequence(&self, text: &str, last: bool, most: usize) -> (usize, Vec<RawBlock>) {
        let part = self.part(text, 0..text.len(), last, true, most);
        (part.end, part.blocks)
    }

    /// Parses all whole records of `text` on all cores; `first` when the file begins with it. Returns where the last
    /// record ends.
    fn wave(&self, text: &str, last: bool, first: bool) -> (usize, Vec<Part>) {
        let mut starts = vec![0];
        let mut at = PART;
        while at + PART / 2 < text.len() {
            if let Some(start) = self.record_start(text, at) {
                if start > *starts.last().unwrap_or(&0) {
                    starts.push(start);
                }
                at = at.max(start) + PART;
            } else {
                at += PART;
            }
        }
        let bounds: Vec<(usize, usize)> = starts
            .iter()
            .enumerate()
            .map(|(index, &start)| (start, starts.get(index + 1).copied().unwrap_or(text.len())))
            .collect();
        let guessed: Vec<Part> = bounds
            .par_iter()
            // Else a core takes several parts in one go, and the others wait for it.
            .with_max_len(1)
            .map(|&(start, end)| self.part_of_wave(text, start..end, last, first))
            .collect();
        let mut parts = Vec::with_capacity(guessed.len());
        let mut at = 0;
        for (part, (start, end)) in guessed.into_iter().zip(bounds) {
            if at >= end && end < text.len() {
                continue;
            }
            let part = if at == start {
                part
            } else {
                self.part_of_wave(text, at..end, last, first)
            };
            at = part.end;
            let incomplete = part.incomplete;
            parts.push(part);
            if incomplete {
                break;
            }
        }
        (at, parts)
    }

    /// A place at or after `from` where a record seems to begin: several lines from there on have the usual number of
    /// cells.
    fn record_start(&self, text: &str, from: usize) -> Option<usize> {
        let mut cells = Cells::default();
        let mut at = self.dialect.line_after(text.as_bytes(), from, false)?;
        for _ in 0..64 {
            let (mut probe, mut fits) = (at, 0);
            while fits < 3 && probe < text.len() {
                match self.dialect.record(text, probe, false, &mut cells) {
                    Next::At(next) if cells.len() == self.usual && !cells.damaged => {
                        fits += 1;
                        probe = next;
                    }
                    _ => break,
                }
            }
            if fits == 3 {
                return Some(at);
            }
            at = self.dialect.line_after(text.as_bytes(), at, false)?;
        }
        None
    }

    /// Takes the records that begin in `place` as they stand, where that may be and can be, else cuts them into cells;
    /// `first` when the file begins with `text`.
    fn part_of_wave(&self, text: &str, place: std::ops::Range<usize>, last: bool, first: bool) -> Part {
        // The end of the file may be no end of a record.
        let ends = last && place.end == text.len();
        let begins = first && place.start < self.plain_after.max(1);
        let plain = self.plain.as_ref().filter(|_| !ends && !begins);
        if let Some((records, end, rows)) = plain.and_then(|plain| plain.part(text, place.clone())) {
            let blocks = rows.into_iter().map(|rows| RawBlock {
                plain: Some(rows),
                ..RawBlock::default()
            });
            return Part {
                blocks: blocks.collect(),
                records,
                end,
                incomplete: end < place.end,
                notices: Vec::new(),
            };
        }
        let heads = first && place.start == 0;
        self.part(text, place, last, heads, usize::MAX)
    }

    /// Parses the records that begin in `place`; `first` when the file begins there.
    fn part(&self, text: &str, place: std::ops::Range<usize>, last: bool, first: bool, most: usize) -> Part {
        let std::ops::Range { start, end } = place;
        let mut heads = first;
        let mut part = Part {
            end: start,
            ..Part::default()
        };
        let mut raw = self.fresh_block(self.width);
        if most == usize::MAX {
            // A row has at least a sign for each of its cells.
            raw.rows
                .reserve((end - start) / ROW_BYTES.max(self.width), end - start);
        }
        let mut cells = Cells::default();
        let mut tried = self.mender.fresh_cells();
        let special = memchr::memchr(0, &text.as_bytes()[start..end]).is_some()
            || memchr::memmem::find(&text.as_bytes()[start..end], "\u{feff}".as_bytes()).is_some();
        let quick = self.quick.as_ref().filter(|_| !special);
        let mut spans: Vec<(usize, usize)> = Vec::with_capacity(self.usual);
        let mut texts: Vec<String> = Vec::new();
        while part.end < end && (part.records as usize) < most {
            if let Some(next) = quick.and_then(|quick| quick.record(text.as_bytes(), part.end, &mut spans)) {
                part.records += 1;
                part.end = next;
                heads = false;
                if raw.rows.width() != self.width || raw.rows.is_full() {
                    part.blocks
                        .push(std::mem::replace(&mut raw, self.fresh_block(self.width)));
                }
                raw.rows.push_texts(part.records, text, &spans);
                if let (Some(odd), Some(probe)) = (&mut raw.odd, self.probe)
                    && probe.is_odd_among(text, &spans)
                {
                    odd.push(u32::try_from(raw.rows.len() - 1).unwrap_or(u32::MAX));
                }
                continue;
            }
            let (next, mended) = self
                .dialect
                .repaired(text, part.end, last, self.usual, &mut cells);
            let Next::At(next) = next else {
                part.incomplete = true;
                break;
            };
            part.records += 1;
            let number = part.records;
            let from = part.end;
            part.end = next;
            let mut fact = mended.then_some(NoticeFact::DamagedQuote);
            if cells.len() == 0 {
                raw.known.push((number, SkipReason::Rule));
                continue;
            }
            if self.mender.doubts(text, &cells) {
                let mended = self
                    .mender
                    .reread(text, from..next, last, heads, &mut cells, &mut tried);
                if let Some(mended) = mended {
                    fact = Some(mended.fact);
                    part.end = mended.end;
                }
            }
            if let Some(fact) = fact {
                part.notices.push((fact, Some(number), 1));
            }
            if cells.len() == self.usual {
                heads = false;
                if self.usual >= 3 && cells.get(text, 1).starts_with(' ') {
                    cells.drop_leading_blanks(text.as_bytes());
                }
            }
            let count = cells.len();
            texts.clear();
            if special || cells.any_begins_with(text, b"=\"") {
                texts.extend(
                    cells
                        .texts(text)
                        .map(|cell| clean(cell, number, &mut part.notices)),
                );
            }
            let cell = |index: usize| -> &str {
                if texts.is_empty() {
                    cells.get(text, index)
                } else {
                    &texts[index]
                }
            };
            let filled = (0..count).rposition(|index| !is_blank(cell(index)));
            let Some(filled) = filled else { continue };
            let width = self.width.max(filled + 1);
            if width != raw.rows.width() || raw.rows.is_full() {
                part.blocks
                    .push(std::mem::replace(&mut raw, self.fresh_block(width)));
            }
            raw.rows
                .push(number, (0..count.min(width)).map(|index| Cell::text(cell(index))));
            if count != self.usual {
                raw.ragged
                    .push((number, u32::try_from(count).unwrap_or(u32::MAX)));
            }
            let index = raw.rows.len() - 1;
            if let (Some(odd), Some(probe)) = (&mut raw.odd, self.probe)
                && probe.is_odd(&raw.rows.row(index))
            {
                odd.push(u32::try_from(index).unwrap_or(u32::MAX));
            }
        }
        part.blocks.push(raw);
        part
    }

    fn fresh_block(&self, width: usize) -> RawBlock {
        RawBlock {
            rows: RowBlock::new(width),
            odd: self.probe.map(|_| Vec::new()),
            ..RawBlock::default()
        }
    }
}

/// What old systems write as the last character of a text file.
const END_OF_FILE: char = '\u{1a}';

fn is_blank(text: &str) -> bool {
    match text.as_bytes().first() {
        None => true,
        Some(byte) if byte.is_ascii_graphic() => false,
        Some(_) => text
            .trim_matches(|sign: char| sign.is_whitespace() || sign == '\0' || sign == END_OF_FILE)
            .is_empty(),
    }
}

/// A cell without NUL and stray byte order marks, and without the dress `="…"` that makes Excel keep leading zeros.
fn clean(text: &str, row: u32, notices: &mut Vec<(NoticeFact, Option<u32>, u64)>) -> String {
    let mut text = text.to_owned();
    let before = text.len();
    text.retain(|sign| sign != '\0');
    if text.len() < before {
        notices.push((NoticeFact::Nul, Some(row), (before - text.len()) as u64));
    }
    if text.contains('\u{feff}') {
        notices.push((NoticeFact::InnerMark, Some(row), 1));
        text.retain(|sign| sign != '\u{feff}');
    }
    if let Some(inner) = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'))
        && !inner.contains('"')
    {
        notices.push((NoticeFact::TextFormula, Some(row), 1));
        return inner.to_owned();
    }
    text
}
