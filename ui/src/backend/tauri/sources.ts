import type { SourcesBackend } from "../sources";

export const sources: SourcesBackend = {};
