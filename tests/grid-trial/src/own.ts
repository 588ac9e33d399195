import { mount } from "svelte";

import "../../../ui/src/style/tokens.css";
import "../../../ui/src/style/base.css";
import ReviewGrid from "../../../ui/src/domain/grid/ReviewGrid.svelte";
import type { TableBackend } from "../../../ui/src/backend";
import { TableModel, WHOLE_TABLE } from "../../../ui/src/domain/grid/model.svelte";
import { enter } from "./measure";
import { backend } from "./rows";

const model = new TableModel(backend as unknown as TableBackend, { failed: (error) => console.error(error) });
const place = document.getElementById("grid")!;
place.style.cssText = "display: flex; flex-direction: column";
mount(ReviewGrid, {
    target: place,
    props: { model, label: "Leads", say: () => undefined },
});
enter({ jump: (row) => model.scrollTo(row * model.rowHeight) });
void model.show(WHOLE_TABLE);
