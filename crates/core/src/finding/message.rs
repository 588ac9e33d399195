//! The sentences of findings.

use super::{Finding, Place, Problem, spec};
use crate::language::Language;
use crate::target::Target;
use crate::values::EmailProblem;

/// The field's name for people.
fn label<'t>(finding: &Finding, target: &'t Target, language: Language) -> &'t str {
    let activities = || {
        target
            .activities
            .as_ref()
            .map_or(language.pick("Aktivitäten", "Activities"), |a| {
                a.label.get(language)
            })
    };
    match finding.place {
        Place::Field(field) => spec(&target.fields, field).map_or("", |spec| spec.label.get(language)),
        Place::Activity(_, field) => {
            spec(target.activity_fields(), field).map_or("", |spec| spec.label.get(language))
        }
        Place::WholeActivity(_) | Place::Activities => activities(),
        Place::Group(group) => target
            .groups
            .get(usize::from(group))
            .map_or("", |group| group.label.get(language)),
    }
}

/// A value inside a sentence: in the language's quotation marks, and cut where it would drown the sentence.
fn quoted(value: &str, language: Language) -> String {
    const LONGEST: usize = 60;
    let mut shown: String = value.chars().take(LONGEST).collect();
    if value.chars().count() > LONGEST {
        shown.push('…');
    }
    match language {
        Language::De => format!("„{shown}“"),
        Language::En => format!("\"{shown}\""),
    }
}

pub(super) fn title(finding: &Finding, target: &Target, language: Language) -> String {
    let label = label(finding, target, language);
    let of_activity = matches!(finding.place, Place::Activity(..));
    let subject = if of_activity {
        format!("{}: {label}", language.pick("Aktivität", "Activity"))
    } else {
        label.to_string()
    };
    let (german, english) = match &finding.problem {
        Problem::Missing => ("fehlt", "is missing"),
        Problem::ProgressUndecided { .. } => {
            return language
                .pick("Fortschritt nicht entschieden", "Progress not decided")
                .to_string();
        }
        Problem::TooShort { .. } => ("zu kurz", "too short"),
        Problem::TooLong { .. } => ("zu lang", "too long"),
        Problem::Email(EmailProblem::NoDomain | EmailProblem::NoLocalPart) => ("unvollständig", "incomplete"),
        Problem::Email(_) | Problem::Phone { .. } | Problem::Moment | Problem::Number | Problem::Flag => {
            ("ungültig", "invalid")
        }
        Problem::EmailTypo => ("vermutlich vertippt", "probably mistyped"),
        Problem::PhoneSeveral => ("mehrere in einer Zelle", "several in one cell"),
        Problem::PhoneDamaged => ("von Excel beschädigt", "damaged by Excel"),
        Problem::PhonePrefixRestored => ("führende Null ergänzt", "leading zero restored"),
        Problem::PhonePrefixLost { .. } => ("führende Null oder + verloren", "leading zero or + lost"),
        Problem::MomentAmbiguous { .. } => ("mehrdeutig", "ambiguous"),
        Problem::NumberTooPrecise => ("zu viele Stellen", "too many digits"),
        Problem::OutOfRange { .. } => ("außerhalb des Bereichs", "out of range"),
        Problem::Implausible => ("unwahrscheinlich", "implausible"),
        Problem::UnknownChoice => ("nicht zugeordnet", "not mapped"),
        Problem::UnknownOwner => ("unbekannt", "unknown"),
        Problem::Future => ("in der Zukunft", "in the future"),
        Problem::TooEarly { .. } => ("sehr früh", "very early"),
        Problem::BeforeRegistration | Problem::ConsentBeforeRegistration => {
            ("vor der Registrierung", "before the registration")
        }
        Problem::Unreachable => ("weder E-Mail noch Telefon", "neither e-mail nor phone"),
        Problem::Unchecked => ("nicht geprüft", "not checked"),
        Problem::Duplicate { .. } => ("mehrfach vergeben", "used more than once"),
        Problem::Encoding => ("Zeichensatz beschädigt", "broken encoding"),
        Problem::CellError => ("Fehlerwert", "error value"),
        Problem::NotCalculated => ("Formel ohne Ergebnis", "formula without result"),
        Problem::Unreadable => ("nicht lesbar", "not readable"),
        Problem::Repeated => ("doppelt am selben Tag", "twice on the same day"),
        Problem::WrongType { .. } => ("von falschem Typ", "of the wrong type"),
    };
    format!("{subject} {}", language.pick(german, english))
}

pub(super) fn message(finding: &Finding, target: &Target, language: Language) -> String {
    let label = label(finding, target, language);
    let value = quoted(&finding.value, language);
    let de = language == Language::De;
    match &finding.problem {
        Problem::Missing if de => format!("{label} fehlt. Bitte ergänzen oder eine Spalte zuordnen."),
        Problem::Missing => format!("{label} is missing. Please add it or map a column."),
        Problem::TooShort { minimum } if de => format!("{value} ist zu kurz: {label} braucht mindestens {minimum} Zeichen."),
        Problem::TooShort { minimum } => format!("{value} is too short: {label} needs at least {minimum} characters."),
        Problem::TooLong { maximum, length } if de => {
            format!("{label} hat {length} Zeichen, erlaubt sind {maximum}. Bitte kürzen.")
        }
        Problem::TooLong { maximum, length } => {
            format!("{label} has {length} characters, {maximum} are allowed. Please shorten it.")
        }
        Problem::Email(problem) => email(problem, &value, language),
        Problem::EmailTypo => {
            let meant = quoted(finding.fix.as_ref().map_or("", |fix| &fix.text), language);
            language.pick(format!("{value} ist vermutlich vertippt; gemeint ist wohl {meant}."), format!("{value} is probably mistyped; {meant} seems to be meant."))
        }
        Problem::Phone { region } if de => {
            format!("{value} ist keine Telefonnummer (gelesen für {region}). Bitte mit Vorwahl angeben oder leeren.")
        }
        Problem::Phone { region } => {
            format!("{value} is no phone number (read for {region}). Please give it with its area code, or clear it.")
        }
        Problem::PhoneSeveral => language.pick(
            format!("{value} enthält mehrere Nummern. Bitte eine wählen; die übrigen können in die Notizen."),
            format!("{value} holds several numbers. Please choose one; the others can go into the notes."),
        ),
        Problem::PhoneDamaged => language.pick(
            format!("{value}: Excel hat die Nummer gerundet, Ziffern sind verloren. Bitte aus der Quelle neu holen."),
            format!("{value}: Excel has rounded the number, digits are lost. Please fetch it from the source again."),
        ),
        Problem::PhonePrefixRestored => language.pick(
            format!("{value} hat die führende Null oder das + verloren; ergänzt, weil nur eine Lesart eine Nummer ergibt."),
            format!("{value} has lost its leading zero or +; restored, since only one reading gives a number."),
        ),
        Problem::PhonePrefixLost { national, international } => language.pick(
            format!("{value} hat die führende Null oder das + verloren und kann {national} oder {international} sein. Bitte entscheiden."),
            format!("{value} has lost its leading zero or + and can be {national} or {international}. Please decide."),
        ),
        Problem::Moment => language.pick(
            format!("{value} ist kein vollständiges Datum. Üblich sind 15.06.2024 oder 2024-06-15."),
            format!("{value} is no complete date. Usual forms are 15.06.2024 or 2024-06-15."),
        ),
        Problem::MomentAmbiguous { day_first, month_first } => language.pick(
            format!("{value} kann {day_first} oder {month_first} sein. Bitte in der Zuordnung die Reihenfolge von Tag und Monat festlegen."),
            format!("{value} can be {day_first} or {month_first}. Please settle the order of day and month in the mapping."),
        ),
        Problem::Number => language.pick(format!("{value} ist keine Zahl."), format!("{value} is no number.")),
        Problem::NumberTooPrecise => language.pick(
            format!("{value} hat mehr als 15 Stellen und würde beim Senden gerundet. Bitte kürzen."),
            format!("{value} has more than 15 digits and would be rounded on its way. Please shorten it."),
        ),
        Problem::OutOfRange { minimum, maximum } => {
            let range = match (minimum, maximum) {
                (Some(low), Some(high)) => language.pick(format!("zwischen {low} und {high}"), format!("between {low} and {high}")),
                (Some(low), None) => language.pick(format!("mindestens {low}"), format!("at least {low}")),
                (None, Some(high)) => language.pick(format!("höchstens {high}"), format!("at most {high}")),
                (None, None) => String::new(),
            };
            language.pick(format!("{value} liegt außerhalb: {label} muss {range} sein."), format!("{value} is out of range: {label} must be {range}."))
        }
        Problem::Implausible => language.pick(
            format!("{label} {value} ist unwahrscheinlich. Bitte prüfen."),
            format!("{label} {value} is unlikely. Please check it."),
        ),
        Problem::Flag => language.pick(
            format!("{value} heißt weder ja noch nein."),
            format!("{value} means neither yes nor no."),
        ),
        Problem::UnknownChoice => language.pick(
            format!("{value} ist keinem Wert von {label} zugeordnet. Bitte in der Zuordnung oder hier wählen."),
            format!("{value} is not mapped to a value of {label}. Please choose one in the mapping or here."),
        ),
        Problem::Future => language.pick(
            format!("{value} liegt in der Zukunft. Tag, Monat oder Jahr vertauscht?"),
            format!("{value} lies in the future. Are day, month or year mixed up?"),
        ),
        Problem::TooEarly { year } => language.pick(
            format!("{value} liegt vor {year}. Bitte prüfen."),
            format!("{value} lies before {year}. Please check it."),
        ),
        Problem::BeforeRegistration | Problem::ConsentBeforeRegistration => language.pick(
            format!("{label}: {value} liegt vor der Registrierung des Leads."),
            format!("{label}: {value} lies before the lead's registration."),
        ),
        Problem::Unreachable => unreachable(finding, target, language),
        Problem::UnknownOwner => language.pick(
            format!("Der Betreuer {value} ist kein bekannter Benutzer. Bitte wählen oder die Benutzerliste ergänzen."),
            format!("The owner {value} is no known user. Please choose one or complete the list of users."),
        ),
        Problem::Unchecked => language.pick(
            format!("Ob es den Betreuer {value} gibt, ist nicht geprüft, weil keine Benutzerliste bekannt ist. Der Server entscheidet."),
            format!("Whether the owner {value} exists is not checked, since no list of users is known. The server decides."),
        ),
        Problem::Duplicate { row, source } => language.pick(
            format!("{value} steht schon in Zeile {row} von {source}. Jede externe Nummer darf nur einmal vorkommen."),
            format!("{value} already stands in row {row} of {source}. Each external id may occur only once."),
        ),
        Problem::Encoding => {
            let repaired = quoted(finding.fix.as_ref().map_or("", |fix| &fix.text), language);
            language.pick(format!("{value} sieht nach falschem Zeichensatz aus; gemeint ist wohl {repaired}."), format!("{value} looks like a wrong character set; {repaired} seems to be meant."))
        }
        Problem::CellError => language.pick(
            format!("In der Zelle steht der Fehlerwert {value}. Bitte in der Quelle berichtigen oder hier ersetzen."),
            format!("The cell holds the error value {value}. Please correct it in the source or replace it here."),
        ),
        Problem::NotCalculated => language.pick(
            "Die Datei enthält für diese Formel kein Ergebnis. Bitte in Excel öffnen, speichern und neu laden.".into(),
            "The file holds no result for this formula. Please open and save it in Excel and load it again.".into(),
        ),
        Problem::Unreadable => language.pick(
            format!("{value} ist keine lesbare Aktivität. Erwartet wird „2024-05-15: Meeting“, mehrere durch | getrennt."),
            format!("{value} is no readable activity. Expected is \"2024-05-15: Meeting\", several separated by |."),
        ),
        Problem::Repeated => language.pick(
            format!("Dieselbe Aktivität steht am selben Tag zweimal da: {value}."),
            format!("The same activity stands there twice on the same day: {value}."),
        ),
        Problem::WrongType { expected } => {
            let expected = expected.named(language);
            language.pick(format!("{label} muss {expected} sein, nicht {value}."), format!("{label} must be {expected}, not {value}."))
        }
        Problem::ProgressUndecided { activity_type } => language.pick(
            format!("Für „{activity_type}“ ist nicht entschieden, ob es als Fortschritt zählt. Bitte in der Zuordnung beantworten."),
            format!("It is not decided whether \"{activity_type}\" counts as progress. Please answer that in the mapping."),
        ),
    }
}

fn email(problem: &EmailProblem, value: &str, language: Language) -> String {
    let (german, english) = match problem {
        EmailProblem::NoAt => ("darin fehlt das @", "it lacks the @"),
        EmailProblem::NoLocalPart => ("vor dem @ steht nichts", "nothing stands before the @"),
        EmailProblem::NoDomain => ("nach dem @ fehlt die Domain", "the domain after the @ is missing"),
        EmailProblem::Several { .. } => ("es sind mehrere Adressen", "there are several addresses"),
        EmailProblem::Decorated { .. } => (
            "um die Adresse steht weiterer Text",
            "there is other text around the address",
        ),
        EmailProblem::LocalPartInvalid => (
            "der Teil vor dem @ ist nicht erlaubt",
            "the part before the @ is not allowed",
        ),
        EmailProblem::DomainInvalid => ("die Domain kann es nicht geben", "the domain cannot exist"),
        EmailProblem::TooLong => ("sie ist länger als erlaubt", "it is longer than allowed"),
    };
    language.pick(
        format!("{value} ist keine E-Mail-Adresse: {german}."),
        format!("{value} is no e-mail address: {english}."),
    )
}

fn unreachable(finding: &Finding, target: &Target, language: Language) -> String {
    let Place::Group(group) = finding.place else {
        return String::new();
    };
    let Some(group) = target.groups.get(usize::from(group)) else {
        return String::new();
    };
    let labels: Vec<&str> = group
        .any_of
        .iter()
        .filter_map(|name| Some(target.fields[target.field_index(name)?].label.get(language)))
        .collect();
    language.pick(
        format!(
            "{} braucht eine Angabe zu: {}.",
            group.label.de,
            labels.join(" oder ")
        ),
        format!("{} needs a value for: {}.", group.label.en, labels.join(" or ")),
    )
}
