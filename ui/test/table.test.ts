import { screen } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";

import { openWindow, press, settled, violations } from "./world";

const grid = () => screen.getByRole("grid", { name: "Leads" });

/** The active cell, as a screen reader is told of it. */
function active(): HTMLElement {
    const cell = document.getElementById(grid().getAttribute("aria-activedescendant") ?? "");
    if (cell === null) throw new Error("no active cell");
    return cell;
}

async function type(text: string): Promise<HTMLInputElement> {
    const input = document.querySelector<HTMLInputElement>(".editor input");
    if (input === null) throw new Error("no editor");
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    await settled();
    return input;
}

async function paste(text: string): Promise<void> {
    const event = new Event("paste", { bubbles: true, cancelable: true });
    Object.assign(event, { clipboardData: { getData: (kind: string) => (kind === "text/plain" ? text : "") } });
    grid().dispatchEvent(event);
    await settled();
}

function announced(): string {
    return [...document.querySelectorAll("[role=status], [aria-live], .toast")]
        .map((status) => status.textContent)
        .join(" ");
}

describe("the table", () => {
    test("tells its whole size and has nothing against it", async () => {
        await openWindow();
        expect(grid().getAttribute("aria-rowcount")).toBe("4001");
        expect(grid().getAttribute("aria-colcount")).toBe("10");
        expect(screen.getAllByRole("row").length).toBeLessThan(40);
        expect(await violations()).toEqual([]);
    });

    test("tells the finding of a cell, to the ear and in the line below", async () => {
        await openWindow();
        grid().focus();
        for (let step = 0; step < 4; step++) await press("ArrowRight");
        expect(active().textContent).toContain("Fehler: Nach dem @ fehlt die Domain.");
        expect(active().getAttribute("aria-invalid")).toBe("true");
        const line = screen.getByRole("region", { name: "Aktive Zelle" });
        expect(line.textContent).toContain("Nach dem @ fehlt die Domain.");
    });

    test("shows dates and numbers as the language writes them", async () => {
        await openWindow();
        expect(screen.getAllByText("15.06.2024").length).toBeGreaterThan(0);
        expect(screen.getAllByText("85.000,50").length).toBeGreaterThan(0);
    });
});

describe("editing", () => {
    test("goes by Enter, commits downwards, is checked at once and announced", async () => {
        await openWindow();
        grid().focus();
        for (let step = 0; step < 4; step++) await press("ArrowRight");
        const id = active().id;
        await press("Enter");
        expect(await violations()).toEqual([]);
        await type("info@hafen.example");
        await press("Enter");
        const cell = document.getElementById(id);
        expect(cell?.getAttribute("aria-invalid")).toBeNull();
        expect(cell?.textContent).toContain("info@hafen.example");
        expect(cell?.textContent).toContain("Geändert.");
        expect(active().id).not.toBe(id);
        expect(announced()).toContain("E-Mail geändert. Kein Befund.");
        expect(document.activeElement).toBe(grid());
        await press("z", { ctrlKey: true });
        expect(document.getElementById(id)?.getAttribute("aria-invalid")).toBe("true");
        await press("y", { ctrlKey: true });
        expect(document.getElementById(id)?.textContent).toContain("info@hafen.example");
    });

    test("is given up by Escape", async () => {
        await openWindow();
        grid().focus();
        await press("F2");
        await type("anders");
        await press("Escape");
        expect(document.querySelector(".editor input")).toBeNull();
        expect(active().textContent).toContain("Gasthaus Musterküche");
    });

    test("begins over the old text with the first letter", async () => {
        await openWindow();
        grid().focus();
        await press("N");
        expect(document.querySelector<HTMLInputElement>(".editor input")?.value).toBe("");
    });

    test("offers the allowed values and takes the one that is left", async () => {
        await openWindow();
        grid().focus();
        for (let step = 0; step < 3; step++) await press("ArrowRight");
        await press("Enter");
        expect(screen.getAllByRole("option")).toHaveLength(5);
        await type("groß".replace("ß", "ss"));
        expect(screen.getAllByRole("option").map((option) => option.textContent.trim())).toEqual(["grosshandel"]);
        await press("Enter");
        expect(screen.getAllByText("grosshandel").length).toBeGreaterThan(0);
    });

    test("reads a date as it is written here", async () => {
        await openWindow();
        grid().focus();
        for (let step = 0; step < 6; step++) await press("ArrowRight");
        const id = active().id;
        await press("Enter");
        await type("3.4.25");
        await press("Tab");
        expect(document.getElementById(id)?.textContent).toContain("03.04.2025");
    });

    test("steps through the days by keys and by the calendar, and says which day it is", async () => {
        await openWindow();
        grid().focus();
        for (let step = 0; step < 6; step++) await press("ArrowRight");
        const id = active().id;
        await press("Enter");
        const input = await type("1.3.2024 09:30");
        await press("ArrowUp");
        expect(input.value).toBe("29.02.2024 09:30");
        await press("PageDown");
        expect(input.value).toBe("29.03.2024 09:30");
        await vi.waitFor(() => expect(announced()).toContain("Freitag, 29. März 2024"));
        expect(await violations()).toEqual([]);
        const day = document.querySelector('[data-day="2024-03-05"]');
        day?.dispatchEvent(new MouseEvent("pointerdown", { bubbles: true, cancelable: true, button: 0 }));
        await settled();
        expect(input.value).toBe("05.03.2024 09:30");
        await press("Enter");
        expect(document.getElementById(id)?.textContent).toContain("05.03.2024 09:30");
    });

    test("says while it is written what would be wrong with it", async () => {
        await openWindow();
        grid().focus();
        for (let step = 0; step < 4; step++) await press("ArrowRight");
        await press("Enter");
        const input = await type("max@");
        await vi.waitFor(() => expect(announced()).toContain("Nach dem @ fehlt die Domain."));
        await vi.waitFor(() => expect(input.getAttribute("aria-invalid")).toBe("true"));
        await type("max@hafen.example");
        await vi.waitFor(() => expect(input.getAttribute("aria-invalid")).toBeNull());
        expect(await violations()).toEqual([]);
    });

    test("is refused where the value is computed, and says so", async () => {
        await openWindow();
        grid().focus();
        await press("End");
        await press("Enter");
        expect(document.querySelector(".editor input")).toBeNull();
        expect(announced()).toContain("Diese Zelle wird berechnet");
    });

    test("that fails behind the border leaves the cell as it was and shows the sentence", async () => {
        const { backend } = await openWindow();
        grid().focus();
        await press("Enter");
        await type("Neu");
        backend.failNext({ kind: "other", message: "Die Projektdatei ist schreibgeschützt.", details: "EROFS" });
        await press("Enter");
        expect(screen.getByRole("alert").textContent).toContain("Die Projektdatei ist schreibgeschützt.");
        expect(screen.getAllByText("Gasthaus Musterküche").length).toBeGreaterThan(0);
        expect(await violations()).toEqual([]);
    });
});

describe("blocks", () => {
    test("spread from one cell, and what does not fit is told", async () => {
        await openWindow({ rows: 8 });
        grid().focus();
        await press("End", { ctrlKey: true });
        await press("ArrowLeft");
        await paste("1\t2\t3\n4\t5\t6\n");
        expect(announced()).toContain("1 Zelle eingefügt.");
        expect(announced()).toContain("1 Zeile passte nicht");
        expect(announced()).toContain("1 Spalte passte nicht");
        expect(announced()).toContain("1 berechnete Zelle blieb");
    });

    test("fill a larger selection with repetitions", async () => {
        await openWindow({ rows: 8 });
        grid().focus();
        await press("ArrowRight");
        for (let step = 0; step < 3; step++) await press("ArrowDown", { shiftKey: true });
        await paste("20095");
        expect(screen.getAllByText("20095", { selector: "[role=gridcell]" })).toHaveLength(5);
    });

    test("are emptied, and one step brings all of it back", async () => {
        await openWindow({ rows: 8 });
        grid().focus();
        await press("A", { ctrlKey: true });
        await press("Delete");
        expect(screen.queryByText("Gasthaus Musterküche")).toBeNull();
        await press("z", { ctrlKey: true });
        expect(screen.getByText(/Gasthaus Musterküche/, { selector: "[role=gridcell]" })).toBeTruthy();
    });
});

test("rows are marked one by one and counted, until another view is asked for", async () => {
    await openWindow();
    grid().focus();
    await press(" ", { ctrlKey: true, shiftKey: true });
    await press("ArrowDown");
    await press(" ", { ctrlKey: true, shiftKey: true });
    expect(announced()).toContain("2 Zeilen markiert");
    expect(screen.getAllByRole("row", { selected: true })).toHaveLength(2);
    await press(" ", { ctrlKey: true, shiftKey: true });
    expect(screen.getAllByRole("row", { selected: true })).toHaveLength(1);
    expect(await violations()).toEqual([]);
    screen.getByRole("button", { name: /^Fehler/ }).click();
    await settled();
    expect(screen.queryAllByRole("row", { selected: true })).toHaveLength(0);
});

describe("the keyboard", () => {
    test("leaves the table at the end of a row", async () => {
        await openWindow();
        grid().focus();
        await press("End");
        const tab = new KeyboardEvent("keydown", { key: "Tab", code: "Tab", bubbles: true, cancelable: true });
        grid().dispatchEvent(tab);
        expect(tab.defaultPrevented).toBe(false);
    });

    test("sorts by the header and opens its menu", async () => {
        await openWindow();
        grid().focus();
        await press("ArrowUp");
        expect(active().getAttribute("role")).toBe("columnheader");
        await press("Enter");
        expect(active().getAttribute("aria-sort")).toBe("ascending");
        expect(announced()).toContain("Nach Firma sortiert, aufsteigend.");
        await press("ArrowDown", { altKey: true });
        expect(screen.getByRole("menu", { name: "Spalte Firma" })).toBeTruthy();
        expect(await violations()).toEqual([]);
        screen.getByRole("menuitem", { name: "Ausblenden" }).click();
        await settled();
        expect(screen.queryByRole("columnheader", { name: /^Firma/ })).toBeNull();
        expect(grid().getAttribute("aria-colcount")).toBe("9");
    });
});

describe("states", () => {
    test("an empty table says what comes first", async () => {
        await openWindow({ rows: 0 });
        expect(screen.getByRole("heading", { name: "Noch keine Zeilen" })).toBeTruthy();
        expect(await violations()).toEqual([]);
    });

    test("a filter that lets nothing through offers the way back", async () => {
        await openWindow({ rows: 8 });
        screen.getByRole("button", { name: /^Geändert/ }).click();
        await settled();
        expect(screen.getByRole("heading", { name: "Keine Zeile passt zu diesem Filter" })).toBeTruthy();
        expect(await violations()).toEqual([]);
        screen.getByRole("button", { name: "Alle zeigen" }).click();
        await settled();
        expect(grid()).toBeTruthy();
    });
});
