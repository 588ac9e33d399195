import { invoke } from "@tauri-apps/api/core";

import type { FacetsBackend } from "../facets";

export const facets: FacetsBackend = {
    facets: (view) => invoke("facets", { view }),
    columnFacet: (view, column, search) => invoke("column_facet", { view, column, search }),
    namedViews: () => invoke("named_views"),
    putView: (name, view) => invoke("put_view", { name, view }),
    removeView: (name) => invoke("remove_view", { name }),
};
