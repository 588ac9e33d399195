import type { ApprovalBackend } from "../approval";

export const approval: ApprovalBackend = {};
