/// Reads yes or no as people write it in German, English, French and spreadsheets; `None` for anything else.
pub fn read_flag(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "ja" | "j" | "yes" | "y" | "true" | "wahr" | "1" | "x" | "✓" | "✔" | "oui" | "vrai" | "on" => {
            Some(true)
        }
        "nein" | "n" | "no" | "false" | "falsch" | "0" | "non" | "faux" | "off" => Some(false),
        _ => None,
    }
}
