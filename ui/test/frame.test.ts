import { screen } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";

import type { JobSnapshot } from "../src/bindings/JobSnapshot";
import { openWindow, press, settled, violations } from "./world";

describe("the start screen", () => {
    test("offers the ways in, in both languages, and axe finds nothing", async () => {
        await openWindow({ empty: true });
        expect(screen.getByRole("button", { name: /^Datei öffnen/ })).toBeTruthy();
        expect(await violations()).toEqual([]);
        screen.getByRole("button", { name: /Sprache: Deutsch/ }).click();
        await settled();
        screen.getByRole("menuitemradio", { name: /Englisch/ }).click();
        await settled();
        expect(screen.getByRole("button", { name: /^Open a file/ })).toBeTruthy();
        expect(document.documentElement.lang).toBe("en");
        expect(await violations()).toEqual([]);
    });

    test("says what is dropped on it, and shows while something hovers", async () => {
        const { backend } = await openWindow({ empty: true });
        backend.drag({ kind: "over" });
        await settled();
        expect(screen.getByText("Loslassen, um die Datei zu öffnen")).toBeTruthy();
        backend.drag({ kind: "dropped", paths: ["/Daten/leads.xlsx", "C:\\Daten\\b.csv"] });
        await settled();
        expect(screen.getByRole("heading", { name: "Quellen" })).toBeTruthy();
        expect(screen.queryByText("Loslassen, um die Datei zu öffnen")).toBeNull();
    });
});

describe("the rail", () => {
    test("tells the state of every step to those who cannot see it", async () => {
        await openWindow();
        const name = (step: string) =>
            document.querySelector(`[data-testid=step-${step}]`)?.textContent.replace(/\s+/g, " ");
        expect(name("mapping")).toContain("17 von 17, erledigt");
        expect(name("duplicates")).toContain("318 Gruppen, begonnen");
        expect(name("check")).toMatch(/\d Zeilen mit Fehlern, hält auf/);
    });

    test("leads to every step, and axe finds nothing on any of them", async () => {
        await openWindow({ rows: 40 });
        for (const step of ["sources", "mapping", "duplicates", "approval", "push", "audit", "mailbox", "settings"]) {
            document.querySelector<HTMLElement>(`[data-testid=step-${step}]`)?.click();
            await settled();
            expect(document.querySelector("[aria-current=step]")?.getAttribute("data-testid")).toBe(`step-${step}`);
            expect(await violations(), step).toEqual([]);
        }
    });
});

describe("commands", () => {
    test("open by their keys, are narrowed by typing and run by Enter", async () => {
        await openWindow({ rows: 40 });
        await press("k", { ctrlKey: true });
        const field = screen.getByRole<HTMLInputElement>("combobox", { name: "Befehl suchen" });
        expect(await violations()).toEqual([]);
        field.value = "gehe dubl";
        field.dispatchEvent(new Event("input", { bubbles: true }));
        await settled();
        expect(screen.getAllByRole("option")).toHaveLength(1);
        field.focus();
        await press("Enter");
        expect(document.querySelector("[aria-current=step]")?.getAttribute("data-testid")).toBe("step-duplicates");
        expect(screen.queryByRole("combobox", { name: "Befehl suchen" })).toBeNull();
    });

    test("say so where none is found", async () => {
        await openWindow({ rows: 40 });
        await press("k", { ctrlKey: true });
        const field = screen.getByRole<HTMLInputElement>("combobox");
        field.value = "xyzzy";
        field.dispatchEvent(new Event("input", { bubbles: true }));
        await settled();
        expect(screen.getByText("Kein Befehl heißt so.")).toBeTruthy();
    });

    test("have an overview, which the question mark opens but not while somebody writes", async () => {
        await openWindow({ rows: 40 });
        screen.getByRole("searchbox").focus();
        await press("?");
        expect(screen.queryByRole("dialog")).toBeNull();
        screen.getByRole("grid").focus();
        await press("?");
        expect(screen.getByRole("dialog", { name: "Tasten" })).toBeTruthy();
        expect(await violations()).toEqual([]);
    });
});

test("a running job shows how far it is, how fast, and how long it takes", async () => {
    const job: JobSnapshot = {
        id: 1,
        kind: "duplicates",
        state: "running",
        phase: "comparing",
        subject: "",
        done: 62,
        part: 0.62,
        rate: 310_000,
        secondsLeft: 1,
    };
    await openWindow({ rows: 40, jobs: [job] });
    expect(screen.getByText(/Dubletten 62.%.*310\.000\/s · noch 1 s/)).toBeTruthy();
    expect(await violations()).toEqual([]);
});

test("a lost connection is shown and goes again", async () => {
    await openWindow({ rows: 40 });
    dispatchEvent(new Event("offline"));
    await settled();
    expect(screen.getByText("offline")).toBeTruthy();
    dispatchEvent(new Event("online"));
    await settled();
    expect(screen.queryByText("offline")).toBeNull();
});

test("the looks that were chosen hold over a restart", async () => {
    await openWindow({ rows: 40 });
    await press("k", { ctrlKey: true });
    const field = screen.getByRole<HTMLInputElement>("combobox");
    field.value = "darstellung dunkel";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await settled();
    field.focus();
    await press("Enter");
    expect(document.documentElement.dataset.theme).toBe("dark");
    delete document.documentElement.dataset.theme;
    await openWindow({ rows: 40 });
    expect(document.documentElement.dataset.theme).toBe("dark");
});
