import { invoke } from "@tauri-apps/api/core";

import type { SourcesBackend } from "../sources";

export const sources: SourcesBackend = {
    inspectFile: (path, settings) => invoke("inspect_file", { path, settings }),
    rowsOfFile: (path, settings, rows) => invoke("rows_of_file", { path, settings, rows }),
    takeFile: (path, settings, role) => invoke("take_file", { path, settings, role }),
    listSources: () => invoke("list_sources"),
    removeSource: (source) => invoke("remove_source", { source }),
};
