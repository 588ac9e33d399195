// What lies on the desk: the project, the step that is shown, jobs, messages. One for the whole window.

import { isFailure, type Backend, type FileDrag, type FileKind } from "../backend";
import type { AppInfo } from "../bindings/AppInfo";
import type { Failure } from "../bindings/Failure";
import type { JobSnapshot } from "../bindings/JobSnapshot";
import type { Language } from "../bindings/Language";
import type { RowCounts } from "../bindings/RowCounts";
import type { Step } from "../bindings/Step";
import type { StepOverview } from "../bindings/StepOverview";
import type { View } from "../bindings/View";
import { setLanguage, t } from "../i18n/language.svelte";
import type { Command } from "./commands";
import { Preferences } from "./preferences.svelte";

/** The steps in the order of the work. */
export const WAY: readonly Step[] = ["sources", "mapping", "check", "duplicates", "approval", "push", "audit"];

/** The places apart from it. */
export const APART: readonly Step[] = ["mailbox", "connections", "settings"];

/** A file on its way in. */
export interface Incoming {
    readonly path: string;
    /** The sheet that was asked for; `null` for the one that looks like leads. */
    readonly sheet: string | null;
}

/** A message that goes by itself, with a way back where something was changed. */
export interface Toast {
    readonly id: number;
    readonly text: string;
    readonly undo?: () => void;
}

/** What the table has to say in the status bar. */
export interface TableStatus {
    readonly rows: number;
    readonly all: number;
    readonly cells: number;
    /** Rows that are marked one by one. */
    readonly picked: number;
}

/** What can be opened by dialog; what is not in it can still be dropped. */
const FILES_TO_OPEN: readonly FileKind[] = [
    {
        name: "Excel, CSV, ODS, Lotse",
        endings: ["xlsx", "xlsm", "xlsb", "xls", "ods", "csv", "tsv", "txt", "lotse"],
    },
];

/** How long a message stays (WCAG 2.2.1 asks for enough time; nothing is only said in one). */
const TOAST_SECONDS = 8;

export class Desk {
    readonly backend: Backend;
    readonly preferences = new Preferences();
    info = $state.raw<AppInfo | null>(null);
    step = $state<Step | null>(null);
    counts = $state.raw<RowCounts | null>(null);
    jobs = $state.raw<readonly JobSnapshot[]>([]);
    toasts = $state.raw<readonly Toast[]>([]);
    failure = $state.raw<Failure | null>(null);
    /** Files that were given to the window and are not taken into a project yet: the sources look at the first. */
    incoming = $state.raw<readonly Incoming[]>([]);
    /** The row that the step which is gone to shall show; whoever has shown it sets it back. */
    wantedRow = $state<number | null>(null);
    /** How the check shows its rows first; taken by it. */
    wantedView = $state.raw<Partial<View> | null>(null);
    /** What the step that is shown does with files dropped on it; `false` leaves them to the sources. */
    takeFiles: ((paths: readonly string[]) => Promise<boolean>) | null = null;
    tableStatus = $state.raw<TableStatus | null>(null);
    online = $state(true);
    dragged = $state(false);
    /** What the screen that is shown can do beside what the whole window can. */
    screenCommands = $state.raw<readonly Command[]>([]);
    /** Said to screen readers only. */
    announcement = $state("");
    #toasts = 0;
    readonly #ends: (() => void)[] = [];

    constructor(backend: Backend) {
        this.backend = backend;
    }

    readonly project = $derived(this.info?.project ?? null);

    /** The steps with their counts. The check counts what the table says, which is newer than the project's word. */
    readonly steps = $derived.by((): ReadonlyMap<Step, StepOverview> => {
        const steps = new Map(this.info?.steps.map((overview) => [overview.step, overview]));
        if (this.counts !== null) {
            const { errors } = this.counts;
            steps.set("check", { step: "check", count: errors, of: null, state: errors > 0 ? "blocked" : "done" });
        }
        return steps;
    });

    /** Asks the backend for the first picture and listens from then on. */
    async open(): Promise<void> {
        this.online = navigator.onLine;
        const listen = (type: "online" | "offline") => {
            const hear = () => (this.online = type === "online");
            addEventListener(type, hear);
            this.#ends.push(() => removeEventListener(type, hear));
        };
        listen("online");
        listen("offline");
        this.#ends.push(
            this.backend.onJobs((jobs) => (this.jobs = jobs)),
            this.backend.onFileDrag((drag) => this.#onDrag(drag)),
        );
        await this.attempt(async () => {
            const info = await this.backend.appInfo();
            const language = this.preferences.language ?? info.language;
            setLanguage(language);
            if (language !== info.language) await this.backend.chooseLanguage(language);
            this.#show(info);
            const start = await this.backend.takeStartRequest();
            if (start.demo) await this.openDemo();
            await this.load(start.paths);
        });
    }

    /** Takes over what the backend says of the window, and goes to the step at which the work stands. */
    #show(info: AppInfo): void {
        this.info = info;
        this.counts = null;
        this.failure = null;
        this.incoming = [];
        this.step = info.project === null ? null : this.#stepOf(info);
    }

    /** The first step on which something is left to do. */
    #stepOf(info: AppInfo): Step {
        const states = new Map(info.steps.map(({ step, state }) => [step, state]));
        if (states.get("sources") === "open") return "sources";
        return states.get("mapping") === "done" ? "check" : "mapping";
    }

    /** Asks again how far the steps are, after something has changed. */
    async refresh(): Promise<void> {
        const info = await this.attempt(() => this.backend.appInfo());
        if (info !== undefined) this.info = info;
    }

    close(): void {
        for (const end of this.#ends.splice(0)) end();
    }

    async chooseLanguage(language: Language): Promise<void> {
        this.preferences.chooseLanguage(language);
        await this.attempt(() => this.backend.chooseLanguage(language));
    }

    /** Runs something that may be refused; a refusal is shown and gives `undefined`. */
    async attempt<T>(run: () => Promise<T>): Promise<T | undefined> {
        try {
            return await run();
        } catch (error) {
            this.fail(error);
            return undefined;
        }
    }

    /** Shows an error until somebody hides it. */
    fail(error: unknown): void {
        // What a person stopped is no error.
        if (isFailure(error) && error.kind === "cancelled") return;
        this.failure = isFailure(error)
            ? error
            : {
                  kind: "other",
                  message: t("error.unknown"),
                  details: error instanceof Error ? error.message : String(error),
              };
        if (this.failure.kind === "no_project") this.step = null;
    }

    /** Says something to screen readers. */
    announce(text: string): void {
        // The same text twice is said twice only where it changes in between.
        this.announcement = this.announcement === text ? `${text}\u00a0` : text;
    }

    /** Says something to everybody, with a way back where `undo` is given. */
    tell(text: string, undo?: () => void): void {
        this.#toasts += 1;
        const id = this.#toasts;
        this.toasts = [...this.toasts.slice(-2), undo === undefined ? { id, text } : { id, text, undo }];
        setTimeout(() => this.dismiss(id), TOAST_SECONDS * 1000);
    }

    dismiss(id: number): void {
        this.toasts = this.toasts.filter((toast) => toast.id !== id);
    }

    /** Goes to a step to look at a row there. */
    showRow(step: Step, row: number): void {
        this.wantedRow = row;
        this.step = step;
    }

    /** Takes over that the project is called differently now. */
    async renameProject(name: string): Promise<void> {
        const info = await this.attempt(() => this.backend.renameProject(name));
        if (info !== undefined) this.info = info;
    }

    /** The example project, with the practice server beside it. */
    async openDemo(): Promise<void> {
        await this.openExample();
        await this.startPracticeServer();
    }

    async openExample(): Promise<void> {
        const info = await this.attempt(() => this.backend.openExample());
        if (info !== undefined) this.#show(info);
    }

    async startPracticeServer(): Promise<void> {
        const name = await this.attempt(() => this.backend.startPracticeServer());
        if (name === undefined) return;
        await this.refresh();
        this.tell(t("start.practiceRuns", { name }));
    }

    async stopPracticeServer(): Promise<void> {
        await this.attempt(() => this.backend.stopPracticeServer());
        await this.refresh();
    }

    async openProject(path: string): Promise<void> {
        const info = await this.attempt(() => this.backend.openProject(path));
        if (info !== undefined) this.#show(info);
    }

    async closeProject(): Promise<void> {
        const info = await this.attempt(() => this.backend.closeProject());
        if (info !== undefined) this.#show(info);
    }

    async openFile(): Promise<void> {
        const path = await this.attempt(() => this.backend.askForFile(FILES_TO_OPEN));
        if (path != null) await this.load([path]);
    }

    #onDrag(drag: FileDrag): void {
        this.dragged = drag.kind === "over";
        if (drag.kind === "dropped") void this.#drop(drag.paths);
    }

    async #drop(paths: readonly string[]): Promise<void> {
        if ((await this.takeFiles?.(paths)) !== true) await this.load(paths);
    }

    /** Opens a project, or shows files to the sources, which look at them before anything is taken over. */
    async load(paths: readonly string[]): Promise<void> {
        const project = paths.find((path) => path.toLowerCase().endsWith(".lotse"));
        if (project !== undefined) await this.openProject(project);
        const files = paths.filter((path) => !path.toLowerCase().endsWith(".lotse"));
        if (files.length === 0) return;
        this.#await(files.map((path) => ({ path, sheet: null })));
    }

    /** Shows a further sheet of a workbook to the sources. */
    loadSheet(path: string, sheet: string): void {
        this.#await([{ path, sheet }]);
    }

    #await(files: readonly Incoming[]): void {
        this.incoming = [...this.incoming, ...files];
        this.step = "sources";
    }
}
