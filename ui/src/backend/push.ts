import type { Batch } from "../bindings/Batch";
import type { KeptVerification } from "../bindings/KeptVerification";
import type { LeadComparison } from "../bindings/LeadComparison";
import type { LeadsWanted } from "../bindings/LeadsWanted";
import type { PushedDoubles } from "../bindings/PushedDoubles";
import type { PushedLeads } from "../bindings/PushedLeads";
import type { PushOverview } from "../bindings/PushOverview";
import type { PushRequest } from "../bindings/PushRequest";
import type { PushRun } from "../bindings/PushRun";
import type { Stop } from "../bindings/Stop";
import type { Unsubscribe } from "./app";

/** Dry-run, production, verification. */
export interface PushBackend {
    pushOverview(connection: string | null): Promise<PushOverview>;
    /** Begins; while a push runs, gives that one and begins nothing. */
    startPush(request: PushRequest): Promise<PushRun>;
    /** Goes on under the same keys. */
    resumePush(pushId: number): Promise<PushRun>;
    stopPush(pushId: number, how: Stop): Promise<void>;
    pushBatches(pushId: number): Promise<Batch[]>;
    pushLeads(wanted: LeadsWanted): Promise<PushedLeads>;
    pushDoubles(pushId: number, offset: number, limit: number): Promise<PushedDoubles>;
    /** Reads up to `most` leads back from the server. */
    verifyPush(pushId: number, most: number): Promise<KeptVerification>;
    comparePushLeads(wanted: LeadsWanted): Promise<LeadComparison[]>;
    /** Whole snapshots of the push that runs, whenever it moves. */
    onPush(listener: (run: PushRun) => void): Unsubscribe;
}
