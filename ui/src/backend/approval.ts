import type { Approval } from "../bindings/Approval";
import type { ApprovalOverview } from "../bindings/ApprovalOverview";

/** What would go, what stays and why. */
export interface ApprovalBackend {
    approvalOverview(): Promise<ApprovalOverview>;
    /** Approves every row that is ready, in the name of the person in front of the window. */
    approveRows(): Promise<Approval>;
}
