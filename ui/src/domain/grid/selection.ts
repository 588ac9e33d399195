// What is selected: a block of cells with one active cell in it, or rows. Pure.
//
// A selection of rows is a predicate with exceptions ("all of this view but these"), never a list of a million ids: it
// is resolved behind the border, where the rows are.

/** A cell by its place in the view. */
export interface CellPlace {
    readonly row: number;
    readonly column: number;
}

/** A block from the cell that the selection began at to the active one, which has the keyboard. */
export interface CellSelection {
    readonly anchor: CellPlace;
    readonly active: CellPlace;
}

/** A block by its edges, all inclusive. */
export interface Edges {
    readonly top: number;
    readonly bottom: number;
    readonly left: number;
    readonly right: number;
}

/** Rows by their id: those listed, or all of the view but those listed. */
export interface RowSelection {
    readonly all: boolean;
    readonly ids: ReadonlySet<number>;
}

export const NO_ROWS: RowSelection = { all: false, ids: new Set() };

/** How many rows and columns there are to select. */
export interface Bounds {
    readonly rows: number;
    readonly columns: number;
}

/** The nearest cell that exists. */
export function clampCell({ rows, columns }: Bounds, { row, column }: CellPlace): CellPlace {
    return {
        row: Math.min(Math.max(0, row), Math.max(0, rows - 1)),
        column: Math.min(Math.max(0, column), Math.max(0, columns - 1)),
    };
}

/** One cell. */
export function selectCell(bounds: Bounds, place: CellPlace): CellSelection {
    const active = clampCell(bounds, place);
    return { anchor: active, active };
}

/** The same block, stretched to another cell. */
export function extendTo(bounds: Bounds, selection: CellSelection, place: CellPlace): CellSelection {
    return { anchor: selection.anchor, active: clampCell(bounds, place) };
}

/** The block's edges. */
export function edgesOf({ anchor, active }: CellSelection): Edges {
    return {
        top: Math.min(anchor.row, active.row),
        bottom: Math.max(anchor.row, active.row),
        left: Math.min(anchor.column, active.column),
        right: Math.max(anchor.column, active.column),
    };
}

/** How many cells a block has. */
export function cellsIn({ top, bottom, left, right }: Edges): number {
    return (bottom - top + 1) * (right - left + 1);
}

/** True for a cell of the block. */
export function holds(edges: Edges, { row, column }: CellPlace): boolean {
    return row >= edges.top && row <= edges.bottom && column >= edges.left && column <= edges.right;
}

/** True for a selected row. */
export function isRowSelected(selection: RowSelection, id: number): boolean {
    return selection.ids.has(id) !== selection.all;
}

/** The selection with one row taken in, or out. */
export function toggleRow(selection: RowSelection, id: number): RowSelection {
    const ids = new Set(selection.ids);
    if (!ids.delete(id)) ids.add(id);
    return { all: selection.all, ids };
}

/** How many of `total` rows are selected. */
export function rowsIn(selection: RowSelection, total: number): number {
    return selection.all ? Math.max(0, total - selection.ids.size) : selection.ids.size;
}
