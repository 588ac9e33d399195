/** Connections and their secrets. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface ConnectionsBackend {}
