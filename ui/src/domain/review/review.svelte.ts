// What stands beside the table: findings, the row one looks at, history, a corrected file. Follows the table: whatever
// changes rows goes through it, and what stands here is asked for again.

import type { CodeCount } from "../../bindings/CodeCount";
import type { CorrectedFile } from "../../bindings/CorrectedFile";
import type { DecisionKind } from "../../bindings/DecisionKind";
import type { EditOutcome } from "../../bindings/EditOutcome";
import type { FixPreview } from "../../bindings/FixPreview";
import type { HistoryEntry } from "../../bindings/HistoryEntry";
import type { ReviewOverview } from "../../bindings/ReviewOverview";
import type { RowDetail } from "../../bindings/RowDetail";
import { t } from "../../i18n/language.svelte";
import type { Desk } from "../../state/desk.svelte";
import type { TableModel } from "../grid/model.svelte";
import { BulkState } from "./bulk.svelte";
import { FacetState } from "./facets.svelte";

/** What the panel at the side shows. */
export type Panel = "findings" | "facets" | "bulk" | "row" | "history";

export const PANELS: readonly Panel[] = ["findings", "facets", "bulk", "row", "history"];

/** Changes that are fetched at once. */
const HISTORY_PAGE = 100;

export class Review {
    readonly #desk: Desk;
    readonly #table: TableModel;
    readonly facets: FacetState;
    readonly bulk: BulkState;
    panel = $state<Panel | null>(null);
    /** The active cell is shown in full below the table. */
    cell = $state(false);
    overview = $state.raw<ReviewOverview | null>(null);
    /** The finding that the table was filtered by last; it may have been settled since. */
    chosen = $state.raw<CodeCount | null>(null);
    /** The finding that was chosen last, with what its corrections would do. */
    preview = $state.raw<{ code: string; fix: FixPreview } | null>(null);
    detail = $state.raw<RowDetail | null>(null);
    history = $state.raw<readonly HistoryEntry[] | null>(null);
    hasMoreHistory = $state(false);
    corrected = $state.raw<CorrectedFile | null>(null);
    checking = $state(false);
    #row: number | null = null;
    #comparing = false;
    #toCompare = false;

    constructor(desk: Desk, table: TableModel) {
        this.#desk = desk;
        this.#table = table;
        this.facets = new FacetState(desk, table);
        this.bulk = new BulkState(desk, table, this);
    }

    /** A table that is no project has rows and nothing beside them. */
    get isProject(): boolean {
        return this.#desk.project !== null && this.#desk.project.path !== "";
    }

    /** Asks again for everything that is shown here. */
    async reload(): Promise<void> {
        if (!this.isProject) return;
        const { backend } = this.#desk;
        const overview = await this.#desk.attempt(() => backend.reviewOverview());
        if (overview !== undefined) this.overview = overview;
        const code = this.preview?.code;
        if (code !== undefined) await this.#lookAtFix(code);
        if (this.panel === "row" || this.cell) await this.showRow(this.#row);
        if (this.panel === "history") await this.loadHistory();
    }

    async toggleCell(): Promise<void> {
        this.cell = !this.cell;
        if (this.cell) await this.showRow(this.#table.activeRow?.id ?? null);
    }

    async open(panel: Panel | null): Promise<void> {
        this.panel = panel;
        if (panel === "row") await this.showRow(this.#table.activeRow?.id ?? this.#row);
        if (panel === "history") await this.loadHistory();
    }

    /** Checks everything; the counts of the window follow. */
    async check(): Promise<void> {
        this.checking = true;
        const done = await this.#desk.attempt(() => this.#desk.backend.checkProject());
        this.checking = false;
        if (done === undefined) return;
        await this.#table.refresh();
        await this.reload();
        await this.#desk.refresh();
        this.#desk.announce(t("check.checked", { n: done.withErrors }));
    }

    /** Filters the table by a finding, or no longer; looks at what its corrections would do. */
    async choose(finding: CodeCount): Promise<void> {
        const { code, field } = finding;
        this.chosen = finding;
        const chosen = this.#table.view.codes.includes(code);
        this.preview = null;
        await this.#table.show({ ...this.#table.view, codes: chosen ? [] : [code] });
        if (chosen) return;
        // The column that it is about may lie far out of sight.
        const column = this.#table.layout.columns.findIndex((place) => place.column.id === field);
        if (column >= 0) this.#table.select({ row: 0, column });
        await this.#lookAtFix(code);
    }

    async #lookAtFix(code: string): Promise<void> {
        const fix = await this.#desk.attempt(() => this.#desk.backend.fixPreview(code));
        this.preview = fix === undefined ? null : { code, fix };
    }

    /** Applies the correction of a finding everywhere, or in one row. */
    async fix(code: string, row: number | null): Promise<void> {
        const outcome = await this.change(() => this.#desk.backend.applyFix(code, row));
        if (outcome !== null) this.tell(t("check.fixed", { n: outcome.changed }));
    }

    async restore(row: number, field: string): Promise<void> {
        const outcome = await this.change(() => this.#desk.backend.restoreField(row, field));
        if (outcome !== null && outcome.changed > 0) this.tell(t("check.restored"));
    }

    async putActivities(row: number, list: Record<string, string>[]): Promise<void> {
        const outcome = await this.change(() => this.#desk.backend.putActivities(row, list));
        if (outcome !== null && outcome.changed > 0) this.tell(t("check.activitiesPut"));
    }

    async decide(rows: number[], kind: DecisionKind | null): Promise<void> {
        const outcome = await this.change(() => this.#desk.backend.decide(rows, kind));
        if (outcome !== null && outcome.changed > 0) {
            this.tell(t(`check.decided.${kind ?? "none"}`, { n: outcome.changed }));
        }
    }

    async goToChange(change: number): Promise<void> {
        const outcome = await this.change(() => this.#desk.backend.goToChange(change));
        if (outcome !== null) this.#desk.announce(t("check.wentTo", { n: outcome.changed }));
    }

    async change(run: () => Promise<EditOutcome>): Promise<EditOutcome | null> {
        const outcome = await this.#table.change(run);
        // Decisions change no cell and history may end where it began: what stands here is asked for in any case.
        if (outcome !== null && outcome.changed === 0) await this.reload();
        return outcome;
    }

    /**
     * Compares the rows that were edited with all others, while the person works on. Where that says something new of
     * them, it is shown.
     */
    async compareEdited(): Promise<void> {
        if (!this.isProject) return;
        // One at a time: what is edited meanwhile is compared together afterwards.
        this.#toCompare = true;
        if (this.#comparing) return;
        this.#comparing = true;
        let changed = false;
        while (this.#toCompare) {
            this.#toCompare = false;
            const compared = await this.#desk.attempt(() => this.#desk.backend.compareEdited());
            changed ||= compared === true;
        }
        this.#comparing = false;
        if (!changed) return;
        await this.#table.recount();
        await this.reload();
        await this.#desk.refresh();
    }

    /** Says what was done, with the way back. Once something else was done since, that way is the history. */
    tell(text: string): void {
        const revision = this.#table.shape?.revision;
        this.#desk.tell(text, () => {
            if (this.#table.shape?.revision === revision) void this.#table.undo();
            else void this.open("history");
        });
    }

    /** Shows a row in the panel. */
    async showRow(row: number | null): Promise<void> {
        this.#row = row;
        if (row === null || !this.isProject) {
            this.detail = null;
            return;
        }
        const detail = await this.#desk.attempt(() => this.#desk.backend.reviewRow(row));
        // Whoever moves fast sees only where they came to rest.
        if (detail !== undefined && this.#row === row) this.detail = detail;
    }

    /** Makes a row the active one and shows all of it. */
    async goToRow(row: number): Promise<void> {
        const place = await this.#desk.attempt(() => this.#desk.backend.rowPlace(this.#table.view, row));
        if (place == null) return;
        this.#table.select({ row: place, column: this.#table.selection.active.column });
        this.panel = "row";
        await this.showRow(row);
    }

    async loadHistory(more = false): Promise<void> {
        const known = more ? (this.history ?? []) : [];
        // What was opened stays open while changes come in.
        const limit = more ? HISTORY_PAGE : Math.max(HISTORY_PAGE, this.history?.length ?? 0);
        const page = await this.#desk.attempt(() => this.#desk.backend.history(known.length, limit));
        if (page === undefined) return;
        this.history = [...known, ...page.entries];
        this.hasMoreHistory = page.more;
    }

    /** Writes the rejected rows where the person wants them. */
    async writeRejected(): Promise<void> {
        const { backend } = this.#desk;
        const path = await this.#desk.attempt(() =>
            backend.askWhereToSave(t("check.rejectedFile"), [
                { name: "Excel", endings: ["xlsx"] },
                { name: "CSV", endings: ["csv"] },
            ]),
        );
        if (path == null) return;
        const written = await this.#desk.attempt(() => backend.writeRejected(path));
        if (written !== undefined) this.#desk.tell(t("check.rejectedWritten", { n: written }));
    }

    /** Looks at a corrected file; nothing is taken over yet. */
    async readCorrected(): Promise<void> {
        const path = await this.#desk.attempt(() =>
            this.#desk.backend.askForFile([{ name: "Excel, CSV", endings: ["xlsx", "csv"] }]),
        );
        if (path != null) await this.previewCorrected(path);
    }

    async previewCorrected(path: string): Promise<void> {
        const corrected = await this.#desk.attempt(() => this.#desk.backend.previewCorrected(path));
        if (corrected === null) {
            this.#desk.fail({ kind: "other", message: t("check.notCorrected"), details: path });
        } else if (corrected !== undefined) {
            this.corrected = corrected;
        }
    }

    /** Looks at a file that was dropped on the table; gives false where it is no corrected one, but a new source. */
    async take(paths: readonly string[]): Promise<boolean> {
        const [path] = paths;
        if (path === undefined || paths.length > 1 || !/\.(xlsx|csv)$/i.test(path) || !this.isProject) return false;
        const corrected = await this.#desk.backend.previewCorrected(path).catch(() => null);
        if (corrected === null) return false;
        this.corrected = corrected;
        return true;
    }

    async applyCorrected(): Promise<void> {
        const corrected = this.corrected;
        if (corrected === null) return;
        const outcome = await this.change(() => this.#desk.backend.applyCorrected(corrected));
        if (outcome === null) return;
        this.corrected = null;
        this.tell(t("check.correctedTaken", { n: outcome.changed }));
    }
}
