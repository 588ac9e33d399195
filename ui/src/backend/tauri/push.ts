import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import type { PushRun } from "../../bindings/PushRun";
import type { PushBackend } from "../push";
import { unsubscribe } from "./subscription";

export const push: PushBackend = {
    pushOverview: (connection) => invoke("push_overview", { connection }),
    startPush: (request) => invoke("start_push", { request }),
    resumePush: (pushId) => invoke("resume_push", { pushId }),
    stopPush: (pushId, how) => invoke("stop_push", { pushId, how }),
    pushBatches: (pushId) => invoke("push_batches", { pushId }),
    pushLeads: (wanted) => invoke("push_leads", { wanted }),
    pushDoubles: (pushId, offset, limit) => invoke("push_doubles", { pushId, offset, limit }),
    verifyPush: (pushId, most) => invoke("verify_push", { pushId, most }),
    comparePushLeads: (wanted) => invoke("compare_push_leads", { wanted }),
    onPush: (listener) => unsubscribe(listen<PushRun>("push", ({ payload }) => listener(payload))),
};
