/** Findings, details of a row, fixes, rejected rows, history. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface ReviewBackend {}
