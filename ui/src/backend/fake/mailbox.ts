import type { MailboxBackend } from "../mailbox";

export function fakeMailbox(): MailboxBackend {
    return {};
}
