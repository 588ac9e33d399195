//! Which character set a text file is in, and its decoding into UTF-8.
//!
//! Marks and structure prove (byte order marks, valid UTF-8, zeroes of UTF-16); between the single-byte sets only
//! the letters decide: the one whose umlauts and accents stand inside words, where the other has signs.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, Encoding};

use crate::sources::settings::Charset;

/// The detected character set with what speaks for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CharsetGuess {
    pub(crate) charset: Charset,
    pub(crate) certainty: f32,
    pub(crate) evidence: CharsetEvidence,
}

/// What speaks for a character set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum CharsetEvidence {
    ByteOrderMark,
    /// Characters beyond ASCII, all of them valid UTF-8.
    ValidUtf8 {
        characters: usize,
    },
    /// No character beyond ASCII in what was looked at.
    AsciiOnly,
    /// Every second (or three of four) bytes are zero.
    Zeroes,
    /// Letters that make words only in this set, with one such word.
    Letters {
        letters: usize,
        example: String,
    },
    /// What the language of the text makes likely.
    Language,
}

/// Length of the byte order mark that `bytes` begin with, and what it says.
pub(crate) fn byte_order_mark(bytes: &[u8]) -> Option<(Charset, usize)> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] => Some((Charset::Utf32Le, 4)),
        [0, 0, 0xFE, 0xFF, ..] => Some((Charset::Utf32Be, 4)),
        [0xEF, 0xBB, 0xBF, ..] => Some((Charset::Utf8, 3)),
        [0xFF, 0xFE, ..] => Some((Charset::Utf16Le, 2)),
        [0xFE, 0xFF, ..] => Some((Charset::Utf16Be, 2)),
        _ => None,
    }
}

/// Tells the character set of a file from `head`, its first bytes, and further `pieces` in which bytes beyond ASCII
/// were found.
pub(crate) fn detect(head: &[u8], pieces: &[u8]) -> CharsetGuess {
    let guess = |charset, certainty, evidence| CharsetGuess {
        charset,
        certainty,
        evidence,
    };
    if let Some((charset, _)) = byte_order_mark(head) {
        return guess(charset, 1.0, CharsetEvidence::ByteOrderMark);
    }
    if let Some(charset) = wide_by_zeroes(head) {
        return guess(charset, 0.97, CharsetEvidence::Zeroes);
    }
    let sample: Vec<u8> = head.iter().chain(pieces).copied().collect();
    let beyond = sample.iter().filter(|&&byte| byte >= 0x80).count();
    if beyond == 0 {
        return guess(Charset::Utf8, 0.9, CharsetEvidence::AsciiOnly);
    }
    let (valid, invalid) = utf8_sequences(head);
    let (more_valid, more_invalid) = utf8_sequences(pieces);
    let (valid, invalid) = (valid + more_valid, invalid + more_invalid);
    if invalid == 0 {
        let certainty = if valid > 2 { 0.99 } else { 0.95 };
        return guess(
            Charset::Utf8,
            certainty,
            CharsetEvidence::ValidUtf8 { characters: valid },
        );
    }
    // A few broken bytes in text that is otherwise UTF-8: cells of another origin were pasted into it.
    if valid > 4 * invalid {
        return guess(
            Charset::Utf8,
            0.8,
            CharsetEvidence::ValidUtf8 { characters: valid },
        );
    }
    single_byte(&sample)
}

fn wide_by_zeroes(head: &[u8]) -> Option<Charset> {
    let head = &head[..head.len().min(4096) & !3];
    if head.len() < 4 {
        return None;
    }
    let mut zeroes = [0usize; 4];
    for (index, &byte) in head.iter().enumerate() {
        zeroes[index % 4] += usize::from(byte == 0);
    }
    let quarter = head.len() / 4;
    let mostly = |count: usize| count * 10 > quarter * 7;
    let rarely = |count: usize| count * 10 < quarter;
    match zeroes.map(|count| (mostly(count), rarely(count))) {
        [(_, true), (true, _), (true, _), (true, _)] => Some(Charset::Utf32Le),
        [(true, _), (true, _), (true, _), (_, true)] => Some(Charset::Utf32Be),
        [(_, true), (true, _), (_, true), (true, _)] => Some(Charset::Utf16Le),
        [(true, _), (_, true), (true, _), (_, true)] => Some(Charset::Utf16Be),
        _ => None,
    }
}

/// Counts well-formed sequences beyond ASCII and bytes that belong to none. A sequence cut by the end counts as
/// neither.
fn utf8_sequences(mut bytes: &[u8]) -> (usize, usize) {
    let (mut valid, mut invalid) = (0, 0);
    loop {
        let (good, skip) = match std::str::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => (
                std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
                Some((error.valid_up_to(), error.error_len())),
            ),
        };
        valid += good.chars().filter(|sign| !sign.is_ascii()).count();
        match skip {
            Some((upto, Some(length))) => {
                invalid += 1;
                bytes = &bytes[upto + length..];
            }
            Some((_, None)) | None => return (valid, invalid),
        }
    }
}

fn single_byte(sample: &[u8]) -> CharsetGuess {
    let candidates = [
        Charset::Windows1252,
        Charset::MacRoman,
        Charset::Dos850,
        Charset::Windows1250,
    ];
    let mut scored: Vec<(i64, Charset, usize, String)> = candidates
        .into_iter()
        .map(|charset| {
            let (score, letters, example) = western_score(sample, charset);
            (score, charset, letters, example)
        })
        .collect();
    scored.sort_by_key(|entry| std::cmp::Reverse(entry.0));
    let beyond = sample.iter().filter(|&&byte| byte >= 0x80).count();
    let (best, charset, letters, example) = scored[0].clone();
    let best_share = best as f64 / (beyond as f64 * 2.0);

    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let other = charset_of(detector.guess(None, Utf8Detection::Deny));
    if best_share < 0.6
        && let Some(other) = other
        && other != Charset::Windows1252
    {
        return CharsetGuess {
            charset: other,
            certainty: 0.6,
            evidence: CharsetEvidence::Language,
        };
    }
    let margin = (best - scored[1].0) as f64 / (beyond as f64 * 2.0);
    #[allow(clippy::cast_possible_truncation, reason = "a certainty needs two digits")]
    let certainty = (0.6 + 0.4 * margin.clamp(0.0, 1.0)) as f32;
    let charset = if charset == Charset::Windows1252
        && sample.contains(&0xA4)
        && !sample.iter().any(|byte| (0x80..0xA0).contains(byte))
    {
        // ¤ is in no one's data; in ISO-8859-15 the same byte is the euro sign.
        Charset::Latin9
    } else {
        charset
    };
    CharsetGuess {
        charset,
        certainty,
        evidence: if letters > 0 {
            CharsetEvidence::Letters { letters, example }
        } else {
            CharsetEvidence::Language
        },
    }
}

/// How well the bytes beyond ASCII read in `charset`: letters that German, French and Italian use count fully,
/// other letters little, signs where a letter is expected against it.
fn western_score(sample: &[u8], charset: Charset) -> (i64, usize, String) {
    const USUAL: &str = "äöüßÄÖÜéèàâêëîïôûùçñãõáíóúÉÈÀÇœŒæøåØÅÆ";
    const SIGNS: &str = "€„“”‚‘’–—…§°²³«»·•©®™ ½¼¾×µ±";
    let text = decode_sample(sample, charset);
    let signs: Vec<char> = text.chars().collect();
    let (mut score, mut letters, mut example) = (0i64, 0, String::new());
    for (index, &sign) in signs.iter().enumerate() {
        if sign.is_ascii() {
            continue;
        }
        let before = index.checked_sub(1).map(|at| signs[at]);
        let after = signs.get(index + 1).copied();
        let lower_before = before.is_some_and(|other| other.is_alphabetic() && other.is_lowercase());
        let in_word = before.is_some_and(char::is_alphabetic) || after.is_some_and(char::is_alphabetic);
        score += if sign == '\u{fffd}' || sign.is_control() {
            -3
        } else if USUAL.contains(sign) {
            if lower_before && sign.is_uppercase() {
                -1
            } else if in_word {
                letters += 1;
                if example.is_empty() {
                    example = word_around(&signs, index);
                }
                2
            } else {
                1
            }
        } else if SIGNS.contains(sign) {
            let inside = before.is_some_and(char::is_alphabetic) && after.is_some_and(char::is_alphabetic);
            if inside && sign != '’' { -2 } else { 1 }
        } else if sign.is_alphabetic() {
            if charset == Charset::Windows1250 && in_word {
                1
            } else {
                0
            }
        } else {
            -1
        };
    }
    (score, letters, example)
}

fn word_around(signs: &[char], at: usize) -> String {
    let start = signs[..at]
        .iter()
        .rposition(|sign| !sign.is_alphabetic())
        .map_or(0, |place| place + 1);
    signs[start..]
        .iter()
        .take_while(|sign| sign.is_alphabetic())
        .take(24)
        .collect()
}

fn decode_sample(sample: &[u8], charset: Charset) -> String {
    match encoding(charset) {
        Some(encoding) => encoding.decode_without_bom_handling(sample).0.into_owned(),
        None => sample
            .iter()
            .map(|&byte| single_byte_char(charset, byte))
            .collect(),
    }
}

fn charset_of(encoding: &'static Encoding) -> Option<Charset> {
    Some(match encoding.name() {
        "windows-1252" => Charset::Windows1252,
        "windows-1250" | "ISO-8859-2" => Charset::Windows1250,
        "windows-1251" => Charset::Windows1251,
        "windows-1253" | "ISO-8859-7" => Charset::Windows1253,
        "windows-1254" => Charset::Windows1254,
        "Shift_JIS" => Charset::ShiftJis,
        "EUC-JP" => Charset::EucJp,
        "GBK" | "gb18030" => Charset::Gb18030,
        "Big5" => Charset::Big5,
        "EUC-KR" => Charset::EucKr,
        "KOI8-U" | "KOI8-R" => Charset::Koi8R,
        _ => return None,
    })
}

/// The decoder of a set; none for those that are a plain table or a transformation of our own.
fn encoding(charset: Charset) -> Option<&'static Encoding> {
    Some(match charset {
        Charset::Utf8 => encoding_rs::UTF_8,
        Charset::Utf16Le => encoding_rs::UTF_16LE,
        Charset::Utf16Be => encoding_rs::UTF_16BE,
        Charset::Windows1252 => encoding_rs::WINDOWS_1252,
        Charset::Latin9 => encoding_rs::ISO_8859_15,
        Charset::MacRoman => encoding_rs::MACINTOSH,
        Charset::Windows1250 => encoding_rs::WINDOWS_1250,
        Charset::Windows1251 => encoding_rs::WINDOWS_1251,
        Charset::Windows1253 => encoding_rs::WINDOWS_1253,
        Charset::Windows1254 => encoding_rs::WINDOWS_1254,
        Charset::ShiftJis => encoding_rs::SHIFT_JIS,
        Charset::EucJp => encoding_rs::EUC_JP,
        Charset::Gb18030 => encoding_rs::GB18030,
        Charset::Big5 => encoding_rs::BIG5,
        Charset::EucKr => encoding_rs::EUC_KR,
        Charset::Koi8R => encoding_rs::KOI8_U,
        Charset::Latin1 | Charset::Dos850 | Charset::Utf32Le | Charset::Utf32Be => return None,
    })
}

/// Code page 850 from 0x80 on.
const DOS_850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

fn single_byte_char(charset: Charset, byte: u8) -> char {
    match charset {
        Charset::Dos850 if byte >= 0x80 => DOS_850
            .chars()
            .nth(usize::from(byte - 0x80))
            .unwrap_or(char::REPLACEMENT_CHARACTER),
        _ => char::from(byte),
    }
}

/// Decodes a file piece by piece into UTF-8.
pub(crate) struct Transcoder {
    kind: Kind,
    /// Bytes that no character could be made of, or that had to be read in another set.
    pub(crate) replaced: u64,
}

enum Kind {
    /// UTF-8 with bytes of a single-byte set repaired; holds a sequence cut by the end of the last piece.
    Utf8 {
        cut: Vec<u8>,
    },
    Encoded(Box<Decoder>),
    Table(Box<[char; 256]>),
    Wide {
        big_endian: bool,
        cut: Vec<u8>,
    },
}

impl Transcoder {
    /// A decoder for a file in `charset`; the byte order mark has been passed over already.
    pub(crate) fn new(charset: Charset) -> Self {
        let kind = match (charset, encoding(charset)) {
            (Charset::Utf8, _) => Kind::Utf8 { cut: Vec::new() },
            (Charset::Utf32Le | Charset::Utf32Be, _) => Kind::Wide {
                big_endian: charset == Charset::Utf32Be,
                cut: Vec::new(),
            },
            (_, Some(encoding)) => Kind::Encoded(Box::new(encoding.new_decoder_without_bom_handling())),
            (_, None) => {
                let mut table = Box::new(['\0'; 256]);
                for byte in 0..=255u8 {
                    table[usize::from(byte)] = single_byte_char(charset, byte);
                }
                Kind::Table(table)
            }
        };
        Transcoder { kind, replaced: 0 }
    }

    /// Appends the text of `bytes` to `out`. With `last`, what is cut at the end is replaced.
    pub(crate) fn decode(&mut self, bytes: &[u8], last: bool, out: &mut String) {
        match &mut self.kind {
            Kind::Utf8 { cut } => {
                if cut.is_empty() {
                    *cut = decode_utf8(bytes, last, out, &mut self.replaced);
                } else {
                    let mut joined = std::mem::take(cut);
                    joined.extend_from_slice(bytes);
                    *cut = decode_utf8(&joined, last, out, &mut self.replaced);
                }
            }
            Kind::Encoded(decoder) => {
                let room = decoder
                    .max_utf8_buffer_length(bytes.len())
                    .unwrap_or(bytes.len() * 3 + 16);
                out.reserve(room);
                let (_, _, replaced) = decoder.decode_to_string(bytes, out, last);
                self.replaced += u64::from(replaced);
            }
            Kind::Table(table) => {
                out.extend(bytes.iter().map(|&byte| table[usize::from(byte)]));
            }
            Kind::Wide { big_endian, cut } => {
                let mut joined = std::mem::take(cut);
                joined.extend_from_slice(bytes);
                let mut units = joined.chunks_exact(4);
                for unit in &mut units {
                    let unit = [unit[0], unit[1], unit[2], unit[3]];
                    let code = if *big_endian {
                        u32::from_be_bytes(unit)
                    } else {
                        u32::from_le_bytes(unit)
                    };
                    let sign = char::from_u32(code).unwrap_or_else(|| {
                        self.replaced += 1;
                        char::REPLACEMENT_CHARACTER
                    });
                    out.push(sign);
                }
                *cut = units.remainder().to_vec();
            }
        }
    }
}

/// Copies valid UTF-8 and reads every other byte as Windows-1252: what stands there in files that were pasted
/// together. Returns a sequence that is cut by the end.
fn decode_utf8(mut bytes: &[u8], last: bool, out: &mut String, replaced: &mut u64) -> Vec<u8> {
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        out.push_str(text);
        return Vec::new();
    }
    loop {
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                out.push_str(text);
                return Vec::new();
            }
            Err(error) => {
                let (good, rest) = bytes.split_at(error.valid_up_to());
                out.push_str(std::str::from_utf8(good).unwrap_or_default());
                let bad = match error.error_len() {
                    Some(length) => length,
                    None if last => rest.len(),
                    None => return rest.to_vec(),
                };
                let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&rest[..bad]);
                out.push_str(&text);
                *replaced += bad as u64;
                bytes = &rest[bad..];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(text: &str, charset: Charset) -> Vec<u8> {
        match charset {
            Charset::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Charset::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Charset::Utf32Le => text
                .chars()
                .flat_map(|sign| (sign as u32).to_le_bytes())
                .collect(),
            Charset::Utf32Be => text
                .chars()
                .flat_map(|sign| (sign as u32).to_be_bytes())
                .collect(),
            Charset::Utf8 => text.as_bytes().to_vec(),
            _ => text
                .chars()
                .map(|sign| {
                    (0..=255u8)
                        .find(|&byte| decode_sample(&[byte], charset).starts_with(sign))
                        .expect("the sample has only characters of the set")
                })
                .collect(),
        }
    }

    #[test]
    fn every_offered_set_is_recognised_by_german_text_and_decodes_to_it() {
        let text = "Firma;Ort;Umsatz\r\nBäckerei Müller;Köln;12\r\nGrößle & Söhne;Zürich;5\r\nÖko-Küche;Saarbrücken;7\r\n";
        for charset in [
            Charset::Utf8,
            Charset::Utf16Le,
            Charset::Utf16Be,
            Charset::Utf32Le,
            Charset::Utf32Be,
            Charset::Windows1252,
            Charset::MacRoman,
            Charset::Dos850,
        ] {
            let bytes = encode(text, charset);
            let guess = detect(&bytes, &[]);
            assert_eq!(guess.charset, charset, "{guess:?}");
            // Fed byte by byte, so that every sequence is cut once.
            let (mut transcoder, mut out) = (Transcoder::new(charset), String::new());
            for byte in &bytes {
                transcoder.decode(&[*byte], false, &mut out);
            }
            transcoder.decode(&[], true, &mut out);
            assert_eq!(out, text, "{charset:?}");
            assert_eq!(transcoder.replaced, 0);
        }
    }

    #[test]
    fn the_euro_sign_of_latin_9_is_seen() {
        let guess = detect(b"Preis;Ort\n5 \xA4;M\xFCnchen\n7 \xA4;K\xF6ln\n", &[]);
        assert_eq!(guess.charset, Charset::Latin9);
    }

    #[test]
    fn pasted_bytes_of_windows_1252_inside_utf8_are_read_and_counted() {
        let (mut transcoder, mut out) = (Transcoder::new(Charset::Utf8), String::new());
        transcoder.decode("Müller;K".as_bytes(), false, &mut out);
        transcoder.decode(b"\xF6ln", true, &mut out);
        assert_eq!(out, "Müller;Köln");
        assert_eq!(transcoder.replaced, 1);
    }

    #[test]
    fn marks_and_plain_ascii_are_named_as_such() {
        assert_eq!(
            detect(b"\xEF\xBB\xBFa;b", &[]).evidence,
            CharsetEvidence::ByteOrderMark
        );
        assert_eq!(detect(b"a;b\nc;d\n", &[]).evidence, CharsetEvidence::AsciiOnly);
        assert_eq!(detect(b"", &[]).charset, Charset::Utf8);
    }
}
