import { invoke } from "@tauri-apps/api/core";

import type { ApprovalBackend } from "../approval";

export const approval: ApprovalBackend = {
    approvalOverview: () => invoke("approval_overview"),
    approveRows: () => invoke("approve_rows"),
};
