import { invoke } from "@tauri-apps/api/core";

import type { DuplicatesBackend } from "../duplicates";

export const duplicates: DuplicatesBackend = {
    duplicatesOverview: () => invoke("duplicates_overview"),
    compareRows: () => invoke("compare_rows"),
    groupWindow: (filter, offset, limit) => invoke("group_window", { filter, offset, limit }),
    groupPlace: (filter, row) => invoke("group_place", { filter, row }),
    nextOpenGroup: (filter, from) => invoke("next_open_group", { filter, from }),
    comparedGroup: (row) => invoke("compared_group", { row }),
    mergePreview: (rows, choices) => invoke("merge_preview", { rows, choices }),
    mergeGroup: (rows, choices) => invoke("merge_group", { rows, choices }),
    keepGroup: (rows) => invoke("keep_group", { rows }),
    skipInGroup: (rows, stays) => invoke("skip_in_group", { rows, stays }),
    reopenGroup: (rows) => invoke("reopen_group", { rows }),
    separateRows: (pairs) => invoke("separate_rows", { pairs }),
    countByRule: (rule) => invoke("count_by_rule", { rule }),
    decideByRule: (rule) => invoke("decide_by_rule", { rule }),
};
