import { invoke } from "@tauri-apps/api/core";

import type { MailboxBackend } from "../mailbox";

export const mailbox: MailboxBackend = {
    mailboxes: () => invoke("mailboxes"),
    mailboxOverview: (name) => invoke("mailbox_overview", { name }),
    connectMailbox: (name, settings, secret, replacing) =>
        invoke("connect_mailbox", { name, settings, secret, replacing }),
    disconnectMailbox: (name) => invoke("disconnect_mailbox", { name }),
    restoreMailbox: (name, settings) => invoke("restore_mailbox", { name, settings }),
    fetchMails: (name) => invoke("fetch_mails", { name }),
    rereadMails: (name) => invoke("reread_mails", { name }),
    mailPage: (name, query) => invoke("mail_page", { name, query }),
    mail: (name, id) => invoke("mail", { name, id }),
    takeMails: (name, territory, owner) => invoke("take_mails", { name, territory, owner }),
};
