import type { ConnectionsBackend } from "../connections";

export const connections: ConnectionsBackend = {};
