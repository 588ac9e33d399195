// The groups of duplicates as a thing that can be driven, without DOM: the list by pages, the group that is shown, what
// is chosen in it.

import type { Backend } from "../../backend";
import type { ComparedGroup } from "../../bindings/ComparedGroup";
import type { ComparedMember } from "../../bindings/ComparedMember";
import type { DuplicatesOverview } from "../../bindings/DuplicatesOverview";
import type { GroupFilter } from "../../bindings/GroupFilter";
import type { GroupLine } from "../../bindings/GroupLine";
import type { MergedGroup } from "../../bindings/MergedGroup";

/** Groups that are fetched at once. */
const PAGE = 100;

/** Pages that are kept: more than anybody sees, far less than there may be. */
const KEPT_PAGES = 20;

export const OPEN_GROUPS: GroupFilter = { decided: false, reason: null, search: "" };

/** A choice of a field's value: field → row. */
type Choices = Readonly<Record<string, number>>;

export class DuplicatesModel {
    readonly #backend: Backend;
    readonly #failed: (error: unknown) => void;
    overview = $state.raw<DuplicatesOverview | null>(null);
    filter = $state.raw<GroupFilter>(OPEN_GROUPS);
    /** Groups that fit the filter; `null` until the first answer. */
    total = $state<number | null>(null);
    groups = $state(0);
    decided = $state(0);
    #pages = $state.raw<ReadonlyMap<number, readonly GroupLine[]>>(new Map());
    /** The place in the list of the group that is shown. */
    place = $state(0);
    group = $state.raw<ComparedGroup | null>(null);
    /** What the group is called. */
    title = $state("");
    /** The row that stays in a merge, or when the others are skipped. */
    stays = $state<number | null>(null);
    choices = $state.raw<Choices>({});
    merged = $state.raw<MergedGroup | null>(null);
    /** A decision is on its way: another one would be about a group that is no more. */
    busy = $state(false);
    /** Answers to older questions are not shown. */
    #asked = 0;
    readonly #under = new Set<number>();

    constructor(backend: Backend, failed: (error: unknown) => void) {
        this.#backend = backend;
        this.#failed = failed;
    }

    /** The rows about which is decided: those of the project that have not gone into another one or been skipped. */
    readonly rows = $derived(this.group?.members.filter(isFree) ?? []);

    /** The rows whose decisions can be taken back; what has gone into another one comes back by undo alone. */
    readonly reopenable = $derived(
        this.group?.members.filter(
            ({ reference, decision }) => !reference && decision !== null && decision !== "merge",
        ) ?? [],
    );

    /** Two rows or more can be merged. */
    readonly mergeable = $derived(this.rows.length > 1);

    /** There is a row to skip, and another one or reference data to skip it for. */
    readonly skippable = $derived(
        this.mergeable || (this.rows.length === 1 && this.group?.members.some(({ reference }) => reference) === true),
    );

    /** There is a row that nobody has decided to keep. */
    readonly keepable = $derived(this.rows.some(({ decision }) => decision !== "import"));

    line(place: number): GroupLine | undefined {
        return this.#pages.get(Math.floor(place / PAGE))?.[place % PAGE];
    }

    async #try<T>(run: () => Promise<T>): Promise<T | undefined> {
        try {
            return await run();
        } catch (error) {
            this.#failed(error);
            return undefined;
        }
    }

    /** The first picture: what there is, and the group of `row` where one is wanted. */
    async open(row: number | null): Promise<void> {
        const overview = await this.#try(() => this.#backend.duplicatesOverview());
        if (overview === undefined) return;
        this.overview = overview;
        if (!overview.compared) return;
        if (row === null) {
            await this.show(this.filter, 0);
            // Where nothing is left to decide, what was decided is more than an empty list.
            if (this.total === 0 && this.groups > 0) await this.show({ ...OPEN_GROUPS, decided: null }, 0);
            return;
        }
        await this.showRow(row);
    }

    async compare(): Promise<void> {
        this.busy = true;
        const done = await this.#try(() => this.#backend.compareRows());
        this.busy = false;
        if (done !== undefined) await this.open(null);
    }

    /** Shows the group of a row, in the list of a filter that has it. */
    async showRow(row: number): Promise<void> {
        const here = await this.#try(() => this.#backend.groupPlace(this.filter, row));
        if (here !== undefined && here !== null) return this.show(this.filter, here);
        const all: GroupFilter = { ...OPEN_GROUPS, decided: null };
        const place = await this.#try(() => this.#backend.groupPlace(all, row));
        if (place !== undefined && place !== null) await this.show(all, place);
        // It is in no group any more: what was shown stays.
        else await this.show(this.filter, this.place);
    }

    /** Shows a list afresh and a group of it. */
    async show(filter: GroupFilter, place: number): Promise<void> {
        this.filter = filter;
        this.#asked += 1;
        const asked = this.#asked;
        this.#under.clear();
        const page = Math.floor(place / PAGE);
        const window = await this.#try(() => this.#backend.groupWindow(filter, page * PAGE, PAGE));
        if (window === undefined || asked !== this.#asked) return;
        this.total = window.total;
        this.groups = window.groups;
        this.decided = window.decided;
        this.#pages = new Map([[page, window.lines]]);
        const last = Math.max(0, window.total - 1);
        if (place > last) return this.show(filter, last);
        await this.choose(place);
    }

    /** Fetches what a list is about to show. */
    need(from: number, to: number): void {
        if (this.total === null) return;
        const last = Math.min(to, this.total - 1);
        for (let page = Math.floor(from / PAGE); page <= Math.floor(last / PAGE); page++) void this.#fetch(page);
    }

    async #fetch(page: number): Promise<void> {
        if (this.#pages.has(page) || this.#under.has(page)) return;
        const asked = this.#asked;
        this.#under.add(page);
        const window = await this.#try(() => this.#backend.groupWindow(this.filter, page * PAGE, PAGE));
        this.#under.delete(page);
        if (window === undefined || asked !== this.#asked) return;
        const pages = new Map(this.#pages);
        pages.set(page, window.lines);
        for (const old of pages.keys()) {
            if (pages.size <= KEPT_PAGES) break;
            if (Math.abs(old - page) > 2) pages.delete(old);
        }
        this.#pages = pages;
    }

    /** Shows the group at a place of the list. */
    async choose(place: number): Promise<void> {
        const total = this.total ?? 0;
        if (total === 0) {
            this.group = null;
            this.merged = null;
            return;
        }
        this.place = Math.max(0, Math.min(place, total - 1));
        await this.#fetch(Math.floor(this.place / PAGE));
        const line = this.line(this.place);
        if (line === undefined) return;
        const wanted = this.place;
        const group = await this.#try(() => this.#backend.comparedGroup(line.id));
        if (group === undefined || wanted !== this.place) return;
        this.group = group;
        this.title = line.title;
        this.merged = null;
        this.choices = {};
        this.stays = this.rows[0]?.row ?? null;
        await this.#preview();
    }

    /** The rows in the order of a merge: the one that stays first. */
    get #order(): number[] {
        const others = this.rows.map(({ row }) => row).filter((row) => row !== this.stays);
        return this.stays === null ? others : [this.stays, ...others];
    }

    get #chosen(): { field: string; row: number }[] {
        return Object.entries(this.choices).map(([field, row]) => ({ field, row }));
    }

    async #preview(): Promise<void> {
        if (!this.mergeable) {
            this.merged = null;
            return;
        }
        const { group } = this;
        const merged = await this.#try(() => this.#backend.mergePreview(this.#order, this.#chosen));
        if (merged !== undefined && group === this.group) this.merged = merged;
    }

    /** Lets another row stay. */
    async chooseSurvivor(row: number): Promise<void> {
        if (!this.rows.some((member) => member.row === row)) return;
        this.stays = row;
        await this.#preview();
    }

    /** Takes the value of a row, or gives the choice back where it was chosen already. */
    async chooseCell(field: string, row: number): Promise<void> {
        const { [field]: before, ...rest } = this.choices;
        this.choices = before === row ? rest : { ...this.choices, [field]: row };
        await this.#preview();
    }

    merge = () => this.#decide(() => this.#backend.mergeGroup(this.#order, this.#chosen));

    keep = () => this.#decide(() => this.#backend.keepGroup(this.#order));

    /** Skips all but the one that stays; where reference data has the lead already, all of them. */
    skip = () => this.#decide(() => this.#backend.skipInGroup(this.#order, this.mergeable ? this.stays : this.#alone));

    /** A single row beside reference data does not stay: it is skipped for what is known. */
    get #alone(): number | null {
        return this.group?.members.some(({ reference }) => reference) === true ? null : this.stays;
    }

    reopen = () => this.#decide(() => this.#backend.reopenGroup(this.reopenable.map(({ row }) => row)));

    separate = () => this.separatePairs(this.group?.pairs.map(({ rowA, rowB }) => [rowA, rowB]) ?? []);

    separatePairs(pairs: [number, number][]): Promise<boolean> {
        return this.#decide(() => this.#backend.separateRows(pairs));
    }

    /** Does something about the group, then shows the next open one. */
    async #decide(run: () => Promise<unknown>): Promise<boolean> {
        if (this.busy || this.group === null) return false;
        this.busy = true;
        const done = await this.#try(async () => {
            await run();
            return true;
        });
        if (done === true) await this.#goOn();
        this.busy = false;
        return done === true;
    }

    async #goOn(): Promise<void> {
        const { filter, place } = this;
        const next = await this.#try(() => this.#backend.nextOpenGroup(filter, place));
        await this.show(filter, next ?? place);
    }

    /** Shows everything afresh after something else has changed the project. */
    async renew(row: number | null): Promise<void> {
        if (row === null) await this.show(this.filter, this.place);
        else await this.showRow(row);
    }
}

/** About this row can be decided. */
export function isFree(member: ComparedMember): boolean {
    return !member.reference && member.decision !== "merge" && member.decision !== "skip";
}
