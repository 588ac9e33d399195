import type { DuplicatesBackend } from "../duplicates";

export function fakeDuplicates(): DuplicatesBackend {
    return {};
}
