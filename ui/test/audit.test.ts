import { screen } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";

import type { FakeWorld } from "../src/backend/fake";
import { openWindow, press, settled, violations } from "./world";

async function open(world: FakeWorld = {}) {
    const opened = await openWindow({ rows: 8, ...world });
    document.querySelector<HTMLElement>("[data-testid=step-audit]")?.click();
    await settled();
    return opened;
}

const sentences = () => [...document.querySelectorAll(".sentence")].map((sentence) => sentence.textContent);

describe("the audit log", () => {
    test("tells every event as a sentence, by pages, and axe finds nothing", async () => {
        await open();
        expect(sentences()).toHaveLength(100);
        expect(sentences()[0]).toContain("Freigabe erteilt: 138 Leads");
        expect(await violations()).toEqual([]);
        screen.getByRole("button", { name: "140 weitere zeigen" }).click();
        await settled();
        expect(sentences()).toHaveLength(200);
    });

    test("unfolds an entry to its facts and to what the log holds", async () => {
        await open();
        document.querySelector<HTMLElement>("li summary")?.click();
        await settled();
        const facts = document.querySelector("details[open] .facts");
        expect(facts?.textContent).toContain("Freigabe");
        expect(facts?.textContent).toContain("Rohform: leads_approved");
        expect(await violations()).toEqual([]);
    });

    test("is filtered by topic and searched, and what finds nothing offers the way back", async () => {
        await open();
        screen.getByRole("button", { name: "Freigaben" }).click();
        await settled();
        expect(new Set(sentences()).size).toBe(1);
        await press("f", { ctrlKey: true });
        const field = screen.getByRole<HTMLInputElement>("searchbox", { name: "Im Protokoll suchen" });
        expect(document.activeElement).toBe(field);
        field.value = "gibt es nicht";
        field.dispatchEvent(new Event("input", { bubbles: true }));
        await vi.waitFor(() => expect(screen.getByRole("heading", { name: "Kein Eintrag passt dazu" })).toBeTruthy(), {
            timeout: 10_000,
        });
        expect(await violations()).toEqual([]);
        screen.getByRole("button", { name: "Alles zeigen" }).click();
        await settled();
        expect(sentences()).toHaveLength(100);
    });

    test("is verified, and a broken link is named", async () => {
        await open();
        screen.getByRole("button", { name: "Kette prüfen" }).click();
        await settled();
        expect(screen.getByText(/240 Einträge, die Kette ist unversehrt/)).toBeTruthy();
        expect(await violations()).toEqual([]);
    });

    test("whose chain is broken says where", async () => {
        await open({ brokenEntry: 17 });
        screen.getByRole("button", { name: "Kette prüfen" }).click();
        await settled();
        expect(screen.getByText(/bei Eintrag 17 gebrochen/)).toBeTruthy();
        expect(await violations()).toEqual([]);
    });

    test("is written where the person wants it", async () => {
        const { backend } = await open({ saveTo: "/Lotse/protokoll.jsonl" });
        const written = vi.spyOn(backend, "exportAudit");
        screen.getByRole("button", { name: /^Ausgeben/ }).click();
        await settled();
        screen.getByRole("menuitem", { name: /JSON-Zeilen/ }).click();
        await settled();
        expect(written).toHaveBeenCalledWith("/Lotse/protokoll.jsonl");
        expect(screen.getByRole("log").textContent).toContain("240 Einträge ausgegeben.");
    });
});
