import {
    Editors,
    SlickCellExternalCopyManager,
    SlickCellRangeSelector,
    SlickCellSelectionModel,
    SlickEventHandler,
    SlickGrid,
} from "slickgrid";

import "slickgrid/dist/styles/css/slick.grid.css";
import "slickgrid/dist/styles/css/slick-default-theme.css";
import { enter } from "./measure";
import { backend, Pages, shape, write } from "./rows";

const { columns, rows: count } = await shape();
const pages = new Pages();
const data = {
    getLength: () => count,
    // Grid and plugins write into the item they are given; the cells are its properties.
    getItem: (index: number) => pages.at(index)?.cells as unknown as Record<string, string>,
};
const grid = new SlickGrid(
    document.getElementById("grid")!,
    data as never,
    columns.map((column, index) => ({
        id: column.id,
        name: column.title,
        field: String(index),
        width: column.width,
        ...(column.computed ? {} : { editor: Editors.Text }),
    })) as never,
    { rowHeight: 28, editable: true, enableCellNavigation: true, enableColumnReorder: false, autoEdit: false, asyncEditorLoading: false },
);
grid.setSelectionModel(new SlickCellSelectionModel({ cellRangeSelector: new SlickCellRangeSelector() }));
const clipboard = new SlickCellExternalCopyManager({
    dataItemColumnValueExtractor: (item, column) => item[column.field],
    clipboardCommandHandler: (command) => command.execute(),
});
grid.registerPlugin(clipboard);
new SlickEventHandler().subscribe(clipboard.onPasteCells as never, ((_: unknown, { ranges }: { ranges: { fromRow: number; toRow: number; fromCell: number; toCell: number }[] }) => {
    const edits = [];
    for (const { fromRow, toRow, fromCell, toCell } of ranges) {
        for (let row = fromRow; row <= toRow; row++) {
            for (let cell = fromCell; cell <= toCell; cell++) {
                const text = pages.at(row)?.cells[cell];
                if (text !== undefined) edits.push({ row, column: columns[cell]!.id, text });
            }
        }
    }
    void backend.editCells(edits);
}) as never);
grid.onCellChange.subscribe((_, { row, cell }) => void write(row, columns[cell]!.id, pages.at(row)!.cells[cell]!));
const load = () => {
    const { top, bottom } = grid.getViewport();
    pages.want(top, bottom, (first, found) => {
        grid.invalidateRows(found.map((_, at) => first + at));
        grid.render();
    });
};
grid.onViewportChanged.subscribe(load);
load();
enter({ jump: (row) => grid.scrollRowToTop(row) });
