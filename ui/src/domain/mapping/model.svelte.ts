// The mappings of the project as the screen works on them. Every change is stored at once and can be taken back.

import { isFailure } from "../../backend";
import type { ActivityKinds } from "../../bindings/ActivityKinds";
import type { EarlierDecision } from "../../bindings/EarlierDecision";
import type { FieldSample } from "../../bindings/FieldSample";
import type { FoundValues } from "../../bindings/FoundValues";
import type { MappedSource } from "../../bindings/MappedSource";
import type { MappingChange } from "../../bindings/MappingChange";
import type { MappingOutcome } from "../../bindings/MappingOutcome";
import type { MappingOverview } from "../../bindings/MappingOverview";
import type { MappingState } from "../../bindings/MappingState";
import type { MappingStep } from "../../bindings/MappingStep";
import type { RowPreview } from "../../bindings/RowPreview";
import { t } from "../../i18n/language.svelte";
import type { Desk } from "../../state/desk.svelte";
import { columnName } from "./destinations";

export class MappingModel {
    overview = $state.raw<MappingOverview | null>(null);
    failed = $state(false);
    /** Which source is shown. */
    at = $state(0);
    /** The texts of the choice fields of the source that is shown, by field. */
    values = $state.raw<Readonly<Record<string, FoundValues>>>({});
    kinds = $state.raw<ActivityKinds | null>(null);
    /** What was decided about progress elsewhere, by type: shown to be confirmed. */
    earlier = $state.raw<Readonly<Record<string, EarlierDecision>>>({});
    preview = $state.raw<RowPreview | null>(null);
    previewAt = $state(0);
    readonly #desk: Desk;
    readonly #done: { source: number; before: unknown }[] = [];
    /** Changes run one after the other: each builds on the outcome of the last. */
    #queue: Promise<unknown> = Promise.resolve();
    #turn = 0;
    #kindsTurn = 0;

    constructor(desk: Desk) {
        this.#desk = desk;
    }

    readonly source = $derived<MappedSource | undefined>(this.overview?.sources[this.at]);

    /** Texts in choice fields that mean nothing yet, over the source that is shown. */
    readonly unknownValues = $derived(
        Object.values(this.values).reduce(
            (sum, { values }) => sum + values.filter(({ value, nothing }) => value === null && !nothing).length,
            0,
        ),
    );

    /** Types of activities that wait for a word about progress. */
    readonly openQuestions = $derived(this.kinds?.questions.filter(({ waiting }) => waiting > 0).length ?? 0);

    /** Reads everything again; shows the source `id` where one is named. */
    async load(id?: number): Promise<void> {
        this.failed = false;
        const overview = await this.#desk.attempt(() => this.#desk.backend.mappingOverview());
        if (overview === undefined) {
            this.failed = true;
            return;
        }
        this.overview = overview;
        const named = overview.sources.findIndex((source) => source.id === id);
        this.at = named >= 0 ? named : Math.min(this.at, Math.max(0, overview.sources.length - 1));
        await Promise.all([this.#readSource(), this.#readKinds()]);
    }

    async show(at: number): Promise<void> {
        this.at = at;
        this.previewAt = 0;
        await this.#readSource();
    }

    /** Shows another row of the source. */
    async turnTo(at: number): Promise<void> {
        const rows = this.source?.rows ?? 0;
        if (at < 0 || at >= rows) return;
        this.previewAt = at;
        await this.#readPreview();
    }

    /** Takes over a whole mapping that comes from elsewhere, as one change. */
    take(work: (source: MappedSource) => Promise<MappingOutcome>): Promise<void> {
        return this.#next(async (source) => {
            const outcome = await work(source);
            this.#done.push({ source: source.id, before: outcome.before });
            this.#put(source.id, outcome.state);
            this.#follow({ do: "suggested" });
        });
    }

    change(change: MappingChange): Promise<void> {
        return this.#next(async (source) => {
            const outcome = await this.#desk.backend.changeMapping(source.id, change);
            this.#done.push({ source: source.id, before: outcome.before });
            this.#put(source.id, outcome.state);
            if (outcome.freed.length > 0) {
                const columns = outcome.freed.map((name) => `„${name}“`).join(", ");
                this.#desk.tell(t("mapping.freed", { n: outcome.freed.length, columns }), () => void this.undo());
            }
            this.#follow(change);
        });
    }

    /** Takes the last change back. */
    undo(): Promise<void> {
        return this.#next(async () => {
            const last = this.#done.pop();
            if (last === undefined) return;
            this.#put(last.source, await this.#desk.backend.restoreMapping(last.source, last.before));
            this.#desk.announce(t("mapping.undone"));
            void this.#readValues();
            void this.#readKinds();
        });
    }

    decide(activityType: string, counts: boolean): Promise<void> {
        return this.#next(async () => {
            const decision = await this.#desk.backend.decideProgress(activityType, counts);
            if (this.kinds === null) return;
            const questions = this.kinds.questions.map((question) =>
                question.activityType === activityType ? { ...question, waiting: 0, decision } : question,
            );
            this.kinds = { ...this.kinds, questions };
        });
    }

    /** The known users; `null` for none. */
    setOwners(owners: string[] | null): Promise<void> {
        return this.#next(async () => {
            await this.#desk.backend.setOwners(owners);
            if (this.overview !== null) this.overview = { ...this.overview, owners };
        });
    }

    /** Header or place of a column of the source that is shown. */
    nameOf(column: number): string {
        return this.source === undefined ? "" : columnName(this.source, column);
    }

    /** Runs a change, then asks again what follows from it. */
    #next(work: (source: MappedSource) => Promise<unknown>): Promise<void> {
        const run = async () => {
            const source = this.source;
            if (source === undefined) return;
            const done = await this.#desk.attempt(async () => {
                await work(source);
                return true;
            });
            // After a refusal the lists show again what holds.
            if (done !== true && this.overview !== null) this.overview = { ...this.overview };
            this.#desk.counts = null;
            await Promise.all([this.#readPreview(), this.#desk.refresh()]);
        };
        const next = this.#queue.then(run);
        this.#queue = next;
        return next;
    }

    /** Asks again for what runs over all rows, only where the change has a say in it; nobody has to wait for it. */
    #follow(change: MappingChange): void {
        switch (change.do) {
            case "assign":
            case "suggested":
                void this.#readValues();
                void this.#readKinds();
                break;
            case "activityType":
                void this.#readKinds();
                break;
            case "activityDates":
            case "dateOrder":
            case "decimalStyle":
            case "phoneRegion":
            case "default":
            case "separator":
                break;
            default:
                void this.#readValues();
        }
    }

    #put(id: number, state: MappingState): void {
        if (this.overview === null) return;
        const sources = this.overview.sources.map((source) => (source.id === id ? { ...source, state } : source));
        this.overview = { ...this.overview, sources };
    }

    async #readSource(): Promise<void> {
        await Promise.all([this.#readPreview(), this.#readValues()]);
    }

    async #readPreview(): Promise<void> {
        const source = this.source;
        if (source === undefined) return;
        const at = this.previewAt;
        const preview = await this.#desk.attempt(() => this.#desk.backend.mappedRow(source.id, at));
        if (preview !== undefined && this.previewAt === at && this.source?.id === source.id) this.preview = preview;
    }

    async #readValues(): Promise<void> {
        const [source, target] = [this.source, this.overview?.target];
        if (source === undefined || target === undefined) return;
        this.#turn += 1;
        const mine = this.#turn;
        const filled = new Set(source.state.fields.filter(({ constant }) => constant === null).map(({ name }) => name));
        const choices = target.fields.filter(({ kind, name }) => kind === "choice" && filled.has(name));
        const found = await this.#desk.attempt(() =>
            Promise.all(
                choices.map(async ({ name }) => [name, await this.#desk.backend.fieldValues(source.id, name)] as const),
            ),
        );
        if (found !== undefined && mine === this.#turn) this.values = Object.fromEntries(found);
    }

    async #readKinds(): Promise<void> {
        this.#kindsTurn += 1;
        const mine = this.#kindsTurn;
        const kinds = await this.#desk.attempt(() => this.#desk.backend.activityKinds());
        if (kinds === undefined || mine !== this.#kindsTurn) return;
        this.kinds = kinds;
        if (!kinds.questions.some(({ waiting }) => waiting > 0)) return;
        const earlier = await this.#desk.attempt(() => this.#desk.backend.earlierDecisions());
        if (earlier !== undefined && mine === this.#kindsTurn) this.earlier = earlier;
    }

    /** What a source is called: its file, or its sheet where several sheets of one file are in the project. */
    titleOf({ id, name, sheet }: MappedSource): string {
        const shared = this.overview?.sources.some((other) => other.id !== id && other.name === name) ?? false;
        return shared && sheet !== "" ? sheet : name;
    }

    /** Examples of what the mapping does to a field of the source that is shown, and would do with one step more. Where
        that step cannot be used, the sentence that says why. */
    async samples(field: string, next: MappingStep | null): Promise<readonly FieldSample[] | string> {
        const source = this.source;
        if (source === undefined) return [];
        try {
            return await this.#desk.backend.fieldSamples(source.id, field, next);
        } catch (error) {
            // A pattern that is still being typed is no reason for an alarm.
            if (next !== null && isFailure(error)) return error.message;
            this.#desk.fail(error);
            return [];
        }
    }
}
