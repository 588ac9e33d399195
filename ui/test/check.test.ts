import { screen, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";

import { openWindow, press, settled, violations } from "./world";

const grid = () => screen.getByRole("grid", { name: "Leads" });
const panel = () => screen.getByRole("complementary", { name: "Befunde, Zeile, Verlauf" });

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
        expect(screen.getByRole("tab", { name: "Zeile" }).getAttribute("aria-selected")).toBe("true");
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

    test("of state and source stand in one menu", async () => {
        await openWindow({ rows: 80 });
        await click(screen.getByRole("button", { name: "Zeilen" }));
        expect(screen.getByRole("menuitemradio", { name: /Dubletten \(20\)/ })).toBeTruthy();
        expect(screen.getByRole("menuitemradio", { name: /Altbestand.xlsx/ })).toBeTruthy();
        expect(await violations()).toEqual([]);
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
