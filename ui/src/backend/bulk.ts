import type { BulkPreview } from "../bindings/BulkPreview";
import type { BulkRequest } from "../bindings/BulkRequest";
import type { ClusterMethod } from "../bindings/ClusterMethod";
import type { DecisionKind } from "../bindings/DecisionKind";
import type { EditOutcome } from "../bindings/EditOutcome";
import type { Scope } from "../bindings/Scope";
import type { ValueClusters } from "../bindings/ValueClusters";
import type { View } from "../bindings/View";

/** Many cells at once. Every call may be refused with a `Failure`. */
export interface BulkBackend {
    bulkPreview(request: BulkRequest): Promise<BulkPreview>;
    /** One change; a job where there are many rows. */
    bulkApply(request: BulkRequest): Promise<EditOutcome>;
    /** `null` takes decisions back. */
    bulkDecide(scope: Scope, kind: DecisionKind | null): Promise<EditOutcome>;
    /** Values that may be spellings of the same thing. */
    columnClusters(view: View, column: string, method: ClusterMethod): Promise<ValueClusters>;
    /** Compares the rows that were edited with all others; false where there were none. */
    compareEdited(): Promise<boolean>;
}
