//! What persons have mapped on this machine, for the suggestions of the next project: where columns went, what values
//! meant, and what was decided about progress. The last is never taken over, only shown to be confirmed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lotse_core::mapping::{ColumnRef, Mapping, Memory, ProgressDecision};
use lotse_core::target::Target;
use serde::{Deserialize, Serialize};

use crate::places::{Places, write_own};

/// A decision about progress that somebody made elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct EarlierDecision {
    /// The decision.
    pub decision: ProgressDecision,
    /// The project or template that it was made in.
    pub made_in: String,
}

/// What is remembered for one target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct OfTarget {
    #[serde(default)]
    memory: Memory,
    #[serde(default)]
    progress: BTreeMap<String, EarlierDecision>,
}

/// What is remembered, by target. A file that cannot be read is an empty memory: nothing but comfort is lost.
#[derive(Clone, Debug, Default)]
pub struct MappingHistory {
    file: PathBuf,
    targets: BTreeMap<String, OfTarget>,
}

impl MappingHistory {
    /// What is in the user's folder.
    pub fn of(places: &Places) -> Self {
        let file = places.data.join("mapping-history.json");
        let targets = std::fs::read(&file)
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default();
        MappingHistory { file, targets }
    }

    /// What suggestions for this target may use.
    pub fn memory(&self, target: &Target) -> Memory {
        self.targets
            .get(&target.id)
            .map(|of| of.memory.clone())
            .unwrap_or_default()
    }

    /// What was decided about progress in other projects, by activity type.
    pub fn progress(&self, target: &Target) -> BTreeMap<String, EarlierDecision> {
        self.targets
            .get(&target.id)
            .map(|of| of.progress.clone())
            .unwrap_or_default()
    }

    /// Remembers a mapping that a person has worked on. `offered` are the columns for which something was suggested.
    pub fn learn(
        &mut self,
        target: &Target,
        project: &str,
        headers: &[String],
        mapping: &Mapping,
        offered: &[ColumnRef],
    ) {
        let before = self.targets.clone();
        let of = self.targets.entry(target.id.clone()).or_default();
        of.memory.learn(target, headers, mapping, offered);
        for (kind, decision) in &mapping.progress {
            let newer = of
                .progress
                .get(kind)
                .is_none_or(|known| known.decision.decided_at <= decision.decided_at);
            if newer {
                let earlier = EarlierDecision {
                    decision: decision.clone(),
                    made_in: project.to_owned(),
                };
                of.progress.insert(kind.clone(), earlier);
            }
        }
        if before != self.targets {
            let text = serde_json::to_vec_pretty(&self.targets).expect("names are plain data");
            if let Err(error) = write_own(&self.file, &text) {
                tracing::warn!(%error, "what was mapped cannot be remembered");
            }
        }
    }
}
