// Everything that can be done from anywhere, once: the palette lists it, the keyboard triggers it, the overview of keys
// shows it.

import { t } from "../i18n/language.svelte";
import { checkProject } from "./checking";
import { APART, WAY, type Desk } from "./desk.svelte";
import { DENSITIES, THEMES } from "./preferences.svelte";

export interface Command {
    readonly id: string;
    readonly title: string;
    /** As in `Ctrl+K`; the first is shown. */
    readonly keys?: readonly string[];
    readonly run: () => void;
}

/** What the frame itself can do. */
export interface FrameActions {
    readonly showPalette: () => void;
    readonly showKeys: () => void;
}

/** All commands, in the language and for the state of the moment. */
export function commandsOf(desk: Desk, frame: FrameActions): Command[] {
    const steps = desk.project === null ? (["mailbox", "connections", "settings"] as const) : [...WAY, ...APART];
    return [
        // First: a screen may mean something else by a key than the rest of the window.
        ...desk.screenCommands,
        { id: "palette", title: t("command.palette"), keys: ["Ctrl+K"], run: frame.showPalette },
        { id: "keys", title: t("command.keys"), keys: ["?", "F1"], run: frame.showKeys },
        { id: "open", title: t("command.open"), keys: ["Ctrl+O"], run: () => void desk.openFile() },
        ...(desk.project === null
            ? []
            : [{ id: "check", title: t("command.check"), keys: ["Ctrl+Enter"], run: () => void checkProject(desk) }]),
        ...steps.map((step, index) => ({
            id: `go.${step}`,
            title: t("palette.go", { step: t(`step.${step}`) }),
            ...(WAY.includes(step) ? { keys: [`Ctrl+${index + 1}`] } : {}),
            run: () => (desk.step = step),
        })),
        ...THEMES.map((theme) => ({
            id: `theme.${theme}`,
            title: t("command.theme", { name: t(`theme.${theme}`) }),
            run: () => desk.preferences.chooseTheme(theme),
        })),
        ...DENSITIES.map((density) => ({
            id: `density.${density}`,
            title: t("command.density", { name: t(`density.${density}`) }),
            run: () => desk.preferences.chooseDensity(density),
        })),
        ...(["de", "en"] as const).map((language) => ({
            id: `language.${language}`,
            title: t("command.language", { name: t(`language.${language}`) }),
            run: () => void desk.chooseLanguage(language),
        })),
    ];
}

/** The command of a key event; keys that write text are no commands while somebody writes. */
export function commandOf(event: KeyboardEvent, commands: readonly Command[]): Command | undefined {
    const target = event.target as HTMLElement | null;
    const writing = target?.matches("input, textarea, select, [contenteditable]") === true;
    const modifiers = `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}`;
    if (writing && modifiers === "" && !/^F\d/.test(event.key)) return undefined;
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    return commands.find((command) => command.keys?.includes(modifiers + key));
}

/** Commands whose title has every word of the query in it, those that begin with it first. */
export function searchCommands(commands: readonly Command[], query: string): Command[] {
    const words = query
        .toLowerCase()
        .split(/\s+/)
        .filter((word) => word !== "");
    const found = commands.filter((command) => words.every((word) => command.title.toLowerCase().includes(word)));
    const first = words[0] ?? "";
    const rank = (command: Command) => (command.title.toLowerCase().startsWith(first) ? 0 : 1);
    return found.sort((a, b) => rank(a) - rank(b));
}
