import type { AuditBackend } from "../audit";

export function fakeAudit(): AuditBackend {
    return {};
}
