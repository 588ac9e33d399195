// What the rows of further sources are for: leads, or additions to leads that are there.

import type { EnrichmentPreview } from "../../bindings/EnrichmentPreview";
import type { JoinReport } from "../../bindings/JoinReport";
import type { SourceRole } from "../../bindings/SourceRole";
import type { UseProposal } from "../../bindings/UseProposal";
import type { Winner } from "../../bindings/Winner";
import { t } from "../../i18n/language.svelte";
import type { Desk } from "../../state/desk.svelte";
import type { MappingModel } from "./model.svelte";

export class AdditionsModel {
    /** What sources are probably for, by their ids; only those that nobody has decided about. */
    proposals = $state.raw<Readonly<Record<number, UseProposal>>>({});
    /** For a source of activities: which rows found their lead. */
    report = $state.raw<JoinReport | null>(null);
    /** For an enrichment: what it would change. */
    preview = $state.raw<EnrichmentPreview | null>(null);
    winners = $state.raw<Readonly<Record<string, Winner>>>({});
    working = $state(false);
    readonly #desk: Desk;
    readonly #model: MappingModel;
    #turn = 0;

    constructor(desk: Desk, model: MappingModel) {
        this.#desk = desk;
        this.#model = model;
    }

    /** Asks about all further sources of leads, and shows the first that looks like something else. */
    async ask(): Promise<void> {
        const sources = this.#model.overview?.sources ?? [];
        const leads = sources.filter(({ role }) => role === "leads").slice(1);
        const found: Record<number, UseProposal> = {};
        for (const { id } of leads) {
            const proposal = await this.#desk.attempt(() => this.#desk.backend.proposeUse(id));
            if (proposal != null) found[id] = proposal;
        }
        const isNew = (id: number) => found[id] !== undefined && this.proposals[id] === undefined;
        const first = sources.findIndex(({ id }) => isNew(id));
        this.proposals = found;
        if (first > 0) await this.#model.show(first);
    }

    /** Looks again at what the source that is shown brings. */
    async look(): Promise<void> {
        this.#turn += 1;
        const mine = this.#turn;
        const source = this.#model.source;
        const report =
            source?.role === "activities"
                ? await this.#desk.attempt(() => this.#desk.backend.joinActivities(source.id))
                : undefined;
        const preview =
            source?.role === "enrichment"
                ? await this.#desk.attempt(() => this.#desk.backend.previewEnrichment(source.id))
                : undefined;
        if (mine !== this.#turn) return;
        this.report = report ?? null;
        this.preview = preview ?? null;
    }

    async use(role: SourceRole): Promise<void> {
        const source = this.#model.source;
        if (source === undefined || this.working) return;
        this.working = true;
        const done = await this.#desk.attempt(async () => {
            await this.#desk.backend.useSource(source.id, role);
            return true;
        });
        this.working = false;
        if (done !== true) return;
        this.proposals = Object.fromEntries(Object.entries(this.proposals).filter(([id]) => Number(id) !== source.id));
        this.winners = {};
        this.#desk.counts = null;
        await this.#desk.refresh();
        await this.#model.load(source.id);
        this.#desk.announce(t(`mapping.use.${role}`));
    }

    choose(field: string, winner: Winner): void {
        this.winners = { ...this.winners, [field]: winner };
    }

    async enrich(): Promise<void> {
        const source = this.#model.source;
        if (source === undefined || this.working) return;
        this.working = true;
        const leads = await this.#desk.attempt(() => this.#desk.backend.enrichLeads(source.id, this.winners));
        this.working = false;
        if (leads === undefined) return;
        this.#desk.tell(t("mapping.enriched", { n: leads }));
        this.#desk.counts = null;
        await this.#desk.refresh();
        await this.look();
    }
}
