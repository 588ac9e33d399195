/** What would go, what stays and why. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface ApprovalBackend {}
