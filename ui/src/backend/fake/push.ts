import type { Batch } from "../../bindings/Batch";
import type { BatchState } from "../../bindings/BatchState";
import type { Failure } from "../../bindings/Failure";
import type { HeldLead } from "../../bindings/HeldLead";
import type { KeptVerification } from "../../bindings/KeptVerification";
import type { LeadFate } from "../../bindings/LeadFate";
import type { Mode } from "../../bindings/Mode";
import type { PushCounts } from "../../bindings/PushCounts";
import type { PushedLead } from "../../bindings/PushedLead";
import type { PushRecord } from "../../bindings/PushRecord";
import type { PushRequest } from "../../bindings/PushRequest";
import type { PushRun } from "../../bindings/PushRun";
import type { PushState } from "../../bindings/PushState";
import type { Readiness } from "../../bindings/Readiness";
import type { PushBackend } from "../push";

/** What a test wants the pushes to be. */
export interface FakePush {
    /** `new`: approved, nothing sent. `interrupted`: a push that a crash has ended. `done`: finished and verified. */
    readonly state?: "nothing" | "unconnected" | "new" | "interrupted" | "uncertain" | "done";
}

/** The strings that a test can pull. */
export interface FakePushControls {
    /** Requests to begin or go on, as they came. */
    readonly asked: readonly (PushRequest | number)[];
    /** The push moves by one batch, or stands still with a failure. */
    movePush(failure?: Failure): void;
}

const AT = "2026-11-22T13:05:00Z";

const NONE: PushCounts = {
    leads: 0,
    imported: 0,
    skipped: 0,
    failed: 0,
    passed: 0,
    open: 0,
    planned: 0,
    sent: 0,
    answered: 0,
    refused: 0,
    uncertain: 0,
    movedAt: AT,
};

const HELD: HeldLead = {
    protectionUntil: "2026-12-12T10:00:00Z",
    progressDeadline: "2026-10-18T14:00:00Z",
    protectionStatus: "PROTECTED",
    activities: 3,
};

function record(id: number, mode: Mode, state: PushState, counts: Partial<PushCounts>): PushRecord {
    const all = { ...NONE, ...counts };
    return {
        push: {
            id,
            mode,
            connection: "Produktion",
            baseUrl: "https://crm.example.de",
            options: { skipOnError: true, skipDuplicates: true },
            startedBy: "Astrid Vogt",
            startedAt: "2026-11-22T12:58:00Z",
            finishedAt: state === "finished" ? AT : null,
            state,
        },
        counts: all,
        balanced: all.open === 0,
        runs: false,
        verification: null,
    };
}

const VERIFIED: KeptVerification = {
    at: AT,
    mismatches: 1,
    verification: {
        sent: 1150,
        imported: 1120,
        skipped: 18,
        failed: 12,
        open: 0,
        balanced: true,
        compared: 200,
        readable: true,
        mismatches: [
            {
                externalId: "EXCEL-ROW-42",
                leadId: 9001,
                field: "activities",
                expected: "3",
                found: "2",
            },
        ],
        auditEntries: [{ event: "leads_batch_import", id: "audit-17", total_leads: 1000, imported_leads: 980 }],
    },
};

export function fakePush(world: FakePush = {}): PushBackend & FakePushControls {
    const state = world.state ?? "new";
    const asked: (PushRequest | number)[] = [];
    const listeners = new Set<(run: PushRun) => void>();
    let run: PushRun | null = null;
    let readiness: Readiness = { approved: 1150, passed: 0, refused: 0, missing: 1150, unanswered: 0 };
    let pushes: PushRecord[] = [];
    const passed = () => (readiness = { approved: 1150, passed: 1138, refused: 12, missing: 0, unanswered: 0 });
    const dryRun = record(1, "dry_run", "finished", { leads: 1150, passed: 1138, failed: 12, answered: 12 });
    if (state === "nothing") readiness = { approved: 0, passed: 0, refused: 0, missing: 0, unanswered: 0 };
    if (state === "interrupted") {
        passed();
        const counts = { leads: 1138, imported: 290, failed: 10, open: 838, answered: 3, sent: 1, planned: 8 };
        pushes = [record(2, "production", "running", counts), dryRun];
    }
    if (state === "uncertain") {
        passed();
        readiness = { ...readiness, unanswered: 100 };
        const counts = { leads: 1138, imported: 300, open: 838, answered: 3, uncertain: 1, planned: 8 };
        pushes = [record(2, "production", "cancelled", counts), dryRun];
    }
    if (state === "done") {
        readiness = { approved: 0, passed: 0, refused: 0, missing: 0, unanswered: 0 };
        const counts = { leads: 1150, imported: 1120, skipped: 18, failed: 12, answered: 11, refused: 1 };
        pushes = [{ ...record(2, "production", "finished", counts), verification: VERIFIED }, dryRun];
    }

    function statesOf(counts: PushCounts): BatchState[] {
        const times = (number: number, batchState: BatchState) => Array.from({ length: number }, () => batchState);
        return [
            ...times(counts.answered, "answered"),
            ...times(counts.refused, "refused"),
            ...times(counts.uncertain, "uncertain"),
            ...times(counts.sent, "sent"),
            ...times(counts.planned, "planned"),
        ];
    }

    const find = (id: number) => pushes.find(({ push }) => push.id === id);

    function batches(id: number): Batch[] {
        const found = find(id);
        return statesOf(found?.counts ?? NONE).map((batchState, sequence) => ({
            id: id * 100 + sequence,
            pushId: id,
            sequence,
            idempotencyKey: `key-${sequence}`,
            bodyHash: "9f2c",
            leadCount: 100,
            state: batchState,
            attempts: batchState === "planned" ? 0 : 1,
            httpStatus: batchState === "answered" ? 200 : 0,
            problem: batchState === "refused" ? "invalid_batch: Paket abgelehnt" : "",
            changedAt: AT,
        }));
    }

    function tell(next: PushRun) {
        run = next;
        pushes = pushes.map((known) => ({
            ...known,
            runs: known.push.id === next.pushId && next.stage !== "ended",
        }));
        for (const listener of listeners) listener(next);
    }

    function progress(known: PushRecord, waiting = "") {
        const { counts, push } = known;
        return {
            pushId: push.id,
            mode: push.mode,
            state: push.state,
            doneLeads: counts.leads - counts.open,
            totalLeads: counts.leads,
            doneBatches: counts.answered + counts.refused,
            totalBatches: statesOf(counts).length,
            rate: 250,
            waiting,
        };
    }

    function put(id: number, counts: Partial<PushCounts>, pushState: PushState) {
        pushes = pushes.map((known) =>
            known.push.id === id
                ? {
                      ...known,
                      counts: { ...known.counts, ...counts },
                      balanced: (counts.open ?? known.counts.open) === 0,
                      push: { ...known.push, state: pushState },
                  }
                : known,
        );
    }

    function begin(id: number, mode: Mode): PushRun {
        const known = find(id);
        const begun: PushRun = {
            pushId: id,
            mode,
            connection: "Produktion",
            stage: "sending",
            progress: known === undefined ? null : progress(known),
            secondsLeft: 4,
            failure: null,
        };
        tell(begun);
        return begun;
    }

    function lead(index: number, fate: LeadFate): PushedLead {
        const known = ["Gasthaus Musterküche", "Hotel Seeblick GmbH & Co. KG", "Kantine Technopark", "Müller Feinkost"];
        return {
            row: index,
            number: index + 5,
            externalId: `EXCEL-ROW-${index + 5}`,
            name: known[index % known.length] ?? "",
            fate,
            leadId: fate === "imported" || fate === "skipped" ? 9000 + index : null,
            error: fate === "failed" ? "ownerUserId: unknown user" : null,
        };
    }

    async function answer<T>(value: () => T): Promise<T> {
        await Promise.resolve();
        return value();
    }

    return {
        asked,
        movePush(failure) {
            if (run?.pushId == null) return;
            const known = find(run.pushId);
            if (known === undefined) return;
            const { counts, push } = known;
            if (failure !== undefined) {
                put(push.id, {}, "paused");
                tell({ ...run, stage: "ended", failure });
                return;
            }
            const left = statesOf(counts).filter((batchState) => batchState === "planned").length;
            const last = left <= 1;
            const good = push.mode === "dry_run" ? "passed" : "imported";
            put(
                push.id,
                {
                    [good]: counts[good] + (last ? counts.open : 100),
                    open: last ? 0 : counts.open - 100,
                    answered: counts.answered + (last ? left + counts.sent : 1),
                    planned: last ? 0 : counts.planned - 1,
                    ...(last ? { sent: 0 } : {}),
                    ...(last && push.mode === "dry_run" ? { passed: 1138, failed: 12 } : {}),
                },
                last ? "finished" : "running",
            );
            if (last && push.mode === "dry_run") passed();
            const moved = find(push.id);
            tell({
                ...run,
                stage: last ? "ended" : "sending",
                progress: moved === undefined ? null : progress(moved),
            });
        },
        pushOverview: (connection) =>
            answer(() => ({
                target: "migration",
                connections:
                    state === "unconnected"
                        ? []
                        : [
                              { name: "Abnahme", baseUrl: "https://abnahme.example.de", batchSize: null },
                              { name: "Produktion", baseUrl: "https://crm.example.de", batchSize: 500 },
                          ],
                connection: state === "unconnected" ? null : (connection ?? "Produktion"),
                readiness: state === "unconnected" ? null : readiness,
                largestBatch: 1000,
                pushes: pushes.map((known) => ({ ...known })),
                run,
            })),
        startPush: (request) =>
            answer(() => {
                asked.push(request);
                if (run !== null && run.stage !== "ended") return run;
                const id = pushes.length + 1;
                const counts = { leads: 1150, open: 1150, planned: 12 };
                pushes = [record(id, request.mode, "running", counts), ...pushes];
                return begin(id, request.mode);
            }),
        resumePush: (id) =>
            answer(() => {
                asked.push(id);
                if (run !== null && run.stage !== "ended") return run;
                return begin(id, find(id)?.push.mode ?? "production");
            }),
        stopPush: (id, how) =>
            answer(() => {
                put(id, {}, how === "pause" ? "paused" : "cancelled");
                if (run !== null && run.pushId === id) tell({ ...run, stage: "ended" });
            }),
        pushBatches: (id) => answer(() => batches(id)),
        pushLeads: ({ fate, offset, limit }) =>
            answer(() => {
                const total = fate === "failed" ? 12 : 1150;
                const leads = Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, index) =>
                    lead(offset + index, fate ?? (index % 5 === 4 ? "skipped" : "imported")),
                );
                return { total, leads };
            }),
        pushDoubles: (id) =>
            answer(() => {
                const double = {
                    row: 7,
                    externalId: "EXCEL-ROW-12",
                    leadId: 4711,
                    score: 0.9,
                    reason: "phone_normalized",
                };
                return find(id)?.push.mode === "dry_run" ? { total: 1, doubles: [double] } : { total: 0, doubles: [] };
            }),
        verifyPush: (id) =>
            answer(() => {
                pushes = pushes.map((known) => (known.push.id === id ? { ...known, verification: VERIFIED } : known));
                return VERIFIED;
            }),
        comparePushLeads: ({ offset, limit }) =>
            answer(() =>
                Array.from({ length: Math.min(limit, 50) }, (_, index) => ({
                    row: offset + index,
                    expected: HELD,
                    found: index === 1 ? { ...HELD, activities: 2 } : HELD,
                    differing: index === 1 ? ["activities"] : [],
                })),
            ),
        onPush(listener) {
            listeners.add(listener);
            return () => listeners.delete(listener);
        },
    };
}
