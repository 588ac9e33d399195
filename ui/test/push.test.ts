import { screen } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";

import type { Batch } from "../src/bindings/Batch";
import type { FakePush } from "../src/backend/fake/push";
import { stripCells } from "../src/domain/push/strip";
import { openWindow, press, settled, violations } from "./world";

async function openPush(state?: NonNullable<FakePush["state"]>) {
    const { backend } = await openWindow({ rows: 8, push: state === undefined ? {} : { state } });
    document.querySelector<HTMLElement>("[data-testid=step-push]")?.click();
    await settled();
    return backend;
}

async function click(name: RegExp | string) {
    screen.getByRole("button", { name }).click();
    await settled();
}

const button = (name: RegExp) => screen.getByRole<HTMLButtonElement>("button", { name });

describe("the next push", () => {
    test("waits for the dry-run, and for a yes", async () => {
        const backend = await openPush();
        expect(await violations()).toEqual([]);
        expect(button(/^Übertragen/).disabled).toBe(true);
        await click(/^Probelauf starten/);
        expect(await violations()).toEqual([]);
        for (let batch = 0; batch < 12; batch++) {
            backend.movePush();
            await settled();
        }
        // Once among the doubles, once among the refused.
        expect(screen.getAllByText("EXCEL-ROW-12")).toHaveLength(2);
        expect(screen.getAllByText("ownerUserId: unknown user")).toHaveLength(12);
        expect(await violations()).toEqual([]);
        await click("Weiter zur Übertragung");
        await click(/^Übertragen/);
        expect(backend.asked).toHaveLength(1);
        expect(document.activeElement?.textContent).toContain("Zurück");
        expect(await violations()).toEqual([]);
        await click(/^Ja, 1\.138 Leads übertragen/);
        expect(backend.asked).toHaveLength(2);
        expect(backend.asked[1]).toMatchObject({ mode: "production", connection: "Produktion", skipOnError: true });
    });

    test("is begun once, however often the button is pressed", async () => {
        const backend = await openPush();
        const start = button(/^Probelauf starten/);
        start.click();
        start.click();
        start.click();
        await settled();
        await press("r", { altKey: true });
        expect(backend.asked).toHaveLength(1);
    });

    test("goes as it is set", async () => {
        const backend = await openPush();
        screen.getByRole("radio", { name: /Beim ersten Fehler/ }).click();
        screen.getByRole("checkbox", { name: /Sichere Dubletten/ }).click();
        const size = screen.getByRole<HTMLInputElement>("spinbutton", { name: "Leads je Paket" });
        size.value = "25";
        size.dispatchEvent(new Event("input", { bubbles: true }));
        await settled();
        await press("r", { altKey: true });
        expect(backend.asked[0]).toMatchObject({ skipOnError: false, skipDuplicates: false, batchSize: 25 });
    });

    test("says what is missing where nothing can go", async () => {
        await openPush("nothing");
        expect(screen.getByRole("heading", { name: /^Nichts freigegeben/ })).toBeTruthy();
        expect(await violations()).toEqual([]);
    });

    test("offers the practice server where there is no connection", async () => {
        await openPush("unconnected");
        expect(button(/^Übungsserver starten/)).toBeTruthy();
        expect(await violations()).toEqual([]);
    });
});

describe("a push that runs", () => {
    test("tells how far it is and is paused and resumed by the same key", async () => {
        const backend = await openPush();
        await press("r", { altKey: true });
        backend.movePush();
        await settled();
        expect(screen.getByText(/1 von 12 Paketen · 100 von 1\.150 Leads · 250 Leads\/s · noch 4 s/)).toBeTruthy();
        expect(screen.getByRole("img", { name: "1 beantwortet, 11 geplant" })).toBeTruthy();
        await press("p", { altKey: true });
        expect(screen.getByText(/^Angehalten am/)).toBeTruthy();
        expect(await violations()).toEqual([]);
        await press("p", { altKey: true });
        expect(backend.asked).toEqual([expect.anything(), 1]);
    });

    test("asks for the key where the server does not accept it, and goes on", async () => {
        const backend = await openPush("interrupted");
        await click(/^Fortsetzen/);
        backend.movePush({ kind: "secret_needed", message: "Der Server nimmt die Anmeldung nicht an.", details: "" });
        await settled();
        expect(screen.getByRole("alert").textContent).toContain("nimmt die Anmeldung nicht an");
        expect(await violations()).toEqual([]);
        const field = screen.getByLabelText<HTMLInputElement>("Schlüssel oder Token");
        field.value = "geheim";
        await click("Hinterlegen und weiter");
        expect(backend.asked).toEqual([2, 2]);
        expect(document.body.innerHTML).not.toContain("geheim");
    });
});

describe("a push that stands still", () => {
    test("is explained after an interruption and holds up new ones", async () => {
        await openPush("interrupted");
        expect(screen.getByText(/^Unterbrochen am/)).toBeTruthy();
        expect(screen.getByText(/3 von 12 Paketen sind beantwortet\./)).toBeTruthy();
        expect(screen.getByText("Die Rechnung geht noch nicht auf.")).toBeTruthy();
        expect(await violations()).toEqual([]);
        await click(/^Neue Übertragung/);
        expect(button(/^Probelauf starten/).disabled).toBe(true);
        expect(button(/^Übertragen/).disabled).toBe(true);
    });

    test("is given up in two steps", async () => {
        await openPush("interrupted");
        await click("Verwerfen");
        expect(screen.queryByText(/wurde gesendet, aber nicht beantwortet/)).toBeNull();
        await click("Ja, verwerfen");
        expect(screen.getByText(/1 Paket wurde gesendet, aber nicht beantwortet/)).toBeTruthy();
    });

    test("with an uncertain batch is explained and can be settled", async () => {
        const backend = await openPush("uncertain");
        await click(/^Übertragung 22/);
        expect(screen.getByText("1 Paket ist ungewiss.")).toBeTruthy();
        expect(await violations()).toEqual([]);
        await click(/^Beim Server klären/);
        expect(backend.asked).toEqual([2]);
    });
});

describe("the proof", () => {
    test("says that the account balances, what differs, and lists every lead", async () => {
        await openPush("done");
        expect(screen.getByText("Die Rechnung geht auf.")).toBeTruthy();
        expect(screen.getByText(/1\.150 gesendet = 1\.120 importiert \+ 18 übersprungen \+ 12 abgelehnt/)).toBeTruthy();
        expect(screen.getByText("1 Abweichung.")).toBeTruthy();
        expect(screen.getByText("1 bis 50 von 1.150")).toBeTruthy();
        expect(await violations()).toEqual([]);
        await click("Diese Seite vergleichen");
        expect(screen.getAllByText("geschützt")).toHaveLength(50);
        expect(screen.getByText(/2\s+\(hier 3\)/)).toBeTruthy();
        expect(await violations()).toEqual([]);
        await click("Weiter blättern");
        expect(screen.getByText("51 bis 100 von 1.150")).toBeTruthy();
    });

    test("leads to the row", async () => {
        await openPush("done");
        screen.getAllByTitle("EXCEL-ROW-5 in der Tabelle zeigen")[0]?.click();
        await settled();
        expect(document.querySelector("[aria-current=step]")?.getAttribute("data-testid")).toBe("step-check");
    });
});

test("a strip of very many batches shows the gravest of each group and counts every lead", () => {
    const batch = (sequence: number): Batch => ({
        id: sequence,
        pushId: 1,
        sequence,
        idempotencyKey: "",
        bodyHash: "",
        leadCount: 10,
        state: sequence === 777 ? "uncertain" : sequence < 500 ? "answered" : "planned",
        attempts: 0,
        httpStatus: 0,
        problem: "",
        changedAt: "2026-11-22T13:05:00Z",
    });
    const batches = Array.from({ length: 1000 }, (_, sequence) => batch(sequence));
    const cells = stripCells(batches);
    expect(cells.length).toBeLessThanOrEqual(240);
    expect(cells.reduce((sum, cell) => sum + cell.leads, 0)).toBe(10_000);
    expect(cells.filter(({ state }) => state === "uncertain")).toHaveLength(1);
    expect(stripCells(batches.slice(0, 3))).toHaveLength(3);
    expect(stripCells([])).toEqual([]);
});
