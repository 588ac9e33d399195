import type { AuditFilter } from "../bindings/AuditFilter";
import type { AuditVerdict } from "../bindings/AuditVerdict";
import type { AuditWindow } from "../bindings/AuditWindow";

/** The audit log, by windows. */
export interface AuditBackend {
    auditWindow(filter: AuditFilter, offset: number, limit: number): Promise<AuditWindow>;
    verifyAudit(): Promise<AuditVerdict>;
    /** A page to read where the name ends in `.html`, JSON Lines otherwise; gives the entries written. */
    exportAudit(path: string): Promise<number>;
}
