// What the window can ask of the world behind it. One interface, two implementations: the shell (tauri.ts) and invented
// data for tests and for the browser (fake.ts). Nothing else of the front end knows how the answers come.

import type { AppInfo } from "../bindings/AppInfo";
import type { Block } from "../bindings/Block";
import type { CellEdit } from "../bindings/CellEdit";
import type { EditOutcome } from "../bindings/EditOutcome";
import type { Failure } from "../bindings/Failure";
import type { JobSnapshot } from "../bindings/JobSnapshot";
import type { Language } from "../bindings/Language";
import type { PasteOutcome } from "../bindings/PasteOutcome";
import type { RowWindow } from "../bindings/RowWindow";
import type { TableShape } from "../bindings/TableShape";
import type { View } from "../bindings/View";

/** The rows under review, by windows of a view. Every call may be refused with a `Failure`. */
export interface TableBackend {
    tableShape(view: View): Promise<TableShape>;
    tableWindow(view: View, offset: number, limit: number): Promise<RowWindow>;
    tableBlock(view: View, block: Block): Promise<string[][]>;
    editCells(edits: CellEdit[]): Promise<EditOutcome>;
    pasteBlock(view: View, block: Block, texts: string[][]): Promise<PasteOutcome>;
    undo(): Promise<EditOutcome>;
    redo(): Promise<EditOutcome>;
}

/** What a drag of files over the window is doing. */
export type FileDrag =
    { readonly kind: "over" } | { readonly kind: "left" } | { readonly kind: "dropped"; readonly paths: string[] };

/** Ends a subscription. */
export type Unsubscribe = () => void;

export interface Backend extends TableBackend {
    appInfo(): Promise<AppInfo>;
    chooseLanguage(language: Language): Promise<void>;
    /** Asks the person for a file to open; `null` where they changed their mind. */
    askForFile(): Promise<string | null>;
    onFileDrag(listener: (drag: FileDrag) => void): Unsubscribe;
    /** Whole snapshots of all jobs that are under way, whenever one of them moves. */
    onJobs(listener: (jobs: readonly JobSnapshot[]) => void): Unsubscribe;
}

/** True for an error that crossed the border as one; everything else is a mistake of our own. */
export function isFailure(error: unknown): error is Failure {
    return typeof error === "object" && error !== null && "kind" in error && "message" in error;
}
