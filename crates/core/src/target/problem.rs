use crate::language::{Language, Tell};

/// Why a target file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.tell(Language::En))]
pub enum TargetProblem {
    /// Not JSON, or not of a target's shape.
    NotReadable {
        /// Line of the file, from 1.
        line: usize,
        /// Column in that line, from 1.
        column: usize,
        /// What the JSON reader says.
        reason: String,
    },
    /// A target without fields asks for nothing.
    NoFields,
    /// The same field name stands there twice.
    FieldTwice {
        /// The name.
        field: String,
    },
    /// A rule names a field that the target does not have.
    UnknownField {
        /// The name.
        field: String,
    },
    /// A choice field without choices accepts nothing.
    ChoiceWithoutChoices {
        /// The field.
        field: String,
    },
    /// The number of leads a request may carry is not in 1 to 1000.
    BatchSize {
        /// The number in the file.
        leads: usize,
    },
}

impl Tell for TargetProblem {
    fn tell(&self, language: Language) -> String {
        match self {
            Self::NotReadable { line, column, reason } => language.pick(
                format!("Die Zieldatei ist in Zeile {line}, Spalte {column} nicht lesbar ({reason}). Bitte dort berichtigen."),
                format!("The target file cannot be read at line {line}, column {column} ({reason}). Please correct it there."),
            ),
            Self::NoFields => language.pick(
                "Die Zieldatei nennt keine Felder. Unter „fields“ muss mindestens eines stehen.".into(),
                "The target file names no fields. At least one must stand under \"fields\".".into(),
            ),
            Self::FieldTwice { field } => language.pick(
                format!("Das Feld „{field}“ steht zweimal in der Zieldatei. Bitte eines davon umbenennen oder entfernen."),
                format!("The field \"{field}\" stands twice in the target file. Please rename or remove one of them."),
            ),
            Self::UnknownField { field } => language.pick(
                format!("Eine Regel der Zieldatei nennt das Feld „{field}“, das es dort nicht gibt. Bitte den Namen prüfen."),
                format!("A rule of the target file names the field \"{field}\", which it does not have. Please check the name."),
            ),
            Self::ChoiceWithoutChoices { field } => language.pick(
                format!("Das Auswahlfeld „{field}“ der Zieldatei hat keine Werte. Bitte unter „choices“ angeben."),
                format!("The choice field \"{field}\" of the target file has no values. Please give them under \"choices\"."),
            ),
            Self::BatchSize { leads } => language.pick(
                format!("Die Zieldatei erlaubt {leads} Leads je Anfrage. Möglich sind 1 bis 1000."),
                format!("The target file allows {leads} leads per request. 1 to 1000 are possible."),
            ),
        }
    }
}
