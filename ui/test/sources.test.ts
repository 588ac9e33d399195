import { screen, within } from "@testing-library/svelte";
import { expect, test, vi } from "vitest";

import { openWindow, press, settled, violations } from "./world";

async function dropped(...paths: string[]) {
    const world = await openWindow();
    world.backend.drag({ kind: "dropped", paths });
    await settled();
    return world;
}

function choose(list: HTMLElement, id: string) {
    (list as HTMLSelectElement).value = id;
    list.dispatchEvent(new Event("change", { bubbles: true }));
    return settled();
}

test("a file shows what was recognised, how sure that is and why, before anything is taken over", async () => {
    await dropped("/Daten/partner.csv");
    expect(screen.getByRole("heading", { name: "partner.csv" })).toBeTruthy();
    const delimiter = screen.getByTestId("detected-delimiter");
    expect(delimiter.textContent).toContain("sicher: ergibt in 149 von 150 Zeilen 7 Zellen");
    expect(screen.getByTestId("detected-rows").textContent).toContain("Zeilen 1–3 ausgelassen: Titelzeile");
    expect(screen.getByText(/Ziffern sind verloren/)).toBeTruthy();
    const table = within(screen.getByRole("region", { name: "Die ersten Zeilen" }));
    expect(table.getByText("Partnerportal · Stand: 30.09.2025")).toBeTruthy();
    expect(table.getByRole("columnheader", { name: "B" })).toBeTruthy();
    expect(table.getByRole("rowheader", { name: "5" })).toBeTruthy();
    expect(await violations()).toEqual([]);
});

test("what is corrected is looked at again at once, and can be left to the detection again", async () => {
    const { backend } = await dropped("/Daten/partner.csv");
    const inspect = vi.spyOn(backend, "inspectFile");
    await choose(screen.getByRole("combobox", { name: "Trennzeichen" }), ",");
    expect(inspect).toHaveBeenLastCalledWith("/Daten/partner.csv", expect.objectContaining({ delimiter: "," }));
    expect(screen.getByTestId("detected-delimiter").textContent).toContain("so eingestellt");
    within(screen.getByTestId("detected-delimiter")).getByRole("button", { name: "Wieder selbst erkennen" }).click();
    await settled();
    expect(screen.getByTestId("detected-delimiter").textContent).toContain("149 von 150");
    await choose(screen.getByRole("combobox", { name: "Reihenfolge im Datum: Registriert am" }), "month_first");
    expect(inspect.mock.lastCall?.[1].columns).toEqual({
        5: { kind: null, dateOrder: "month_first", numberStyle: null },
    });
    screen.getByRole("button", { name: "Auslassen" }).click();
    await settled();
    expect(inspect.mock.lastCall?.[1].hiddenColumns).toBe("leave_out");
});

test("cells that can be read in two ways are asked about, shown, and settled where they are asked about", async () => {
    const { backend } = await dropped("/Daten/partner.csv");
    const inspect = vi.spyOn(backend, "inspectFile");
    const notice = () => screen.getByText(/03\/04\/2024“ lassen sich/).closest("li") as HTMLElement;
    const table = () => within(screen.getByRole("region", { name: "Die ersten Zeilen" }));
    expect(table().getByText("03/04/2024").title).toBe("Lässt sich in zwei Weisen lesen");
    within(notice()).getByRole("button", { name: "Ansehen" }).click();
    await settled();
    expect(screen.getByText("3 Zeilen, um die es geht", { selector: "strong" })).toBeTruthy();
    expect(table().queryByText("Partnerportal · Stand: 30.09.2025")).toBeNull();
    expect(await violations()).toEqual([]);
    screen.getByRole("button", { name: "Wieder die ersten Zeilen" }).click();
    await settled();
    expect(table().getByText("Partnerportal · Stand: 30.09.2025")).toBeTruthy();
    within(notice()).getByRole("button", { name: "Tag zuerst: 3. April 2024" });
    within(notice()).getByRole("button", { name: "Monat zuerst: 4. März 2024" }).click();
    await settled();
    expect(inspect.mock.lastCall?.[1].columns).toEqual({
        5: { kind: null, dateOrder: "month_first", numberStyle: null },
    });
    expect(screen.queryByText(/lassen sich mit dem Tag/)).toBeNull();
});

test("what a column holds, and how quotes are written, can be said", async () => {
    const { backend } = await dropped("/Daten/partner.csv");
    const inspect = vi.spyOn(backend, "inspectFile");
    const kind = () => screen.getByRole("combobox", { name: "Art der Werte: Firma" });
    await choose(kind(), "email");
    expect(inspect.mock.lastCall?.[1].columns).toEqual({ 1: { kind: "email", dateOrder: null, numberStyle: null } });
    expect(within(kind()).getByRole("option", { name: "E-Mail" })).toHaveProperty("selected", true);
    await choose(kind(), "detect");
    expect(inspect.mock.lastCall?.[1].columns[1]?.kind).toBeNull();
    await choose(screen.getByRole("combobox", { name: "Anführungszeichen" }), '" doppelt, im Text mit \\ davor');
    expect(inspect.mock.lastCall?.[1]).toMatchObject({ quote: "double", escape: "backslash" });
    within(screen.getByTestId("detected-quote")).getByRole("button", { name: "Wieder selbst erkennen" }).click();
    await settled();
    expect(inspect.mock.lastCall?.[1]).toMatchObject({ quote: null, escape: null });
});

test("Enter takes the file over, then comes the next one, then the mapping", async () => {
    const { backend } = await dropped("/Daten/a.xlsx", "/Daten/b.csv");
    const take = vi.spyOn(backend, "takeFile");
    expect(screen.getByText(/danach noch 1 Datei/)).toBeTruthy();
    await press("Enter");
    await settled();
    expect(take).toHaveBeenCalledTimes(1);
    expect(screen.getByRole("heading", { name: "b.csv" })).toBeTruthy();
    screen.getByRole("radio", { name: "Nur zum Vergleich" }).click();
    await settled();
    screen.getByRole("button", { name: /^Übernehmen/ }).click();
    await settled();
    await settled();
    expect(take.mock.lastCall?.[2]).toBe("reference");
    expect(document.querySelector("[aria-current=step]")?.getAttribute("data-testid")).toBe("step-mapping");
});

test("another sheet of a workbook that is in the project comes in as well", async () => {
    const { backend } = await openWindow();
    const inspect = vi.spyOn(backend, "inspectFile");
    await press("1", { ctrlKey: true });
    await settled();
    screen.getByRole("button", { name: "Auch „Aktivitäten“ hinzufügen" }).click();
    await settled();
    expect(inspect).toHaveBeenLastCalledWith(
        "/Daten/partner-export.xlsx",
        expect.objectContaining({ sheet: "Aktivitäten" }),
    );
    expect(screen.getByRole("heading", { name: "partner-export.xlsx" })).toBeTruthy();
});

test("a file that cannot be read says why, and can be discarded", async () => {
    await dropped("/Daten/defekt.xlsx");
    expect(screen.getByRole("alert").textContent).toContain("Das ist ein PDF-Dokument.");
    expect(screen.getByRole("button", { name: /^Übernehmen/ }).hasAttribute("disabled")).toBe(true);
    expect(await violations()).toEqual([]);
    screen.getByRole("button", { name: "Verwerfen" }).click();
    await settled();
    expect(screen.getByRole("heading", { name: "Quellen des Projekts" })).toBeTruthy();
});

test("a file that vanishes before it is taken over is said, and the window goes on", async () => {
    const { backend } = await dropped("/Daten/a.xlsx");
    vi.spyOn(backend, "takeFile").mockRejectedValue({
        kind: "other",
        message: "Die Datei a.xlsx gibt es nicht.",
        details: "",
    });
    await press("Enter");
    await settled();
    expect(screen.getByRole("alert").textContent).toContain("Die Datei a.xlsx gibt es nicht.");
    screen.getByRole("button", { name: "Noch einmal versuchen" }).click();
    await settled();
    expect(screen.getByRole("region", { name: "Die ersten Zeilen" })).toBeTruthy();
});

test("the sources of the project give account of every row, and leave it after a second word", async () => {
    await openWindow();
    document.querySelector<HTMLElement>("[data-testid=step-sources]")?.click();
    await settled();
    const source = within(screen.getByTestId("source-1"));
    expect(source.getByText(/154 Zeilen in der Datei = 150 gelesen \+ 1 Kopf \+ 3 ausgelassen/)).toBeTruthy();
    expect(await violations()).toEqual([]);
    source.getByRole("button", { name: "Aus dem Projekt nehmen" }).click();
    await settled();
    expect(document.activeElement?.textContent.trim()).toBe("Behalten");
    expect(await violations()).toEqual([]);
    source.getByRole("button", { name: "Endgültig entfernen" }).click();
    await settled();
    expect(screen.queryByTestId("source-1")).toBeNull();
});
