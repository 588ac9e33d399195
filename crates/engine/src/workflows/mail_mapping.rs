//! The mapping of leads from mails: their columns are known, so there is little to guess.

use lotse_core::mapping::{
    ColumnRef, ColumnSuggestion, ExtraColumn, FieldMapping, Mapping, Origin, Reason, SourceColumn,
    Suggestion, suggest,
};
use lotse_core::target::{FieldKind, Role, Target};

use crate::mailbox::{LEAD_ID_COLUMN, LeadField};

/// Columns and what they are for, in the order of preference where a target may have only one of the roles.
const ROLES: [(&str, &[Role]); 15] = [
    (LEAD_ID_COLUMN, &[Role::ExternalId]),
    ("salutation", &[Role::Salutation]),
    ("firstName", &[Role::FirstName]),
    ("lastName", &[Role::LastName]),
    ("companyName", &[Role::Company]),
    ("email", &[Role::Email]),
    ("phone", &[Role::Phone]),
    ("street", &[Role::Street]),
    ("postalCode", &[Role::Postcode]),
    ("city", &[Role::City]),
    ("country", &[Role::Territory]),
    ("course", &[Role::Course]),
    ("portal", &[Role::Portal]),
    ("message", &[Role::Message, Role::Notes]),
    ("consentGivenAt", &[Role::ConsentAt]),
];

/// The moment of the mail is the lead's arrival, and its registration where a target asks for that.
const RECEIVED: (&str, [Role; 2]) = ("receivedAt", [Role::ReceivedAt, Role::RegisteredAt]);

/// What mails call countries, for targets that want a code and bring no choices along.
const COUNTRY_CODES: [(&str, &str); 14] = [
    ("Deutschland", "DE"),
    ("Germany", "DE"),
    ("Allemagne", "DE"),
    ("D", "DE"),
    ("Österreich", "AT"),
    ("Austria", "AT"),
    ("A", "AT"),
    ("Schweiz", "CH"),
    ("Switzerland", "CH"),
    ("Suisse", "CH"),
    ("Svizzera", "CH"),
    ("Liechtenstein", "LI"),
    ("Luxemburg", "LU"),
    ("Luxembourg", "LU"),
];

/// The mapping for a first load: known columns by what they are, further ones by their labels.
pub(super) fn preset_mapping(target: &Target, columns: &[SourceColumn]) -> Suggestion {
    let (known, further): (Vec<_>, Vec<_>) = columns
        .iter()
        .cloned()
        .partition(|column| is_known(&column.reference.name));
    let has = |name: &str| known.iter().any(|column| column.reference.name == name);
    let mut mapping = Mapping::empty(target);
    let mut suggestions = Vec::new();
    for (name, roles) in ROLES.into_iter().chain([(RECEIVED.0, RECEIVED.1.as_slice())]) {
        let field = roles.iter().find_map(|role| target.role_index(*role));
        let Some(spec) = field.map(|index| &target.fields[index]).filter(|_| has(name)) else {
            continue;
        };
        let mut field = FieldMapping::column(ColumnRef::named(name));
        if spec.role == Some(Role::Territory) && spec.kind == FieldKind::Text {
            let codes = COUNTRY_CODES.iter();
            field.values = codes
                .map(|(name, code)| ((*name).to_string(), (*code).to_string()))
                .collect();
        }
        mapping.fields.insert(spec.name.clone(), field);
        suggestions.push(by_name(name, &spec.name));
    }
    full_name(target, &mut mapping, &mut suggestions);

    let guessed = suggest(target, &further);
    for (name, field) in guessed.mapping.fields {
        mapping.fields.entry(name).or_insert(field);
    }
    mapping.activities = guessed.mapping.activities;
    mapping.extra = guessed.mapping.extra;
    suggestions.extend(
        guessed
            .columns
            .into_iter()
            .filter(|suggestion| mapping.used_columns().any(|column| *column == suggestion.column)),
    );
    into_extra(target, &mut mapping, columns, &mut suggestions);
    Suggestion {
        mapping,
        columns: suggestions,
    }
}

/// The mapping of an earlier load for the columns of a new one. A column that is new goes into the target's extra data,
/// where it has any.
pub(super) fn carried_mapping(
    target: &Target,
    earlier: &Mapping,
    earlier_headers: &[String],
    columns: &[SourceColumn],
) -> Mapping {
    let mut mapping = earlier.clone();
    let new: Vec<SourceColumn> = columns
        .iter()
        .filter(|column| !earlier_headers.contains(&column.reference.name))
        .cloned()
        .collect();
    into_extra(target, &mut mapping, &new, &mut Vec::new());
    mapping
}

fn is_known(column: &str) -> bool {
    column == LEAD_ID_COLUMN || LeadField::ALL.iter().any(|field| field.name() == column)
}

fn by_name(column: &str, field: &str) -> ColumnSuggestion {
    ColumnSuggestion {
        column: ColumnRef::named(column),
        field: field.to_string(),
        confidence: 0.99,
        reason: Reason::Header {
            word: column.to_string(),
        },
    }
}

/// A target that knows only whole names gets both parts.
fn full_name(target: &Target, mapping: &mut Mapping, suggestions: &mut Vec<ColumnSuggestion>) {
    let parts = [Role::FirstName, Role::LastName];
    let Some(whole) = target.role_index(Role::FullName) else {
        return;
    };
    if parts.iter().any(|part| target.role_index(*part).is_some()) {
        return;
    }
    let field = &target.fields[whole].name;
    let columns = ["firstName", "lastName"];
    let mut joined = FieldMapping::column(ColumnRef::named(columns[0]));
    joined.origin = Origin::Columns {
        columns: columns.map(ColumnRef::named).into(),
        separator: " ".into(),
    };
    mapping.fields.insert(field.clone(), joined);
    suggestions.extend(columns.map(|column| by_name(column, field)));
}

/// Sends filled columns that nothing reads into the extra data of a target that has such.
fn into_extra(
    target: &Target,
    mapping: &mut Mapping,
    columns: &[SourceColumn],
    suggestions: &mut Vec<ColumnSuggestion>,
) {
    let Some(field) = target.fields.iter().find(|field| field.kind == FieldKind::Extra) else {
        return;
    };
    for column in columns.iter().filter(|column| column.profile.filled > 0) {
        let reference = &column.reference;
        let is_read = mapping.used_columns().any(|used| used == reference);
        if is_read || reference.name == LEAD_ID_COLUMN {
            continue;
        }
        mapping.extra.push(ExtraColumn {
            key: reference.name.clone(),
            column: reference.clone(),
        });
        suggestions.push(ColumnSuggestion {
            column: reference.clone(),
            field: field.name.clone(),
            confidence: 0.6,
            reason: Reason::Extra,
        });
    }
}

#[cfg(test)]
mod tests {
    use lotse_core::profile::ColumnProfile;
    use lotse_core::table::Cell;

    use super::*;

    fn columns(extra: &[&str]) -> Vec<SourceColumn> {
        let mut profile = ColumnProfile::default();
        profile.observe(Cell::text("etwas"));
        let known = LeadField::ALL.iter().map(|field| field.name());
        [LEAD_ID_COLUMN]
            .into_iter()
            .chain(known)
            .chain(extra.iter().copied())
            .map(|name| SourceColumn {
                reference: ColumnRef::named(name),
                profile: profile.clone(),
            })
            .collect()
    }

    fn column_of(mapping: &Mapping, field: &str) -> String {
        match &mapping.fields.get(field).map(|field| &field.origin) {
            Some(Origin::Columns { columns, .. }) => {
                let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
                names.join("+")
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn every_built_in_target_knows_where_the_fields_of_a_mail_go() {
        let preset = |target: &str| preset_mapping(&Target::builtin(target).unwrap(), &columns(&[])).mapping;
        let migration = preset("migration");
        for (field, column) in [
            ("externalId", "leadId"),
            ("companyName", "companyName"),
            ("contact.email", "email"),
            ("contact.lastName", "lastName"),
            ("territory", "country"),
            ("registeredAt", "receivedAt"),
            ("consentGivenAt", "consentGivenAt"),
            ("notes", "message"),
        ] {
            assert_eq!(column_of(&migration, field), column, "{field}");
        }
        assert!(
            !migration.fields.contains_key("ownerUserId"),
            "who owns a lead is not guessed"
        );

        let lms = preset("lms");
        for (field, column) in [
            ("receivedAt", "receivedAt"),
            ("course", "course"),
            ("message", "message"),
        ] {
            assert_eq!(column_of(&lms, field), column, "{field}");
        }

        let tracking = preset("tracking");
        assert_eq!(tracking.fields["countryCode"].values["Schweiz"], "CH");
        let extra: Vec<&str> = tracking.extra.iter().map(|extra| extra.key.as_str()).collect();
        assert!(
            extra.contains(&"course") && extra.contains(&"externalId"),
            "{extra:?}"
        );
        assert!(!extra.contains(&"leadId"), "{extra:?}");
    }

    #[test]
    fn a_label_of_a_mail_fills_what_nothing_else_fills() {
        let target = Target::builtin("migration").unwrap();
        let preset = preset_mapping(&target, &columns(&["Betriebsart", "Firmenname"]));
        assert_eq!(column_of(&preset.mapping, "businessType"), "Betriebsart");
        assert_eq!(column_of(&preset.mapping, "companyName"), "companyName");
        let names: Vec<&str> = preset
            .columns
            .iter()
            .map(|column| column.column.name.as_str())
            .collect();
        assert!(
            names.contains(&"Betriebsart") && !names.contains(&"Firmenname"),
            "{names:?}"
        );
    }

    #[test]
    fn a_later_load_keeps_the_mapping_and_loses_no_new_label() {
        let target = Target::builtin("tracking").unwrap();
        let first = columns(&["Beginn"]);
        let headers: Vec<String> = first.iter().map(|column| column.reference.name.clone()).collect();
        let mut earlier = preset_mapping(&target, &first).mapping;
        earlier.extra.retain(|extra| extra.key != "portal");
        let carried = carried_mapping(&target, &earlier, &headers, &columns(&["Beginn", "Budget"]));
        assert_eq!(carried.fields, earlier.fields);
        let added: Vec<&str> = carried.extra[earlier.extra.len()..]
            .iter()
            .map(|extra| extra.key.as_str())
            .collect();
        assert_eq!(added, ["Budget"], "what a person took out stays out");
    }
}
