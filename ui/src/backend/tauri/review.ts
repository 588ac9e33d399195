import { invoke } from "@tauri-apps/api/core";

import type { ReviewBackend } from "../review";

export const review: ReviewBackend = {
    checkProject: () => invoke("check_project"),
    reviewOverview: () => invoke("review_overview"),
    reviewRow: (row) => invoke("review_row", { row }),
    rowPlace: (view, row) => invoke("review_place", { view, row }),
    fixPreview: (code) => invoke("review_fix_preview", { code }),
    applyFix: (code, row) => invoke("review_apply_fix", { code, row }),
    restoreField: (row, field) => invoke("review_restore", { row, field }),
    putActivities: (row, list) => invoke("review_activities", { row, list }),
    decide: (rows, kind) => invoke("review_decide", { rows, kind }),
    history: (offset, limit) => invoke("review_history", { offset, limit }),
    goToChange: (change) => invoke("review_go_to_change", { change }),
    writeRejected: (path) => invoke("write_rejected", { path }),
    previewCorrected: (path) => invoke("preview_corrected", { path }),
    applyCorrected: (corrected) => invoke("apply_corrected", { corrected }),
};
