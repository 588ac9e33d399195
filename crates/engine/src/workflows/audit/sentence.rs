//! Entries as sentences and facts. An entry of another version of Lotse, or one that somebody changed, is told as far
//! as it can be read.

use lotse_core::language::Language;
use lotse_core::migration::MatchReason;
use serde_json::Value as Json;

use super::AuditFact;
use crate::project::{AuditEntry, CERTAIN, Project};
use crate::workflows::{DecisionRule, OtherRow};

/// What an event is called; its code where it is not known.
pub(super) fn title_of(event: &str, language: Language) -> &str {
    let (german, english) = match event {
        "project_created" => ("Projekt angelegt", "Project created"),
        "source_loaded" => ("Quelle eingelesen", "Source loaded"),
        "source_removed" => ("Quelle entfernt", "Source removed"),
        "source_used_otherwise" => ("Verwendung einer Quelle geändert", "Use of a source changed"),
        "mapping_changed" => ("Zuordnung geändert", "Mapping changed"),
        "setting_changed" => ("Einstellung geändert", "Setting changed"),
        "check_outdated" => ("Prüfung verworfen", "Check discarded"),
        "rows_edit" => ("Zelle geändert", "Cell edited"),
        "rows_bulk_edit" => ("Mehrere Zellen geändert", "Several cells edited"),
        "rows_apply_fix" => ("Korrektur übernommen", "Fix applied"),
        "rows_reimport" => ("Korrigierte Zeilen übernommen", "Corrected rows taken over"),
        "rows_enrich" => ("Leads ergänzt", "Leads enriched"),
        "rows_decide" => ("Zeilen entschieden", "Rows decided"),
        "rows_merge" => ("Zeilen zusammengeführt", "Rows merged"),
        "rows_separate" => ("Paar getrennt", "Pair separated"),
        "change_undone" => ("Rückgängig gemacht", "Undone"),
        "change_redone" => ("Wiederholt", "Redone"),
        "duplicates_compared" => ("Dubletten gesucht", "Duplicates compared"),
        "leads_approved" => ("Freigabe erteilt", "Leads approved"),
        "push_started" => ("Übertragung begonnen", "Push started"),
        "push_running" => ("Übertragung fortgesetzt", "Push resumed"),
        "push_paused" => ("Übertragung angehalten", "Push paused"),
        "push_finished" => ("Übertragung abgeschlossen", "Push finished"),
        "push_cancelled" => ("Übertragung abgebrochen", "Push cancelled"),
        "leads_batch_dry_run" => ("Probelauf eines Pakets", "Dry-run of a batch"),
        "leads_batch_import" => ("Paket importiert", "Batch imported"),
        "batch_not_imported" => ("Paket nicht importiert", "Batch not imported"),
        "lead_created_via_migration" => ("Lead angelegt", "Lead created"),
        other => return other,
    };
    language.pick(german, english)
}

/// An entry being told.
struct Telling<'a> {
    project: &'a Project,
    data: &'a Json,
    language: Language,
}

/// What happened, in one sentence.
pub(super) fn sentence_of(project: &Project, entry: &AuditEntry, language: Language) -> String {
    let telling = Telling {
        project,
        data: &entry.data,
        language,
    };
    let rest = telling.rest(&entry.event);
    let title = title_of(&entry.event, language);
    if rest.is_empty() {
        title.to_owned()
    } else {
        format!("{title}: {rest}")
    }
}

impl Telling<'_> {
    fn text(&self, path: &str) -> String {
        plain(self.data.pointer(path).unwrap_or(&Json::Null))
    }

    fn number(&self, path: &str) -> u64 {
        self.data.pointer(path).and_then(Json::as_u64).unwrap_or_default()
    }

    fn count(&self, number: u64, german: [&str; 2], english: [&str; 2]) -> String {
        let words = self.language.pick(german, english);
        format!("{number} {}", words[usize::from(number != 1)])
    }

    fn rows(&self, number: u64) -> String {
        self.count(number, ["Zeile", "Zeilen"], ["row", "rows"])
    }

    fn leads(&self, number: u64) -> String {
        self.count(number, ["Lead", "Leads"], ["lead", "leads"])
    }

    fn quoted(&self, text: &str) -> String {
        if text.is_empty() {
            return self.language.pick("leer", "empty").to_owned();
        }
        self.language.pick(format!("„{text}“"), format!("“{text}”"))
    }

    /// What follows after the title; empty where there is nothing more to say.
    fn rest(&self, event: &str) -> String {
        let say = |german: String, english: String| self.language.pick(german, english);
        match event {
            "project_created" => self.quoted(&self.text("/name")),
            "source_used_otherwise" => self.text("/source"),
            "source_loaded" | "source_removed" => {
                format!("{}, {}", self.text("/source"), self.rows(self.number("/rows")))
            }
            "mapping_changed" => {
                let fields = self
                    .data
                    .pointer("/mapping/fields")
                    .and_then(Json::as_object)
                    .map_or(0, serde_json::Map::len);
                say(
                    format!("{fields} Felder zugeordnet"),
                    format!("{fields} fields mapped"),
                )
            }
            "setting_changed" => {
                let setting = self.text("/setting");
                match (setting.as_str(), setting.strip_prefix("verification:")) {
                    (_, Some(push)) => say(
                        format!("Vergleich der Übertragung {push} mit dem Server"),
                        format!("comparison of push {push} with the server"),
                    ),
                    (setting, None) if setting.starts_with("use_confirmed:") => say(
                        "Verwendung einer Quelle bestätigt".into(),
                        "use of a source confirmed".into(),
                    ),
                    ("owners", _) => say("bekannte Betreuer".into(), "known owners".into()),
                    ("view", _) => say("eine Ansicht".into(), "a view".into()),
                    ("name", _) => say("Name des Projekts".into(), "name of the project".into()),
                    _ => setting,
                }
            }
            "duplicates_compared" => self.count(
                self.number("/pairs"),
                ["Paar gefunden", "Paare gefunden"],
                ["pair found", "pairs found"],
            ),
            "rows_edit" | "rows_bulk_edit" | "rows_apply_fix" | "rows_reimport" | "rows_enrich" => {
                self.edits()
            }
            "rows_decide" => self.decisions(),
            "rows_merge" => {
                let survivor = self.data.pointer("/summary/survivor").and_then(Json::as_u64);
                let rows = self.number("/summary/rows");
                match survivor.and_then(|row| u32::try_from(row).ok()) {
                    Some(row) => {
                        let number = self.project.row_number(row);
                        say(
                            format!("{rows} Zeilen, Zeile {number} bleibt"),
                            format!("{rows} rows, row {number} stays"),
                        )
                    }
                    None if self.number("/summary/groups") > 0 => {
                        let groups = self.count(
                            self.number("/summary/groups"),
                            ["Gruppe", "Gruppen"],
                            ["group", "groups"],
                        );
                        say(
                            format!("{rows} Zeilen in {groups}"),
                            format!("{rows} rows in {groups}"),
                        )
                    }
                    None => self.rows(self.number("/count")),
                }
            }
            "rows_separate" => say(
                format!("{}, nie wieder als Dublette gezeigt", self.pairs()),
                format!("{}, never shown as duplicates again", self.pairs()),
            ),
            "change_undone" | "change_redone" => {
                let kind = format!("rows_{}", self.text("/kind"));
                title_of(&kind, self.language).to_owned()
            }
            "leads_approved" => {
                let hash = self.text("/content_hash");
                say(
                    format!(
                        "{}, Inhalt {}",
                        self.leads(self.number("/rows")),
                        beginning(&hash)
                    ),
                    format!(
                        "{}, content {}",
                        self.leads(self.number("/rows")),
                        beginning(&hash)
                    ),
                )
            }
            "push_started" => {
                let dry = self.text("/mode").contains("dry");
                let connection = self.text("/connection");
                if dry {
                    say(
                        format!("Probelauf über {connection}"),
                        format!("dry-run through {connection}"),
                    )
                } else {
                    say(
                        format!("echt, über {connection}"),
                        format!("for real, through {connection}"),
                    )
                }
            }
            "push_paused" | "push_cancelled" => self.text("/facts/reason"),
            "push_finished" => self.imported("/facts/imported", "/facts/skipped_duplicates", "/facts/failed"),
            "leads_batch_import" => self.imported("/imported_leads", "/skipped_duplicates", "/failed_leads"),
            "leads_batch_dry_run" => {
                let leads = self.leads(self.number("/total_leads"));
                let invalid = self.number("/invalid_leads");
                say(
                    format!("{leads}, davon {invalid} fehlerhaft"),
                    format!("{leads}, {invalid} of them invalid"),
                )
            }
            "batch_not_imported" => {
                let batch = self.number("/batch");
                let problem = self.text("/problem");
                say(
                    format!("Paket {batch}. {problem}"),
                    format!("batch {batch}. {problem}"),
                )
            }
            "lead_created_via_migration" => say(
                format!(
                    "{} unter der Nummer {}",
                    self.text("/external_id"),
                    self.text("/lead_id")
                ),
                format!(
                    "{} as number {}",
                    self.text("/external_id"),
                    self.text("/lead_id")
                ),
            ),
            _ => String::new(),
        }
    }

    fn imported(&self, imported: &str, skipped: &str, failed: &str) -> String {
        let (imported, skipped, failed) = (self.number(imported), self.number(skipped), self.number(failed));
        self.language.pick(
            format!("{imported} importiert, {skipped} übersprungen, {failed} fehlgeschlagen"),
            format!("{imported} imported, {skipped} skipped, {failed} failed"),
        )
    }

    fn pairs(&self) -> String {
        self.count(
            self.number("/summary/pairs"),
            ["Paar", "Paare"],
            ["pair", "pairs"],
        )
    }

    fn edits(&self) -> String {
        match self.operations() {
            [only] if self.number("/count") == 1 => self.operation(only),
            _ => self.count(self.number("/count"), ["Zelle", "Zellen"], ["cell", "cells"]),
        }
    }

    fn decisions(&self) -> String {
        let rows = self.rows(self.number("/count"));
        let say = |german: &str, english: &str| format!("{rows} {}", self.language.pick(german, english));
        match self.text("/summary/reason").as_str() {
            "keep" => say("behalten, obwohl doppelt", "kept although double"),
            "skip" => say(
                "in einer Gruppe entschieden: eine bleibt",
                "of a group decided: one stays",
            ),
            "reopen" => say("wieder offen", "open again"),
            _ => {
                let kind = self.text("/summary/kind");
                let rule = self.rule();
                format!("{rows}, {}{rule}", decision(&kind, self.language))
            }
        }
    }

    /// By which rule many duplicates were decided; nothing where there was none.
    fn rule(&self) -> String {
        let rule = self.data.pointer("/summary/rule");
        let Some(rule) = rule.and_then(|rule| serde_json::from_value::<DecisionRule>(rule.clone()).ok())
        else {
            return String::new();
        };
        let pick = |german: &'static str, english: &'static str| self.language.pick(german, english);
        let mut parts = vec![match rule.reason {
            Some(MatchReason::EmailExact) => pick("E-Mail gleich", "same e-mail"),
            Some(MatchReason::PhoneNormalized) => pick("Telefon gleich", "same phone"),
            Some(MatchReason::CompanyFuzzy) => pick("Firma und Ort ähnlich", "similar company and city"),
            Some(MatchReason::ExternalId) => pick("Kennung gleich", "same identity"),
            None => pick("jeder Grund", "any reason"),
        }];
        if rule.score_from >= CERTAIN {
            parts.push(pick("sicher", "certain"));
        }
        match rule.other {
            OtherRow::Stays => {}
            OtherRow::Goes => parts.push(pick("andere Zeile wird importiert", "the other row is imported")),
            OtherRow::Known => parts.push(pick(
                "andere Zeile ist im Bestand",
                "the other row is known already",
            )),
        }
        let rule = parts.join(", ");
        self.language
            .pick(format!("; Regel: {rule}"), format!("; rule: {rule}"))
    }

    fn operations(&self) -> &[Json] {
        self.data
            .pointer("/operations")
            .and_then(Json::as_array)
            .map_or(&[], Vec::as_slice)
    }

    /// One step of a change: which row, what before, what afterwards.
    fn operation(&self, operation: &Json) -> String {
        let text = |name: &str| plain(&operation[name]);
        let row = operation["row"]
            .as_u64()
            .and_then(|row| u32::try_from(row).ok())
            .map_or_else(String::new, |row| {
                let number = self.project.row_number(row);
                self.language
                    .pick(format!("Zeile {number}"), format!("row {number}"))
            });
        match text("do").as_str() {
            "edit" => {
                let name = text("field");
                let target = self.project.target();
                let label = target
                    .field_index(&name)
                    .map_or(name.as_str(), |at| target.fields[at].label.get(self.language));
                let after = match &operation["after"] {
                    Json::Null => self
                        .language
                        .pick("wie in der Quelle", "as in the source")
                        .to_owned(),
                    after => self.quoted(&plain(after)),
                };
                format!("{row}, {label}: {after}")
            }
            "decide" => {
                let kind = plain(&operation["after"]["kind"]);
                format!("{row}: {}", decision(&kind, self.language))
            }
            "separate" => format!("{} ≠ {}", text("key_a"), text("key_b")),
            _ => operation.to_string(),
        }
    }
}

fn decision(kind: &str, language: Language) -> &'static str {
    let (german, english) = match kind {
        "import" => ("importieren", "import"),
        "skip" => ("überspringen", "skip"),
        "merge" => ("geht in einer anderen auf", "goes with another one"),
        "hold" => ("zurückstellen", "hold"),
        _ => ("Entscheidung zurückgenommen", "decision taken back"),
    };
    language.pick(german, english)
}

/// A value without quotes; nothing for what is not there.
fn plain(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn beginning(hash: &str) -> String {
    match hash.char_indices().nth(12) {
        Some((end, _)) => format!("{}…", &hash[..end]),
        None => hash.to_owned(),
    }
}

/// Facts that are told by name; what else an entry holds stands in its raw form.
const NAMES: [(&str, &str, &str); 24] = [
    ("/name", "Name", "Name"),
    ("/source", "Quelle", "Source"),
    ("/sheet", "Blatt", "Sheet"),
    ("/rows", "Zeilen", "Rows"),
    ("/columns", "Spalten", "Columns"),
    ("/setting", "Einstellung", "Setting"),
    ("/value", "Wert", "Value"),
    ("/pairs", "Paare", "Pairs"),
    ("/count", "Schritte", "Steps"),
    ("/approval", "Freigabe", "Approval"),
    ("/content_hash", "Inhalt (SHA-256)", "Content (SHA-256)"),
    ("/push", "Übertragung", "Push"),
    ("/batch", "Paket", "Batch"),
    ("/connection", "Verbindung", "Connection"),
    ("/base_url", "Adresse", "Address"),
    ("/import_id", "Import", "Import"),
    ("/total_leads", "Leads", "Leads"),
    ("/imported_leads", "Importiert", "Imported"),
    ("/skipped_duplicates", "Übersprungen", "Skipped"),
    ("/failed_leads", "Fehlgeschlagen", "Failed"),
    ("/external_id", "Kennung", "External id"),
    ("/lead_id", "Nummer im Server", "Number in the server"),
    ("/http_status", "HTTP-Status", "HTTP status"),
    ("/problem", "Grund", "Reason"),
];

/// The facts of an entry for people: what is named, then the steps of a change.
pub(super) fn facts_of(project: &Project, entry: &AuditEntry, language: Language) -> Vec<AuditFact> {
    let telling = Telling {
        project,
        data: &entry.data,
        language,
    };
    let named = NAMES.iter().filter_map(|&(path, german, english)| {
        let value = telling.text(path);
        (!value.is_empty()).then(|| AuditFact {
            name: language.pick(german, english).to_owned(),
            value,
        })
    });
    let steps = telling.operations().iter().map(|operation| AuditFact {
        name: language.pick("Schritt", "Step").to_owned(),
        value: telling.operation(operation),
    });
    named.chain(steps).collect()
}
