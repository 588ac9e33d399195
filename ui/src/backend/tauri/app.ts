import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { open, save } from "@tauri-apps/plugin-dialog";

import type { JobSnapshot } from "../../bindings/JobSnapshot";
import type { AppBackend, FileKind } from "../app";
import { unsubscribe } from "./subscription";

export const app: AppBackend = {
    appInfo: () => invoke("app_info"),
    takeStartRequest: () => invoke("take_start_request"),
    chooseLanguage: (language) => invoke("choose_language", { language }),
    openProject: (path) => invoke("open_project", { path }),
    closeProject: () => invoke("close_project"),
    copyProject: (path) => invoke("copy_project", { path }),
    renameProject: (name) => invoke("rename_project", { name }),
    settingsInfo: () => invoke("settings_info"),
    openExample: () => invoke("open_example"),
    startPracticeServer: () => invoke("start_practice_server"),
    stopPracticeServer: () => invoke("stop_practice_server"),
    askForFile: (kinds) => open({ multiple: false, directory: false, filters: filters(kinds) }),
    askWhereToSave: (suggestion, kinds) => save({ defaultPath: suggestion, filters: filters(kinds) }),
    onFileDrag: (listener) =>
        unsubscribe(
            getCurrentWebview().onDragDropEvent(({ payload }) => {
                if (payload.type === "drop") listener({ kind: "dropped", paths: payload.paths });
                else listener({ kind: payload.type === "leave" ? "left" : "over" });
            }),
        ),
    onJobs: (listener) => unsubscribe(listen<JobSnapshot[]>("jobs", ({ payload }) => listener(payload))),
    cancelJob: (id) => invoke("cancel_job", { id }),
};

const filters = (kinds: readonly FileKind[]) => kinds.map(({ name, endings }) => ({ name, extensions: [...endings] }));
