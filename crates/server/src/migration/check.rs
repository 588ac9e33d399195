//! The leads of a batch, read and checked by the rules that the client applies, too.

use std::collections::{BTreeSet, HashMap};

use lotse_core::batch::hex_digest;
use lotse_core::check::{CheckSettings, check_lead};
use lotse_core::finding::{Finding, Place, Problem, Severity};
use lotse_core::language::Language;
use lotse_core::lead::{ExternalId, Lead};
use lotse_core::migration::ValidationError;
use lotse_core::protection::Protection;
use lotse_core::request_form::read_request_form;
use lotse_core::target::{FieldSpec, Role, Target};
use lotse_core::values::Instant;
use serde_json::Value as Json;

use super::facts::LeadFacts;

/// A lead of a batch after all checks that need no other lead of the server.
#[derive(Debug)]
pub(crate) struct CheckedLead {
    /// Empty where the lead brings none along; then the paths of its errors begin with its place in the batch.
    pub(crate) external_id: ExternalId,
    /// What a dry-run and the import of this lead have in common.
    pub(crate) content_hash: String,
    /// Paths of keys that are no fields.
    pub(crate) ignored: Vec<String>,
    /// The lead, or everything that is wrong with it.
    pub(crate) outcome: Result<SoundLead, Vec<ValidationError>>,
}

/// A lead without errors.
#[derive(Debug)]
pub(crate) struct SoundLead {
    pub(crate) facts: LeadFacts,
    pub(crate) protection: Protection,
}

/// Checks the leads of a batch against the target's rules, the known owners and each other's external ids.
pub(crate) fn check_leads(
    target: &Target,
    forms: &[Json],
    owners: BTreeSet<String>,
    now: Instant,
) -> Vec<CheckedLead> {
    let settings = CheckSettings {
        now,
        // Decides in which year or on which day something falls, which only warnings ask for.
        zone: chrono_tz::UTC,
        owners: Some(owners),
    };
    let mut seen = HashMap::new();
    let mut checked = Vec::with_capacity(forms.len());
    for (index, form) in forms.iter().enumerate() {
        checked.push(check_one(target, index, form, &settings, &mut seen));
    }
    checked
}

fn check_one(
    target: &Target,
    index: usize,
    form: &Json,
    settings: &CheckSettings,
    seen: &mut HashMap<String, usize>,
) -> CheckedLead {
    let Json::Object(object) = form else {
        let error = ValidationError {
            external_id: ExternalId(String::new()),
            field: format!("leads[{index}]"),
            error: "A lead must be an object.".into(),
            code: Some("lead.wrong_type".into()),
        };
        return CheckedLead {
            external_id: ExternalId(String::new()),
            content_hash: hex_digest(form.to_string().as_bytes()),
            ignored: Vec::new(),
            outcome: Err(vec![error]),
        };
    };
    let read = read_request_form(target, object);
    let mut findings = read.findings;
    let external_id = external_id(target, &read.lead, index, seen, &mut findings);
    check_lead(target, &read.lead, settings, &mut findings);
    findings.retain(|finding| finding.severity() == Severity::Error);
    let protection = Protection::of_lead(target, &read.lead, settings.now);
    let outcome = match protection {
        Some(protection) if findings.is_empty() => match LeadFacts::of(target, &read.lead) {
            Ok(facts) => Ok(SoundLead { facts, protection }),
            // A lead that passes the checks has all its fields; a field that is no column yet would end up here.
            Err(error) => Err(vec![ValidationError {
                external_id: external_id.clone(),
                field: format!("leads[{index}]"),
                error: format!("This server cannot store the lead: {error}."),
                code: Some("lead.unstorable".into()),
            }]),
        },
        _ => Err(errors(target, &findings, &external_id, index)),
    };
    CheckedLead {
        content_hash: read.lead.content_hash(target),
        external_id,
        ignored: read.ignored,
        outcome,
    }
}

/// The lead's external id. A request must give one, and each only once.
fn external_id(
    target: &Target,
    lead: &Lead,
    index: usize,
    seen: &mut HashMap<String, usize>,
    findings: &mut Vec<Finding>,
) -> ExternalId {
    let Some(position) = target.role_index(Role::ExternalId) else {
        return ExternalId(String::new());
    };
    let place = Place::Field(u16::try_from(position).unwrap_or(u16::MAX));
    let field = &lead.fields[position];
    let Some(value) = &field.value else {
        if field.text.is_empty() {
            findings.push(Finding::new(place, Problem::Missing, ""));
        }
        return ExternalId(String::new());
    };
    let id = value.to_text();
    if let Some(&first) = seen.get(&id) {
        let problem = Problem::Duplicate {
            row: u32::try_from(first + 1).unwrap_or(u32::MAX),
            source: "this request".into(),
        };
        findings.push(Finding::new(place, problem, id.as_str()));
    } else {
        seen.insert(id.clone(), index);
    }
    ExternalId(id)
}

fn errors(
    target: &Target,
    findings: &[Finding],
    external_id: &ExternalId,
    index: usize,
) -> Vec<ValidationError> {
    let error = |finding: &Finding| {
        let path = finding.path(target);
        ValidationError {
            external_id: external_id.clone(),
            field: if external_id.0.is_empty() {
                format!("leads[{index}].{path}")
            } else {
                path
            },
            error: sentence(target, finding),
            code: Some(finding.code(target)),
        }
    };
    findings.iter().map(error).collect()
}

/// The sentence of a finding. Where the one for the window speaks of columns and mappings, an API says it otherwise.
fn sentence(target: &Target, finding: &Finding) -> String {
    let path = finding.path(target);
    match &finding.problem {
        Problem::Missing => format!("{path} is required."),
        Problem::UnknownChoice => {
            let choices: Vec<&str> = spec(target, finding.place)
                .map(|spec| spec.choices.iter().map(|choice| choice.value.as_str()).collect())
                .unwrap_or_default();
            format!(
                "{:?} is no value of {path}; allowed are {}.",
                finding.value,
                choices.join(", ")
            )
        }
        Problem::UnknownOwner => format!("Owner user not found: {:?}.", finding.value),
        Problem::Duplicate { row, .. } => {
            format!(
                "{:?} is already the externalId of leads[{}].",
                finding.value,
                row.saturating_sub(1)
            )
        }
        _ => finding.message(target, Language::En),
    }
}

fn spec(target: &Target, place: Place) -> Option<&FieldSpec> {
    match place {
        Place::Field(field) => target.fields.get(usize::from(field)),
        Place::Activity(_, field) => target.activity_fields().get(usize::from(field)),
        Place::WholeActivity(_) | Place::Activities | Place::Group(_) => None,
    }
}
