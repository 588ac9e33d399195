import type { BulkRequest } from "../../bindings/BulkRequest";
import type { EditOutcome } from "../../bindings/EditOutcome";
import type { NamedView } from "../../bindings/NamedView";
import type { Scope } from "../../bindings/Scope";
import type { View } from "../../bindings/View";
import type { BulkBackend } from "../bulk";
import type { FacetsBackend } from "../facets";

/** What the invented filters and changes of many cells need of the invented table. */
export interface EditedTable {
    readonly computed: readonly string[];
    arrange(view: View): number[];
    textOf(row: number, column: string): string;
    originalOf(row: number, column: string): string;
    edit(edits: { row: number; column: string; text: string }[]): EditOutcome;
}

interface Change {
    readonly row: number;
    readonly column: string;
    readonly before: string;
    readonly text: string;
}

/** Filters with counts, views under names and changes of many cells, over the invented table. */
export function fakeBulk(table: EditedTable, answer: <T>(value: () => T) => Promise<T>): FacetsBackend & BulkBackend {
    let views: NamedView[] = [];

    function rowsOf(scope: Scope): number[] {
        if (scope.kind === "rows") return scope.rows;
        const rows = table.arrange(scope.view);
        return scope.kind === "view"
            ? rows.filter((row) => !scope.except.includes(row))
            : rows.slice(scope.offset, scope.offset + scope.rows);
    }

    function changed({ change }: BulkRequest, first: string, before: string, original: string): string {
        switch (change.do) {
            case "set":
                return change.text;
            case "fillDown":
                return first;
            case "restore":
                return original;
            case "unify":
                return change.values.includes(before) ? change.to : before;
            case "replace": {
                if (change.find === "") return before;
                const source = change.regex ? change.find : change.find.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
                const pattern = new RegExp(
                    change.wholeCell ? `^(?:${source})$` : source,
                    change.matchCase ? "gu" : "giu",
                );
                return before.replace(pattern, change.with);
            }
        }
    }

    function changes(request: BulkRequest): Change[] {
        const rows = rowsOf(request.scope);
        return request.columns
            .filter((column) => !table.computed.includes(column))
            .flatMap((column) => {
                const first = table.textOf(rows[0] ?? 0, column);
                return rows.map((row) => {
                    const before = table.textOf(row, column);
                    const text = changed(request, first, before, table.originalOf(row, column));
                    return { row, column, before, text };
                });
            })
            .filter(({ before, text }) => before !== text);
    }

    function counted(view: View, column: string): [string, number][] {
        const others = { ...view, values: view.values.filter((known) => known.column !== column) };
        const counts = new Map<string, number>();
        for (const row of table.arrange(others)) {
            const text = table.textOf(row, column);
            counts.set(text, (counts.get(text) ?? 0) + 1);
        }
        return [...counts].sort((a, b) => b[1] - a[1]);
    }

    return {
        facets: (view) =>
            answer(() => {
                const rows = table.arrange(view).length;
                return {
                    rows,
                    severities: { error: rows },
                    states: { duplicates: Math.floor(rows / 4), excluded: 0, clean: Math.floor(rows / 2) },
                    codes: { "email.invalid": Math.floor(rows / 8) },
                    sources: { 1: rows },
                    decisions: { open: rows },
                    edited: 0,
                };
            }),
        columnFacet: (view, column, search) =>
            answer(() => {
                const all = counted(view, column);
                const wanted = all.filter(([text]) => text.toLowerCase().includes(search.toLowerCase()));
                return {
                    different: all.length,
                    values: wanted.map(([text, rows]) => ({ value: text, text, rows })),
                };
            }),
        namedViews: () => answer(() => views),
        putView: (name, view) =>
            answer(() => {
                const known = views.filter((other) => other.name !== name);
                views = [...known, { name, view, putBy: "Astrid Vogt", putAt: "2025-10-01T12:00:00Z" }];
                return views;
            }),
        removeView: (name) => answer(() => (views = views.filter((view) => view.name !== name))),
        bulkPreview: (request) =>
            answer(() => {
                const wanted = changes(request);
                return {
                    lookedAt: rowsOf(request.scope).length,
                    rows: new Set(wanted.map(({ row }) => row)).size,
                    cells: wanted.length,
                    examples: wanted.slice(0, 5).map(({ row, column, before, text }) => ({
                        number: row + 2,
                        field: column,
                        before,
                        after: text,
                    })),
                };
            }),
        bulkApply: (request) => answer(() => table.edit(changes(request))),
        bulkDecide: (scope) => answer(() => ({ ...table.edit([]), changed: rowsOf(scope).length })),
        columnClusters: (view, column) =>
            answer(() => {
                const values = counted(view, column);
                const groups = new Map<string, { value: string; rows: number }[]>();
                for (const [value, rows] of values) {
                    const key = value
                        .toLowerCase()
                        .replaceAll("ae", "ä")
                        .replaceAll("ue", "ü")
                        .replace(/ e\.k\.$/, "");
                    groups.set(key, [...(groups.get(key) ?? []), { value, rows }]);
                }
                const clusters = [...groups.values()]
                    .filter((group) => group.length > 1)
                    .map((group) => ({ values: group, rows: group.reduce((sum, { rows }) => sum + rows, 0) }));
                return { clusters, found: clusters.length, different: values.length };
            }),
        compareEdited: () => answer(() => false),
    };
}
