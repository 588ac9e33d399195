import type { Connection } from "../../bindings/Connection";
import type { Failure } from "../../bindings/Failure";
import type { Kept } from "../../bindings/Kept";
import type { ConnectionsBackend } from "../connections";

/** What a test wants the connections to be. */
export interface FakeConnections {
    readonly none?: boolean;
}

const SERVERS: readonly Connection[] = [
    {
        name: "Produktion",
        kind: "server",
        baseUrl: "https://crm.example.de",
        target: "migration",
        auth: { method: "api_key", header: "X-AUTH-TOKEN" },
        batchSize: 500,
    },
    {
        name: "Abnahme",
        kind: "server",
        baseUrl: "https://abnahme.example.de",
        target: "migration",
        auth: { method: "bearer" },
        caFile: "/etc/pki/haus-ca.pem",
    },
    // Of a kind that this window does not know yet: shown and left alone.
    { name: "Vertrieb", kind: "telegraph" } as unknown as Connection,
];

export function fakeConnections(world: FakeConnections = {}): ConnectionsBackend {
    let list: Connection[] = world.none === true ? [] : [...SERVERS];
    const kept = new Map<string, Kept>(world.none === true ? [] : [["Produktion", "keyring"]]);

    const find = (name: string) => list.find((connection) => connection.name === name);

    function refuse(kind: Failure["kind"], message: string): never {
        const failure: Failure = { kind, message, details: "" };
        // What crosses the border is a value and no `Error`.
        // eslint-disable-next-line @typescript-eslint/only-throw-error
        throw failure;
    }

    async function answer<T>(value: () => T): Promise<T> {
        await Promise.resolve();
        return value();
    }

    return {
        connections: () =>
            answer(() => ({
                connections: [...list].sort((a, b) => a.name.localeCompare(b.name)),
                targets: ["migration", "tracking", "lms"],
                practiceName: "Übungsserver",
            })),
        keptSecret: (name) => answer(() => kept.get(name) ?? null),
        putConnection: (connection, replacing) =>
            answer(() => {
                const rest = list.filter(({ name }) => name !== replacing);
                if (connection.name.trim() === "") refuse("other", "Die Verbindung braucht einen Namen.");
                if (rest.some(({ name }) => name === connection.name)) {
                    refuse("other", `Der Name „${connection.name}“ ist schon vergeben. Bitte einen anderen wählen.`);
                }
                const address = connection.kind === "server" ? connection.baseUrl : "";
                const unsafe = /^http:\/\/(?!127\.|localhost|\[::1\])/.test(address);
                if (unsafe) {
                    refuse("other", `„${address}“ ist unverschlüsselt; http ist nur auf diesem Rechner erlaubt.`);
                }
                list = [...rest, connection];
            }),
        removeConnection: (name) =>
            answer(() => {
                list = list.filter((connection) => connection.name !== name);
                kept.delete(name);
            }),
        keepConnectionSecret: (name) =>
            answer(() => {
                kept.set(name, "memory");
                return "memory";
            }),
        checkConnection: (name) =>
            answer(() => {
                if (!kept.has(name)) refuse("secret_needed", `Für „${name}“ ist kein Schlüssel hinterlegt.`);
                const found = find(name);
                const bearer = found?.kind === "server" && found.auth.method === "bearer";
                return {
                    reached: {
                        user: "astrid.vogt",
                        roles: bearer ? ["ROLE_API_CLIENT"] : ["migration-officer"],
                        mayImport: !bearer,
                    },
                    milliseconds: 42,
                };
            }),
        fetchOwners: () => answer(() => ({ owners: 23, withErrors: 11 })),
    };
}
