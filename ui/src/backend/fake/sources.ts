import type { SourcesBackend } from "../sources";

export function fakeSources(): SourcesBackend {
    return {};
}
