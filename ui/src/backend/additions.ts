import type { EnrichmentPreview } from "../bindings/EnrichmentPreview";
import type { JoinReport } from "../bindings/JoinReport";
import type { SourceRole } from "../bindings/SourceRole";
import type { UseProposal } from "../bindings/UseProposal";
import type { Winner } from "../bindings/Winner";

/** Sources whose rows belong to leads of other sources. */
export interface AdditionsBackend {
    /** What the rows of a further source are probably for; `null` where they look like leads, or somebody has said. */
    proposeUse(source: number): Promise<UseProposal | null>;
    /** Gives the rows another use, or confirms the one that they have. */
    useSource(source: number, role: SourceRole): Promise<void>;
    /** Finds again to which leads the rows of a source of activities belong. */
    joinActivities(source: number): Promise<JoinReport>;
    previewEnrichment(source: number): Promise<EnrichmentPreview>;
    /** Fills empty fields, and those in `winners` as said there; gives the number of leads that changed. */
    enrichLeads(source: number, winners: Readonly<Record<string, Winner>>): Promise<number>;
}
