import type { AuditBackend } from "../audit";

export const audit: AuditBackend = {};
