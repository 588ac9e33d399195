//! Which format a file is in, told by its content; its name is only compared.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

use super::{
    error::{ForeignFormat, SourceError},
    inspection::{Detection, DetectionReason, Format},
    workbook::{
        archive::Archive,
        exchange::{is_dif, is_sylk},
        xls::is_bare,
    },
};

/// Bytes of the beginning that are looked at.
const HEAD: usize = 64 << 10;

/// Tells the format of a file.
pub(crate) fn detect(path: &Path) -> Result<Detection<Format>, SourceError> {
    let name = super::file_name(path);
    let unreadable = |error: std::io::Error| super::unreadable(&name, &error);
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(SourceError::IsFolder { file: name });
    }
    let mut file = File::open(path).map_err(unreadable)?;
    let mut head = Vec::new();
    (&mut file)
        .take(HEAD as u64)
        .read_to_end(&mut head)
        .map_err(unreadable)?;
    let format = if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        in_archive(path)?
    } else if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        in_compound_file(&mut file, &name)?
    } else if is_bare(&head) {
        Format::Xls
    } else {
        match in_bytes(&head) {
            Ok(format) => format,
            Err(found) => return Err(SourceError::NotATable { found }),
        }
    };
    let named = path
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase())
        .filter(|ending| !fits(format, ending));
    Ok(Detection::found(format, 1.0, DetectionReason::Content { named }))
}

fn fits(format: Format, ending: &str) -> bool {
    match format {
        Format::Csv => matches!(
            ending,
            "csv" | "tsv" | "txt" | "tab" | "asc" | "dat" | "log" | "prn" | "md"
        ),
        Format::Xlsx => matches!(ending, "xlsx" | "xlsm" | "xltx" | "xltm"),
        Format::Xlsb => ending == "xlsb",
        Format::Xls => matches!(ending, "xls" | "xlt" | "xla"),
        Format::Ods => matches!(ending, "ods" | "ots" | "fods"),
        Format::Sylk => matches!(ending, "slk" | "sylk"),
        Format::Dif => ending == "dif",
        Format::Html => matches!(ending, "html" | "htm" | "mht" | "mhtml"),
        Format::XmlSpreadsheet => ending == "xml",
    }
}

fn in_archive(path: &Path) -> Result<Format, SourceError> {
    let mut archive = Archive::open(path)?;
    let names: Vec<String> = archive
        .names()
        .into_iter()
        .map(|name| name.replace('\\', "/").trim_start_matches('/').to_lowercase())
        .collect();
    let has = |name: &str| names.iter().any(|other| other == name);
    let under = |folder: &str| names.iter().any(|other| other.starts_with(folder));
    if has("xl/workbook.bin") {
        return Ok(Format::Xlsb);
    }
    if under("xl/") || has("[content_types].xml") && !under("word/") && !under("ppt/") && under("xl") {
        return Ok(Format::Xlsx);
    }
    let found = if has("mimetype") || has("content.xml") {
        let kind = archive.text("mimetype", 256)?.unwrap_or_default();
        if kind.contains("spreadsheet") || (kind.is_empty() && has("content.xml")) {
            return Ok(Format::Ods);
        }
        if kind.contains("presentation") {
            ForeignFormat::Presentation
        } else if kind.contains("opendocument") {
            ForeignFormat::TextDocument
        } else {
            ForeignFormat::ZipArchive
        }
    } else if under("word/") {
        ForeignFormat::TextDocument
    } else if under("ppt/") {
        ForeignFormat::Presentation
    } else if names.iter().any(|name| name.ends_with(".iwa")) {
        ForeignFormat::Numbers
    } else if has("_rels/.rels") && has("[content_types].xml") {
        // A package whose parts have unusual names; its relations tell.
        return Ok(Format::Xlsx);
    } else {
        ForeignFormat::ZipArchive
    };
    Err(SourceError::NotATable { found })
}

/// What kind of document a compound file of old Office programs is: the names of its streams tell.
fn in_compound_file(file: &mut File, name: &str) -> Result<Format, SourceError> {
    let unreadable = |error: std::io::Error| super::unreadable(name, &error);
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    file.take(256 << 20).read_to_end(&mut bytes).map_err(unreadable)?;
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memchr::memmem::find(&bytes, &wide).is_some()
    };
    let found = if has("EncryptedPackage") || has("EncryptionInfo") {
        return Err(SourceError::Encrypted);
    } else if has("Workbook") || has("Book") {
        return Ok(Format::Xls);
    } else if has("WordDocument") {
        ForeignFormat::TextDocument
    } else if has("PowerPoint Document") {
        ForeignFormat::Presentation
    } else if has("__substg1.0_") {
        ForeignFormat::Mail
    } else {
        return Ok(Format::Xls);
    };
    Err(SourceError::NotATable { found })
}

fn in_bytes(head: &[u8]) -> Result<Format, ForeignFormat> {
    const STARTS: &[(&[u8], ForeignFormat)] = &[
        (b"%PDF", ForeignFormat::Pdf),
        (b"\x89PNG", ForeignFormat::Picture),
        (b"\xFF\xD8\xFF", ForeignFormat::Picture),
        (b"GIF8", ForeignFormat::Picture),
        (b"II*\0", ForeignFormat::Picture),
        (b"MM\0*", ForeignFormat::Picture),
        (b"\x1F\x8B", ForeignFormat::Compressed),
        (b"BZh", ForeignFormat::Compressed),
        (b"\xFD7zXZ\0", ForeignFormat::Compressed),
        (b"\x28\xB5\x2F\xFD", ForeignFormat::Compressed),
        (b"7z\xBC\xAF\x27\x1C", ForeignFormat::Compressed),
        (b"Rar!", ForeignFormat::Compressed),
        (b"{\\rtf", ForeignFormat::TextDocument),
        (b"SQLite format 3\0", ForeignFormat::Database),
        (b"PAR1", ForeignFormat::Database),
        (b"\0\x01\0\0Standard", ForeignFormat::Database),
        (b"\x7FELF", ForeignFormat::Program),
        (b"MZ\x90\0", ForeignFormat::Program),
    ];
    if let Some((_, found)) = STARTS.iter().find(|(start, _)| head.starts_with(start)) {
        return Err(*found);
    }
    let text = readable(head);
    let start = text.trim_start_matches(|sign: char| sign.is_whitespace() || sign == '\u{feff}');
    let lower: String = start.chars().take(HEAD).collect::<String>().to_ascii_lowercase();
    if lower.starts_with('<') {
        if lower.contains("urn:schemas-microsoft-com:office:spreadsheet")
            && lower.contains("workbook")
            && !lower.contains("<html")
        {
            return Ok(Format::XmlSpreadsheet);
        }
        if lower.contains("urn:oasis:names:tc:opendocument") && lower.contains("opendocument.spreadsheet") {
            return Ok(Format::Ods);
        }
        let page = [
            "<html",
            "<!doctype html",
            "<table",
            "<body",
            "<meta",
            "<head",
            "<style",
            "<div",
            "<center",
        ]
        .iter()
        .any(|tag| lower.starts_with(tag))
            || lower.contains("<table");
        if page {
            return Ok(Format::Html);
        }
        if lower.starts_with("<?xml") {
            return Err(ForeignFormat::Xml);
        }
    }
    if lower.starts_with("mime-version:")
        || (lower.contains("\nmime-version:") && lower.contains("multipart/related"))
    {
        return if lower.contains("multipart/related") || lower.contains("text/html") {
            Ok(Format::Html)
        } else {
            Err(ForeignFormat::Mail)
        };
    }
    if is_sylk(start) {
        return Ok(Format::Sylk);
    }
    if is_dif(start) {
        return Ok(Format::Dif);
    }
    if is_json(start, head.len() < HEAD) {
        return Err(ForeignFormat::Json);
    }
    if is_binary(head) {
        return Err(ForeignFormat::Binary);
    }
    Ok(Format::Csv)
}

/// The beginning as text, whatever its character set; good enough to look for tags.
fn readable(head: &[u8]) -> String {
    let zeroes = head.iter().take(64).filter(|&&byte| byte == 0).count();
    if zeroes > 8 {
        head.iter()
            .filter(|&&byte| byte != 0)
            .map(|&byte| char::from(byte))
            .collect()
    } else {
        String::from_utf8_lossy(head).into_owned()
    }
}

fn is_json(start: &str, whole: bool) -> bool {
    let mut signs = start.chars().filter(|sign| !sign.is_whitespace());
    let opening = (signs.next(), signs.next());
    if !matches!(
        opening,
        (Some('{'), Some('"' | '}')) | (Some('['), Some('{' | '[' | '"' | ']'))
    ) {
        return false;
    }
    match serde_json::from_str::<serde::de::IgnoredAny>(start) {
        Ok(_) => true,
        Err(error) => error.is_eof() && !whole,
    }
}

/// Control characters that text does not have; zeroes may be UTF-16.
fn is_binary(head: &[u8]) -> bool {
    let odd = head
        .iter()
        .filter(|&&byte| {
            byte < 0x20
                && !matches!(byte, 0 | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C | 0x1A | 0x1B | 0x01..=0x02 | 0x1C..=0x1F)
        })
        .count();
    let zeroes = head.iter().filter(|&&byte| byte == 0).count();
    odd * 20 > head.len() || (zeroes * 10 > head.len() * 8 && head.len() > 64)
}
