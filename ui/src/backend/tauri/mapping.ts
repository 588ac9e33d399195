import type { MappingBackend } from "../mapping";

export const mapping: MappingBackend = {};
