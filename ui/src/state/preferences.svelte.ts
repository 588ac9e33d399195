// How this person likes the window: kept on this machine, never in a project.

import type { Language } from "../bindings/Language";
import { setLanguage } from "../i18n/language.svelte";

export const THEMES = ["system", "light", "dark", "contrast"] as const;
export type Theme = (typeof THEMES)[number];

export const DENSITIES = ["compact", "regular", "roomy"] as const;
export type Density = (typeof DENSITIES)[number];

/** What a person has made of the columns. Kept per table; unknown columns are ignored, new ones come last. */
export interface ColumnSettings {
    /** Column ids in the order in which they are shown; ids that are missing follow in the table's order. */
    readonly order: readonly string[];
    readonly hidden: readonly string[];
    readonly frozen: readonly string[];
    /** Widths in CSS pixels where they differ from the column's own. */
    readonly widths: Readonly<Record<string, number>>;
}

interface Kept {
    language?: Language;
    theme?: Theme;
    density?: Density;
    columns?: Record<string, ColumnSettings>;
}

const PLACE = "lotse.preferences";

export class Preferences {
    #kept: Kept;
    theme = $state<Theme>("system");
    density = $state<Density>("regular");

    constructor() {
        this.#kept = read();
        this.theme = this.#kept.theme ?? "system";
        this.density = this.#kept.density ?? "regular";
        this.#show();
    }

    /** The language chosen here before, if any; else the system's decides. */
    get language(): Language | undefined {
        return this.#kept.language;
    }

    chooseLanguage(language: Language): void {
        setLanguage(language);
        this.#keep({ language });
    }

    chooseTheme(theme: Theme): void {
        this.theme = theme;
        this.#keep({ theme });
        this.#show();
    }

    chooseDensity(density: Density): void {
        this.density = density;
        this.#keep({ density });
        this.#show();
    }

    columnsOf(table: string): ColumnSettings | undefined {
        return this.#kept.columns?.[table];
    }

    keepColumns(table: string, settings: ColumnSettings): void {
        this.#keep({ columns: { ...this.#kept.columns, [table]: settings } });
    }

    #show(): void {
        const root = document.documentElement;
        if (this.theme === "system") delete root.dataset.theme;
        else root.dataset.theme = this.theme;
        root.dataset.density = this.density;
    }

    #keep(changed: Kept): void {
        this.#kept = { ...this.#kept, ...changed };
        try {
            localStorage.setItem(PLACE, JSON.stringify(this.#kept));
        } catch {
            // Without a place to keep them they hold until the window is closed, which is no reason to complain.
        }
    }
}

function read(): Kept {
    try {
        const kept: unknown = JSON.parse(localStorage.getItem(PLACE) ?? "{}");
        return typeof kept === "object" && kept !== null ? kept : {};
    } catch {
        return {};
    }
}
