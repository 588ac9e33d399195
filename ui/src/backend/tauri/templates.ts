import { invoke } from "@tauri-apps/api/core";

import type { TemplatesBackend } from "../templates";

export const templates: TemplatesBackend = {
    listTemplates: (source) => invoke("list_templates", { source }),
    saveTemplate: (source, name) => invoke("save_template", { source, name }),
    applyTemplate: (source, name, renamed) => invoke("apply_template", { source, name, renamed }),
    removeTemplate: (name) => invoke("remove_template", { name }),
    restoreTemplate: (template) => invoke("restore_template", { template }),
    exportTemplate: (name, path) => invoke("export_template", { name, path }),
    importTemplate: (path) => invoke("import_template", { path }),
    earlierDecisions: () => invoke("earlier_decisions"),
};
