/** The audit log. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface AuditBackend {}
