import type { PushBackend } from "../push";

export function fakePush(): PushBackend {
    return {};
}
