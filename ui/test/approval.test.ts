import { screen } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";

import type { FakeWorld } from "../src/backend/fake";
import { openWindow, press, settled, violations } from "./world";

async function open(world: FakeWorld = {}) {
    const opened = await openWindow({ rows: 8, ...world });
    document.querySelector<HTMLElement>("[data-testid=step-approval]")?.click();
    await settled();
    return opened;
}

describe("the approval", () => {
    test("says what goes, what stays and why, and in whose name; axe finds nothing", async () => {
        await open();
        expect(screen.getByRole("heading", { name: "138 Leads sind so weit" })).toBeTruthy();
        expect(screen.getByText(/im Namen von Astrid Vogt/)).toBeTruthy();
        expect(screen.getByText("haben Fehler")).toBeTruthy();
        expect(screen.getByText("davon vielleicht doppelt, gehen mit Hinweis")).toBeTruthy();
        expect(screen.getByText(/3 Zeilen wurden nach der Freigabe geändert/)).toBeTruthy();
        expect(await violations()).toEqual([]);
    });

    test("is given by its key and then stands in the list, with its hash", async () => {
        await open();
        await press("Enter", { ctrlKey: true });
        expect(screen.getByRole("heading", { name: "138 Leads sind freigegeben" })).toBeTruthy();
        expect(screen.getByRole("row", { name: /Astrid Vogt .* 138 138 0c3b7d8a5e4f10c2/ })).toBeTruthy();
        expect(screen.queryByRole("button", { name: /freigeben$/ })).toBeNull();
        expect(await violations()).toEqual([]);
    });

    test("leads from a reason to the rows it is about", async () => {
        const { backend } = await open();
        const shape = vi.spyOn(backend, "tableShape");
        screen.getByRole("button", { name: "Zeigen: haben Fehler" }).click();
        await settled();
        expect(document.querySelector("[aria-current=step]")?.getAttribute("data-testid")).toBe("step-check");
        expect(shape.mock.calls.map(([view]) => view.states)).toEqual([["errors"]]);
    });

    test.each([
        ["nothing ready", "Noch nichts freizugeben"],
        ["no rows", "Noch keine Zeilen"],
    ] as const)("says so where there is %s, and axe finds nothing", async (approval, heading) => {
        await open({ approval });
        expect(screen.getByRole("heading", { name: heading })).toBeTruthy();
        expect(await violations()).toEqual([]);
    });
});
