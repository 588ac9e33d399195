import { invoke } from "@tauri-apps/api/core";

import type { BulkBackend } from "../bulk";

export const bulk: BulkBackend = {
    bulkPreview: (request) => invoke("bulk_preview", { request }),
    bulkApply: (request) => invoke("bulk_apply", { request }),
    bulkDecide: (scope, kind) => invoke("bulk_decide", { scope, kind }),
    columnClusters: (view, column, method) => invoke("column_clusters", { view, column, method }),
    compareEdited: () => invoke("compare_edited"),
};
