import type { ConnectedMailbox } from "../bindings/ConnectedMailbox";
import type { FetchedMails } from "../bindings/FetchedMails";
import type { MailboxEntry } from "../bindings/MailboxEntry";
import type { MailboxOverview } from "../bindings/MailboxOverview";
import type { MailboxSettings } from "../bindings/MailboxSettings";
import type { MailList } from "../bindings/MailList";
import type { MailQuery } from "../bindings/MailQuery";
import type { ReadSummary } from "../bindings/ReadSummary";
import type { ShownMail } from "../bindings/ShownMail";
import type { TakenMails } from "../bindings/TakenMails";

/** Mailboxes, their mails and what was read in them. Every call may be refused with a `Failure`. */
export interface MailboxBackend {
    mailboxes(): Promise<MailboxEntry[]>;
    mailboxOverview(name: string): Promise<MailboxOverview>;
    /**
     * Tries a mailbox and connects it where that works. An empty `secret` means the one that is kept for `replacing`; the
     * secret never comes back.
     */
    connectMailbox(
        name: string,
        settings: MailboxSettings,
        secret: string,
        replacing: string | null,
    ): Promise<ConnectedMailbox>;
    /** Removes the connection and forgets its secret; the mails stay. */
    disconnectMailbox(name: string): Promise<void>;
    /** Puts a connection back that was removed. Its secret has to be given anew. */
    restoreMailbox(name: string, settings: MailboxSettings): Promise<void>;
    /** Brings the new mails and reads them; a job. */
    fetchMails(name: string): Promise<FetchedMails>;
    /** Reads all stored mails again, without fetching; a job. */
    rereadMails(name: string): Promise<ReadSummary>;
    mailPage(name: string, query: MailQuery): Promise<MailList>;
    mail(name: string, id: number): Promise<ShownMail>;
    /** Takes the leads into the open project, or into a new one; a job. Empty texts give nothing. */
    takeMails(name: string, territory: string, owner: string): Promise<TakenMails>;
}
