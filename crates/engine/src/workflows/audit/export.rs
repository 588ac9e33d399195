//! The audit log as files: JSON Lines, from which the chain can be verified without the project, and a page to read.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use lotse_core::language::Language;

use super::line_of;
use crate::project::{AuditEntry, Project, ProjectError};
use crate::whole_file::write_whole;
use crate::workflows::WorkflowError;

/// Writes every entry as one line of JSON, in order. Returns how many there are.
pub fn export_audit_lines(project: &Project, path: &Path) -> Result<u64, WorkflowError> {
    write(project, path, |out, entry| {
        serde_json::to_writer(&mut *out, &entry)?;
        out.write_all(b"\n")
    })
}

/// Writes the log as one HTML page that needs nothing beside it: the verdict about the chain, then every entry with its
/// sentence and hash. Returns how many entries there are.
pub fn export_audit_report(project: &Project, path: &Path, language: Language) -> Result<u64, WorkflowError> {
    let verdict = project.verify_audit()?;
    let name = escaped(&project.name()?);
    let (title, lang) = language.pick(("Protokoll", "de"), ("Audit log", "en"));
    let chain = match verdict.first_broken {
        None => language.pick(
            format!("{} Einträge, die Kette ist unversehrt.", verdict.entries),
            format!("{} entries, the chain is unbroken.", verdict.entries),
        ),
        Some(entry) => language.pick(
            format!(
                "{} Einträge, die Kette ist bei Eintrag {entry} gebrochen.",
                verdict.entries
            ),
            format!(
                "{} entries, the chain is broken at entry {entry}.",
                verdict.entries
            ),
        ),
    };
    let heads = language.pick(
        ["Nr.", "Wann (UTC)", "Wer", "Rechner", "Was", "Prüfsumme"],
        ["No.", "When (UTC)", "Who", "Machine", "What", "Hash"],
    );
    let heads: String = heads
        .iter()
        .map(|head| format!("<th scope=\"col\">{head}"))
        .collect();
    let begin = format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title} · {name}</title>\n<style>{STYLE}</style>\n<h1>{title} · {name}</h1>\n<p>{chain}</p>\n\
         <p class=\"hash\">{}</p>\n<table>\n<thead><tr>{heads}</thead>\n<tbody>\n",
        escaped(&verdict.last_hash)
    );
    let mut first = Some(begin);
    write(project, path, |out, entry| {
        if let Some(begin) = first.take() {
            out.write_all(begin.as_bytes())?;
        }
        let line = line_of(project, &entry, language);
        writeln!(
            out,
            "<tr><td>{}<td>{}<td>{}<td>{}<td>{}<td class=\"hash\">{}",
            line.sequence,
            escaped(&line.at.to_string()),
            escaped(&line.actor),
            escaped(&line.machine),
            escaped(&line.sentence),
            escaped(&line.hash)
        )
    })
}

const STYLE: &str = "body{font:14px/1.5 system-ui,sans-serif;margin:32px;color:#1b2125}\
    h1{font-size:20px}table{border-collapse:collapse;width:100%}\
    th,td{padding:4px 10px 4px 0;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}\
    .hash{font:11px/1.6 monospace;color:#565f66;word-break:break-all}thead{display:table-header-group}";

fn write(
    project: &Project,
    path: &Path,
    mut one: impl FnMut(&mut BufWriter<File>, AuditEntry) -> io::Result<()>,
) -> Result<u64, WorkflowError> {
    let written = write_whole(path, |out| -> Result<u64, ExportFailure> {
        let mut entries = 0;
        let mut written = Ok(());
        project.for_each_audit_entry(|entry| {
            if written.is_ok() {
                entries += 1;
                written = one(out, entry);
            }
        })?;
        Ok(written.map(|()| entries)?)
    });
    written.map_err(|failure| match failure {
        ExportFailure::Place(error) => WorkflowError::file(path, error),
        ExportFailure::Project(error) => error.into(),
    })
}

enum ExportFailure {
    Place(io::Error),
    Project(ProjectError),
}

impl From<io::Error> for ExportFailure {
    fn from(error: io::Error) -> Self {
        Self::Place(error)
    }
}

impl From<ProjectError> for ExportFailure {
    fn from(error: ProjectError) -> Self {
        Self::Project(error)
    }
}

/// A text that no browser takes for anything else. Characters that turn the direction of writing around, and so can make
/// a text look like another one, are shown by their numbers.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                safe.push_str(&format!("[U+{:04X}]", u32::from(character)));
            }
            '\n' | '\t' => safe.push(' '),
            control if control.is_control() => safe.push('\u{fffd}'),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn no_text_becomes_markup_or_runs_backwards() {
        for (text, safe) in [
            (
                "<script>alert('x')</script>",
                "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;",
            ),
            ("a & \"b\"", "a &amp; &quot;b&quot;"),
            ("rechnung\u{202e}fdp.exe", "rechnung[U+202E]fdp.exe"),
            ("zwei\nZeilen\u{7}", "zwei Zeilen\u{fffd}"),
            ("Müller & Söhne".replace(" & ", " + ").as_str(), "Müller + Söhne"),
        ] {
            assert_eq!(escaped(text), safe);
        }
    }
}
