import type { MappingBackend } from "../mapping";

export function fakeMapping(): MappingBackend {
    return {};
}
