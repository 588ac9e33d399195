//! Activities that stand in a source of their own, by the leads that they belong to.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use lotse_core::mapping::ActivityCells;
use rusqlite::params;
use serde::{Deserialize, Serialize};

use super::{Project, ProjectError};
use crate::packing::{pack as compress, unpack as decompress};

/// An activity of another source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinedActivity {
    /// The source that it stands in.
    pub source_id: i64,
    /// Its row there, as a person sees it.
    pub number: u32,
    /// What stands there.
    pub cells: ActivityCells,
}

/// Why a row of a source that adds to leads belongs to none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum UnmatchedReason {
    /// It names no lead.
    NoKey,
    /// It names one that the project does not have.
    Unknown,
    /// It names several.
    Several,
    /// It belongs to a lead, and has nothing for it.
    Nothing,
}

/// A row that belongs to no lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct UnmatchedRow {
    /// Its number as a person sees it.
    pub number: u32,
    /// What it names its lead by.
    pub key: String,
    /// Why it belongs to none.
    pub reason: UnmatchedReason,
}

/// What became of the rows of a source that adds to leads: `matched + unmatched = rows`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct JoinReport {
    /// Its rows.
    pub rows: u32,
    /// Rows that belong to a lead.
    pub matched: u32,
    /// Leads that they belong to.
    pub leads: u32,
    /// Rows that belong to none, or have nothing for theirs.
    pub unmatched: u32,
    /// The first of those.
    pub examples: Vec<UnmatchedRow>,
}

/// All joined activities by row.
#[derive(Debug, Default)]
pub(super) struct Joined {
    by_row: BTreeMap<u32, Vec<JoinedActivity>>,
}

impl Joined {
    /// Those of a row.
    pub(super) fn of(&self, row: u32) -> &[JoinedActivity] {
        self.by_row.get(&row).map_or(&[], Vec::as_slice)
    }
}

impl Project {
    /// Keeps to which rows the activities of a source belong.
    pub fn put_joined(
        &self,
        source_id: i64,
        report: &JoinReport,
        activities: &[(u32, JoinedActivity)],
    ) -> Result<(), ProjectError> {
        let report = serde_json::to_string(report).expect("a report is plain data");
        let data = compress(&serde_json::to_vec(activities).expect("activities are plain data"));
        self.write(|transaction| {
            transaction
                .execute(
                    "INSERT INTO joined_activity (source_id, report, data) VALUES (?1, ?2, ?3)
                     ON CONFLICT (source_id) DO UPDATE SET report = ?2, data = ?3",
                    params![source_id, report, data],
                )
                .map(drop)
        })?;
        self.forget_joined();
        Ok(())
    }

    /// What became of the rows of sources that add activities, as of the last join, by source.
    pub fn join_reports(&self) -> Result<BTreeMap<i64, JoinReport>, ProjectError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT source_id, report FROM joined_activity")?;
            let report = |row: &rusqlite::Row<'_>| {
                let text: String = row.get(1)?;
                Ok((row.get(0)?, serde_json::from_str(&text).unwrap_or_default()))
            };
            statement.query_map([], report)?.collect()
        })
    }

    pub(super) fn forget_joined(&self) {
        *self.joined.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The joined activities, read once and then held.
    pub(super) fn joined(&self) -> Result<Arc<Joined>, ProjectError> {
        let mut held = self.joined.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(joined) = &*held {
            return Ok(Arc::clone(joined));
        }
        let blobs: Vec<Vec<u8>> = self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT data FROM joined_activity ORDER BY source_id")?;
            statement.query_map([], |row| row.get(0))?.collect()
        })?;
        let mut joined = Joined::default();
        for blob in blobs {
            let list: Option<Vec<(u32, JoinedActivity)>> =
                decompress(&blob).and_then(|plain| serde_json::from_slice(&plain).ok());
            for (row, activity) in list.ok_or_else(|| self.damaged("joined activities"))? {
                joined.by_row.entry(row).or_default().push(activity);
            }
        }
        let joined = Arc::new(joined);
        *held = Some(Arc::clone(&joined));
        Ok(joined)
    }
}
