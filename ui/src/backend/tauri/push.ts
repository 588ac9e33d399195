import type { PushBackend } from "../push";

export const push: PushBackend = {};
