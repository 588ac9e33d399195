import type { ComparedGroup } from "../bindings/ComparedGroup";
import type { DecisionRule } from "../bindings/DecisionRule";
import type { DuplicatesOverview } from "../bindings/DuplicatesOverview";
import type { GroupFilter } from "../bindings/GroupFilter";
import type { GroupWindow } from "../bindings/GroupWindow";
import type { MergeChoice } from "../bindings/MergeChoice";
import type { MergedGroup } from "../bindings/MergedGroup";

/** Groups of duplicates, by windows of a list. Every decision is one change that can be undone. */
export interface DuplicatesBackend {
    duplicatesOverview(): Promise<DuplicatesOverview>;
    /** Compares everything; a job. */
    compareRows(): Promise<unknown>;
    groupWindow(filter: GroupFilter, offset: number, limit: number): Promise<GroupWindow>;
    /** Place in the list of the group of a row; `null` where it is not in it. */
    groupPlace(filter: GroupFilter, row: number): Promise<number | null>;
    /** Place of the first open group from a place on, going round at the end. */
    nextOpenGroup(filter: GroupFilter, from: number): Promise<number | null>;
    comparedGroup(row: number): Promise<ComparedGroup | null>;
    /** What merging would give; the first row stays. */
    mergePreview(rows: number[], choices: MergeChoice[]): Promise<MergedGroup>;
    mergeGroup(rows: number[], choices: MergeChoice[]): Promise<number>;
    keepGroup(rows: number[]): Promise<number>;
    /** Skips the rows except the one that stays; without one, for reference data. */
    skipInGroup(rows: number[], stays: number | null): Promise<number>;
    reopenGroup(rows: number[]): Promise<number>;
    separateRows(pairs: [number, number][]): Promise<void>;
    /** How many rows a rule would decide about now. */
    countByRule(rule: DecisionRule): Promise<number>;
    decideByRule(rule: DecisionRule): Promise<number>;
}
