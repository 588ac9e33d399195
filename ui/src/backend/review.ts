import type { CheckSummary } from "../bindings/CheckSummary";
import type { CorrectedFile } from "../bindings/CorrectedFile";
import type { DecisionKind } from "../bindings/DecisionKind";
import type { EditOutcome } from "../bindings/EditOutcome";
import type { FixPreview } from "../bindings/FixPreview";
import type { HistoryPage } from "../bindings/HistoryPage";
import type { ReviewOverview } from "../bindings/ReviewOverview";
import type { RowDetail } from "../bindings/RowDetail";
import type { View } from "../bindings/View";

/** Findings, details of a row, fixes, rejected rows, history. Every call may be refused with a `Failure`. */
export interface ReviewBackend {
    /** Checks every row, then compares them all; both are jobs. */
    checkProject(): Promise<CheckSummary>;
    reviewOverview(): Promise<ReviewOverview>;
    reviewRow(row: number): Promise<RowDetail>;
    /** The place of a row in a view; `null` where the view does not have it. */
    rowPlace(view: View, row: number): Promise<number | null>;
    fixPreview(code: string): Promise<FixPreview>;
    /** In one row, or in every row that has a correction for this finding. */
    applyFix(code: string, row: number | null): Promise<EditOutcome>;
    /** Gives a field, or the list of activities, back what the source says. */
    restoreField(row: number, field: string): Promise<EditOutcome>;
    putActivities(row: number, list: Record<string, string>[]): Promise<EditOutcome>;
    /** `null` takes decisions back. */
    decide(rows: number[], kind: DecisionKind | null): Promise<EditOutcome>;
    history(offset: number, limit: number): Promise<HistoryPage>;
    /** Undoes or redoes until this change is the last one that holds; 0 is the beginning. */
    goToChange(change: number): Promise<EditOutcome>;
    /** Writes the rows that cannot go; gives how many. */
    writeRejected(path: string): Promise<number>;
    /** What taking a corrected file back would change; `null` where it is none. */
    previewCorrected(path: string): Promise<CorrectedFile | null>;
    applyCorrected(corrected: CorrectedFile): Promise<EditOutcome>;
}
