// The review table as a thing that can be driven: where it stands, what is selected, what is being written. Knows the
// backend it reads from and no DOM; the component draws it and hands it what people do.

import type { TableBackend } from "../../backend";
import type { Block } from "../../bindings/Block";
import type { CellEdit } from "../../bindings/CellEdit";
import type { CellReading } from "../../bindings/CellReading";
import type { Column } from "../../bindings/Column";
import type { EditOutcome } from "../../bindings/EditOutcome";
import type { Mark } from "../../bindings/Mark";
import type { PasteOutcome } from "../../bindings/PasteOutcome";
import type { Row } from "../../bindings/Row";
import type { TableShape } from "../../bindings/TableShape";
import type { View } from "../../bindings/View";
import type { ColumnSettings } from "../../state/preferences.svelte";
import { MOST_CELLS } from "./clipboard";
import {
    farthestScroll,
    layOut,
    moveColumn,
    NO_SETTINGS,
    resizeColumn,
    revealColumn,
    toggleColumn,
    type PlacedColumn,
} from "./columns";
import type { Step } from "./keyboard";
import { clampPosition, positionAfterWheel, revealRow, rowsPerPage, sightAt, type WheelTurn } from "./scroll";
import {
    cellsIn,
    clampCell,
    edgesOf,
    extendTo,
    isRowSelected,
    NO_ROWS,
    rowsIn,
    selectCell,
    toggleRow,
    type CellPlace,
    type CellSelection,
    type RowSelection,
} from "./selection";
import { RowPages } from "./windows";

/** What the table has to tell. */
export interface TableListener {
    /** Cells have changed; `shape` has the new counts. */
    changed?(shape: TableShape): void;
    /** Something went wrong behind the border. */
    failed(error: unknown): void;
}

/** The whole table in the order of the sources. */
export const WHOLE_TABLE: View = {
    search: "",
    severities: [],
    changedOnly: false,
    states: [],
    codes: [],
    sources: [],
    decisions: [],
    values: [],
    sort: [],
};

/** The header's place: above the first row, so that the arrow keys reach it. */
export const HEADER = -1;

/** A cell that is being written into. */
export interface Editing {
    readonly place: CellPlace;
    readonly row: Row;
    readonly column: Column;
    /** What the editor begins with. */
    readonly text: string;
    /** True where the first key has replaced what stood there. */
    readonly replaces: boolean;
}

export class TableModel {
    readonly #backend: TableBackend;
    readonly #listener: TableListener;
    readonly #pages: RowPages;
    /** Grows when rows arrive, so that what is drawn from them is drawn again. */
    #arrivals = $state(0);
    /** Counts the views that were asked for; only the last answer is taken. */
    #asked = 0;

    shape = $state.raw<TableShape | null>(null);
    view = $state.raw<View>(WHOLE_TABLE);
    settings = $state.raw<ColumnSettings>(NO_SETTINGS);
    rowHeight = $state(28);
    /** The size of the window onto the cells, without header and row numbers. */
    height = $state(0);
    width = $state(0);
    position = $state(0);
    scrolled = $state(0);
    selection = $state.raw<CellSelection>({ anchor: { row: 0, column: 0 }, active: { row: 0, column: 0 } });
    /** Rows that are marked one by one, for what is done with many rows; lives as long as the view. */
    picked = $state.raw<RowSelection>(NO_ROWS);
    editing = $state.raw<Editing | null>(null);
    /** Where a change is on its way to the backend. */
    writing = $state(0);

    readonly rows = $derived(this.shape?.rows ?? 0);
    readonly layout = $derived(layOut(this.shape?.columns ?? [], this.settings));
    readonly extent = $derived({ rows: this.rows, rowHeight: this.rowHeight, height: this.height });
    readonly sight = $derived(sightAt(this.extent, this.position));
    readonly edges = $derived(edgesOf(this.selection));
    readonly activeColumn = $derived<PlacedColumn | undefined>(this.layout.columns[this.selection.active.column]);
    readonly pickedCount = $derived(rowsIn(this.picked, this.rows));
    readonly activeRow = $derived(this.rowAt(this.selection.active.row));

    constructor(backend: TableBackend, listener: TableListener) {
        this.#backend = backend;
        this.#listener = listener;
        this.#pages = new RowPages(
            (offset, limit) => this.#backend.tableWindow(this.view, offset, limit),
            () => (this.#arrivals += 1),
            (error) => this.#listener.failed(error),
        );
    }

    /** The row at a place of the view, where it has been fetched. */
    rowAt(index: number): Row | undefined {
        void this.#arrivals;
        return this.#pages.at(index);
    }

    /** What there is to say about the active cell. */
    get activeMark(): Mark | undefined {
        const source = this.activeColumn?.source;
        return this.activeRow?.marks.find((mark) => mark.column === source);
    }

    /** Says which rows are in sight, so that they are fetched. To be called whenever `sight` changes. */
    fetch(): void {
        if (this.rows > 0) this.#pages.want(this.sight.first, this.sight.last);
    }

    /** Shows another view; the place stays where the same view is asked for again. */
    async show(view: View): Promise<void> {
        const ticket = ++this.#asked;
        try {
            const shape = await this.#backend.tableShape(view);
            if (ticket !== this.#asked) return;
            const same = view === this.view;
            this.view = view;
            this.shape = shape;
            this.editing = null;
            this.#pages.renew(!same);
            if (!same) {
                this.position = 0;
                this.picked = NO_ROWS;
                this.collapse();
                const { row, column } = this.selection.active;
                // Whoever sorts from the header by keys stays there.
                this.select({ row: row === HEADER ? HEADER : 0, column });
            }
            this.position = clampPosition(this.extent, this.position);
            if (this.selection.active.row !== HEADER) {
                const { anchor, active } = this.selection;
                this.selection = { anchor: this.#clamp(anchor), active: this.#clamp(active) };
            }
            this.fetch();
        } catch (error) {
            if (ticket === this.#asked) this.#listener.failed(error);
        }
    }

    get #bounds() {
        return { rows: this.rows, columns: this.layout.columns.length };
    }

    #clamp(place: CellPlace): CellPlace {
        return clampCell(this.#bounds, place);
    }

    scrollTo(position: number): void {
        this.position = clampPosition(this.extent, position);
    }

    wheel(turn: WheelTurn): void {
        this.position = positionAfterWheel(this.extent, this.position, turn);
    }

    scrollColumns(scrolled: number): void {
        this.scrolled = Math.min(Math.max(0, scrolled), farthestScroll(this.layout, this.width));
    }

    /** Keeps what is in sight in sight after a change of size, columns or row height. */
    settle(): void {
        this.scrollTo(this.position);
        this.scrollColumns(this.scrolled);
    }

    /** Makes a cell the active one and brings it into sight. */
    select(place: CellPlace, extend = false): void {
        this.selection = extend
            ? extendTo(this.#bounds, this.selection, place)
            : place.row === HEADER
              ? { anchor: this.#header(place.column), active: this.#header(place.column) }
              : selectCell(this.#bounds, place);
        this.reveal();
    }

    #header(column: number): CellPlace {
        return { row: HEADER, column: this.#clamp({ row: 0, column }).column };
    }

    /** Selects whole rows from the anchor's to `row`. */
    selectRows(row: number, extend = false): void {
        const from = extend ? Math.max(0, this.selection.anchor.row) : row;
        const last = this.layout.columns.length - 1;
        this.selection = { anchor: this.#clamp({ row: from, column: last }), active: this.#clamp({ row, column: 0 }) };
        this.reveal();
    }

    /** Marks the row at a place of the view, or unmarks it. */
    pickRow(index: number): void {
        const row = this.rowAt(index);
        if (row !== undefined) this.picked = toggleRow(this.picked, row.id);
    }

    /** True for a marked row. */
    isPicked(row: Row | undefined): boolean {
        return row !== undefined && isRowSelected(this.picked, row.id);
    }

    /** Selects a whole column, without leaving the place. */
    selectColumn(column: number): void {
        this.selection = {
            anchor: this.#clamp({ row: this.rows - 1, column }),
            active: this.#clamp({ row: 0, column }),
        };
    }

    selectAll(): void {
        const { active } = this.selection;
        this.selection = {
            anchor: this.#clamp({ row: this.rows - 1, column: this.layout.columns.length - 1 }),
            active: { row: 0, column: 0 },
        };
        if (active.row === HEADER) this.reveal();
    }

    /** Only the active cell stays selected. */
    collapse(): void {
        this.selection = { anchor: this.selection.active, active: this.selection.active };
    }

    reveal(): void {
        const { row, column } = this.selection.active;
        if (row !== HEADER) this.position = revealRow(this.extent, this.position, row);
        this.scrolled = revealColumn(this.layout, this.scrolled, this.width, column);
    }

    /** Moves the active cell; gives false where it cannot go any further that way. */
    move(step: Step, extend: boolean): boolean {
        const { active } = this.selection;
        let { row, column } = active;
        if (step.by === "cell") {
            row += step.rows;
            column += step.columns;
        } else if (step.by === "page") {
            row += step.rows * rowsPerPage(this.extent);
        } else {
            if (step.rows !== 0) row = step.rows < 0 ? 0 : this.rows - 1;
            if (step.columns !== 0) column = step.columns < 0 ? 0 : this.layout.columns.length - 1;
        }
        const inHeader = active.row === HEADER ? row <= HEADER : row < 0 && step.by === "cell" && !extend;
        const next = inHeader ? this.#header(column) : this.#clamp({ row, column });
        if (next.row === active.row && next.column === active.column) {
            // The wheel may have left it behind.
            this.reveal();
            return false;
        }
        if (extend && (active.row === HEADER || inHeader)) return false;
        // A page moves what is in sight with the cell, so that the cell stays at its height in the window.
        if (step.by === "page") this.scrollTo(this.position + (next.row - active.row) * this.rowHeight);
        this.select(next, extend);
        return true;
    }

    /** The text of a cell, where it has been fetched. */
    textAt({ row, column }: CellPlace): string | undefined {
        const source = this.layout.columns[column]?.source;
        return source === undefined ? undefined : this.rowAt(row)?.cells[source];
    }

    /** Opens an editor on the active cell; gives false where nothing can be written there. */
    edit(text: string | null): boolean {
        const place = this.selection.active;
        const column = this.activeColumn?.column;
        const row = this.rowAt(place.row);
        if (column === undefined || row === undefined || column.computed) return false;
        this.reveal();
        this.editing = { place, row, column, text: text ?? this.textAt(place) ?? "", replaces: text !== null };
        return true;
    }

    /** How a text would be read in the cell that is being written into; `null` where nobody can tell. */
    async read(text: string): Promise<CellReading | null> {
        const editing = this.editing;
        if (editing === null) return null;
        try {
            return await this.#backend.readCell({ row: editing.row.id, column: editing.column.id, text });
        } catch {
            // Whatever is wrong is said when the text is written; this is a help and no more.
            return null;
        }
    }

    cancelEdit(): void {
        this.editing = null;
    }

    /** Writes what the editor holds, in its canonical form. The editor closes at once; the check comes behind. */
    async commitEdit(text: string): Promise<EditOutcome | null> {
        const editing = this.editing;
        this.editing = null;
        if (editing === null || text === this.textAt(editing.place)) return null;
        return this.write([{ row: editing.row.id, column: editing.column.id, text }]);
    }

    async write(edits: CellEdit[]): Promise<EditOutcome | null> {
        return this.change(() => this.#backend.editCells(edits));
    }

    async undo(): Promise<EditOutcome | null> {
        return this.change(() => this.#backend.undo());
    }

    async redo(): Promise<EditOutcome | null> {
        return this.change(() => this.#backend.redo());
    }

    /** Does something to rows that is no edit of a cell: a correction, a decision. What is shown follows. */
    async change(run: () => Promise<EditOutcome>): Promise<EditOutcome | null> {
        return this.#guarded(async () => {
            const outcome = await run();
            this.#pages.replace(outcome.rows, outcome.revision);
            // An outcome carries a bounded number of rows; the rest is fetched again.
            if (outcome.changed > outcome.rows.length) this.#pages.renew(false);
            if (outcome.changed > 0) await this.#recount();
            return outcome;
        });
    }

    async #guarded<T>(run: () => Promise<T>): Promise<T | null> {
        this.writing += 1;
        try {
            return await run();
        } catch (error) {
            this.#listener.failed(error);
            return null;
        } finally {
            this.writing -= 1;
        }
    }

    /** Shows what has become of the view behind the border, in a new order. The place stays. */
    async refresh(): Promise<void> {
        await this.show(this.view);
    }

    /** Fetches the counts again; the rows of the view stay where they are. */
    async #recount(): Promise<void> {
        const ticket = this.#asked;
        const shape = await this.#backend.tableShape(this.view, true);
        if (ticket !== this.#asked) return;
        this.shape = shape;
        this.fetch();
        this.#listener.changed?.(shape);
    }

    /** Rows have other marks than before, for a reason that lies outside: counts and what is in sight are fetched again. */
    async recount(): Promise<void> {
        await this.#guarded(async () => {
            const ticket = this.#asked;
            const shape = await this.#backend.tableShape(this.view, true);
            if (ticket !== this.#asked) return;
            this.#pages.renew(false);
            this.shape = shape;
            this.fetch();
        });
    }

    /** The selected block as it crosses the border; `null` for the header or an empty table. */
    block(): Block | null {
        const { top, bottom, left, right } = this.edges;
        if (top < 0 || this.rows === 0) return null;
        const columns = this.layout.columns.slice(left, right + 1).map((place) => place.column.id);
        return { offset: top, rows: bottom - top + 1, columns };
    }

    /** True where a block is small enough for the clipboard. */
    get copiable(): boolean {
        return cellsIn(this.edges) <= MOST_CELLS;
    }

    /** The texts of the selected block, without asking where all of it is at hand; else `null`. */
    textsAtHand(): string[][] | null {
        const { top, bottom, left, right } = this.edges;
        if (top < 0 || bottom - top > 5000) return null;
        const sources = this.layout.columns.slice(left, right + 1).map((place) => place.source);
        const texts = [];
        for (let index = top; index <= bottom; index++) {
            const row = this.rowAt(index);
            if (row === undefined) return null;
            texts.push(sources.map((source) => row.cells[source] ?? ""));
        }
        return texts;
    }

    async texts(): Promise<string[][] | null> {
        const block = this.block();
        return block === null ? null : this.#guarded(() => this.#backend.tableBlock(this.view, block));
    }

    /**
     * Writes texts over the selection: over a single cell they spread as far as they reach, a larger block is filled
     * with repetitions of them. Afterwards what was written is selected.
     */
    async paste(texts: string[][]): Promise<PasteOutcome | null> {
        const block = this.block();
        const wide = Math.max(0, ...texts.map((row) => row.length));
        if (block === null || wide === 0) return null;
        const { top, left } = this.edges;
        const single = cellsIn(this.edges) === 1;
        const rows = single ? texts.length : block.rows;
        const columns = single
            ? this.layout.columns.slice(left, left + wide).map((place) => place.column.id)
            : block.columns;
        return this.#guarded(async () => {
            const outcome = await this.#backend.pasteBlock(this.view, { ...block, rows, columns }, texts);
            this.selection = {
                anchor: this.#clamp({ row: top + rows - 1, column: left + columns.length - 1 }),
                active: { row: top, column: left },
            };
            this.#pages.renew(false);
            await this.#recount();
            return outcome;
        });
    }

    /** Empties the selected cells that can be written. */
    async clear(): Promise<PasteOutcome | null> {
        return this.paste([[""]]);
    }

    /** Writes the first row of the selection over all of it. */
    async fillDown(): Promise<PasteOutcome | null> {
        const block = this.block();
        if (block === null || block.rows < 2) return null;
        const first = await this.#guarded(() => this.#backend.tableBlock(this.view, { ...block, rows: 1 }));
        return first === null ? null : this.paste(first);
    }

    // Columns.

    arrange(settings: ColumnSettings): void {
        const active = this.activeColumn?.column.id;
        this.settings = settings;
        // The active cell stays on its column, wherever that lies now.
        const index = this.layout.columns.findIndex((place) => place.column.id === active);
        const row = this.selection.active.row;
        this.select({ row, column: Math.max(0, index) });
        this.settle();
    }

    moveColumn(id: string, before: string | null): void {
        this.arrange(moveColumn(this.shape?.columns ?? [], this.settings, id, before));
    }

    toggleColumn(list: "hidden" | "frozen", id: string): void {
        this.arrange(toggleColumn(this.settings, list, id));
    }

    resizeColumn(id: string, width: number): void {
        this.settings = resizeColumn(this.settings, id, width);
        this.settle();
    }

    /** Sorts by a column: upwards, downwards, not at all, in turn. */
    async sortBy(id: string): Promise<void> {
        const current = this.view.sort[0];
        const sort =
            current?.column !== id
                ? [{ column: id, descending: false }]
                : current.descending
                  ? []
                  : [{ column: id, descending: true }];
        await this.show({ ...this.view, sort });
    }
}
