import type { MailboxBackend } from "../mailbox";

export const mailbox: MailboxBackend = {};
