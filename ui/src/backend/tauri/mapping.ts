import { invoke } from "@tauri-apps/api/core";

import type { MappingBackend } from "../mapping";

export const mapping: MappingBackend = {
    mappingOverview: () => invoke("mapping_overview"),
    changeMapping: (source, change) => invoke("change_mapping", { source, change }),
    restoreMapping: (source, mapping) => invoke("restore_mapping", { source, mapping }),
    fieldValues: (source, field) => invoke("field_values", { source, field }),
    fieldSamples: (source, field, next) => invoke("field_samples", { source, field, next }),
    activityKinds: () => invoke("activity_kinds"),
    decideProgress: (activityType, counts) => invoke("decide_progress", { activityType, counts }),
    mappedRow: (source, at) => invoke("mapped_row", { source, at }),
    setOwners: (owners) => invoke("set_owners", { owners }),
    readOwners: (path) => invoke("read_owners", { path }),
};
