// The backend in the real window: the commands of src-tauri/src/commands, one call each.

import type { Backend } from "../backend";
import { additions } from "./additions";
import { app } from "./app";
import { approval } from "./approval";
import { audit } from "./audit";
import { bulk } from "./bulk";
import { connections } from "./connections";
import { duplicates } from "./duplicates";
import { facets } from "./facets";
import { mailbox } from "./mailbox";
import { mapping } from "./mapping";
import { push } from "./push";
import { review } from "./review";
import { sources } from "./sources";
import { table } from "./table";
import { templates } from "./templates";

export function tauriBackend(): Backend {
    return {
        ...app,
        ...table,
        ...sources,
        ...mapping,
        ...templates,
        ...additions,
        ...review,
        ...facets,
        ...bulk,
        ...duplicates,
        ...approval,
        ...push,
        ...audit,
        ...connections,
        ...mailbox,
    };
}
