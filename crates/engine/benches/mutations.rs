//! Feeds every reader with damaged files for a while: `cargo bench -p lotse-engine --bench mutations -- SECONDS
//! [SEED] [KEEP]`. Whatever ends in a panic, takes too long or loses a row is written to the folder KEEP; what was
//! found is kept as a fixture.
//!
//! Damage is done where it hurts: in the bytes of text files and compound files, and inside the members of archives,
//! whose checksums would otherwise refuse it.

#![allow(clippy::print_stdout, reason = "its results are read on the terminal")]

use std::{
    io::{Read as _, Write as _},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use lotse_engine::sources::{self, Control, Format, ReadSettings};

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let number = |place: usize, usual: u64| {
        arguments
            .get(place)
            .and_then(|text| text.parse().ok())
            .unwrap_or(usual)
    };
    let (seconds, seed) = (number(0, 10), number(1, 1));
    let keep = arguments
        .get(2)
        .map_or_else(|| std::env::temp_dir().join("lotse-mutations"), PathBuf::from);
    std::fs::create_dir_all(&keep).expect("the folder for findings can be written");
    let work = keep.join("current");
    let mut dice = Dice(seed);
    let seeds = seeds();
    // A panic is a finding, not a page of text.
    std::panic::set_hook(Box::new(|_| {}));
    println!("{:28} {:>9} {:>9} {:>9}", "seed", "files", "refused", "findings");
    let share = Duration::from_secs(seconds) / u32::try_from(seeds.len()).unwrap_or(1);
    for (name, bytes) in &seeds {
        let (mut files, mut refused, mut findings) = (0u32, 0u32, 0u32);
        let begun = Instant::now();
        while begun.elapsed() < share {
            let damaged = if bytes.starts_with(b"PK") && dice.below(8) > 0 {
                damage_member(bytes, &mut dice)
            } else {
                damage(bytes, &mut dice)
            };
            std::fs::write(&work, &damaged).expect("the folder for findings can be written");
            files += 1;
            match check(&work) {
                Ok(true) => {}
                Ok(false) => refused += 1,
                Err(what) => {
                    findings += 1;
                    let place = keep.join(format!("{name}.{seed}.{files}"));
                    println!("{what}: {}", place.display());
                    std::fs::write(place, &damaged).expect("the folder for findings can be written");
                }
            }
        }
        println!("{name:28} {files:9} {refused:9} {findings:9}");
    }
}

/// Reads a file as far as it goes: true for a table, false for a refusal, an error for a finding.
fn check(path: &Path) -> Result<bool, String> {
    let begun = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(|| {
        let control = Control::quiet();
        let whole = sources::inspect_whole(path, &ReadSettings::default(), &control);
        if let Ok(found) = &whole {
            let (mut rows, mut width) = (0, 0);
            let read = sources::read(
                path,
                &ReadSettings::default(),
                &control,
                |block| block,
                |block| {
                    rows += block.len() as u64;
                    width = width.max(block.width());
                    Ok::<(), ()>(())
                },
            );
            return match read {
                Ok(read) if !read.rows.is_even() => Err(format!("uneven account {:?}", read.rows)),
                Ok(read) if read.rows.read != rows => {
                    Err(format!("{} rows said, {rows} read", read.rows.read))
                }
                Ok(read) if read.columns.len() < width => Err("more columns than said".into()),
                Ok(_) if !found.rows.is_even() => Err("uneven account of the inspection".into()),
                Ok(_) => Ok(true),
                Err(error) => Err(format!("inspected, then {error:?}")),
            };
        }
        Ok(false)
    }));
    if begun.elapsed() > Duration::from_secs(10) {
        return Err(format!("took {:?}", begun.elapsed()));
    }
    result.unwrap_or_else(|_| Err("panic".into()))
}

/// The files that damage begins with.
fn seeds() -> Vec<(String, Vec<u8>)> {
    let text = "Titel;;\n\nFirma;Ort;Notiz;Datum\n\"Müller; \"\"Sohn\"\"\";Köln;\"eins\nzwei\";31.10.2024\nBeck;Ulm;;1.2.24\n# Kommentar\nSumme;;;5\n\nA;B\n1;2\n";
    let mut seeds = vec![
        ("semicolons".to_owned(), text.as_bytes().to_vec()),
        ("tabs".to_owned(), text.replace(';', "\t").replace('\n', "\r\n").into_bytes()),
        ("wide".to_owned(), text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        (
            "drawn".to_owned(),
            b"| a | b |\n|---|---|\n| 1 | x |\n| 2 | y |\n".to_vec(),
        ),
        (
            "page".to_owned(),
            b"<html><table><tr><th>a<th colspan=2>b</tr><tr><td rowspan=2>1<td>2<td>&amp;3</table></html>".to_vec(),
        ),
        (
            "xml_spreadsheet".to_owned(),
            br#"<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="A"><Table><Row ss:Index="2"><Cell ss:Index="2"><Data ss:Type="String">a</Data></Cell></Row><Row><Cell ss:MergeAcross="2"><Data ss:Type="Number">5</Data></Cell></Row></Table></Worksheet></Workbook>"#.to_vec(),
        ),
        ("xlsx".to_owned(), workbook()),
    ];
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/sources");
    let mut names: Vec<PathBuf> = std::fs::read_dir(fixtures)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    names.sort();
    for path in names {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let known = sources::inspect(&path, &ReadSettings::default()).is_ok_and(|found| {
            matches!(
                found.format.value,
                Format::Xls | Format::Ods | Format::Xlsb | Format::Xlsx
            )
        });
        if known {
            seeds.extend(std::fs::read(&path).map(|bytes| (name, bytes)));
        }
    }
    seeds
}

fn workbook() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let date = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy");
    let written = sheet
        .write_row(0, 0, ["Firma", "Datum", "Wert"])
        .and_then(|sheet| sheet.write(1, 0, "Müller & Sohn"))
        .and_then(|sheet| sheet.write_with_format(1, 1, 45_000, &date))
        .and_then(|sheet| sheet.write_formula(1, 2, "=1+1"))
        .and_then(|sheet| sheet.merge_range(3, 0, 3, 2, "verbunden", &date))
        .and_then(|sheet| sheet.set_row_hidden(1).map(|_| ()));
    written.expect("a small sheet can be written");
    workbook
        .save_to_buffer()
        .expect("a small workbook can be written")
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % limit.max(1) as u64).unwrap_or(0)
    }
}

/// Does a few small harms to some bytes.
fn damage(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    const PIECES: [&[u8]; 24] = [
        b"\"",
        b"\"\"",
        b"'",
        b";",
        b",",
        b"\t",
        b"\r",
        b"\n",
        b"\r\n\r\n",
        b"\0",
        b"\xFF",
        b"\xEF\xBB\xBF",
        b"|",
        b"#",
        b"sep=,\n",
        b"4294967295",
        b"-1",
        b"1e308",
        b"r=\"XFD1048576\"",
        b"</row>",
        b"<c>",
        b"<![CDATA[",
        b"&#0;",
        b"\xF0\x9F",
    ];
    let mut out = bytes.to_vec();
    for _ in 0..=dice.below(6) {
        let place = dice.below(out.len());
        match dice.below(7) {
            0 if !out.is_empty() => out[place] ^= 1 << dice.below(8),
            1 if !out.is_empty() => out[place] = u8::try_from(dice.below(256)).unwrap_or(0),
            2 => out.truncate(place),
            3 => {
                let piece = PIECES[dice.below(PIECES.len())];
                out.splice(place..place, piece.iter().copied());
            }
            4 => {
                let end = (place + dice.below(200)).min(out.len());
                let copy = out[place..end].to_vec();
                let target = dice.below(out.len());
                out.splice(target..target, copy);
            }
            5 => {
                let end = (place + dice.below(64)).min(out.len());
                out.drain(place..end);
            }
            _ => {
                let end = (place + 4).min(out.len());
                let value = [0xFF, 0xFF, 0xFF, 0x7F];
                let length = end - place;
                out[place..end].copy_from_slice(&value[..length]);
            }
        }
    }
    out
}

/// Damages one member of an archive and puts the archive together again.
fn damage_member(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    let Ok(mut from) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else {
        return bytes.to_vec();
    };
    let victim = dice.below(from.len());
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let Ok(mut member) = from.by_index(index) else {
            continue;
        };
        let Ok(name) = member.name().map(std::borrow::Cow::into_owned) else {
            continue;
        };
        let mut content = Vec::new();
        if member.read_to_end(&mut content).is_err() {
            continue;
        }
        if index == victim {
            content = damage(&content, dice);
        }
        let options = zip::write::SimpleFileOptions::default();
        if to.start_file(name, options).is_ok() {
            to.write_all(&content).expect("memory takes everything");
        }
    }
    to.finish().map(std::io::Cursor::into_inner).unwrap_or_default()
}
