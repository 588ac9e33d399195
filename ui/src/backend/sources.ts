/** Looking at files and taking them into the project. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface SourcesBackend {}
