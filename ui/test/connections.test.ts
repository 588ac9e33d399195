import { screen, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";

import { openWindow, press, settled, violations } from "./world";

async function openConnections(none = false) {
    const { backend } = await openWindow({ rows: 8, connections: { none } });
    document.querySelector<HTMLElement>("[data-testid=step-connections]")?.click();
    await settled();
    return backend;
}

const card = (name: string) => within(screen.getByRole("article", { name }));

async function type(label: string, text: string) {
    const field = screen.getByLabelText<HTMLInputElement>(label);
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await settled();
}

async function click(name: RegExp | string) {
    screen.getByRole("button", { name }).click();
    await settled();
}

describe("the list", () => {
    test("says where each secret is kept and leaves unknown kinds alone", async () => {
        await openConnections();
        expect(card("Produktion").getByText(/im Schlüsselbund/)).toBeTruthy();
        expect(card("Abnahme").getByText(/nicht hinterlegt/)).toBeTruthy();
        expect(screen.queryByRole("article", { name: "Vertrieb" })).toBeNull();
        expect(screen.getByText("Vertrieb")).toBeTruthy();
        expect(await violations()).toEqual([]);
    });

    test("says what to do where there is none", async () => {
        await openConnections(true);
        expect(screen.getByText(/^Noch kein Server\./)).toBeTruthy();
        expect(await violations()).toEqual([]);
    });
});

describe("a check", () => {
    test("tells who one is there and whether that suffices", async () => {
        await openConnections();
        card("Produktion").getByRole("button", { name: "Prüfen" }).click();
        await settled();
        expect(card("Produktion").getByText("Erreichbar, angemeldet als astrid.vogt.")).toBeTruthy();
        expect(card("Produktion").getByText(/Darf importieren\./)).toBeTruthy();
        expect(await violations()).toEqual([]);
    });

    test("asks for a missing key, empties the field at once and says where the key is kept", async () => {
        await openConnections();
        card("Abnahme").getByRole("button", { name: "Prüfen" }).click();
        await settled();
        expect(card("Abnahme").getByRole("alert").textContent).toContain("kein Schlüssel hinterlegt");
        expect(await violations()).toEqual([]);
        const field = card("Abnahme").getByLabelText<HTMLInputElement>("Token");
        expect(field.type).toBe("password");
        field.value = "sehr-geheim";
        card("Abnahme").getByRole("button", { name: "Hinterlegen" }).click();
        expect(field.value).toBe("");
        await settled();
        expect(card("Abnahme").getByText(/nur im Arbeitsspeicher/)).toBeTruthy();
        expect(document.body.innerHTML).not.toContain("sehr-geheim");
        card("Abnahme").getByRole("button", { name: "Prüfen" }).click();
        await settled();
        expect(card("Abnahme").getByText(/Darf nicht importieren/)).toBeTruthy();
    });
});

describe("a server", () => {
    test("is added by keyboard alone", async () => {
        const backend = await openConnections();
        await press("n", { altKey: true });
        expect(document.activeElement?.id).toContain("name");
        expect(await violations()).toEqual([]);
        await type("Name", "Werkstatt");
        await type("Adresse", "http://127.0.0.1:8080");
        await type("API-Schlüssel", "geheim");
        await click("Speichern");
        expect(screen.getByRole("article", { name: "Werkstatt" })).toBeTruthy();
        expect(await backend.keptSecret("Werkstatt")).toBe("memory");
        expect(document.body.innerHTML).not.toContain("geheim");
    });

    test("that would carry the key in the open is refused in the form", async () => {
        await openConnections();
        await click("Server hinzufügen");
        await type("Name", "Offen");
        await type("Adresse", "http://crm.example.de");
        await click("Speichern");
        expect(screen.getByRole("alert").textContent).toContain("unverschlüsselt");
        expect(await violations()).toEqual([]);
        await press("Escape");
        expect(screen.queryByRole("form")).toBeNull();
    });

    test("is removed in two steps", async () => {
        await openConnections();
        card("Produktion").getByRole("button", { name: "Entfernen" }).click();
        await settled();
        expect(document.activeElement?.textContent).toContain("Behalten");
        expect(await violations()).toEqual([]);
        card("Produktion").getByRole("button", { name: "Ja, entfernen" }).click();
        await settled();
        expect(screen.queryByRole("article", { name: "Produktion" })).toBeNull();
    });
});

test("the practice server is started and stopped here", async () => {
    await openConnections();
    await click("Starten");
    expect(screen.getByText(/^Läuft auf diesem Rechner/)).toBeTruthy();
    await click("Anhalten");
    expect(screen.getByText(/^Steht\./)).toBeTruthy();
});
