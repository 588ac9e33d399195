// What the window can ask of the world behind it, noun by noun. One interface, two implementations: the shell (tauri/)
// and invented data for tests and for the browser (fake/). Nothing else of the front end knows how the answers come.

import type { Failure } from "../bindings/Failure";
import type { AdditionsBackend } from "./additions";
import type { AppBackend } from "./app";
import type { ApprovalBackend } from "./approval";
import type { AuditBackend } from "./audit";
import type { BulkBackend } from "./bulk";
import type { ConnectionsBackend } from "./connections";
import type { DuplicatesBackend } from "./duplicates";
import type { FacetsBackend } from "./facets";
import type { MailboxBackend } from "./mailbox";
import type { MappingBackend } from "./mapping";
import type { PushBackend } from "./push";
import type { ReviewBackend } from "./review";
import type { SourcesBackend } from "./sources";
import type { TableBackend } from "./table";
import type { TemplatesBackend } from "./templates";

export type { FileDrag, FileKind, Unsubscribe } from "./app";
export type { TableBackend } from "./table";

export interface Backend
    extends
        AppBackend,
        TableBackend,
        SourcesBackend,
        MappingBackend,
        TemplatesBackend,
        AdditionsBackend,
        ReviewBackend,
        FacetsBackend,
        BulkBackend,
        DuplicatesBackend,
        ApprovalBackend,
        PushBackend,
        AuditBackend,
        ConnectionsBackend,
        MailboxBackend {}

/** True for an error that crossed the border as one; everything else is a mistake of our own. */
export function isFailure(error: unknown): error is Failure {
    return typeof error === "object" && error !== null && "kind" in error && "message" in error;
}
