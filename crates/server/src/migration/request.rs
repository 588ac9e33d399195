//! The body of an import request: from bytes to a batch whose shape is right. What is in the leads is checked later.

use lotse_core::migration::Mode;
use serde_json::{Map, Value as Json};

use crate::refusal::Refusal;

/// A request whose shape is right.
#[derive(Debug)]
pub(crate) struct BatchRequest {
    pub(crate) source: String,
    pub(crate) mode: Mode,
    pub(crate) skip_on_error: bool,
    pub(crate) skip_duplicates: bool,
    /// The leads in request form; what is no object is an error of that lead.
    pub(crate) leads: Vec<Json>,
}

/// Characters of the source at most.
const LONGEST_SOURCE: usize = 255;

/// The keys of a request. Another key is refused and not ignored: a misspelt `skipOnError` would do the opposite of
/// what was meant.
const KEYS: [&str; 5] = ["source", "dryRun", "skipOnError", "skipDuplicates", "leads"];

impl BatchRequest {
    /// Reads a body that may carry up to `maximum` leads.
    pub(crate) fn read(body: &[u8], maximum: usize) -> Result<Self, Refusal> {
        let json = serde_json::from_slice(body).map_err(|error| not_json(&error))?;
        let Json::Object(mut request) = json else {
            return Err(shape("The body", "an object"));
        };
        if let Some(key) = request.keys().find(|key| !KEYS.contains(&key.as_str())) {
            let key: String = key.chars().take(60).collect();
            return Err(shape(
                &format!("The key {key:?}"),
                &format!("one of {}", KEYS.join(", ")),
            ));
        }
        let source = match request.get("source") {
            Some(Json::String(text)) => lotse_core::values::clean(text, false),
            _ => String::new(),
        };
        if !(1..=LONGEST_SOURCE).contains(&source.chars().count()) {
            return Err(shape(
                "source",
                &format!("a string of 1 to {LONGEST_SOURCE} characters"),
            ));
        }
        let mode = Mode::of(switch(&request, "dryRun", None)?);
        let skip_on_error = switch(&request, "skipOnError", Some(true))?;
        let skip_duplicates = switch(&request, "skipDuplicates", Some(true))?;
        let Some(Json::Array(leads)) = request.remove("leads") else {
            return Err(shape("leads", &format!("an array of 1 to {maximum} leads")));
        };
        if !(1..=maximum).contains(&leads.len()) {
            return Err(Refusal::BatchSize {
                leads: leads.len(),
                maximum,
            });
        }
        Ok(BatchRequest {
            source,
            mode,
            skip_on_error,
            skip_duplicates,
            leads,
        })
    }
}

fn switch(request: &Map<String, Json>, key: &str, default: Option<bool>) -> Result<bool, Refusal> {
    match (request.get(key), default) {
        (Some(Json::Bool(on)), _) => Ok(*on),
        (None, Some(default)) => Ok(default),
        _ => Err(shape(key, "true or false")),
    }
}

fn shape(path: &str, expected: &str) -> Refusal {
    Refusal::Shape {
        path: path.to_string(),
        expected: expected.to_string(),
    }
}

fn not_json(error: &serde_json::Error) -> Refusal {
    let told = error.to_string();
    // The sentence names line and column itself.
    let reason = told.split(" at line ").next().unwrap_or(&told);
    Refusal::NotJson {
        line: error.line(),
        column: error.column(),
        reason: reason.to_string(),
    }
}
