import { AllCommunityModule, createGrid, ModuleRegistry, type GridOptions } from "ag-grid-community";

import { enter } from "./measure";
import { rows, shape, write, type Row } from "./rows";

ModuleRegistry.registerModules([AllCommunityModule]);

const { columns, rows: count } = await shape();
const options: GridOptions<Row> = {
    rowModelType: "infinite",
    rowHeight: 28,
    cacheBlockSize: 100,
    maxBlocksInCache: 60,
    infiniteInitialRowCount: count,
    getRowId: ({ data }) => String(data.id),
    columnDefs: columns.map((column, index) => ({
        headerName: column.title,
        width: column.width,
        editable: !column.computed,
        valueGetter: ({ data }) => data?.cells[index] ?? "",
        valueSetter: ({ data, newValue }) => {
            data.cells[index] = newValue;
            void write(data.id, column.id, newValue);
            return true;
        },
    })),
    datasource: {
        rowCount: count,
        getRows: ({ startRow, endRow, successCallback }) =>
            void rows(startRow, endRow - startRow).then((found) => successCallback(found, count)),
    },
};
const grid = createGrid(document.getElementById("grid")!, options);
enter({ jump: (row) => grid.ensureIndexVisible(row, "top") });
