// Rows fetched by windows and kept while they are near: the table itself stays behind the border.

import type { Row } from "../../bindings/Row";
import type { RowWindow } from "../../bindings/RowWindow";

/** Fetches the rows `offset .. offset + limit` of the view that is shown. */
export type FetchRows = (offset: number, limit: number) => Promise<RowWindow>;

/** Rows a page. */
export const PAGE = 100;

/** Pages kept: the rows around the last few places that were looked at. */
export const PAGES_KEPT = 24;

/** At most this many pages are asked for at once; of older wishes only the newest matter. */
const IN_FLIGHT = 2;

/** The rows near the window. */
export class RowPages {
    readonly #fetch: FetchRows;
    readonly #arrived: () => void;
    readonly #failed: (error: unknown) => void;
    /** In the order of use: the first is the one to forget. */
    readonly #pages = new Map<number, readonly Row[]>();
    readonly #asked = new Set<number>();
    #wanted: number[] = [];
    /** Pages that are shown as they were until they have been fetched again. */
    #stale = new Set<number>();
    /** Grows when everything known is out of date; answers to older questions are dropped. */
    #era = 0;
    /** The newest state of the table that was heard of. */
    #revision = 0;

    constructor(fetch: FetchRows, arrived: () => void, failed: (error: unknown) => void) {
        this.#fetch = fetch;
        this.#arrived = arrived;
        this.#failed = failed;
    }

    /** The row at a place of the view, where it is known. */
    at(index: number): Row | undefined {
        return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
    }

    /** Says which rows are in sight. What is not known is fetched: these first, then a page ahead and behind. */
    want(first: number, last: number): void {
        const from = Math.floor(Math.max(0, first) / PAGE);
        const to = Math.floor(Math.max(0, last) / PAGE);
        const pages = [];
        for (let page = from; page <= to; page++) pages.push(page);
        pages.push(to + 1);
        if (from > 0) pages.push(from - 1);
        for (const page of pages) this.#touch(page);
        this.#wanted = pages.filter((page) => !this.#pages.has(page) && !this.#asked.has(page));
        this.#ask();
    }

    /** Puts rows that came back from an edit in the place of what was known of them. */
    replace(rows: readonly Row[], revision: number): void {
        this.#revision = Math.max(this.#revision, revision);
        const byId = new Map(rows.map((row) => [row.id, row]));
        for (const [page, known] of this.#pages) {
            if (known.some((row) => byId.has(row.id))) {
                this.#pages.set(
                    page,
                    known.map((row) => byId.get(row.id) ?? row),
                );
            }
        }
        this.#arrived();
    }

    /** Everything known is out of date. Rows stay in sight until the new ones are there, unless `blank`. */
    renew(blank: boolean): void {
        this.#era += 1;
        this.#asked.clear();
        if (blank) this.#pages.clear();
        else this.#stale = new Set(this.#pages.keys());
    }

    #touch(page: number): void {
        const rows = this.#pages.get(page);
        if (rows === undefined) return;
        this.#pages.delete(page);
        if (this.#stale.has(page)) {
            // Asked for again, and shown as it was until the answer is there.
            this.#stale.delete(page);
            this.#refresh(page);
        }
        this.#pages.set(page, rows);
    }

    #refresh(page: number): void {
        this.#asked.add(page);
        void this.#load(page);
    }

    #ask(): void {
        while (this.#asked.size < IN_FLIGHT) {
            const page = this.#wanted.shift();
            if (page === undefined) return;
            this.#asked.add(page);
            void this.#load(page);
        }
    }

    async #load(page: number): Promise<void> {
        const era = this.#era;
        try {
            let { rows, revision } = await this.#fetch(page * PAGE, PAGE);
            // An answer that was on its way during an edit would show the cell as it was before.
            while (era === this.#era && revision < this.#revision) {
                ({ rows, revision } = await this.#fetch(page * PAGE, PAGE));
            }
            if (era !== this.#era) return;
            this.#revision = revision;
            this.#pages.delete(page);
            if (rows.length > 0) this.#pages.set(page, rows);
            this.#forget();
            this.#arrived();
        } catch (error) {
            if (era === this.#era) this.#failed(error);
        } finally {
            if (era === this.#era) {
                this.#asked.delete(page);
                this.#ask();
            }
        }
    }

    #forget(): void {
        for (const page of this.#pages.keys()) {
            if (this.#pages.size <= PAGES_KEPT) return;
            this.#pages.delete(page);
        }
    }
}
