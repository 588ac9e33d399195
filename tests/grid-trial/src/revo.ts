import { defineCustomElements } from "@revolist/revogrid/loader";

import { enter } from "./measure";
import { backend, Pages, shape } from "./rows";

defineCustomElements();

// It has no row model that fetches: the source is an array of a million places that is filled where it is looked at.
const { columns, rows: count } = await shape();
const pages = new Pages();
const source: Record<string, string>[] = Array.from({ length: count }, () => ({}));
const grid = document.createElement("revo-grid");
grid.rowSize = 28;
grid.range = true;
grid.style.height = "100%";
grid.columns = columns.map((column, index) => ({
    prop: String(index),
    name: column.title,
    size: column.width,
    readonly: column.computed,
})) as never;
grid.source = source;
document.getElementById("grid")!.append(grid);

let drawing = 0;
const load = (from: number, to: number) =>
    pages.want(from, to, (first, found) => {
        found.forEach((row, at) => row.cells.forEach((text, cell) => (source[first + at]![String(cell)] = text)));
        cancelAnimationFrame(drawing);
        drawing = requestAnimationFrame(() => void grid.refresh("rgRow"));
    });
grid.addEventListener("viewportscroll", (event) => {
    const { dimension, coordinate } = (event as CustomEvent<{ dimension: string; coordinate: number }>).detail;
    if (dimension === "rgRow") load(Math.floor(coordinate / 28) - 5, Math.floor(coordinate / 28) + 45);
});
grid.addEventListener("afteredit", (event) => {
    const { detail } = event as CustomEvent<Record<string, never>>;
    const models = (detail.data ?? { [detail.rowIndex as never]: { [detail.prop as never]: detail.val } }) as Record<
        string,
        Record<string, string>
    >;
    const edits = Object.entries(models).flatMap(([row, cells]) =>
        Object.entries(cells).map(([cell, text]) => ({ row: Number(row), column: columns[Number(cell)]!.id, text })),
    );
    void backend.editCells(edits);
});
load(0, 60);
enter({
    jump: (row) => {
        load(row - 5, row + 45);
        void grid.scrollToRow(row);
    },
});
