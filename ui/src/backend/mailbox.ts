/** Mails and what was read in them. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface MailboxBackend {}
