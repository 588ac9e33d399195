import { fireEvent, screen, within } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";

import { openWindow, press, settled, violations } from "./world";
import type { FakeWorld } from "../src/backend/fake";

async function open(world: FakeWorld = {}) {
    const opened = await openWindow({ rows: 8, ...world });
    document.querySelector<HTMLElement>("[data-testid=step-duplicates]")?.click();
    await settled();
    await settled();
    return opened;
}

const list = () => screen.getByRole("listbox", { name: "Gruppen" });
const options = () => within(list()).getAllByRole("option");
const selected = () => within(list()).getByRole("option", { selected: true }).textContent.replace(/\s+/g, " ").trim();
const result = (field: string) =>
    [...document.querySelectorAll("tbody tr")]
        .find((row) => row.querySelector("th")?.textContent === field)
        ?.querySelector("td.result")
        ?.textContent.replace(/\s+/g, " ")
        .trim();

describe("the groups", () => {
    test("stand in the order of their scores, the keyboard on the first, and axe finds nothing", async () => {
        await open();
        expect(document.activeElement).toBe(list());
        expect(selected()).toContain("Hotel Seeblick 1,00 2 Zeilen · E-Mail gleich");
        expect(options()).toHaveLength(3);
        expect(await violations()).toEqual([]);
        await press("ArrowDown");
        expect(selected()).toContain("Bäckerei Sonnenschein");
        await press("j");
        expect(selected()).toContain("1 Zeile · 1 im Bestand");
        expect(await violations()).toEqual([]);
        await press("k");
        expect(selected()).toContain("Bäckerei Sonnenschein");
    });

    test("are filtered by text and reason, and what lets nothing through offers the way back", async () => {
        await open();
        const field = screen.getByRole<HTMLInputElement>("searchbox", { name: "In den Gruppen suchen" });
        field.value = "gibt es nicht";
        field.dispatchEvent(new Event("input", { bubbles: true }));
        await vi.waitFor(() => expect(screen.getByRole("heading", { name: /Keine Gruppe passt/ })).toBeTruthy(), {
            timeout: 10_000,
        });
        expect(await violations()).toEqual([]);
        screen.getByRole("button", { name: "Alle zeigen" }).click();
        await settled();
        expect(options()).toHaveLength(3);
        const reason = screen.getByRole<HTMLSelectElement>("combobox", { name: "Grund" });
        reason.value = "company_fuzzy";
        reason.dispatchEvent(new Event("change", { bubbles: true }));
        await settled();
        expect(options()).toHaveLength(1);
    });
});

describe("a comparison", () => {
    test("marks what differs, folds what is equal, and says where each row is from", async () => {
        await open();
        const marks = [...document.querySelectorAll("mark")].map((mark) => mark.textContent);
        expect(marks).toContain(" GmbH");
        expect(screen.getByRole("columnheader", { name: /Zeile 5.*partner-export.xlsx · Leads/ })).toBeTruthy();
        expect(screen.queryByRole("rowheader", { name: "Gebiet" })).toBeNull();
        await press("f");
        expect(screen.getByRole("rowheader", { name: "Gebiet" })).toBeTruthy();
        expect(await violations()).toEqual([]);
    });

    test("shows the merged row as it would be, and follows what a person chooses", async () => {
        await open();
        expect(result("Firma")).toBe("Hotel Seeblick");
        expect(result("Registriert")).toBe("20.11.2023 früheste");
        expect(result("Aktivitäten")).toBe("04.03.2024 · Meeting02.05.2024 · Telefonat vereinigt");
        screen.getByRole("button", { name: "Hotel Seeblick GmbH" }).click();
        await settled();
        expect(result("Firma")).toBe("Hotel Seeblick GmbH gewählt");
        await press("2");
        expect(screen.getByRole<HTMLInputElement>("radio", { name: /Zeile 6/ }).checked).toBe(true);
    });

    test("with reference data offers no merge", async () => {
        await open();
        await press("End");
        expect(screen.getByRole<HTMLButtonElement>("button", { name: /^Zusammenführen/ }).disabled).toBe(true);
        await press("m");
        expect(selected()).toContain("Metzgerei Huber");
    });
});

describe("decisions", () => {
    test("are made by keys, and the next open group is shown after each", async () => {
        const { backend } = await open();
        const merge = vi.spyOn(backend, "mergeGroup");
        const skip = vi.spyOn(backend, "skipInGroup");
        await press("2");
        await press("m");
        expect(merge).toHaveBeenCalledWith([1, 0], []);
        expect(selected()).toContain("Bäckerei Sonnenschein");
        expect(document.activeElement).toBe(list());
        await press("s");
        expect(skip).toHaveBeenCalledWith([10, 11, 12], 10);
        // One way back at a time: it takes the last change back, whichever message offers it.
        expect(
            screen.getAllByRole("button", { name: "Rückgängig" }).filter((one) => one.closest(".toast")),
        ).toHaveLength(1);
        expect(selected()).toContain("Metzgerei Huber");
        // A single row beside what is on file is skipped for it.
        await press("s");
        expect(skip).toHaveBeenLastCalledWith([20], null);
        expect(screen.getByRole("heading", { name: "3 Gruppen · 3 entschieden" })).toBeTruthy();
        expect(screen.getByRole("heading", { name: "Alles entschieden" })).toBeTruthy();
        expect(await violations()).toEqual([]);
        screen.getByRole("button", { name: "Entschieden", pressed: false }).click();
        await settled();
        expect(options()).toHaveLength(3);
        list().focus();
        await press("ArrowDown");
        await press("r");
        expect(screen.getByRole("heading", { name: "3 Gruppen · 2 entschieden" })).toBeTruthy();
    });

    test("by a rule say beforehand how many rows they are about", async () => {
        await open();
        screen.getByRole("button", { name: "Viele auf einmal entscheiden" }).click();
        await settled();
        expect(screen.getByRole("menuitem", { name: "Alle sicheren Dubletten überspringen (1)" })).toBeTruthy();
        expect(screen.getByRole("menuitem", { name: /^E-Mail-Dubletten/ }).getAttribute("aria-disabled")).toBe("true");
        expect(await violations()).toEqual([]);
        screen.getByRole("menuitem", { name: /^Alle sicheren/ }).click();
        await settled();
        expect(screen.getByRole("log").textContent).toContain("1 Zeile übersprungen.");
        expect(screen.getByRole("heading", { name: "3 Gruppen · 1 entschieden" })).toBeTruthy();
    });

    test("follow a rule of one's own, counted afresh with every choice", async () => {
        const { backend } = await open();
        const decide = vi.spyOn(backend, "decideByRule");
        screen.getByRole("button", { name: "Viele auf einmal entscheiden" }).click();
        await settled();
        screen.getByRole("menuitem", { name: "Eigene Regel …" }).click();
        await settled();
        const panel = within(screen.getByRole("dialog", { name: "Nach einer Regel entscheiden" }));
        const choose = async (list: string, value: string) => {
            await fireEvent.change(panel.getByRole("combobox", { name: list }), { target: { value } });
            await settled();
        };
        expect(panel.getByRole("status").textContent.trim()).toBe("Keine Zeile passt zu dieser Regel.");
        expect(panel.getByRole("button", { name: "Doppelte überspringen" }).hasAttribute("disabled")).toBe(true);
        await choose("Grund", "");
        expect(panel.getByRole("status").textContent.trim()).toBe("Betrifft 1 Zeile.");
        expect(await violations()).toEqual([]);
        await choose("Was", "merge");
        // What the other row is counts for skipping and keeping alone.
        expect(panel.queryByRole("combobox", { name: "Andere Zeile" })).toBeNull();
        await choose("Wert", "0.9");
        panel.getByRole("button", { name: "Zusammenführen" }).click();
        await settled();
        expect(decide).toHaveBeenCalledWith({ deed: "merge", reason: null, scoreFrom: 0.9, other: "goes" });
        expect(screen.queryByRole("dialog")).toBeNull();
        expect(screen.getByRole("log").textContent).toContain("1 Zeile zusammengeführt.");
        expect(document.activeElement).toBe(list());
    });

    test("take the activities of one row instead of all when somebody chooses them", async () => {
        const { backend } = await open();
        const merge = vi.spyOn(backend, "mergeGroup");
        expect(result("Aktivitäten")).toContain("vereinigt");
        const own = screen.getAllByTitle("Nur diese Aktivitäten übernehmen");
        own[1]?.click();
        await settled();
        expect(own[1]?.getAttribute("aria-pressed")).toBe("true");
        expect(result("Aktivitäten")).toContain("gewählt");
        await press("m");
        expect(merge).toHaveBeenCalledWith([0, 1], [{ field: "activities", row: 1 }]);
    });

    test("that fail leave the group where it is and show the sentence", async () => {
        const { backend } = await open();
        vi.spyOn(backend, "keepGroup").mockRejectedValueOnce({
            kind: "other",
            message: "Die Projektdatei ist schreibgeschützt.",
            details: "",
        });
        await press("b");
        expect(screen.getByRole("alert").textContent).toContain("schreibgeschützt");
        expect(selected()).toContain("Hotel Seeblick");
    });

    test("letters typed into the search are no decisions", async () => {
        const { backend } = await open();
        const separate = vi.spyOn(backend, "separateRows");
        screen.getByRole("searchbox").focus();
        await press("n");
        expect(separate).not.toHaveBeenCalled();
        list().focus();
        await press("n");
        expect(separate).toHaveBeenCalledWith([[0, 1]]);
        expect(screen.getByRole("log").textContent).toContain("nie wieder");
    });
});

test.each([
    ["none", "Keine Dubletten"],
    ["not compared", "Noch nicht verglichen"],
    ["nothing to compare", "Noch nichts zu vergleichen"],
] as const)("the state “%s” is told, and axe finds nothing", async (duplicates, heading) => {
    await open({ duplicates });
    expect(screen.getByRole("heading", { name: heading })).toBeTruthy();
    expect(await violations()).toEqual([]);
});

test("comparing begins where it has not been done, and then shows the groups", async () => {
    await open({ duplicates: "not compared" });
    screen.getByRole("button", { name: "Jetzt vergleichen" }).click();
    await settled();
    await settled();
    expect(options()).toHaveLength(3);
});
