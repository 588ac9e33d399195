// What the mailbox screen shows: the mailbox, the stretch of its mails that was asked for, the mail that is open.

import type { Backend } from "../../backend";
import type { MailboxEntry } from "../../bindings/MailboxEntry";
import type { MailboxOverview } from "../../bindings/MailboxOverview";
import type { MailLine } from "../../bindings/MailLine";
import type { MailStatus } from "../../bindings/MailStatus";
import type { ShownMail } from "../../bindings/ShownMail";
import type { FieldPlace } from "./marks";

/** Mails that are asked for at once. */
export const PAGE = 100;

export class MailboxModel {
    readonly #backend: Backend;
    readonly #failed: (error: unknown) => void;
    /** `null` until the first answer. */
    entries = $state.raw<readonly MailboxEntry[] | null>(null);
    entry = $state.raw<MailboxEntry | null>(null);
    overview = $state.raw<MailboxOverview | null>(null);
    status = $state<MailStatus | null>(null);
    text = $state("");
    /** Mails that match; `null` until the first answer. */
    total = $state<number | null>(null);
    pages = $state.raw<ReadonlyMap<number, readonly MailLine[]>>(new Map());
    selected = $state(0);
    mail = $state.raw<ShownMail | null>(null);
    /** The value that is pointed at, in the mail or in the result. */
    pointed = $state.raw<FieldPlace | null>(null);
    #list = 0;
    #mail = 0;
    readonly #asked = new Set<number>();

    constructor(backend: Backend, failed: (error: unknown) => void) {
        this.#backend = backend;
        this.#failed = failed;
    }

    /** Asks for the mailboxes and shows `name`, else the one that was shown, else the first. */
    async load(name?: string): Promise<void> {
        try {
            const entries = await this.#backend.mailboxes();
            const wanted = name ?? this.entry?.name;
            this.entries = entries;
            await this.show(entries.find((entry) => entry.name === wanted) ?? entries[0] ?? null);
        } catch (error) {
            this.#failed(error);
        }
    }

    async show(entry: MailboxEntry | null): Promise<void> {
        this.entry = entry;
        this.overview = null;
        this.total = null;
        this.mail = null;
        if (entry !== null) await Promise.all([this.count(), this.filter(null, "")]);
    }

    /** Asks for the counts again. */
    async count(): Promise<void> {
        const name = this.entry?.name;
        if (name === undefined) return;
        try {
            const overview = await this.#backend.mailboxOverview(name);
            if (this.entry?.name === name) this.overview = overview;
        } catch (error) {
            this.#failed(error);
        }
    }

    /** Shows the mails of this kind, from the newest. */
    async filter(status: MailStatus | null, text: string): Promise<void> {
        this.status = status;
        this.text = text;
        await this.renew(0);
    }

    /** Asks for the list anew. `select` is the place in it that is open then. */
    async renew(select = this.selected): Promise<void> {
        this.#list += 1;
        this.#asked.clear();
        const page = Math.floor(select / PAGE);
        this.pages = new Map();
        await this.ask(page);
        if (this.total === 0) {
            this.mail = null;
            this.selected = 0;
        } else await this.select(Math.min(select, (this.total ?? 1) - 1));
    }

    /** Asks for a page of the list, once. */
    async ask(page: number): Promise<void> {
        const name = this.entry?.name;
        if (name === undefined || this.#asked.has(page)) return;
        this.#asked.add(page);
        const list = this.#list;
        const query = { status: this.status, text: this.text, offset: page * PAGE, limit: PAGE };
        try {
            const { total, lines } = await this.#backend.mailPage(name, query);
            if (list !== this.#list) return;
            this.total = total;
            this.pages = new Map([...this.pages, [page, lines]]);
        } catch (error) {
            if (list !== this.#list) return;
            this.#asked.delete(page);
            this.#failed(error);
        }
    }

    line(index: number): MailLine | undefined {
        return this.pages.get(Math.floor(index / PAGE))?.[index % PAGE];
    }

    /** Opens the mail at this place of the list. */
    async select(index: number): Promise<void> {
        const last = (this.total ?? 0) - 1;
        if (last < 0) return;
        this.selected = Math.max(0, Math.min(index, last));
        this.#mail += 1;
        const turn = this.#mail;
        await this.ask(Math.floor(this.selected / PAGE));
        const line = this.line(this.selected);
        const name = this.entry?.name;
        // Whoever goes on with the keys has asked for the next mail meanwhile.
        if (line === undefined || name === undefined || turn !== this.#mail) return;
        try {
            const mail = await this.#backend.mail(name, line.row.id);
            if (turn !== this.#mail) return;
            this.mail = mail;
            this.pointed = null;
        } catch (error) {
            if (turn === this.#mail) this.#failed(error);
        }
    }
}
