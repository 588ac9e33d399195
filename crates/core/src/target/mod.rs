//! Targets: what an import API wants to know about a lead, as data.
//!
//! A target file (JSON) names the fields with their types and rules, and how requests are made. The three built-in
//! targets are such files, compiled in; no code outside [`crate::migration`] knows a field of a target by its name.
//! What code has to know about a field's meaning (that it is the company, or the date of registration) is told by
//! its [`Role`].

mod problem;
mod schema;

pub use problem::TargetProblem;
pub use schema::{
    Activities, Api, Choice, DryRunKind, FieldKind, FieldSpec, Group, Label, RequestMode, Role, Target,
};

const MIGRATION: &str = include_str!("builtin/migration.json");
const TRACKING: &str = include_str!("builtin/tracking.json");
const LMS: &str = include_str!("builtin/lms.json");

/// The names of the built-in targets, the main one first.
pub const BUILTIN: [&str; 3] = ["migration", "tracking", "lms"];

impl Target {
    /// The built-in target called `name`.
    pub fn builtin(name: &str) -> Option<Self> {
        let text = match name {
            "migration" => MIGRATION,
            "tracking" => TRACKING,
            "lms" => LMS,
            _ => return None,
        };
        Some(Self::from_json(text).expect("the built-in targets are read by a test"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_builtin_target_is_valid_and_called_as_listed() {
        for name in BUILTIN {
            assert_eq!(Target::builtin(name).expect(name).id, name);
        }
        assert!(Target::builtin("crm").is_none());
    }

    #[test]
    fn a_broken_target_file_is_refused_with_its_reason() {
        let base = Target::builtin("migration").unwrap();
        let with = |change: fn(&mut Target)| {
            let mut target = base.clone();
            change(&mut target);
            Target::from_json(&serde_json::to_string(&target).unwrap()).unwrap_err()
        };
        assert!(matches!(
            Target::from_json("{"),
            Err(TargetProblem::NotReadable { line: 1, .. })
        ));
        assert_eq!(
            with(|target| target.fields[1].name = target.fields[0].name.clone()),
            TargetProblem::FieldTwice {
                field: "externalId".into()
            }
        );
        assert_eq!(with(|target| target.fields.clear()), TargetProblem::NoFields);
        assert!(matches!(
            with(|target| target.groups[0].any_of = vec!["nope".into()]),
            TargetProblem::UnknownField { .. }
        ));
        assert!(matches!(
            with(|target| target.api.maximum_leads = 0),
            TargetProblem::BatchSize { .. }
        ));
        assert!(matches!(
            with(|target| target
                .fields
                .iter_mut()
                .find(|f| f.name == "territory")
                .unwrap()
                .choices
                .clear()),
            TargetProblem::ChoiceWithoutChoices { .. }
        ));
    }
}
