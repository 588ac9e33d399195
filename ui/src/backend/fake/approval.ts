import type { ApprovalBackend } from "../approval";

export function fakeApproval(): ApprovalBackend {
    return {};
}
