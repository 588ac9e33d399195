import type { DuplicatesBackend } from "../duplicates";

export const duplicates: DuplicatesBackend = {};
