import type { Connection } from "../../bindings/Connection";

/** A connection to an import server. */
export type ServerConnection = Extract<Connection, { kind: "server" }>;

/** False also for kinds that only a newer window knows. */
export function isServer(connection: Connection): connection is ServerConnection {
    return connection.kind === "server";
}
