import { invoke } from "@tauri-apps/api/core";

import type { AuditBackend } from "../audit";

export const audit: AuditBackend = {
    auditWindow: (filter, offset, limit) => invoke("audit_window", { filter, offset, limit }),
    verifyAudit: () => invoke("verify_audit"),
    exportAudit: (path) => invoke("export_audit", { path }),
};
