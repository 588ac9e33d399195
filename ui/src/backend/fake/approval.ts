import type { Approval } from "../../bindings/Approval";
import type { ApprovalBackend } from "../approval";

/** What an approval of a test would find. */
export type FakeApproval = "ready" | "nothing ready" | "no rows";

export function fakeApproval(kind: FakeApproval = "ready"): ApprovalBackend {
    const ready = kind === "ready" ? 138 : 0;
    const made: Approval[] = [];
    return {
        approvalOverview: () =>
            Promise.resolve({
                preview: {
                    total: kind === "no rows" ? 0 : 150,
                    ready,
                    approved: made.length > 0 ? ready : 0,
                    withDuplicateWarning: kind === "ready" ? 4 : 0,
                    imported: 0,
                    withErrors: kind === "ready" ? 11 : 150,
                    skipped: 0,
                    skippedDuplicates: kind === "ready" ? 1 : 0,
                    merged: 0,
                    held: 0,
                    unchecked: 0,
                },
                person: "Astrid Vogt",
                lost: made.length > 0 ? 0 : 3,
                approvals: [
                    ...made.map((approval) => ({ approval, standing: approval.rowCount, lapsed: 0 })),
                    {
                        approval: {
                            id: 1,
                            approvedBy: "Jürgen Keller",
                            approvedAt: "2026-11-20T09:12:00Z",
                            rowCount: 120,
                            contentHash: "9f2c41d07be31c6b6b0c3b7d8a5e4f10c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7",
                        },
                        standing: made.length > 0 ? 0 : 117,
                        lapsed: made.length > 0 ? 120 : 3,
                    },
                ],
            }),
        approveRows: () => {
            const approval: Approval = {
                id: made.length + 2,
                approvedBy: "Astrid Vogt",
                approvedAt: "2026-11-22T13:40:00Z",
                rowCount: ready,
                contentHash: "0c3b7d8a5e4f10c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f79f2c41d07be31c6b6b",
            };
            made.unshift(approval);
            return Promise.resolve(approval);
        },
    };
}
