import type { ConnectionsBackend } from "../connections";

export function fakeConnections(): ConnectionsBackend {
    return {};
}
