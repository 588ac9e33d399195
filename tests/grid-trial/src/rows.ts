// The rows, served by the window from Rust as in the product.

interface Internals {
    invoke<T>(command: string, values: object): Promise<T>;
}

const { invoke } = (window as unknown as { __TAURI_INTERNALS__: Internals }).__TAURI_INTERNALS__;

const VIEW = { search: "", severities: [], changedOnly: false, sort: [] };

export interface Row {
    id: number;
    number: number;
    cells: string[];
}

export interface Column {
    id: string;
    title: string;
    width: number;
    computed: boolean;
}

export interface Shape {
    columns: Column[];
    rows: number;
}

export const backend = {
    tableShape: (view: object) => invoke("table_shape", { view }),
    tableWindow: (view: object, offset: number, limit: number) => invoke("table_window", { view, offset, limit }),
    tableBlock: (view: object, block: object) => invoke("table_block", { view, block }),
    editCells: (edits: object) => invoke("edit_cells", { edits }),
    pasteBlock: (view: object, block: object, texts: string[][]) => invoke("paste_block", { view, block, texts }),
    undo: () => invoke("undo", {}),
    redo: () => invoke("redo", {}),
};

export const shape = () => backend.tableShape(VIEW) as Promise<Shape>;

export async function rows(offset: number, limit: number): Promise<Row[]> {
    const answer = (await backend.tableWindow(VIEW, offset, limit)) as { rows: Row[] };
    return answer.rows;
}

export const write = (row: number, column: string, text: string) => backend.editCells([{ row, column, text }]);

/** Pages of a hundred rows for grids that ask for one row at a time. */
export class Pages {
    readonly #pages = new Map<number, Row[]>();
    readonly #asked = new Set<number>();

    at(index: number): Row | undefined {
        return this.#pages.get(Math.floor(index / 100))?.[index % 100];
    }

    /** Fetches what is missing between two rows and calls back for each page that arrives. */
    want(from: number, to: number, arrived: (first: number, rows: Row[]) => void): void {
        for (let page = Math.max(0, Math.floor(from / 100)); page <= Math.floor(to / 100); page++) {
            if (this.#pages.has(page) || this.#asked.has(page)) continue;
            this.#asked.add(page);
            void rows(page * 100, 100).then((found) => {
                this.#asked.delete(page);
                this.#pages.set(page, found);
                arrived(page * 100, found);
            });
        }
    }
}
