import { invoke } from "@tauri-apps/api/core";

import type { AdditionsBackend } from "../additions";

export const additions: AdditionsBackend = {
    proposeUse: (source) => invoke("propose_use", { source }),
    useSource: (source, role) => invoke("use_source", { source, role }),
    joinActivities: (source) => invoke("join_activities", { source }),
    previewEnrichment: (source) => invoke("preview_enrichment", { source }),
    enrichLeads: (source, winners) => invoke("enrich_leads", { source, winners }),
};
