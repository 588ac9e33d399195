import type { ActivityKinds } from "../bindings/ActivityKinds";
import type { FieldSample } from "../bindings/FieldSample";
import type { FoundValues } from "../bindings/FoundValues";
import type { MappingChange } from "../bindings/MappingChange";
import type { MappingOutcome } from "../bindings/MappingOutcome";
import type { MappingOverview } from "../bindings/MappingOverview";
import type { MappingState } from "../bindings/MappingState";
import type { MappingStep } from "../bindings/MappingStep";
import type { ProgressDecision } from "../bindings/ProgressDecision";
import type { RowPreview } from "../bindings/RowPreview";

/** Columns, values, and the explicit decisions about progress. */
export interface MappingBackend {
    mappingOverview(): Promise<MappingOverview>;
    /** Stored at once; all rows have to be checked again. */
    changeMapping(source: number, change: MappingChange): Promise<MappingOutcome>;
    /** Puts a mapping back: the `before` of an outcome. */
    restoreMapping(source: number, mapping: unknown): Promise<MappingState>;
    fieldValues(source: number, field: string): Promise<FoundValues>;
    /** Examples of what the mapping does to a field, and would do with `next` as a further step. */
    fieldSamples(source: number, field: string, next: MappingStep | null): Promise<FieldSample[]>;
    activityKinds(): Promise<ActivityKinds>;
    /** The person's word, for all sources; gives it back as it was stored. */
    decideProgress(activityType: string, counts: boolean): Promise<ProgressDecision>;
    /** What becomes of a row; `null` behind the last one. */
    mappedRow(source: number, at: number): Promise<RowPreview | null>;
    /** The known users of the target system; `null` where no list is known. */
    setOwners(owners: string[] | null): Promise<void>;
    /** The users in a file; nothing is stored. */
    readOwners(path: string): Promise<string[]>;
}
