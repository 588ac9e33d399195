//! Many duplicates decided by one rule.

use lotse_core::migration::MatchReason;
use lotse_engine::jobs::Watch;
use lotse_engine::project::{ChangeKind, DecisionKind, FieldEdit, Project};
use lotse_engine::workflows::{
    DecisionRule, OtherRow, RuleDeed, decide_by_rule, decide_rows, edit_fields, keep_rows, rows_of_rule, undo,
};
use serde_json::json;

use super::{Place, actor, now};

const EMAIL_OF_IMPORTED: DecisionRule = DecisionRule {
    deed: RuleDeed::Skip,
    reason: Some(MatchReason::EmailExact),
    score_from: 0.75,
    other: OtherRow::Goes,
};

const CERTAIN_DOUBLES: DecisionRule = DecisionRule {
    deed: RuleDeed::Skip,
    reason: None,
    score_from: 0.95,
    other: OtherRow::Stays,
};

/// Gives two rows more the address of row 3, which row 103 has already.
fn four_of_one_address(project: &Project) {
    let email = project.target().field_index("contact.email").unwrap();
    let address = project.row_states(&[3]).unwrap()[0].fields[email].text.clone();
    let edits = [20, 40].map(|row| FieldEdit {
        row,
        field: "contact.email".into(),
        text: Some(address.clone()),
    });
    let summary = json!({});
    edit_fields(project, &actor(), ChangeKind::BulkEdit, &summary, &edits, now()).unwrap();
}

fn decide(project: &Project, rule: DecisionRule) -> Vec<u32> {
    let named = rows_of_rule(project, rule).unwrap();
    let decided = decide_by_rule(project, &actor(), rule, now()).unwrap();
    assert_eq!(named, decided, "what was counted is what was decided about");
    decided
}

fn decisions(project: &Project, rows: &[u32]) -> Vec<Option<DecisionKind>> {
    let decision = |&row| project.decision(row).unwrap().map(|decision| decision.kind);
    rows.iter().map(decision).collect()
}

#[test]
fn a_rule_skips_doubles_only_where_the_other_row_goes() {
    let place = Place::new();
    let project = place.example();
    for rule in [EMAIL_OF_IMPORTED, CERTAIN_DOUBLES] {
        assert_eq!(rows_of_rule(&project, rule).unwrap(), [103], "{rule:?}");
    }
    decide_rows(&project, &actor(), &[3], Some(DecisionKind::Hold), None).unwrap();
    for rule in [EMAIL_OF_IMPORTED, CERTAIN_DOUBLES] {
        assert_eq!(rows_of_rule(&project, rule).unwrap(), [0; 0], "{rule:?}");
    }
    undo(&project, &actor(), now(), &Watch::quiet()).unwrap();
    // Of one address the first stays, and what somebody has decided is left alone.
    four_of_one_address(&project);
    keep_rows(&project, &actor(), &[40]).unwrap();
    assert_eq!(decide(&project, EMAIL_OF_IMPORTED), [20, 103]);
    undo(&project, &actor(), now(), &Watch::quiet()).unwrap();
    assert_eq!(
        decisions(&project, &[103, 20]),
        [None, None],
        "the rule was one change"
    );
}

#[test]
fn a_rule_asks_for_reason_score_and_what_the_other_row_is() {
    let place = Place::new();
    let project = place.example();
    let pairs: Vec<_> = project.duplicate_pairs().unwrap();
    for reason in [
        MatchReason::EmailExact,
        MatchReason::PhoneNormalized,
        MatchReason::CompanyFuzzy,
    ] {
        let of_reason = pairs.iter().filter(|pair| pair.reason == reason);
        let mut later: Vec<u32> = of_reason.map(|pair| pair.row_b).collect();
        later.sort_unstable();
        let rule = DecisionRule {
            reason: Some(reason),
            other: OtherRow::Stays,
            ..EMAIL_OF_IMPORTED
        };
        assert_eq!(rows_of_rule(&project, rule).unwrap(), later, "{reason:?}");
        assert!(!later.is_empty(), "the example has doubles by {reason:?}");
    }
    let from_nine = DecisionRule {
        reason: None,
        score_from: 0.9,
        other: OtherRow::Stays,
        ..EMAIL_OF_IMPORTED
    };
    let all = DecisionRule {
        score_from: 0.75,
        ..from_nine
    };
    assert!(rows_of_rule(&project, from_nine).unwrap().len() < rows_of_rule(&project, all).unwrap().len());
    let known = DecisionRule {
        other: OtherRow::Known,
        ..all
    };
    assert_eq!(
        rows_of_rule(&project, known).unwrap(),
        [0; 0],
        "nothing was imported yet"
    );
}

#[test]
fn a_rule_keeps_merges_and_separates_in_one_step_each() {
    let place = Place::new();
    let project = place.example();
    four_of_one_address(&project);
    let by_email = |deed| DecisionRule {
        deed,
        other: OtherRow::Stays,
        ..EMAIL_OF_IMPORTED
    };
    let one_step_back = |what: &str| {
        undo(&project, &actor(), now(), &Watch::quiet()).unwrap();
        let open = decisions(&project, &[3, 20, 40, 103]);
        assert_eq!(open, [None, None, None, None], "{what}");
    };

    assert_eq!(decide(&project, by_email(RuleDeed::Keep)), [3, 20, 40, 103]);
    assert_eq!(decisions(&project, &[3, 103]), [Some(DecisionKind::Import); 2]);
    one_step_back("keep");

    let activities = |row| {
        let state = project.row_states(&[row]).unwrap().remove(0);
        state.activities.len()
    };
    let before: usize = [3, 20, 40, 103].map(activities).iter().sum();
    assert_eq!(decide(&project, by_email(RuleDeed::Merge)), [3, 20, 40, 103]);
    assert_eq!(
        decisions(&project, &[20, 40, 103]),
        [Some(DecisionKind::Merge); 3]
    );
    assert!(
        activities(3) > 2 && activities(3) <= before,
        "activities were united"
    );
    one_step_back("merge");

    assert_eq!(decide(&project, by_email(RuleDeed::Separate)), [3, 20, 40, 103]);
    assert!(
        rows_of_rule(&project, by_email(RuleDeed::Separate))
            .unwrap()
            .is_empty()
    );
    undo(&project, &actor(), now(), &Watch::quiet()).unwrap();
    assert_eq!(
        rows_of_rule(&project, by_email(RuleDeed::Separate)).unwrap(),
        [3, 20, 40, 103]
    );
}
