// The strip of batches: one cell a batch, or one for several where there are more than fit.

import type { Batch } from "../../bindings/Batch";
import type { BatchState } from "../../bindings/BatchState";

/** Cells that are drawn at most. */
export const MOST_CELLS = 240;

export interface StripCell {
    /** First and last batch, from 1. */
    readonly from: number;
    readonly to: number;
    readonly state: BatchState;
    readonly leads: number;
    /** What went wrong last; empty when nothing. */
    readonly problem: string;
}

/** What of several states a person has to know first. */
const WEIGHT: readonly BatchState[] = ["answered", "planned", "sent", "refused", "uncertain"];

export function stripCells(batches: readonly Batch[], most: number = MOST_CELLS): StripCell[] {
    const each = Math.max(1, Math.ceil(batches.length / most));
    const cells: StripCell[] = [];
    for (let at = 0; at < batches.length; at += each) {
        const group = batches.slice(at, at + each);
        const gravest = group.reduce<BatchState>(
            (state, batch) => (WEIGHT.indexOf(batch.state) > WEIGHT.indexOf(state) ? batch.state : state),
            "answered",
        );
        cells.push({
            from: at + 1,
            to: at + group.length,
            state: gravest,
            leads: group.reduce((sum, batch) => sum + batch.leadCount, 0),
            problem: group.find((batch) => batch.problem !== "")?.problem ?? "",
        });
    }
    return cells;
}
