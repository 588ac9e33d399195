import type { ReviewBackend } from "../review";

export const review: ReviewBackend = {};
