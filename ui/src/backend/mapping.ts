/** Columns, values, and the explicit decisions about progress. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface MappingBackend {}
