// The saved mappings of the person, for the source that is shown. A template is applied as one change that can be taken
// back; what was decided about progress does not come with it.

import type { LikelyTemplate } from "../../bindings/LikelyTemplate";
import type { TemplateShelf } from "../../bindings/TemplateShelf";
import { t } from "../../i18n/language.svelte";
import type { Desk } from "../../state/desk.svelte";
import type { MappingModel } from "./model.svelte";

export const MAPPING_FILES = [{ name: "JSON", endings: ["json"] }];

export class TemplatesModel {
    shelf = $state.raw<TemplateShelf | null>(null);
    /** Proposals that were put aside: source and name. */
    aside = $state.raw<readonly string[]>([]);
    readonly #desk: Desk;
    readonly #model: MappingModel;

    constructor(desk: Desk, model: MappingModel) {
        this.#desk = desk;
        this.#model = model;
    }

    /** The template that fits best, unless it is in use already or was put aside. */
    readonly likely = $derived.by<LikelyTemplate | undefined>(() => {
        const source = this.#model.source;
        const best = this.shelf?.likely[0];
        if (source === undefined || best === undefined || source.state.template === best.name) return undefined;
        return this.aside.includes(`${source.id} ${best.name}`) ? undefined : best;
    });

    async load(): Promise<void> {
        const source = this.#model.source;
        if (source === undefined) return;
        const shelf = await this.#desk.attempt(() => this.#desk.backend.listTemplates(source.id));
        if (shelf !== undefined && this.#model.source?.id === source.id) this.shelf = shelf;
    }

    putAside(name: string): void {
        const source = this.#model.source;
        if (source !== undefined) this.aside = [...this.aside, `${source.id} ${name}`];
    }

    async apply(name: string, renamed: Readonly<Record<string, string>>): Promise<void> {
        await this.#model.take((source) => this.#desk.backend.applyTemplate(source.id, name, renamed));
        this.#desk.tell(t("mapping.templateApplied", { name }), () => void this.#model.undo());
        await this.load();
    }

    async save(name: string): Promise<void> {
        const source = this.#model.source;
        if (source === undefined || name.trim() === "") return;
        const done = await this.#desk.attempt(async () => ({
            before: await this.#desk.backend.saveTemplate(source.id, name.trim()),
        }));
        if (done === undefined) return;
        const back = async () => {
            await this.#desk.attempt(async () => {
                if (done.before === null) await this.#desk.backend.removeTemplate(name.trim());
                else await this.#desk.backend.restoreTemplate(done.before);
            });
            await this.load();
        };
        this.#desk.tell(
            t(done.before === null ? "mapping.templateSaved" : "mapping.templateReplaced", { name: name.trim() }),
            () => void back(),
        );
        await this.#model.load();
        await this.load();
    }

    async remove(name: string): Promise<void> {
        const removed = await this.#desk.attempt(() => this.#desk.backend.removeTemplate(name));
        if (removed === undefined) return;
        const back = async () => {
            await this.#desk.attempt(() => this.#desk.backend.restoreTemplate(removed));
            await this.load();
        };
        this.#desk.tell(t("mapping.templateRemoved", { name }), () => void back());
        await this.load();
    }

    async export(name: string): Promise<void> {
        const path = await this.#desk.attempt(() => this.#desk.backend.askWhereToSave(`${name}.json`, MAPPING_FILES));
        if (path == null) return;
        const done = await this.#desk.attempt(async () => {
            await this.#desk.backend.exportTemplate(name, path);
            return true;
        });
        if (done === true) this.#desk.tell(t("mapping.templateExported", { name }));
    }

    async import(): Promise<void> {
        const path = await this.#desk.attempt(() => this.#desk.backend.askForFile(MAPPING_FILES));
        if (path == null) return;
        const name = await this.#desk.attempt(() => this.#desk.backend.importTemplate(path));
        if (name === undefined) return;
        this.#desk.tell(t("mapping.templateImported", { name }));
        await this.load();
    }
}
