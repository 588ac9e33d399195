//! Types of the rooms below that cross as they are.

use ts_rs::{Config, TS};

/// Writes each type, and every type in it, to `ui/src/bindings/`.
macro_rules! export {
    ($($name:ident: $type:ty,)+) => {$(
        #[test]
        fn $name() {
            <$type as TS>::export_all(&Config::from_env()).expect("the bindings can be written");
        }
    )+};
}

export! {
    activity_kinds: lotse_engine::workflows::ActivityKinds,
    check_summary: lotse_engine::workflows::CheckSummary,
    found_values: lotse_engine::workflows::FoundValues,
    job_snapshot: lotse_engine::jobs::JobSnapshot,
    mapping_change: lotse_engine::workflows::MappingChange,
    read_settings: lotse_engine::sources::ReadSettings,
}
