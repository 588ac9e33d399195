import { mount } from "svelte";

import "../../../ui/src/style/tokens.css";
import "../../../ui/src/style/base.css";
import ReviewGrid from "../../../ui/src/domain/grid/ReviewGrid.svelte";
import { TableModel, WHOLE_TABLE, type TableBackend } from "../../../ui/src/domain/grid/model.svelte";
import { enter } from "./measure";
import { backend } from "./rows";

const model = new TableModel(backend as unknown as TableBackend, { failed: (error) => console.error(error) });
mount(ReviewGrid, {
    target: document.getElementById("grid")!,
    props: { model, label: "Leads", say: () => undefined },
});
enter({ jump: (row) => model.scrollTo(row * model.rowHeight) });
void model.show(WHOLE_TABLE);
