import { screen, within } from "@testing-library/svelte";
import { expect, test, vi } from "vitest";

import type { SourceRole } from "../src/bindings/SourceRole";
import type { UseProposal } from "../src/bindings/UseProposal";
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

test("a template that nearly fits says what is missing and new, and proposes the renaming", async () => {
    const { backend } = await mapping();
    const apply = vi.spyOn(backend, "applyTemplate");
    const banner = within(
        screen.getByRole("region", {
            name: "Die Vorlage „Altsystem Süd“ passt fast: 2 Spalten der Vorlage fehlen, 1 ist neu.",
        }),
    );
    expect(banner.getByText("„Art“ (für Betriebsart) fehlt:")).toBeTruthy();
    expect(banner.getByText("Fehlt, war aber nicht zugeordnet: „Fax“.")).toBeTruthy();
    expect(banner.getByRole<HTMLSelectElement>("combobox").value).toBe("Branche");
    expect(await violations()).toEqual([]);
    banner.getByRole("button", { name: "Anwenden" }).click();
    await settled();
    expect(apply).toHaveBeenCalledWith(1, "Altsystem Süd", { Art: "Branche" });
    // In use, it is not proposed again; and one step takes it back.
    expect(screen.queryByRole("region", { name: /passt fast/ })).toBeNull();
    await press("z", { ctrlKey: true });
    await settled();
    expect(screen.getByRole("region", { name: /passt fast/ })).toBeTruthy();
});

test("templates are saved, replaced, exported, imported and deleted by keyboard, and deleting can be undone", async () => {
    const { backend } = await mapping();
    const shelf = screen.getByRole("button", { name: "Vorlagen" });
    shelf.focus();
    shelf.click();
    await settled();
    const name = screen.getByRole<HTMLInputElement>("textbox", { name: "Diese Zuordnung sichern als" });
    expect(document.activeElement).toBe(name);
    expect(await violations()).toEqual([]);
    const type = async (text: string) => {
        name.value = text;
        name.dispatchEvent(new Event("input", { bubbles: true }));
        await settled();
    };
    await type("Messeliste");
    expect(screen.getByRole("button", { name: "Ersetzen" })).toBeTruthy();
    await type("Neu 2026");
    screen.getByRole("button", { name: "Sichern" }).click();
    await settled();
    expect(screen.getByText("Vorlage „Neu 2026“ gesichert.")).toBeTruthy();
    vi.spyOn(backend, "askWhereToSave").mockResolvedValue("/Daten/vorlage.json");
    const written = vi.spyOn(backend, "exportTemplate");
    screen.getByRole("button", { name: "Vorlage Messeliste als Datei sichern" }).click();
    await settled();
    expect(written).toHaveBeenCalledWith("Messeliste", "/Daten/vorlage.json");
    vi.spyOn(backend, "askForFile").mockResolvedValue("/Daten/partner.json");
    screen.getByRole("button", { name: "Vorlage aus Datei …" }).click();
    await settled();
    expect(screen.getByText("Vorlage „Vom Partner“ übernommen.")).toBeTruthy();
    screen.getByRole("button", { name: "Vorlage Messeliste löschen" }).click();
    await settled();
    expect(screen.queryByRole("button", { name: "Vorlage Messeliste löschen" })).toBeNull();
    within(screen.getByText("Vorlage „Messeliste“ gelöscht.").closest("li, div") as HTMLElement)
        .getByRole("button", { name: /Rückgängig/ })
        .click();
    await settled();
    expect(screen.getByRole("button", { name: "Vorlage Messeliste löschen" })).toBeTruthy();
    name.focus();
    await press("Escape");
    expect(screen.queryByRole("region", { name: "Vorlagen" })).toBeNull();
});

test("an earlier decision about progress is shown and holds only when it is confirmed", async () => {
    const { backend } = await mapping();
    const decide = vi.spyOn(backend, "decideProgress");
    const question = within(screen.getByTestId("progress-MEETING"));
    expect(question.getByText(/Früher: Ja \(Astrid Vogt, 12\.03\.2025, in „Altsystem Süd“\)/)).toBeTruthy();
    expect(question.queryByRole("button", { pressed: true })).toBeNull();
    expect(decide).not.toHaveBeenCalled();
    question.getByRole("button", { name: /frühere Entscheidung Ja gilt auch hier/ }).click();
    await settled();
    expect(decide).toHaveBeenCalledWith("MEETING", true);
    expect(question.getByRole("button", { name: "Ja", pressed: true })).toBeTruthy();
});

test("transformations are added with a live preview, and those without words at once", async () => {
    const { backend } = await mapping();
    const change = vi.spyOn(backend, "changeMapping");
    line(0)
        .getByRole("button", { name: /^Einzelheiten zu Firma/ })
        .click();
    await settled();
    expect(screen.getByRole("list", { name: "Beispiele: Firma" }).textContent).toContain("Gasthaus Seeblick");
    expect(await violations()).toEqual([]);
    const add = screen.getByRole<HTMLSelectElement>("combobox", { name: "Umformung anfügen: Firma" });
    const choose = async (id: string) => {
        add.value = id;
        add.dispatchEvent(new Event("change", { bubbles: true }));
        await settled();
    };
    await choose("capitalise");
    expect(change.mock.lastCall?.[1]).toEqual({ do: "steps", field: "companyName", steps: [{ do: "capitalise" }] });
    await choose("replace");
    for (const [label, text] of [
        ["Text", "Gasth."],
        ["durch", "Gasthaus"],
    ] as const) {
        const input = screen.getByRole<HTMLInputElement>("textbox", { name: label });
        input.value = text;
        input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    await settled();
    screen.getByRole("button", { name: "Anfügen" }).click();
    await settled();
    // What is being typed shows what it would do, and a pattern that is none says so without an alarm.
    const type = async (label: string, text: string) => {
        const input = screen.getByRole<HTMLInputElement>("textbox", { name: label });
        input.value = text;
        input.dispatchEvent(new Event("input", { bubbles: true }));
        await settled();
    };
    await choose("suffix");
    await type("Text", " GmbH");
    expect(screen.getByRole("list", { name: "Beispiele: Firma" }).textContent).toContain("Gasthaus Seeblick GmbH");
    await choose("replacePattern");
    await type("Muster (regulärer Ausdruck)", "(");
    expect(screen.getByText(/eine Klammer wird nicht geschlossen/)).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Anfügen" }).disabled).toBe(true);
    expect(await violations()).toEqual([]);
    expect(change).toHaveBeenCalledTimes(2);
    expect(change.mock.lastCall?.[1]).toEqual({
        do: "steps",
        field: "companyName",
        steps: [{ do: "capitalise" }, { do: "replace", find: "Gasth.", with: "Gasthaus" }],
    });
});

/** A project of two sources, of which the second is `role`. */
async function withSecond(role: SourceRole, proposal: UseProposal | null = null) {
    const world = await openWindow();
    const { backend } = world;
    const overview = await backend.mappingOverview();
    const [first] = overview.sources;
    if (first === undefined) throw new Error("the fake has a source");
    let current = role;
    vi.spyOn(backend, "mappingOverview").mockImplementation(() =>
        Promise.resolve({ ...overview, sources: [first, { ...first, id: 2, name: "zweite.csv", role: current }] }),
    );
    vi.spyOn(backend, "proposeUse").mockResolvedValue(proposal);
    const use = vi.spyOn(backend, "useSource").mockImplementation(async (_source, chosen) => {
        await Promise.resolve();
        current = chosen;
    });
    document.querySelector<HTMLElement>("[data-testid=step-mapping]")?.click();
    for (let turn = 0; turn < 3; turn++) await settled();
    return { ...world, use };
}

test("a further file that looks like activities is shown with the question what it is, and the answer is kept", async () => {
    const { use } = await withSecond("leads", { role: "activities", keys: ["external_id"], matched: 328, rows: 340 });
    const question = within(
        screen.getByRole("region", { name: /„zweite.csv“ sieht nach Aktivitäten aus: 328 von 340/ }),
    );
    expect(await violations()).toEqual([]);
    question.getByRole("button", { name: "Als Aktivitäten" }).click();
    for (let turn = 0; turn < 3; turn++) await settled();
    expect(use).toHaveBeenCalledWith(2, "activities");
    expect(screen.queryByRole("region", { name: /sieht nach Aktivitäten aus/ })).toBeNull();
    const added = within(screen.getByRole("region", { name: "Aktivitäten zu Leads" }));
    expect(added.getByText("337 von 340 Zeilen gehören zu 120 Leads.")).toBeTruthy();
    added.getByText("3 Zeilen bleiben übrig").click();
    expect(added.getByText("kein Lead heißt so")).toBeTruthy();
    expect(await violations()).toEqual([]);
});

test("an enrichment shows what it fills and where it differs, and what wins is said field by field", async () => {
    const { backend } = await withSecond("enrichment");
    const enrich = vi.spyOn(backend, "enrichLeads");
    screen.getByRole("button", { name: "zweite.csv" }).click();
    await settled();
    const panel = within(screen.getByRole("region", { name: "Ergänzung zu Leads" }));
    expect(panel.getByRole("button", { name: "49 Werte übernehmen" })).toBeTruthy();
    expect(panel.getByText(/Zeile 5: „hotel“ ≠ „restaurant“/)).toBeTruthy();
    expect(await violations()).toEqual([]);
    const wins = panel.getByRole<HTMLSelectElement>("combobox", { name: "Was bei Betriebsart gilt" });
    wins.value = "addition";
    wins.dispatchEvent(new Event("change", { bubbles: true }));
    await settled();
    panel.getByRole("button", { name: "51 Werte übernehmen" }).click();
    for (let turn = 0; turn < 2; turn++) await settled();
    expect(enrich).toHaveBeenCalledWith(2, { businessType: "addition" });
    expect(screen.getByText("45 Leads ergänzt. Rückgängig in der Prüfung.")).toBeTruthy();
});
