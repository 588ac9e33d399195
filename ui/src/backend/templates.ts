import type { EarlierDecision } from "../bindings/EarlierDecision";
import type { MappingOutcome } from "../bindings/MappingOutcome";
import type { TemplateShelf } from "../bindings/TemplateShelf";

/** Saved mappings, and what was decided in earlier projects. */
export interface TemplatesBackend {
    /** All templates for the target of the project, and those that fit a source. */
    listTemplates(source: number): Promise<TemplateShelf>;
    /** Saves the mapping of a source; gives the template of this name that was there before. */
    saveTemplate(source: number, name: string): Promise<unknown>;
    /** `renamed` are columns that are called otherwise now: old header → new one. */
    applyTemplate(source: number, name: string, renamed: Readonly<Record<string, string>>): Promise<MappingOutcome>;
    /** Takes a template away; what is given back brings it back. */
    removeTemplate(name: string): Promise<unknown>;
    restoreTemplate(template: unknown): Promise<void>;
    exportTemplate(name: string, path: string): Promise<void>;
    /** Keeps a mapping file as a template; gives its name. */
    importTemplate(path: string): Promise<string>;
    /** What was decided about progress elsewhere, by activity type; holds only once it is confirmed. */
    earlierDecisions(): Promise<Readonly<Record<string, EarlierDecision>>>;
}
