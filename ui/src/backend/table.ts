import type { Block } from "../bindings/Block";
import type { CellEdit } from "../bindings/CellEdit";
import type { EditOutcome } from "../bindings/EditOutcome";
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
