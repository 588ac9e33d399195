// The pushes of the project as the screen holds them: what may go, what runs, what became of each.

import type { Backend } from "../../backend";
import type { Batch } from "../../bindings/Batch";
import type { Mode } from "../../bindings/Mode";
import type { PushOverview } from "../../bindings/PushOverview";
import type { PushRecord } from "../../bindings/PushRecord";
import type { PushRequest } from "../../bindings/PushRequest";
import type { PushRun } from "../../bindings/PushRun";
import type { Stop } from "../../bindings/Stop";

/** Leads that are read back without being asked for. */
export const READ_BACK = 200;

/** What the model tells whoever holds it. */
export interface Listener {
    /** Something was refused. */
    failed(error: unknown): void;
    /** A push has ended; counts elsewhere are stale. */
    ended(run: PushRun): void;
}

export class PushModel {
    readonly #backend: Backend;
    readonly #listener: Listener;
    overview = $state.raw<PushOverview | null>(null);
    run = $state.raw<PushRun | null>(null);
    batches = $state.raw<readonly Batch[]>([]);
    /** The push that is looked at; `null` for the next one. */
    selected = $state<number | null>(null);
    /** Something was asked for and is not answered yet: nothing may be asked for twice. */
    asking = $state(false);
    #loadsBatches = false;

    constructor(backend: Backend, listener: Listener) {
        this.#backend = backend;
        this.#listener = listener;
    }

    readonly running = $derived(this.run !== null && this.run.stage !== "ended");

    readonly record = $derived<PushRecord | null>(
        this.overview?.pushes.find(({ push }) => push.id === this.selected) ?? null,
    );

    /** An import that was begun and is not at its end: nothing new may be planned beside it. */
    readonly unfinished = $derived<PushRecord | null>(
        this.overview?.pushes.find(
            ({ push }) => push.mode === "production" && (push.state === "running" || push.state === "paused"),
        ) ?? null,
    );

    /** Listens until what is returned is called. */
    listen(): () => void {
        return this.#backend.onPush((run) => this.#hear(run));
    }

    /** Asks for everything. The first time, shows what needs a person first. */
    async load(connection: string | null = this.overview?.connection ?? null): Promise<void> {
        const first = this.overview === null;
        try {
            this.overview = await this.#backend.pushOverview(connection);
        } catch (error) {
            this.#listener.failed(error);
            return;
        }
        this.run = this.overview.run;
        if (first) this.selected = this.#first();
        await this.#loadBatches();
    }

    #first(): number | null {
        const { overview, run } = this;
        if (run !== null && run.stage !== "ended") return run.pushId;
        if (this.unfinished !== null) return this.unfinished.push.id;
        const waits = (overview?.readiness?.approved ?? 0) > 0;
        return waits ? null : (overview?.pushes[0]?.push.id ?? null);
    }

    async select(id: number | null): Promise<void> {
        this.selected = id;
        this.batches = [];
        await this.#loadBatches();
    }

    async begin(mode: Mode, options: Omit<PushRequest, "mode" | "connection">): Promise<void> {
        const connection = this.overview?.connection;
        if (connection == null) return;
        await this.#ask(() => this.#backend.startPush({ connection, mode, ...options }));
    }

    async resume(id: number): Promise<void> {
        await this.#ask(() => this.#backend.resumePush(id));
    }

    async #ask(ask: () => Promise<PushRun>): Promise<void> {
        if (this.asking || this.running) return;
        this.asking = true;
        try {
            const run = await ask();
            // An event may have come first and knows more.
            if (this.run === null || this.run.stage === "ended") this.run = run;
            if (run.pushId !== null) this.selected = run.pushId;
        } catch (error) {
            this.#listener.failed(error);
        } finally {
            this.asking = false;
        }
        await this.load();
    }

    async stop(id: number, how: Stop): Promise<void> {
        try {
            await this.#backend.stopPush(id, how);
        } catch (error) {
            this.#listener.failed(error);
        }
        await this.load();
    }

    #hear(run: PushRun): void {
        const began = run.pushId !== null && run.pushId !== this.run?.pushId;
        this.run = run;
        if (run.stage === "ended") {
            if (run.pushId !== null) this.selected = run.pushId;
            void this.load().then(() => this.#listener.ended(run));
        } else if (began) {
            this.selected = run.pushId;
            void this.load();
        } else {
            void this.#loadBatches();
        }
    }

    async #loadBatches(): Promise<void> {
        const { selected } = this;
        // Snapshots come faster than answers: the one that is under way is followed by another event.
        if (selected === null || this.#loadsBatches) return;
        this.#loadsBatches = true;
        try {
            const batches = await this.#backend.pushBatches(selected);
            if (this.selected === selected) this.batches = batches;
        } catch (error) {
            this.#listener.failed(error);
        } finally {
            this.#loadsBatches = false;
        }
    }
}
