//! Why a file could not be read, as facts; the sentence is made of them for the person.

use lotse_core::language::{Language, Tell};
use serde::{Deserialize, Serialize};

/// Why a source could not be read (or not to its end).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
#[error("{}", self.tell(Language::En))]
pub enum SourceError {
    /// There is no file of that name.
    NotFound {
        /// The file's name, without its folders.
        file: String,
    },
    /// The name is one of a folder.
    IsFolder {
        /// The folder's name.
        file: String,
    },
    /// The operating system refused or failed while reading.
    Unreadable {
        /// The file's name, without its folders.
        file: String,
        /// What the system said.
        cause: String,
    },
    /// Nothing is in the file, or nothing but blanks.
    Empty {
        /// The file's name, without its folders.
        file: String,
    },
    /// The file is of a kind that holds no table Lotse reads.
    NotATable {
        /// What it is, recognised by its content.
        found: ForeignFormat,
    },
    /// The workbook is protected by a password.
    Encrypted,
    /// The file contradicts itself or ends too early.
    Damaged {
        /// The part inside the file (an archive member, a sheet, a line), as far as known.
        part: String,
        /// What is wrong there.
        cause: String,
    },
    /// Reading on would take more memory than Lotse allows itself; a sign of a file made to do so.
    TooLarge {
        /// The part inside the file.
        part: String,
        /// The limit that was reached, in bytes.
        limit: u64,
    },
    /// The sheet that was asked for is not there.
    NoSuchSheet {
        /// The name that was asked for.
        wanted: String,
        /// The names there are.
        sheets: Vec<String>,
    },
    /// A workbook without any sheet of cells (charts or macros only).
    NoSheet,
    /// The settings contradict themselves.
    BadSetting {
        /// Which setting.
        setting: String,
        /// What it was set to.
        value: String,
    },
    /// The person cancelled.
    Cancelled,
}

/// A kind of file that is recognised only in order to say what to do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ForeignFormat {
    /// A PDF document.
    Pdf,
    /// A picture.
    Picture,
    /// A gzip, bzip2, xz, zstd, 7z or RAR archive.
    Compressed,
    /// A ZIP archive that is no workbook.
    ZipArchive,
    /// A text document (Word, OpenDocument Text, RTF).
    TextDocument,
    /// A presentation.
    Presentation,
    /// An Apple Numbers document.
    Numbers,
    /// A database file (SQLite, Access, dBase, Parquet).
    Database,
    /// JSON text.
    Json,
    /// XML that is no spreadsheet.
    Xml,
    /// A program.
    Program,
    /// A mail or an Outlook message.
    Mail,
    /// Bytes that are no text.
    Binary,
}

impl ForeignFormat {
    fn name(self, language: Language) -> &'static str {
        let (german, english) = match self {
            Self::Pdf => ("ein PDF-Dokument", "a PDF document"),
            Self::Picture => ("ein Bild", "a picture"),
            Self::Compressed => ("ein gepacktes Archiv", "a compressed archive"),
            Self::ZipArchive => (
                "ein ZIP-Archiv, keine Arbeitsmappe",
                "a ZIP archive, not a workbook",
            ),
            Self::TextDocument => ("ein Textdokument", "a text document"),
            Self::Presentation => ("eine Präsentation", "a presentation"),
            Self::Numbers => ("ein Numbers-Dokument", "a Numbers document"),
            Self::Database => ("eine Datenbankdatei", "a database file"),
            Self::Json => ("eine JSON-Datei", "a JSON file"),
            Self::Xml => ("eine XML-Datei ohne Tabellenblatt", "an XML file without a sheet"),
            Self::Program => ("ein Programm", "a program"),
            Self::Mail => ("eine E-Mail", "a mail"),
            Self::Binary => ("keine Text- oder Tabellendatei", "neither text nor a spreadsheet"),
        };
        language.pick(german, english)
    }

    fn advice(self, language: Language) -> &'static str {
        let (german, english) = match self {
            Self::Compressed | Self::ZipArchive => (
                "Bitte entpacken und die enthaltene Tabelle laden.",
                "Please unpack it and load the table inside.",
            ),
            Self::Numbers => (
                "Bitte in Numbers als Excel oder CSV exportieren.",
                "Please export it from Numbers as Excel or CSV.",
            ),
            Self::Mail => (
                "Mails werden über das Postfach gelesen.",
                "Mails are read through the mailbox.",
            ),
            _ => (
                "Bitte die Daten als Excel- oder CSV-Datei speichern.",
                "Please save the data as an Excel or CSV file.",
            ),
        };
        language.pick(german, english)
    }
}

impl Tell for SourceError {
    fn tell(&self, language: Language) -> String {
        match self {
            Self::NotFound { file } => language.pick(
                format!("Die Datei „{file}“ gibt es nicht (mehr). Bitte Namen und Ordner prüfen."),
                format!("The file “{file}” does not exist (any more). Please check its name and folder."),
            ),
            Self::IsFolder { file } => language.pick(
                format!("„{file}“ ist ein Ordner. Bitte eine Datei darin wählen."),
                format!("“{file}” is a folder. Please choose a file inside it."),
            ),
            Self::Unreadable { file, cause } => language.pick(
                format!("„{file}“ lässt sich nicht lesen: {cause}. Ist die Datei noch in einem anderen Programm geöffnet?"),
                format!("“{file}” cannot be read: {cause}. Is the file still open in another program?"),
            ),
            Self::Empty { file } => language.pick(
                format!("„{file}“ ist leer. Bitte prüfen, ob der Export gelungen ist."),
                format!("“{file}” is empty. Please check whether the export succeeded."),
            ),
            Self::NotATable { found } => {
                let (name, advice) = (found.name(language), found.advice(language));
                language.pick(
                    format!("Die Datei ist {name}. {advice}"),
                    format!("The file is {name}. {advice}"),
                )
            }
            Self::Encrypted => language.pick(
                "Die Arbeitsmappe ist mit einem Kennwort geschützt. Bitte in Excel öffnen, das Kennwort entfernen und neu speichern.".into(),
                "The workbook is protected by a password. Please open it in Excel, remove the password and save it again.".into(),
            ),
            Self::Damaged { part, cause } => language.pick(
                format!("Die Datei ist beschädigt: {part}: {cause}. Bitte neu exportieren oder in der Tabellenkalkulation öffnen und neu speichern."),
                format!("The file is damaged: {part}: {cause}. Please export it again, or open it in the spreadsheet program and save it anew."),
            ),
            Self::TooLarge { part, limit } => {
                let mebibytes = limit >> 20;
                language.pick(
                    format!("{part} wächst beim Entpacken über {mebibytes} MiB hinaus; die Datei wird nicht gelesen. Bitte nur das Blatt mit den Daten als CSV speichern."),
                    format!("{part} grows past {mebibytes} MiB when unpacked; the file is not read. Please save only the sheet with the data as CSV."),
                )
            }
            Self::NoSuchSheet { wanted, sheets } => {
                let list = sheets.join(", ");
                language.pick(
                    format!("Ein Blatt „{wanted}“ gibt es nicht. Vorhanden sind: {list}."),
                    format!("There is no sheet “{wanted}”. There are: {list}."),
                )
            }
            Self::NoSheet => language.pick(
                "Die Arbeitsmappe enthält kein Blatt mit Zellen. Bitte eine andere Datei wählen.".into(),
                "The workbook has no sheet with cells. Please choose another file.".into(),
            ),
            Self::BadSetting { setting, value } => language.pick(
                format!("Die Einstellung „{setting}“ kann nicht „{value}“ sein. Bitte einen anderen Wert wählen."),
                format!("The setting “{setting}” cannot be “{value}”. Please choose another value."),
            ),
            Self::Cancelled => language.pick("Abgebrochen.".into(), "Cancelled.".into()),
        }
    }
}
