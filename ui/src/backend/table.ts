import type { Block } from "../bindings/Block";
import type { CellEdit } from "../bindings/CellEdit";
import type { CellReading } from "../bindings/CellReading";
import type { EditOutcome } from "../bindings/EditOutcome";
import type { PasteOutcome } from "../bindings/PasteOutcome";
import type { RowWindow } from "../bindings/RowWindow";
import type { TableShape } from "../bindings/TableShape";
import type { View } from "../bindings/View";

/** The rows under review, by windows of a view. Every call may be refused with a `Failure`. */
export interface TableBackend {
    /** Afresh; with `kept` the rows of the view stay those that it had when it was last asked for. */
    tableShape(view: View, kept?: boolean): Promise<TableShape>;
    tableWindow(view: View, offset: number, limit: number): Promise<RowWindow>;
    tableBlock(view: View, block: Block): Promise<string[][]>;
    /** How a text would be read in a cell; nothing is written. */
    readCell(edit: CellEdit): Promise<CellReading>;
    editCells(edits: CellEdit[]): Promise<EditOutcome>;
    pasteBlock(view: View, block: Block, texts: string[][]): Promise<PasteOutcome>;
    undo(): Promise<EditOutcome>;
    redo(): Promise<EditOutcome>;
}
