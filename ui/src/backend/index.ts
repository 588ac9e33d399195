// Chooses the backend: the shell where there is one, invented data in a plain browser and in tests.

import type { Backend } from "./backend";

export * from "./backend";

export async function connectBackend(): Promise<Backend> {
    if ("__TAURI_INTERNALS__" in window) return (await import("./tauri")).tauriBackend();
    return (await import("./fake")).fakeBackend();
}
