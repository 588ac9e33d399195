//! Rejected rows out: the original columns, and beside them what is wrong.

use std::io::Write as _;
use std::path::Path;

use lotse_core::finding::Severity;
use lotse_core::language::Language;
use lotse_core::target::Role;
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::WorkflowError;
use crate::project::Project;
use crate::whole_file::write_whole;

/// Header of the column by which corrected rows are recognised when they come back.
pub(crate) const ID_COLUMN: &str = "Lotse-ID";
/// Header of the column with the fields that are wrong.
pub(crate) const FIELDS_COLUMN: &str = "Lotse-Fehlerfelder";
/// Header of the column with the sentences.
pub(crate) const MESSAGES_COLUMN: &str = "Lotse-Fehler";

/// Rows a sheet may have.
const SHEET_ROWS: usize = 1_048_576;

/// Writes all rows that cannot go, as XLSX or CSV by the ending of `path`. Returns how many.
pub fn write_rejected(project: &Project, path: &Path, language: Language) -> Result<u64, WorkflowError> {
    let table = rejected_table(project, language)?;
    let is_csv = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let written = if is_csv {
        write_csv(&table, path)
    } else {
        write_xlsx(&table, path)
    };
    written?;
    Ok(table.rows.len() as u64)
}

struct RejectedTable {
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn rejected_table(project: &Project, language: Language) -> Result<RejectedTable, WorkflowError> {
    let target = project.target();
    let rows = project.rejected_rows();
    // Several sources with different columns stand in one table: columns by name, in the order of their appearance.
    let mut headers: Vec<String> = Vec::new();
    for source in project.sources()? {
        if rows
            .iter()
            .any(|row| (source.first_row..source.first_row + source.row_count).contains(row))
        {
            for header in unique_headers(&source.headers) {
                if !headers.contains(&header) {
                    headers.push(header);
                }
            }
        }
    }
    let own = headers.len();
    headers.extend([ID_COLUMN, FIELDS_COLUMN, MESSAGES_COLUMN].map(String::from));
    let mut table = Vec::with_capacity(rows.len());
    for chunk in rows.chunks(1024) {
        for (&row, state) in chunk.iter().zip(project.row_states(chunk)?) {
            let (_, cells) = project.source_cells(row)?;
            let names: Vec<String> = cells.iter().map(|(name, _)| name.clone()).collect();
            let mut line = vec![String::new(); headers.len()];
            for (name, (_, text)) in unique_headers(&names).into_iter().zip(cells) {
                if let Some(at) = headers[..own].iter().position(|header| *header == name) {
                    line[at] = text;
                }
            }
            let errors = state
                .findings
                .iter()
                .filter(|finding| finding.severity() == Severity::Error);
            let (mut fields, mut messages): (Vec<String>, Vec<String>) = errors
                .map(|finding| (finding.path(target), finding.message(target, language)))
                .unzip();
            if let Some(refusal) = project.refusal_of(row)? {
                messages.push(refusal);
            }
            fields.dedup();
            line[own] = target
                .role_index(Role::ExternalId)
                .and_then(|at| state.fields.get(at))
                .map_or_else(String::new, |cell| cell.shown().to_string());
            line[own + 1] = fields.join(", ");
            line[own + 2] = messages.join(" ");
            table.push(line);
        }
    }
    Ok(RejectedTable { headers, rows: table })
}

/// Headers with a number behind those that come again, so that each names one column.
pub(crate) fn unique_headers(headers: &[String]) -> Vec<String> {
    let mut unique: Vec<String> = Vec::with_capacity(headers.len());
    for header in headers {
        let mut name = header.clone();
        let mut number = 2;
        while unique.contains(&name) {
            name = format!("{header} ({number})");
            number += 1;
        }
        unique.push(name);
    }
    unique
}

fn write_csv(table: &RejectedTable, path: &Path) -> Result<(), WorkflowError> {
    let safe = |cells: &[String]| cells.iter().map(|cell| harmless(cell)).collect::<Vec<_>>();
    write_whole(path, |out| {
        // Excel opens UTF-8 without this mark in the wrong character set, and expects semicolons in German.
        out.write_all("\u{feff}".as_bytes())?;
        let mut writer = csv::WriterBuilder::new()
            .delimiter(b';')
            .terminator(csv::Terminator::CRLF)
            .from_writer(out);
        writer.write_record(safe(&table.headers))?;
        for row in &table.rows {
            writer.write_record(safe(row))?;
        }
        Ok::<(), csv::Error>(writer.flush()?)
    })
    .map_err(|error| WorkflowError::file(path, error))
}

/// The cell so that no spreadsheet takes it for a formula: with an apostrophe before it, which a spreadsheet does not
/// show and the re-import takes away.
pub(crate) fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_string()
    }
}

/// Undoes [`harmless`].
pub(crate) fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => cell,
    }
}

fn write_xlsx(table: &RejectedTable, path: &Path) -> Result<(), WorkflowError> {
    let written = write_whole(path, |out| {
        let mut workbook = Workbook::new();
        let bold = Format::new().set_bold();
        // Text cells keep leading zeros and are never formulas, whatever they begin with.
        let text = Format::new().set_num_format("@");
        for (number, rows) in table.rows.chunks(SHEET_ROWS - 1).enumerate() {
            let sheet = workbook.add_worksheet_with_constant_memory()?;
            sheet.set_name(if number == 0 {
                "Abgelehnt".to_string()
            } else {
                format!("Abgelehnt {}", number + 1)
            })?;
            sheet.set_freeze_panes(1, 0)?;
            for (column, header) in (0_u16..).zip(&table.headers) {
                sheet.write_string_with_format(0, column, header, &bold)?;
            }
            for (at, row) in (1_u32..).zip(rows) {
                for (column, cell) in (0_u16..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
                    // A cell holds 32,767 characters at most; the source still has the rest.
                    let cut: String = cell.chars().take(32_767).collect();
                    sheet.write_string_with_format(at, column, cut, &text)?;
                }
            }
        }
        if table.rows.is_empty() {
            let sheet = workbook.add_worksheet();
            for (column, header) in (0_u16..).zip(&table.headers) {
                sheet.write_string_with_format(0, column, header, &bold)?;
            }
        }
        workbook.save_to_writer(out)
    });
    written.map_err(|error: XlsxError| WorkflowError::file(path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_look_like_formulas_are_disarmed_and_come_back() {
        for cell in ["=1+1", "+49 30 1", "-", "@x", "\tx", "harmless", "'quoted", ""] {
            let written = harmless(cell);
            assert!(!written.starts_with(['=', '+', '-', '@', '\t']), "{written}");
            assert_eq!(plain(&written), cell);
        }
    }

    #[test]
    fn headers_that_come_again_get_numbers() {
        let headers = ["Tel", "Tel", "", "Tel", ""].map(String::from);
        assert_eq!(
            unique_headers(&headers),
            ["Tel", "Tel (2)", "", "Tel (3)", " (2)"]
        );
    }
}
