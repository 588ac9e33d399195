// The backend in the real window: the commands of src-tauri/src/commands, one call each.

import { invoke } from "@tauri-apps/api/core";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { open } from "@tauri-apps/plugin-dialog";

import type { Backend, Unsubscribe } from "./backend";

/** The endings that the dialog offers; what is not in them can still be dropped. */
const ENDINGS = ["xlsx", "xlsm", "xlsb", "xls", "ods", "csv", "tsv", "txt", "lotse"];

export function tauriBackend(): Backend {
    return {
        appInfo: () => invoke("app_info"),
        chooseLanguage: (language) => invoke("choose_language", { language }),
        askForFile: () =>
            open({
                multiple: false,
                directory: false,
                filters: [{ name: "Excel, CSV, ODS, Lotse", extensions: ENDINGS }],
            }),
        onFileDrag: (listener) =>
            unsubscribe(
                getCurrentWebview().onDragDropEvent(({ payload }) => {
                    if (payload.type === "drop") listener({ kind: "dropped", paths: payload.paths });
                    else listener({ kind: payload.type === "leave" ? "left" : "over" });
                }),
            ),
        // The shell runs no jobs yet.
        onJobs: () => () => undefined,
        tableShape: (view) => invoke("table_shape", { view }),
        tableWindow: (view, offset, limit) => invoke("table_window", { view, offset, limit }),
        tableBlock: (view, block) => invoke("table_block", { view, block }),
        editCells: (edits) => invoke("edit_cells", { edits }),
        pasteBlock: (view, block, texts) => invoke("paste_block", { view, block, texts }),
        undo: () => invoke("undo"),
        redo: () => invoke("redo"),
    };
}

/** Subscribing takes a moment; who unsubscribes within it must not stay subscribed. */
function unsubscribe(subscribed: Promise<() => void>): Unsubscribe {
    return () => void subscribed.then((end) => end());
}
