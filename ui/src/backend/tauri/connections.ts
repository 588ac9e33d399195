import { invoke } from "@tauri-apps/api/core";

import type { ConnectionsBackend } from "../connections";

export const connections: ConnectionsBackend = {
    connections: () => invoke("connections"),
    keptSecret: (name) => invoke("kept_secret", { name }),
    putConnection: (connection, replacing) => invoke("put_connection", { connection, replacing }),
    removeConnection: (name) => invoke("remove_connection", { name }),
    keepConnectionSecret: (name, secret) => invoke("keep_connection_secret", { name, secret }),
    checkConnection: (name) => invoke("check_connection", { name }),
    fetchOwners: (name) => invoke("fetch_owners", { name }),
};
