import type { CheckedConnection } from "../bindings/CheckedConnection";
import type { Connection } from "../bindings/Connection";
import type { ConnectionList } from "../bindings/ConnectionList";
import type { FetchedOwners } from "../bindings/FetchedOwners";
import type { Kept } from "../bindings/Kept";

/** Connections and their secrets. */
export interface ConnectionsBackend {
    connections(): Promise<ConnectionList>;
    /** Where the secret is kept; `null` where none is. May wait for a person to unlock the keyring. */
    keptSecret(name: string): Promise<Kept | null>;
    putConnection(connection: Connection, replacing: string | null): Promise<void>;
    /** With its secret. */
    removeConnection(name: string): Promise<void>;
    /** The one way of a secret: into the keyring, never back. */
    keepConnectionSecret(name: string, secret: string): Promise<Kept>;
    checkConnection(name: string): Promise<CheckedConnection>;
    /** Takes the owners that the server knows into the project and checks again. */
    fetchOwners(name: string): Promise<FetchedOwners>;
}
