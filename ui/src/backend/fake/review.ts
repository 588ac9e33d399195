import type { ReviewBackend } from "../review";

export function fakeReview(): ReviewBackend {
    return {};
}
