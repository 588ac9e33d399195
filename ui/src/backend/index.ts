// Chooses the backend: the shell where there is one, invented data in the browser of a developer. The product holds
// none of the latter.

import type { Backend } from "./backend";

export * from "./backend";

export async function connectBackend(): Promise<Backend> {
    if ("__TAURI_INTERNALS__" in window) return (await import("./tauri")).tauriBackend();
    if (import.meta.env.DEV) return (await import("./fake")).fakeBackend();
    throw new Error("Lotse's front end needs the window around it");
}
