//! What becomes of each lead of a batch. Pure: the same leads, matches and switches give the same verdicts, in a
//! dry-run as in production.

use lotse_core::migration::MatchReason;

use super::check::CheckedLead;
use super::duplicates::{Match, Other};

/// What becomes of a lead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// It has errors.
    Failed,
    /// It is left out as a double.
    Skipped(Match),
    /// It is imported, with a warning where it may be a double.
    Imported(Option<Match>),
}

impl Verdict {
    /// The double that the lead is or may be.
    pub(crate) fn duplicate(&self) -> Option<&Match> {
        match self {
            Self::Skipped(found) | Self::Imported(Some(found)) => Some(found),
            Self::Failed | Self::Imported(None) => None,
        }
    }
}

/// Decides over a batch. `known` holds the id under which the server knows a lead's external id, `matches` the leads
/// that may be the same; both stand in the order of `leads`.
///
/// A lead whose external id is known is skipped, whatever the switch says: the same client and source cannot hold it
/// twice. A lead of the same batch counts as double only if it is imported itself.
pub(crate) fn decide(
    leads: &[CheckedLead],
    known: &[Option<i64>],
    matches: &[Vec<Match>],
    skip_duplicates: bool,
) -> Vec<Verdict> {
    let mut verdicts: Vec<Verdict> = Vec::with_capacity(leads.len());
    for ((lead, known), matches) in leads.iter().zip(known).zip(matches) {
        let verdict = match known {
            _ if lead.outcome.is_err() => Verdict::Failed,
            Some(id) => Verdict::Skipped(Match {
                other: Other::Stored(*id),
                score: 1.0,
                reason: MatchReason::ExternalId,
            }),
            None => {
                let stands = |found: &&Match| match found.other {
                    Other::Stored(_) => true,
                    Other::Earlier(place) => matches!(verdicts.get(place), Some(Verdict::Imported(_))),
                };
                // The best score wins; of equals what is stored, then what came first.
                let order = |a: &&Match, b: &&Match| a.score.total_cmp(&b.score).then(b.other.cmp(&a.other));
                match matches.iter().filter(stands).max_by(order) {
                    Some(found) if found.is_hard() && skip_duplicates => Verdict::Skipped(*found),
                    found => Verdict::Imported(found.copied()),
                }
            }
        };
        verdicts.push(verdict);
    }
    verdicts
}

#[cfg(test)]
mod tests {
    use lotse_core::lead::ExternalId;
    use lotse_core::protection::Protection;
    use lotse_core::values::Instant;

    use super::*;
    use crate::migration::check::SoundLead;
    use crate::migration::facts::LeadFacts;

    fn lead(sound: bool) -> CheckedLead {
        let registered = Instant::from_rfc3339("2024-06-15T10:00:00Z").unwrap();
        let facts: LeadFacts = serde_json::from_str(
            r#"{"externalId": "A", "companyName": "Krone", "city": "Bern", "territory": "CH", "ownerUserId": "nina",
                "registeredAt": "2024-06-15T10:00:00Z"}"#,
        )
        .unwrap();
        CheckedLead {
            external_id: ExternalId("A".into()),
            content_hash: String::new(),
            ignored: vec![],
            outcome: if sound {
                Ok(SoundLead {
                    facts,
                    protection: Protection::of(registered, None, registered),
                })
            } else {
                Err(vec![])
            },
        }
    }

    fn email(other: Other) -> Match {
        Match {
            other,
            score: 1.0,
            reason: MatchReason::EmailExact,
        }
    }

    fn phone(other: Other) -> Match {
        Match {
            other,
            score: 0.9,
            reason: MatchReason::PhoneNormalized,
        }
    }

    #[test]
    fn the_best_match_with_a_lead_that_stays_decides() {
        use Other::{Earlier, Stored};
        use Verdict::{Failed, Imported, Skipped};
        let table = [
            // of the second lead: sound?, known, matches, skip duplicates; its verdict
            (true, None, vec![], true, Imported(None)),
            (false, Some(7), vec![email(Stored(7))], true, Failed),
            (
                true,
                None,
                vec![email(Stored(7))],
                true,
                Skipped(email(Stored(7))),
            ),
            (
                true,
                None,
                vec![email(Stored(7))],
                false,
                Imported(Some(email(Stored(7)))),
            ),
            (
                true,
                None,
                vec![phone(Stored(7))],
                true,
                Imported(Some(phone(Stored(7)))),
            ),
            (
                true,
                None,
                vec![phone(Stored(3)), email(Earlier(0))],
                true,
                Skipped(email(Earlier(0))),
            ),
            (
                true,
                None,
                vec![email(Earlier(0)), email(Stored(9))],
                true,
                Skipped(email(Stored(9))),
            ),
            (
                true,
                None,
                vec![email(Stored(9)), email(Stored(7))],
                true,
                Skipped(email(Stored(7))),
            ),
        ];
        for (sound, known, matches, skip, verdict) in table {
            let told = format!("{matches:?}");
            let leads = [lead(true), lead(sound)];
            let verdicts = decide(&leads, &[None, known], &[vec![], matches], skip);
            assert_eq!(verdicts, [Imported(None), verdict], "{told}");
        }
    }

    #[test]
    fn a_lead_that_is_not_imported_makes_no_other_a_double() {
        for first in [lead(false), lead(true)] {
            let known = first.outcome.is_ok().then_some(7);
            let matches = [vec![], vec![email(Other::Earlier(0))]];
            let verdicts = decide(&[first, lead(true)], &[known, None], &matches, true);
            assert_eq!(verdicts[1], Verdict::Imported(None));
        }
    }

    #[test]
    fn a_known_external_id_is_skipped_whatever_the_switch_says() {
        for skip in [true, false] {
            let verdicts = decide(&[lead(true)], &[Some(7)], &[vec![]], skip);
            assert!(matches!(
                verdicts[0],
                Verdict::Skipped(Match {
                    reason: MatchReason::ExternalId,
                    ..
                })
            ));
        }
    }
}
