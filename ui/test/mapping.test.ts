import { screen, within } from "@testing-library/svelte";
import { expect, test, vi } from "vitest";

import { openWindow, press, settled, violations } from "./world";

async function mapping() {
    const world = await openWindow();
    document.querySelector<HTMLElement>("[data-testid=step-mapping]")?.click();
    await settled();
    await settled();
    return world;
}

const line = (index: number) => within(screen.getByTestId(`column-${index}`));

test("every column stands there with samples, target, reason and certainty, and unmapped ones as such", async () => {
    await mapping();
    expect(screen.getByTestId("column-0").textContent).toContain("Gasthaus Seeblick · Hotel Krone");
    expect(line(0).getByRole<HTMLInputElement>("combobox").value).toBe("Firma");
    expect(screen.getByTestId("column-0").textContent).toMatch(/95.% · Überschrift heißt „Firma“/);
    expect(line(5).getByRole<HTMLInputElement>("combobox").value).toBe("nicht übernehmen");
    expect(screen.getByTestId("column-6").textContent).toContain("Spalte G");
    expect(await violations()).toEqual([]);
});

test("a target is found by typing; taking one in use frees the other column and says so, and undo brings it back", async () => {
    await mapping();
    const target = line(5).getByRole<HTMLInputElement>("combobox");
    target.focus();
    await press("ArrowDown");
    target.value = "fir";
    target.dispatchEvent(new Event("input", { bubbles: true }));
    await settled();
    expect(screen.getByRole("option", { name: /Firma.*jetzt: Firma/ })).toBeTruthy();
    expect(await violations()).toEqual([]);
    await press("Enter");
    await settled();
    expect(line(5).getByRole<HTMLInputElement>("combobox").value).toBe("Firma");
    expect(line(0).getByRole<HTMLInputElement>("combobox").value).toBe("nicht übernehmen");
    expect(screen.getByText("„Firma“ ist jetzt frei.")).toBeTruthy();
    await press("z", { ctrlKey: true });
    await settled();
    expect(line(0).getByRole<HTMLInputElement>("combobox").value).toBe("Firma");
    expect(line(5).getByRole<HTMLInputElement>("combobox").value).toBe("nicht übernehmen");
});

test("required fields without a column are listed, and a fixed value fills them", async () => {
    await mapping();
    expect(screen.getByText("2 Pflichtfelder fehlen")).toBeTruthy();
    const missing = within(screen.getByTestId("missing-territory"));
    const list = missing.getByRole<HTMLSelectElement>("combobox", { name: "Fester Wert für Gebiet" });
    list.value = "DE";
    list.dispatchEvent(new Event("change", { bubbles: true }));
    await settled();
    expect(screen.queryByTestId("missing-territory")).toBeNull();
    expect(screen.getByTestId("constant-territory").textContent).toContain("Gebiet");
    // A date of registration is never the same for all rows.
    expect(screen.queryByRole("combobox", { name: "Registriert für alle Zeilen" })).toBeNull();
});

test("values unfold with their counts, and an unknown one gets its meaning", async () => {
    const { backend } = await mapping();
    const change = vi.spyOn(backend, "changeMapping");
    expect(screen.getByText("1 Wert unbekannt")).toBeTruthy();
    line(2)
        .getByRole("button", { name: /^Einzelheiten zu Branche/ })
        .click();
    await settled();
    const meaning = screen.getByRole<HTMLSelectElement>("combobox", { name: "Bedeutung von Raumfahrt" });
    expect(screen.getByTestId("column-2").textContent).toContain("120×");
    expect(await violations()).toEqual([]);
    meaning.value = "value sonstiges";
    meaning.dispatchEvent(new Event("change", { bubbles: true }));
    await settled();
    expect(change.mock.lastCall?.[1]).toEqual({
        do: "value",
        field: "businessType",
        text: "Raumfahrt",
        value: "sonstiges",
    });
    expect(screen.queryByText("1 Wert unbekannt")).toBeNull();
});

test("an undecided order of dates is announced and decided", async () => {
    await mapping();
    line(3)
        .getByRole("button", { name: /^Einzelheiten zu Registriert/ })
        .click();
    await settled();
    expect(screen.getByText(/bitte entscheiden, sonst sind diese Werte Fehler/)).toBeTruthy();
    const order = screen.getByRole<HTMLSelectElement>("combobox", { name: "Reihenfolge im Datum: Registriert" });
    order.value = "month_first";
    order.dispatchEvent(new Event("change", { bubbles: true }));
    await settled();
    expect(screen.queryByText(/bitte entscheiden, sonst/)).toBeNull();
});

test("progress is asked once a type, waits until answered, and says who answered", async () => {
    await mapping();
    const question = within(screen.getByTestId("progress-MEETING"));
    expect(question.getByText("Zählt MEETING (Termin) als Fortschritt?")).toBeTruthy();
    expect(question.getByText("60 Zeilen warten")).toBeTruthy();
    expect(question.queryByRole("button", { pressed: true })).toBeNull();
    question.getByRole("button", { name: "Ja" }).click();
    await settled();
    expect(question.getByRole("button", { name: "Ja", pressed: true })).toBeTruthy();
    expect(question.getByText(/Astrid Vogt, 22\.11\.2026/)).toBeTruthy();
    expect(screen.getByText("1 Frage zum Fortschritt offen")).toBeTruthy();
});

test("the lead of a row is shown with its findings, and the next one", async () => {
    await mapping();
    const preview = within(screen.getByRole("region", { name: "So wird daraus ein Lead" }));
    expect(preview.getByText("Zeile 5")).toBeTruthy();
    expect(preview.getByText("Das Gebiet fehlt.")).toBeTruthy();
    expect(preview.getByText("03.04.2024")).toBeTruthy();
    preview.getByRole("button", { name: "Nächste Zeile" }).click();
    await settled();
    expect(preview.getByText("Hotel Krone")).toBeTruthy();
});

test("known owners are typed or read from a file", async () => {
    const { backend } = await mapping();
    const set = vi.spyOn(backend, "setOwners");
    vi.spyOn(backend, "askForFile").mockResolvedValue("/Daten/betreuer.txt");
    screen.getByRole("button", { name: "Aus Datei …" }).click();
    await settled();
    screen.getByRole("button", { name: "Liste verwenden" }).click();
    await settled();
    expect(set).toHaveBeenCalledWith(["partner-nord", "partner-sued"]);
    expect(screen.getByText("2 Betreuer bekannt")).toBeTruthy();
});

test("Ctrl+Enter checks everything and goes on to the check", async () => {
    const { backend } = await mapping();
    const check = vi.spyOn(backend, "checkProject");
    await press("Enter", { ctrlKey: true });
    await settled();
    expect(check).toHaveBeenCalledTimes(1);
    expect(document.querySelector("[aria-current=step]")?.getAttribute("data-testid")).toBe("step-check");
});

test("a change that is refused says why and leaves everything as it was", async () => {
    const { backend } = await mapping();
    vi.spyOn(backend, "changeMapping").mockRejectedValue({ kind: "other", message: "Das geht so nicht.", details: "" });
    screen.getByRole("button", { name: "Alle Vorschläge übernehmen" }).click();
    await settled();
    expect(screen.getByText("Das geht so nicht.")).toBeTruthy();
    expect(line(0).getByRole<HTMLInputElement>("combobox").value).toBe("Firma");
});
