//! Pairs of rows that may be the same lead, and the groups they form.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use lotse_core::duplicates::Duplicates;
use lotse_core::migration::MatchReason;
use lotse_core::target::Role;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::history::{ChangeKind, Operation};
use super::index::{Index, RowFacts};
use super::{DecisionKind, Project, ProjectError, audit};
use crate::clock::Actor;
use crate::workflows::{COMPARED_ROLES, Compared, MergePreview, activity_texts};

/// Score from which a duplicate is certain and skipped by default.
pub const CERTAIN: f64 = 0.95;

/// Setting that holds when everything was compared last.
const COMPARED_AT: &str = "compared_at";

/// Two rows that may be the same lead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct DuplicatePair {
    /// The earlier row.
    pub row_a: u32,
    /// The later row.
    pub row_b: u32,
    /// 0.75 to 1.
    pub score: f64,
    /// Why.
    pub reason: MatchReason,
    /// Normal forms and scores per field, for people.
    #[ts(type = "Record<string, unknown>")]
    pub evidence: Json,
}

/// Rows that hang together by pairs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct DuplicateGroup {
    /// The group's first row; stands for the group.
    pub id: u32,
    /// All rows in ascending order.
    pub members: Vec<GroupMember>,
    /// The pairs that make the group.
    pub pairs: Vec<DuplicatePair>,
    /// The best score.
    pub score: f64,
    /// True when a person has decided about every row that would otherwise follow a default.
    pub decided: bool,
}

/// A row in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct GroupMember {
    /// The row.
    pub row: u32,
    /// Only compared with.
    pub reference: bool,
}

/// The index of a project as its file holds it.
pub(crate) struct KeptIndex {
    /// As [`lotse_core::duplicates::Index::to_bytes`] wrote it.
    pub bytes: Vec<u8>,
    /// Rows that have changed since.
    pub stale: Vec<u32>,
}

/// Numbers for the rail and the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct DuplicateSummary {
    /// Groups.
    #[ts(type = "number")]
    pub groups: u64,
    /// Groups about which nothing is left to decide.
    #[ts(type = "number")]
    pub decided: u64,
    /// Pairs.
    #[ts(type = "number")]
    pub pairs: u64,
}

fn pair_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<DuplicatePair> {
    let reason: String = row.get(3)?;
    let evidence: String = row.get(4)?;
    Ok(DuplicatePair {
        row_a: row.get(0)?,
        row_b: row.get(1)?,
        score: row.get(2)?,
        reason: serde_json::from_value(Json::String(reason)).unwrap_or(MatchReason::CompanyFuzzy),
        evidence: serde_json::from_str(&evidence).unwrap_or_default(),
    })
}

fn pairs_in(connection: &Connection) -> rusqlite::Result<Vec<DuplicatePair>> {
    let mut statement = connection.prepare_cached(
        "SELECT row_a, row_b, score, reason, evidence FROM duplicate_pair ORDER BY row_a, row_b",
    )?;
    statement.query_map([], pair_of)?.collect()
}

/// The first row of each row's group, by row.
fn roots<'a>(pairs: impl Iterator<Item = &'a DuplicatePair>) -> BTreeMap<u32, u32> {
    let mut parent: BTreeMap<u32, u32> = BTreeMap::new();
    fn find(parent: &mut BTreeMap<u32, u32>, row: u32) -> u32 {
        let mut root = row;
        while let Some(&up) = parent.get(&root).filter(|&&up| up != root) {
            root = up;
        }
        let mut at = row;
        while at != root {
            at = parent.insert(at, root).unwrap_or(root);
        }
        root
    }
    for pair in pairs {
        parent.entry(pair.row_a).or_insert(pair.row_a);
        parent.entry(pair.row_b).or_insert(pair.row_b);
        let (a, b) = (find(&mut parent, pair.row_a), find(&mut parent, pair.row_b));
        // The smaller row stands for the group, so that its identity does not depend on the order of pairs.
        parent.insert(a.max(b), a.min(b));
    }
    let rows: Vec<u32> = parent.keys().copied().collect();
    rows.into_iter()
        .map(|row| (row, find(&mut parent, row)))
        .collect()
}

/// Marks rows that double others: certain ones beyond the first of their group, and uncertain ones.
pub(super) fn mark(connection: &Connection, index: &mut Index) -> rusqlite::Result<()> {
    for facts in &mut index.facts {
        facts.set(RowFacts::HARD_DUPLICATE | RowFacts::SOFT_DUPLICATE, false);
    }
    let mut statement = connection.prepare("SELECT row_a, row_b, score FROM duplicate_pair")?;
    let mut pairs = statement.query([])?;
    while let Some(pair) = pairs.next()? {
        mark_rows(index, pair.get(0)?, pair.get(1)?, pair.get(2)?);
    }
    Ok(())
}

fn mark_pair(index: &mut Index, pair: &DuplicatePair) {
    mark_rows(index, pair.row_a, pair.row_b, pair.score);
}

fn mark_rows(index: &mut Index, row_a: u32, row_b: u32, score: f64) {
    // Of a row and a reference, the row is the double, whichever came first.
    let is_reference = |row: u32| {
        index
            .facts
            .get(row as usize)
            .is_some_and(|facts| facts.has(RowFacts::REFERENCE))
    };
    let double = if is_reference(row_b) { row_a } else { row_b };
    if score >= CERTAIN {
        index.mark(double, RowFacts::HARD_DUPLICATE);
    } else {
        index.mark(row_a, RowFacts::SOFT_DUPLICATE);
        index.mark(row_b, RowFacts::SOFT_DUPLICATE);
    }
}

impl Project {
    /// Replaces all pairs: the outcome of comparing everything as it was at `moment`. What was typed since still waits.
    pub(crate) fn put_duplicates(
        &self,
        actor: &Actor,
        pairs: &[DuplicatePair],
        moment: u64,
    ) -> Result<(), ProjectError> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM duplicate_pair", [])?;
            if let Some(edited) = self.edited_since(moment) {
                transaction.execute("DELETE FROM waiting_row", [])?;
                for row in edited {
                    transaction.execute("INSERT INTO waiting_row (row) VALUES (?1)", [row])?;
                }
            }
            insert(transaction, pairs)?;
            super::put_setting(transaction, COMPARED_AT, &super::stamp())?;
            audit::append(
                transaction,
                actor,
                "duplicates_compared",
                json!({ "pairs": pairs.len() }),
            )
        })?;
        self.remark_duplicates(pairs);
        Ok(())
    }

    /// Replaces the pairs of some rows, after these rows were edited.
    pub fn put_duplicates_of(&self, rows: &[u32], pairs: &[DuplicatePair]) -> Result<(), ProjectError> {
        self.write(|transaction| {
            let mut remove =
                transaction.prepare_cached("DELETE FROM duplicate_pair WHERE row_a = ?1 OR row_b = ?1")?;
            for row in rows {
                remove.execute([row])?;
            }
            drop(remove);
            insert(transaction, pairs)
        })?;
        let mut index = self.index_mut();
        for &row in rows {
            if let Some(facts) = index.facts.get_mut(row as usize) {
                facts.set(RowFacts::HARD_DUPLICATE | RowFacts::SOFT_DUPLICATE, false);
            }
        }
        // All pairs of these rows are among `pairs`, and no other row has lost or won one.
        for pair in pairs {
            mark_pair(&mut index, pair);
        }
        Ok(())
    }

    fn remark_duplicates(&self, pairs: &[DuplicatePair]) {
        let mut index = self.index_mut();
        for facts in &mut index.facts {
            facts.set(RowFacts::HARD_DUPLICATE | RowFacts::SOFT_DUPLICATE, false);
        }
        for pair in pairs {
            mark_pair(&mut index, pair);
        }
    }

    /// True once everything was compared.
    pub fn was_compared(&self) -> Result<bool, ProjectError> {
        Ok(self.setting(COMPARED_AT)?.is_some())
    }

    /// The index of the last comparison, for the next edit; whoever takes it gives it back with
    /// [`Project::hold_duplicates`].
    pub(crate) fn take_duplicates(&self) -> Option<Duplicates> {
        self.duplicates
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Keeps the index of a comparison in memory; `None` makes the next edit build it anew.
    pub(crate) fn hold_duplicates(&self, duplicates: Option<Duplicates>) {
        *self.duplicates.lock().unwrap_or_else(PoisonError::into_inner) = duplicates;
    }

    /// Keeps an index in the project file, true for all rows as they were at `moment`. One that too much was typed
    /// beside is not kept.
    pub(crate) fn keep_duplicate_index(&self, bytes: &[u8], moment: u64) -> Result<(), ProjectError> {
        let data = zstd::encode_all(bytes, 1).unwrap_or_default();
        self.write(|transaction| {
            transaction.execute("DELETE FROM duplicate_index_stale", [])?;
            let Some(edited) = self.edited_since(moment) else {
                transaction.execute("DELETE FROM duplicate_index", [])?;
                return Ok(());
            };
            for row in edited {
                transaction.execute("INSERT INTO duplicate_index_stale (row) VALUES (?1)", [row])?;
            }
            transaction.execute(
                "INSERT INTO duplicate_index (id, data) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET data = ?1",
                [data],
            )?;
            Ok(())
        })
    }

    /// The index that is kept in the project file; `None` where it has to be built.
    pub(crate) fn kept_duplicate_index(&self) -> Result<Option<KeptIndex>, ProjectError> {
        self.read(|connection| {
            let data: Option<Vec<u8>> = connection
                .query_row("SELECT data FROM duplicate_index", [], |row| row.get(0))
                .optional()?;
            let Some(bytes) = data.and_then(|data| zstd::decode_all(data.as_slice()).ok()) else {
                return Ok(None);
            };
            let mut statement =
                connection.prepare_cached("SELECT row FROM duplicate_index_stale ORDER BY row")?;
            let stale = statement
                .query_map([], |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<u32>>>()?;
            Ok(Some(KeptIndex { bytes, stale }))
        })
    }

    /// What is compared of some rows, or of all.
    pub(crate) fn compared_rows(&self, only: Option<&[u32]>) -> Result<Vec<Compared>, ProjectError> {
        let fields = COMPARED_ROLES.map(|role| self.target.role_index(role));
        let reference = |row: u32| {
            self.index()
                .facts
                .get(row as usize)
                .is_some_and(|facts| facts.has(RowFacts::REFERENCE))
        };
        if let Some(rows) = only {
            let states = self.row_states(rows)?;
            let compared = rows.iter().zip(states).map(|(&row, state)| {
                let texts = fields.map(|field| {
                    field
                        .and_then(|field| state.fields.get(field))
                        .map_or_else(String::new, |cell| cell.shown().to_string())
                });
                Compared::of(row, reference(row), texts)
            });
            return Ok(compared.collect());
        }
        let rows = self.index().facts.len();
        let mut texts: Vec<[String; COMPARED_ROLES.len()]> = Vec::new();
        texts.resize_with(rows, Default::default);
        for (place, field) in fields.into_iter().enumerate() {
            let Some(field) = field else { continue };
            self.for_each_cell(field, |row, _, shown| {
                texts[row as usize][place] = shown.to_string();
            })?;
        }
        let checked: Vec<(bool, bool)> = self
            .index()
            .facts
            .iter()
            .map(|facts| (facts.has(RowFacts::CHECKED), facts.has(RowFacts::REFERENCE)))
            .collect();
        let rows = (0_u32..)
            .zip(texts)
            .zip(checked)
            .filter(|(_, (checked, _))| *checked);
        Ok(rows
            .map(|((row, texts), (_, reference))| Compared::of(row, reference, texts))
            .collect())
    }

    /// Rows by their identities.
    pub(crate) fn rows_by_identity(&self) -> Result<BTreeMap<String, u32>, ProjectError> {
        let mut rows = BTreeMap::new();
        if let Some(field) = self.target.role_index(Role::ExternalId) {
            self.for_each_cell(field, |row, _, shown| {
                rows.entry(shown.to_string()).or_insert(row);
            })?;
        }
        Ok(rows)
    }

    /// The pairs of rows that pairs of identities mean. Where a file was read in twice, several rows bear one identity, and
    /// what was said of it holds for all of them.
    pub(crate) fn rows_of_pairs<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k (String, String)> + Clone,
    ) -> Result<Vec<(u32, u32)>, ProjectError> {
        /// Where an identity is on more rows than this it identifies nothing.
        const MOST_COPIES: usize = 16;
        let Some(field) = self.target.role_index(Role::ExternalId) else {
            return Ok(Vec::new());
        };
        let mut rows: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for (a, b) in keys.clone() {
            rows.entry(a).or_default();
            rows.entry(b).or_default();
        }
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        self.for_each_cell(field, |row, _, shown| {
            if let Some(rows) = rows.get_mut(shown)
                && rows.len() < MOST_COPIES
            {
                rows.push(row);
            }
        })?;
        let pairs = keys.into_iter().flat_map(|(a, b)| {
            let (rows_a, rows_b) = (&rows[a.as_str()], &rows[b.as_str()]);
            let pairs = rows_a.iter().flat_map(|&a| rows_b.iter().map(move |&b| (a, b)));
            pairs.filter(|(a, b)| a != b)
        });
        Ok(pairs.collect())
    }

    /// All pairs in the order of their rows.
    pub fn duplicate_pairs(&self) -> Result<Vec<DuplicatePair>, ProjectError> {
        self.read(pairs_in)
    }

    /// All groups as they are in the project and in `index`, the surest first.
    pub(super) fn groups_in(&self, index: &Index) -> Result<Vec<DuplicateGroup>, ProjectError> {
        let pairs = self.read(pairs_in)?;
        let roots = roots(pairs.iter());
        let mut groups: BTreeMap<u32, DuplicateGroup> = BTreeMap::new();
        for (&row, &root) in &roots {
            let group = groups.entry(root).or_insert_with(|| DuplicateGroup {
                id: root,
                members: Vec::new(),
                pairs: Vec::new(),
                score: 0.0,
                decided: true,
            });
            let facts = index.facts.get(row as usize).copied().unwrap_or_default();
            let reference = facts.has(RowFacts::REFERENCE);
            let open = facts.has(RowFacts::HARD_DUPLICATE | RowFacts::SOFT_DUPLICATE);
            let decided = facts.has(RowFacts::SKIP | RowFacts::HOLD | RowFacts::MERGED | RowFacts::IMPORT);
            group.decided &= reference || decided || !open;
            group.members.push(GroupMember { row, reference });
        }
        for pair in pairs {
            if let Some(group) = roots.get(&pair.row_a).and_then(|root| groups.get_mut(root)) {
                group.score = group.score.max(pair.score);
                group.pairs.push(pair);
            }
        }
        let mut groups: Vec<DuplicateGroup> = groups.into_values().collect();
        groups.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
        Ok(groups)
    }

    /// Numbers about groups.
    pub fn duplicate_summary(&self) -> Result<DuplicateSummary, ProjectError> {
        let groups = self.duplicate_groups()?;
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        Ok(DuplicateSummary {
            groups: count(groups.len()),
            decided: count(groups.iter().filter(|group| group.decided).count()),
            pairs: count(groups.iter().map(|group| group.pairs.len()).sum()),
        })
    }

    /// Merges rows as one change: of each preview the first row gets its values, the others go with it.
    pub(crate) fn merge(&self, actor: &Actor, previews: &[MergePreview]) -> Result<Vec<u32>, ProjectError> {
        let mut operations = Vec::new();
        for preview in previews {
            operations.extend(self.steps_of_merge(actor, preview)?);
        }
        let rows: usize = previews.iter().map(|preview| preview.rows.len()).sum();
        let survivor = previews.first().and_then(|preview| preview.rows.first());
        let summary = if previews.len() == 1 {
            json!({ "survivor": survivor, "rows": rows })
        } else {
            json!({ "groups": previews.len(), "rows": rows })
        };
        self.do_change(actor, ChangeKind::Merge, &summary, &operations)
    }

    fn steps_of_merge(&self, actor: &Actor, preview: &MergePreview) -> Result<Vec<Operation>, ProjectError> {
        let Some((&survivor, others)) = preview.rows.split_first() else {
            return Ok(Vec::new());
        };
        let state = self.row_states(&[survivor])?.pop().unwrap_or_default();
        let mut operations = Vec::new();
        let mut edit = |field: &str, text: String| -> Result<(), ProjectError> {
            let before = self.edit_of(survivor, field)?;
            let after = Some(text);
            if before != after {
                operations.push(Operation::Edit {
                    row: survivor,
                    field: field.to_string(),
                    before,
                    after,
                });
            }
            Ok(())
        };
        for (spec, (field, cell)) in self
            .target
            .fields
            .iter()
            .zip(preview.fields.iter().zip(&state.fields))
        {
            // The survivor keeps its identity, and its fields where nothing better was found.
            if field.text != cell.text && spec.role != Some(Role::ExternalId) {
                edit(&spec.name, field.text.clone())?;
            }
        }
        if let Some(list) = &self.target.activities
            && preview.activities != activity_texts(self, &state)
        {
            edit(&list.name, json!(preview.activities).to_string())?;
        }
        let merged = others
            .iter()
            .map(|&row| (row, Some(DecisionKind::Merge), Some(survivor)));
        let decisions: Vec<_> = merged.chain(self.decision_to_stay(survivor)?).collect();
        operations.extend(self.decisions_of(actor, &decisions)?);
        Ok(operations)
    }

    /// Remembers for ever that rows are not the same. `keys` are their identities, pair by pair.
    pub fn separate(&self, actor: &Actor, keys: &[(String, String)]) -> Result<(), ProjectError> {
        let known = self.separated()?;
        let operations: Vec<Operation> = keys
            .iter()
            .map(|(a, b)| {
                if a <= b {
                    (a.clone(), b.clone())
                } else {
                    (b.clone(), a.clone())
                }
            })
            .filter(|key| !known.contains(key))
            .map(|(key_a, key_b)| Operation::Separate {
                key_a,
                key_b,
                before: false,
                after: true,
            })
            .collect();
        let summary = json!({ "pairs": operations.len(), "keys": keys });
        self.do_change(actor, ChangeKind::Separate, &summary, &operations)
            .map(drop)
    }

    /// Identities of pairs that are not the same, the smaller first.
    pub fn separated(&self) -> Result<BTreeSet<(String, String)>, ProjectError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT key_a, key_b FROM separate_pair")?;
            statement
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
    }
}

fn insert(connection: &Connection, pairs: &[DuplicatePair]) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO duplicate_pair (row_a, row_b, score, reason, evidence) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (row_a, row_b) DO UPDATE SET score = ?3, reason = ?4, evidence = ?5",
    )?;
    for pair in pairs {
        statement.execute(params![
            pair.row_a,
            pair.row_b,
            pair.score,
            pair.reason.as_str(),
            pair.evidence.to_string()
        ])?;
    }
    Ok(())
}
