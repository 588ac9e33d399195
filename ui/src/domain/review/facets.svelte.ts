// What the table can be filtered by, with counts, and views under names. Follows the table: whatever it shows now is
// what is counted.

import type { ColumnFacet } from "../../bindings/ColumnFacet";
import type { Facets } from "../../bindings/Facets";
import type { NamedView } from "../../bindings/NamedView";
import type { View } from "../../bindings/View";
import { t } from "../../i18n/language.svelte";
import type { Desk } from "../../state/desk.svelte";
import type { ColumnSettings } from "../../state/preferences.svelte";
import { NO_SETTINGS } from "../grid/columns";
import { WHOLE_TABLE, type TableModel } from "../grid/model.svelte";

/** A column whose values are listed. */
export interface ListedColumn {
    readonly id: string;
    readonly search: string;
    /** `null` until they have been counted. */
    readonly facet: ColumnFacet | null;
}

/** What is kept under a name. */
interface KeptView {
    readonly view: View;
    readonly columns: ColumnSettings;
    readonly listed: readonly string[];
}

/** The list with an entry that was not in it, or without it. */
export function toggled<T>(list: readonly T[], entry: T): T[] {
    return list.includes(entry) ? list.filter((other) => other !== entry) : [...list, entry];
}

export class FacetState {
    readonly #desk: Desk;
    readonly #table: TableModel;
    counts = $state.raw<Facets | null>(null);
    columns = $state.raw<readonly ListedColumn[]>([]);
    views = $state.raw<readonly NamedView[]>([]);
    /** The name of the view that was opened last, as long as it is what is shown. */
    opened = $state("");
    /** Counts the questions; only the last answer is taken. */
    #asked = 0;

    constructor(desk: Desk, table: TableModel) {
        this.#desk = desk;
        this.#table = table;
    }

    /** Counts again. */
    async reload(): Promise<void> {
        const ticket = ++this.#asked;
        const view = this.#table.view;
        const { backend } = this.#desk;
        const answers = await this.#desk.attempt(() =>
            Promise.all([
                backend.facets(view),
                Promise.all(this.columns.map(({ id, search }) => backend.columnFacet(view, id, search))),
            ]),
        );
        if (answers === undefined || ticket !== this.#asked) return;
        const [counts, facets] = answers;
        this.counts = counts;
        this.columns = this.columns.map((column, at) => ({ ...column, facet: facets[at] ?? null }));
    }

    async loadViews(): Promise<void> {
        const views = await this.#desk.attempt(() => this.#desk.backend.namedViews());
        if (views !== undefined) this.views = views;
    }

    /** Filters by something else as well. */
    async show(change: Partial<View>): Promise<void> {
        this.opened = "";
        await this.#table.show({ ...this.#table.view, ...change });
    }

    /** Lists the values of a column. */
    async list(id: string): Promise<void> {
        if (this.columns.some((column) => column.id === id)) return;
        this.columns = [...this.columns, { id, search: "", facet: null }];
        await this.reload();
    }

    /** Lists them no longer, and filters no longer by them. */
    async unlist(id: string): Promise<void> {
        this.columns = this.columns.filter((column) => column.id !== id);
        const { values } = this.#table.view;
        if (values.some(({ column }) => column === id)) {
            await this.show({ values: values.filter(({ column }) => column !== id) });
        }
    }

    async search(id: string, search: string): Promise<void> {
        this.columns = this.columns.map((column) => (column.id === id ? { ...column, search } : column));
        await this.reload();
    }

    /** The values of a column by which the table is filtered. */
    chosen(id: string): readonly string[] {
        return this.#table.view.values.find(({ column }) => column === id)?.values ?? [];
    }

    async toggleValue(id: string, value: string): Promise<void> {
        const values = toggled(this.chosen(id), value);
        const others = this.#table.view.values.filter(({ column }) => column !== id);
        await this.show({ values: values.length === 0 ? others : [...others, { column: id, values }] });
    }

    async clear(): Promise<void> {
        this.opened = "";
        await this.#table.show({ ...WHOLE_TABLE, sort: this.#table.view.sort });
    }

    /** Keeps what is shown under a name. */
    async keep(name: string): Promise<void> {
        const kept: KeptView = {
            view: this.#table.view,
            columns: this.#table.settings,
            listed: this.columns.map(({ id }) => id),
        };
        const views = await this.#desk.attempt(() => this.#desk.backend.putView(name, kept));
        if (views === undefined) return;
        this.views = views;
        this.opened = name;
        this.#desk.tell(t("facets.kept", { name }));
    }

    /** Shows what is kept under a name. */
    async open(name: string): Promise<void> {
        const kept = this.views.find((view) => view.name === name)?.view as Partial<KeptView> | null | undefined;
        if (kept == null) return;
        this.columns = (kept.listed ?? []).map((id) => ({ id, search: "", facet: null }));
        this.#table.arrange({ ...NO_SETTINGS, ...kept.columns });
        await this.#table.show({ ...WHOLE_TABLE, ...kept.view });
        this.opened = name;
    }

    async forget(name: string): Promise<void> {
        const kept = this.views.find((view) => view.name === name)?.view;
        const views = await this.#desk.attempt(() => this.#desk.backend.removeView(name));
        if (views === undefined) return;
        this.views = views;
        if (this.opened === name) this.opened = "";
        this.#desk.tell(t("facets.forgotten", { name }), () => {
            void this.#desk
                .attempt(() => this.#desk.backend.putView(name, kept))
                .then((again) => (this.views = again ?? this.views));
        });
    }
}
