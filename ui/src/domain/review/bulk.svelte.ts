// Many cells at once: which, what is to become of them, and what that would do. Knows no DOM.

import type { BulkPreview } from "../../bindings/BulkPreview";
import type { BulkRequest } from "../../bindings/BulkRequest";
import type { CellChange } from "../../bindings/CellChange";
import type { ClusterMethod } from "../../bindings/ClusterMethod";
import type { Column } from "../../bindings/Column";
import type { DecisionKind } from "../../bindings/DecisionKind";
import type { Scope } from "../../bindings/Scope";
import type { ValueCluster } from "../../bindings/ValueCluster";
import type { ValueClusters } from "../../bindings/ValueClusters";
import { language, t } from "../../i18n/language.svelte";
import type { Desk } from "../../state/desk.svelte";
import type { TableModel } from "../grid/model.svelte";
import { canonical } from "../grid/values";
import type { Review } from "./review.svelte";

export const ACTIONS = ["set", "replace", "unify", "restore"] as const;
export type Action = (typeof ACTIONS)[number];

/** Which rows: the selected block, the marked ones, all of the view. */
export type Rows = "selection" | "picked" | "view";

/** All columns that are selected, instead of one. */
export const SELECTED = "";

export class BulkState {
    readonly #desk: Desk;
    readonly #table: TableModel;
    readonly #review: Review;
    action = $state<Action>("set");
    rows = $state<Rows>("selection");
    /** The column's id, or `SELECTED`. */
    column = $state(SELECTED);
    text = $state("");
    find = $state("");
    regex = $state(false);
    matchCase = $state(false);
    wholeCell = $state(false);
    method = $state<ClusterMethod>("fingerprint");
    preview = $state.raw<BulkPreview | null>(null);
    /** What cannot be read of what was typed. */
    problem = $state("");
    clusters = $state.raw<ValueClusters | null>(null);
    /** For each cluster, by its place, the spelling that wins; absent where it is left alone. */
    winners = $state.raw<ReadonlyMap<number, string>>(new Map());
    busy = $state(false);
    #asked = 0;

    constructor(desk: Desk, table: TableModel, review: Review) {
        this.#desk = desk;
        this.#table = table;
        this.#review = review;
    }

    /** The columns of the selection that can be written. */
    get selectedColumns(): readonly Column[] {
        const { left, right } = this.#table.edges;
        const places = this.#table.layout.columns.slice(left, right + 1);
        return places.map(({ column }) => column).filter(({ computed }) => !computed);
    }

    get writableColumns(): readonly Column[] {
        return (this.#table.shape?.columns ?? []).filter(({ computed }) => !computed);
    }

    /** The columns that are meant. */
    get columns(): readonly Column[] {
        const one = this.writableColumns.find(({ id }) => id === this.column);
        return one === undefined ? this.selectedColumns : [one];
    }

    get scope(): Scope {
        const { view, edges, picked } = this.#table;
        if (this.rows === "view") return { kind: "view", view, except: [] };
        if (this.rows === "picked") {
            const ids = [...picked.ids];
            return picked.all ? { kind: "view", view, except: ids } : { kind: "rows", rows: ids };
        }
        const top = Math.max(0, edges.top);
        return { kind: "block", view, offset: top, rows: Math.max(0, edges.bottom - top + 1) };
    }

    get rowCount(): number {
        if (this.rows === "view") return this.#table.rows;
        if (this.rows === "picked") return this.#table.pickedCount;
        const { top, bottom } = this.#table.edges;
        return Math.max(0, bottom - Math.max(0, top) + 1);
    }

    #change(): CellChange {
        const kind = this.columns.length === 1 ? (this.columns[0]?.kind ?? "text") : "text";
        if (this.action === "replace") {
            return {
                do: "replace",
                find: this.find,
                with: this.text,
                regex: this.regex,
                matchCase: this.matchCase,
                wholeCell: this.wholeCell,
            };
        }
        if (this.action === "restore") return { do: "restore" };
        return { do: "set", text: canonical(kind, this.text, language()) };
    }

    #request(change: CellChange): BulkRequest {
        return { scope: this.scope, columns: this.columns.map(({ id }) => id), change };
    }

    /** Says what would be done; nothing is. */
    async look(): Promise<void> {
        const ticket = ++this.#asked;
        if (this.action === "unify" || this.columns.length === 0 || this.rowCount === 0) {
            this.preview = null;
            return;
        }
        try {
            const preview = await this.#desk.backend.bulkPreview(this.#request(this.#change()));
            if (ticket !== this.#asked) return;
            this.preview = preview;
            this.problem = "";
        } catch (error) {
            if (ticket !== this.#asked) return;
            // A regular expression that is not written to its end is none; that is no error of the program.
            this.preview = null;
            this.problem = (error as { message?: string }).message ?? "";
        }
    }

    async apply(): Promise<void> {
        await this.#apply(this.#change());
        await this.look();
    }

    async #apply(change: CellChange): Promise<boolean> {
        this.busy = true;
        const request = this.#request(change);
        const outcome = await this.#review.change(() => this.#desk.backend.bulkApply(request));
        this.busy = false;
        if (outcome === null) return false;
        this.#review.tell(t("bulk.changed", { n: outcome.changed }));
        return true;
    }

    /** Looks for spellings of the same thing in the column, among all rows of the view. */
    async findClusters(): Promise<void> {
        const column = this.columns[0];
        if (column === undefined) return;
        this.busy = true;
        const { view } = this.#table;
        const found = await this.#desk.attempt(() => this.#desk.backend.columnClusters(view, column.id, this.method));
        this.busy = false;
        this.clusters = found ?? null;
        this.winners = new Map();
        if (found !== undefined) this.#desk.announce(t("bulk.clusters", { n: found.found }));
    }

    /** Chooses the spelling that wins in a cluster; none leaves it alone. */
    choose(cluster: number, winner: string | null): void {
        const winners = new Map(this.winners);
        if (winner === null) winners.delete(cluster);
        else winners.set(cluster, winner);
        this.winners = winners;
    }

    /** How many cells a cluster would change with this spelling. */
    cellsOf(cluster: ValueCluster, winner: string): number {
        return cluster.rows - (cluster.values.find(({ value }) => value === winner)?.rows ?? 0);
    }

    /** Gives one cluster the spelling that was chosen, as one change. */
    async unify(at: number): Promise<void> {
        const cluster = this.clusters?.clusters[at];
        const to = this.winners.get(at);
        if (cluster === undefined || to === undefined || this.clusters === null) return;
        const rows = this.rows;
        // Spellings are counted over the view, and unified where they were counted.
        this.rows = "view";
        const done = await this.#apply({ do: "unify", values: cluster.values.map(({ value }) => value), to });
        this.rows = rows;
        if (!done) return;
        const left = this.clusters.clusters.filter((_, place) => place !== at);
        this.clusters = { ...this.clusters, clusters: left, found: this.clusters.found - 1 };
        const winners = [...this.winners].filter(([place]) => place !== at);
        this.winners = new Map(winners.map(([place, winner]) => [place > at ? place - 1 : place, winner]));
    }

    async decide(kind: DecisionKind | null): Promise<void> {
        const { scope } = this;
        const outcome = await this.#review.change(() => this.#desk.backend.bulkDecide(scope, kind));
        if (outcome !== null) this.#review.tell(t("bulk.decided", { n: outcome.changed }));
    }
}
