import { screen, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";

import { openWindow, press, settled, violations } from "./world";

const grid = () => screen.getByRole("grid", { name: "Leads" });
const panel = () => screen.getByRole("complementary", { name: "Neben der Tabelle" });

async function click(element: HTMLElement): Promise<void> {
    element.click();
    await settled();
}

async function wait(ms = 250): Promise<void> {
    await new Promise((later) => setTimeout(later, ms));
    await settled();
}

function told(): string {
    return [...document.querySelectorAll("[role=status], .toast, [aria-live]")]
        .map((element) => element.textContent)
        .join(" ");
}

describe("findings", () => {
    test("stand beside the table with their counts, and filter it", async () => {
        await openWindow({ rows: 80 });
        expect(await violations()).toEqual([]);
        await click(within(panel()).getByRole("button", { name: /text.broken_encoding/ }));
        expect(grid().getAttribute("aria-rowcount")).toBe("11");
        expect(panel().textContent).toContain("MÃ¼ller Feinkost → Müller Feinkost");
        expect(await violations()).toEqual([]);
        await click(within(panel()).getByRole("button", { name: /text.broken_encoding/ }));
        expect(grid().getAttribute("aria-rowcount")).toBe("81");
    });

    test("are corrected everywhere at once, with a way back, and the rows stay in sight", async () => {
        await openWindow({ rows: 80 });
        await click(within(panel()).getByRole("button", { name: /text.broken_encoding/ }));
        await click(screen.getByRole("button", { name: "Korrektur auf 10 Zeilen anwenden" }));
        expect(screen.getByText("10 Zeilen korrigiert.")).toBeTruthy();
        await click(screen.getAllByRole("button", { name: "Rückgängig" }).at(-1) as HTMLElement);
        expect(grid().textContent).toContain("MÃ¼ller Feinkost");
    });

    test("can be cut down to the errors", async () => {
        await openWindow({ rows: 80 });
        await click(screen.getByRole("switch", { name: "Nur Fehler" }));
        expect(within(panel()).queryByRole("button", { name: /broken_encoding/ })).toBeNull();
        expect(screen.getByRole("button", { name: /^Fehler/ }).getAttribute("aria-pressed")).toBe("true");
    });

    test("are reached and left by the keyboard alone", async () => {
        await openWindow({ rows: 80 });
        grid().focus();
        await press("b", { ctrlKey: true });
        expect(document.activeElement?.textContent.trim()).toBe("Befunde");
        await press("ArrowRight");
        expect(screen.getByRole("tab", { name: "Filter" }).getAttribute("aria-selected")).toBe("true");
        await press("Escape");
        expect(document.activeElement).toBe(grid());
    });
});

describe("filters", () => {
    test("of severity and change hold together", async () => {
        await openWindow({ rows: 80 });
        await click(screen.getByRole("button", { name: /^Fehler/ }));
        await click(screen.getByRole("button", { name: /^Geändert/ }));
        expect(screen.getByText("Keine Zeile passt zu diesem Filter")).toBeTruthy();
        expect(await violations()).toEqual([]);
        await click(screen.getByRole("button", { name: "Alle zeigen" }));
        expect(grid().getAttribute("aria-rowcount")).toBe("81");
    });

    test("of values stand in the panel with their counts, and hold together", async () => {
        await openWindow({ rows: 80 });
        grid().focus();
        await press("l", { ctrlKey: true });
        expect(document.activeElement?.textContent.trim()).toBe("Filter");
        expect(await violations()).toEqual([]);
        const add = within(panel()).getByRole<HTMLSelectElement>("combobox", { name: /Nach Werten/ });
        add.value = "city";
        add.dispatchEvent(new Event("change", { bubbles: true }));
        await settled();
        const city = within(panel()).getByRole("group", { name: "Ort" });
        await click(within(city).getByRole("checkbox", { name: /München/ }));
        expect(grid().getAttribute("aria-rowcount")).toBe("11");
        await click(within(city).getByRole("checkbox", { name: /Muenchen/ }));
        expect(grid().getAttribute("aria-rowcount")).toBe("21");
        expect(panel().textContent).toContain("20 Zeilen passen.");
        expect(screen.getByRole("button", { name: "1 Filter" }).getAttribute("aria-pressed")).toBe("true");
        expect(await violations()).toEqual([]);
        await click(within(panel()).getByRole("button", { name: "Filter aufheben" }));
        expect(grid().getAttribute("aria-rowcount")).toBe("81");
    });

    test("are kept under a name, with order and columns, and deleted with a way back", async () => {
        await openWindow({ rows: 80 });
        await click(screen.getByRole("button", { name: /^Fehler/ }));
        await click(screen.getByRole("button", { name: "Filter" }));
        await click(within(panel()).getByRole("button", { name: "Ansicht sichern" }));
        const name = within(panel()).getByRole<HTMLInputElement>("textbox", { name: "Name der Ansicht" });
        name.value = "Nur Fehler";
        name.dispatchEvent(new Event("input", { bubbles: true }));
        await settled();
        await click(within(panel()).getByRole("button", { name: "Sichern" }));
        expect(told()).toContain("Ansicht „Nur Fehler“ gesichert.");
        await click(within(panel()).getByRole("button", { name: "Filter aufheben" }));
        expect(grid().getAttribute("aria-rowcount")).toBe("81");
        const views = within(panel()).getByRole<HTMLSelectElement>("combobox", { name: "Ansichten" });
        views.value = "Nur Fehler";
        views.dispatchEvent(new Event("change", { bubbles: true }));
        await settled();
        expect(grid().getAttribute("aria-rowcount")).toBe("41");
        await click(within(panel()).getByRole("button", { name: "Ansicht „Nur Fehler“ löschen" }));
        expect(within(panel()).getByRole<HTMLSelectElement>("combobox", { name: "Ansichten" }).disabled).toBe(true);
        await click(screen.getAllByRole("button", { name: "Rückgängig" }).at(-1) as HTMLElement);
        expect(within(panel()).getByRole<HTMLSelectElement>("combobox", { name: "Ansichten" }).disabled).toBe(false);
    });
});

describe("many cells at once", () => {
    async function fill(label: string, text: string): Promise<void> {
        const field = within(panel()).getByRole<HTMLInputElement>("textbox", { name: label });
        field.value = text;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        await wait();
    }

    async function open(): Promise<void> {
        await openWindow({ rows: 80 });
        grid().focus();
        await press("e", { ctrlKey: true });
        await wait();
    }

    test("are set, after a look at what that would do, and undone in one step", async () => {
        await open();
        await click(within(panel()).getByRole("radio", { name: /Alle der Ansicht/ }));
        await fill("Wert", "Nord");
        expect(panel().textContent).toContain("80 Zellen würden sich ändern, in 80 Zeilen gesucht.");
        expect(await violations()).toEqual([]);
        await click(within(panel()).getByRole("button", { name: "80 Zellen ändern" }));
        expect(told()).toContain("80 Zellen geändert.");
        expect(grid().textContent).not.toContain("Gasthaus Musterküche");
        await click(screen.getAllByRole("button", { name: "Rückgängig" }).at(-1) as HTMLElement);
        expect(grid().textContent).toContain("Gasthaus Musterküche");
    });

    test("are searched and replaced, also by regular expression, and a bad one is said so", async () => {
        await open();
        await click(within(panel()).getByRole("radio", { name: /Alle der Ansicht/ }));
        await click(within(panel()).getByRole("button", { name: "Ersetzen" }));
        await fill("Suchen", "sonnen");
        expect(panel().textContent).toContain("30 Zellen würden sich ändern");
        await click(within(panel()).getByRole("checkbox", { name: "Groß und klein unterscheiden" }));
        await wait();
        expect(panel().textContent).toContain("0 Zellen würden sich ändern");
        await click(within(panel()).getByRole("checkbox", { name: "Regulärer Ausdruck" }));
        await fill("Suchen", "(");
        expect(within(panel()).getByRole("textbox", { name: "Suchen" }).getAttribute("aria-invalid")).toBe("true");
        expect(await violations()).toEqual([]);
        await fill("Suchen", "^B(.)ckerei");
        await fill("Durch", "Konditorei $1");
        expect(panel().textContent).toContain("→ Konditorei ä Sonnenschein");
    });

    test("get one spelling, chosen cluster by cluster", async () => {
        await open();
        await click(within(panel()).getByRole("button", { name: "Vereinheitlichen" }));
        const column = within(panel()).getByRole<HTMLSelectElement>("combobox", { name: "Spalte" });
        column.value = "city";
        column.dispatchEvent(new Event("change", { bubbles: true }));
        await settled();
        await click(within(panel()).getByRole("button", { name: "Suchen" }));
        expect(panel().textContent).toContain("1 Gruppe ähnlicher Schreibweisen");
        await click(within(panel()).getByRole("radio", { name: /^München/ }));
        expect(await violations()).toEqual([]);
        await click(within(panel()).getByRole("button", { name: "10 Zellen ändern" }));
        expect(told()).toContain("10 Zellen geändert.");
        expect(grid().textContent).not.toContain("Muenchen");
    });
});

describe("the active cell", () => {
    test("shows its source, finding and history one key away, and follows", async () => {
        await openWindow({ rows: 80 });
        grid().focus();
        for (let step = 0; step < 4; step++) await press("ArrowRight");
        await press("Enter", { altKey: true });
        const cell = screen.getByRole("region", { name: "Aktive Zelle im Ganzen" });
        expect(cell.textContent).toContain("max.mustermann@");
        expect(cell.textContent).toContain("Nach dem @ fehlt die Domain.");
        expect(cell.textContent).toContain("Niemand hat sie geändert.");
        expect(document.activeElement).toBe(grid());
        expect(await violations()).toEqual([]);
        await press("Enter");
        const input = document.querySelector<HTMLInputElement>(".editor input");
        if (input === null) throw new Error("no editor");
        input.value = "info@hafen.example";
        input.dispatchEvent(new Event("input", { bubbles: true }));
        await press("Enter", { ctrlKey: true });
        await wait();
        expect(cell.textContent).toContain("wie in der Quelle → info@hafen.example");
        expect(cell.textContent).toContain("Astrid Vogt");
        await press("Enter", { altKey: true });
        expect(screen.queryByRole("region", { name: "Aktive Zelle im Ganzen" })).toBeNull();
    });
});

describe("a row", () => {
    test("shows its findings, fields, cells, dates and activities", async () => {
        await openWindow({ rows: 80 });
        grid().focus();
        await press("i", { ctrlKey: true });
        expect(panel().textContent).toContain("Nach dem @ fehlt die Domain.");
        expect(panel().textContent).toContain("Abgelaufen");
        expect(panel().textContent).toContain("4711");
        expect(screen.getByRole("listitem", { name: "1. Aktivität" })).toBeTruthy();
        expect(await violations()).toEqual([]);
    });

    test("follows the active cell", async () => {
        await openWindow({ rows: 80 });
        grid().focus();
        await press("i", { ctrlKey: true });
        await press("Escape");
        await press("ArrowDown");
        await wait();
        expect(within(panel()).getByRole("heading", { name: "Hotel Seeblick GmbH & Co. KG" })).toBeTruthy();
    });

    test("is decided about, and says who did", async () => {
        await openWindow({ rows: 80 });
        grid().focus();
        await press("i", { ctrlKey: true });
        await click(screen.getByRole("button", { name: "Auslassen" }));
        expect(screen.getByRole("button", { name: "Auslassen" }).getAttribute("aria-pressed")).toBe("true");
        expect(panel().textContent).toContain("Astrid Vogt");
    });

    test("says of an activity outright whether it counts", async () => {
        await openWindow({ rows: 80 });
        grid().focus();
        await press("i", { ctrlKey: true });
        const counts = screen.getAllByRole<HTMLSelectElement>("combobox", { name: "Zählt als Fortschritt" });
        expect(counts.map(({ value }) => value)).toEqual(["true", ""]);
        const second = counts[1] as HTMLSelectElement;
        second.value = "false";
        second.dispatchEvent(new Event("change", { bubbles: true }));
        await settled();
        await click(await screen.findByRole("button", { name: "Aktivitäten übernehmen" }));
        expect(told()).toContain("Aktivitäten geändert.");
        expect(screen.getAllByRole<HTMLSelectElement>("combobox", { name: "Zählt als Fortschritt" })[1]?.value).toBe(
            "false",
        );
    });

    test("leads to the comparison of its duplicates", async () => {
        const { page } = await openWindow({ rows: 80 });
        grid().focus();
        for (let step = 0; step < 4; step++) await press("ArrowDown");
        await press("i", { ctrlKey: true });
        await click(screen.getByRole("button", { name: "Gruppe vergleichen" }));
        expect(page.querySelector("[role=grid]")).toBeNull();
    });
});

describe("the rest", () => {
    test("what was never checked is offered to be checked", async () => {
        await openWindow({ rows: 80, unchecked: 80 });
        expect(screen.getByText("80 Zeilen sind noch nicht geprüft")).toBeTruthy();
        expect(await violations()).toEqual([]);
        await click(screen.getByRole("button", { name: "Jetzt prüfen" }));
        expect(grid()).toBeTruthy();
    });

    test("what came since the last check is said above the table", async () => {
        await openWindow({ rows: 80, unchecked: 5 });
        expect(screen.getByText("5 Zeilen sind seit der letzten Prüfung dazugekommen.")).toBeTruthy();
        expect(await violations()).toEqual([]);
    });

    test("history says who did what, and where the project stands", async () => {
        await openWindow({ rows: 80 });
        grid().focus();
        await press("h", { ctrlKey: true });
        const present = panel().querySelector("[aria-current]");
        expect(present?.textContent).toContain("Korrektur von Firma in 96 Zeilen");
        expect(await violations()).toEqual([]);
    });

    test("a corrected file is shown before it is taken over", async () => {
        await openWindow({ rows: 80, file: "/Abgelehnte Zeilen.xlsx" });
        await click(screen.getByRole("button", { name: "Weiteres" }));
        await click(screen.getByRole("menuitem", { name: "Korrigierte Zeilen einlesen …" }));
        expect(screen.getByRole("table").textContent).toContain("max.mustermann@musterkueche.example");
        expect(await violations()).toEqual([]);
        await click(screen.getByRole("button", { name: "1 Zeile übernehmen" }));
        expect(told()).toContain("2 korrigierte Zeilen übernommen.");
        expect(grid().textContent).toContain("max.mustermann@musterkueche.example");
    });

    test("a file that is none says so", async () => {
        await openWindow({ rows: 80, file: "/anderes.xlsx" });
        await click(screen.getByRole("button", { name: "Weiteres" }));
        await click(screen.getByRole("menuitem", { name: "Korrigierte Zeilen einlesen …" }));
        expect(document.body.textContent).toContain("fehlt die Spalte „Lotse-ID“");
    });
});

describe("dates", () => {
    test("with a time are shown as the language writes them and read back", async () => {
        await openWindow({ rows: 80 });
        grid().focus();
        for (let step = 0; step < 6; step++) await press("ArrowRight");
        await press("Enter");
        const input = document.querySelector<HTMLInputElement>(".editor input") as HTMLInputElement;
        input.value = "15.06.2024 14:30";
        input.dispatchEvent(new Event("input", { bubbles: true }));
        await press("Enter");
        expect(screen.getAllByText(/15\.06\.2024 14:30/).length).toBeGreaterThan(0);
    });
});

describe("settings", () => {
    test("show the project, the window and the machine, and rename", async () => {
        await openWindow({ rows: 80 });
        await click(screen.getByRole("button", { name: /Einstellungen/ }));
        expect(await violations()).toEqual([]);
        const name = screen.getByRole<HTMLInputElement>("textbox", { name: "Name" });
        name.value = "Altbestand Nord";
        name.dispatchEvent(new Event("input", { bubbles: true }));
        name.dispatchEvent(new Event("change", { bubbles: true }));
        await settled();
        expect(document.querySelector("header strong")?.textContent).toBe("Altbestand Nord");
        const language = screen.getByRole<HTMLSelectElement>("combobox", { name: "Sprache" });
        language.value = "en";
        language.dispatchEvent(new Event("change", { bubbles: true }));
        await settled();
        expect(screen.getByRole("heading", { name: "Settings" })).toBeTruthy();
        language.value = "de";
        language.dispatchEvent(new Event("change", { bubbles: true }));
        await settled();
    });
});
