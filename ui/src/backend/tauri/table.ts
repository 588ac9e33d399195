import { invoke } from "@tauri-apps/api/core";

import type { TableBackend } from "../table";

export const table: TableBackend = {
    tableShape: (view, kept = false) => invoke("table_shape", { view, kept }),
    tableWindow: (view, offset, limit) => invoke("table_window", { view, offset, limit }),
    tableBlock: (view, block) => invoke("table_block", { view, block }),
    readCell: (edit) => invoke("read_cell", { edit }),
    editCells: (edits) => invoke("edit_cells", { edits }),
    pasteBlock: (view, block, texts) => invoke("paste_block", { view, block, texts }),
    undo: () => invoke("undo"),
    redo: () => invoke("redo"),
};
