import { screen } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";

import type { MailMark } from "../src/bindings/MailMark";
import { stretches } from "../src/domain/mailbox/marks";
import { openWindow, press, settled, violations } from "./world";

async function openMailbox(prepare?: (backend: Awaited<ReturnType<typeof openWindow>>["backend"]) => void) {
    const { backend } = await openWindow({ rows: 40 });
    prepare?.(backend);
    document.querySelector<HTMLElement>("[data-testid=step-mailbox]")!.click();
    await settled();
    return backend;
}

function type(label: string | RegExp, text: string) {
    const field = screen.getByLabelText<HTMLInputElement>(label);
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
}

const pointed = () => [...document.querySelectorAll("mark.pointed")].map((mark) => mark.textContent);

describe("the form for a mailbox", () => {
    test("is the way in where there is none, also without a project", async () => {
        const { backend } = await openWindow({ empty: true });
        backend.mailboxes = () => Promise.resolve([]);
        screen.getByRole("button", { name: /^Postfach verbinden/ }).click();
        await settled();
        expect(screen.getByRole("heading", { name: "Postfach verbinden" })).toBeTruthy();
        expect(document.activeElement).toBe(screen.getByLabelText("Name der Verbindung"));
        expect(await violations()).toEqual([]);
        screen.getByRole("button", { name: "Zurück" }).click();
        await settled();
        expect(screen.getByRole("heading", { name: "Leads sicher in den Hafen" })).toBeTruthy();
    });

    test("says what is wrong, forgets the password at once, and connects when it is right", async () => {
        const backend = await openMailbox((fake) => (fake.mailboxes = () => Promise.resolve([])));
        const connect = vi.spyOn(backend, "connectMailbox");
        type("Name der Verbindung", "Neu");
        type("IMAP-Server", "imap.firma.example");
        type("Benutzername", "leads@firma.example");
        type("Passwort", "falsch");
        type("Ordner, mit Komma getrennt", "INBOX, Anfragen ,");
        await settled();
        screen.getByRole("button", { name: "Prüfen und speichern" }).click();
        await settled();
        expect(screen.getByRole("alert").textContent).toContain("weist die Anmeldung von leads@firma.example ab");
        const password = screen.getByLabelText<HTMLInputElement>("Passwort");
        expect([password.type, password.value]).toEqual(["password", ""]);
        expect(document.activeElement).toBe(password);
        expect(await violations()).toEqual([]);
        const [, settings, secret, replacing] = connect.mock.calls[0]!;
        expect([settings.folders, secret, replacing]).toEqual([["INBOX", "Anfragen"], "falsch", null]);
        expect(JSON.stringify(settings)).not.toContain("falsch");

        backend.mailboxes = () => Promise.resolve([{ name: "Neu", settings }]);
        type("Passwort", "geheim");
        await settled();
        screen.getByRole("button", { name: "Prüfen und speichern" }).click();
        await settled();
        expect(screen.getByText("„Neu“ ist verbunden.")).toBeTruthy();
        expect(screen.getByRole("listbox", { name: "Mails" })).toBeTruthy();
    });

    test("moves the port with the encryption, but not one that somebody chose", async () => {
        await openMailbox((fake) => (fake.mailboxes = () => Promise.resolve([])));
        const port = screen.getByLabelText<HTMLInputElement>("Port");
        const choose = async (value: string) => {
            const select = screen.getByLabelText<HTMLSelectElement>("Verschlüsselung");
            select.value = value;
            select.dispatchEvent(new Event("change", { bubbles: true }));
            await settled();
        };
        expect(port.value).toBe("993");
        await choose("starttls");
        expect(port.value).toBe("143");
        type("Port", "1143");
        await choose("implicit_tls");
        expect(port.value).toBe("1143");
    });

    test("opens by itself where the password is refused at the next fetch", async () => {
        const backend = await openMailbox();
        // What crosses the border is a value and no `Error`.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        backend.fetchMails = () => Promise.reject({ kind: "secret_needed", message: "Kein Passwort.", details: "" });
        screen.getByRole("button", { name: "Abrufen" }).click();
        await settled();
        expect(screen.getByRole("alert").textContent).toContain("Kein Passwort.");
        expect(document.activeElement).toBe(screen.getByLabelText("Passwort"));
    });

    test("disconnects, and takes that back", async () => {
        await openMailbox();
        screen.getByRole("button", { name: "Postfach ändern" }).click();
        await settled();
        screen.getByRole("button", { name: "Verbindung trennen" }).click();
        await settled();
        expect(screen.getByRole("heading", { name: "Postfach verbinden" })).toBeTruthy();
        screen.getByRole("button", { name: "Rückgängig" }).click();
        await settled();
        expect(screen.getByRole("listbox", { name: "Mails" })).toBeTruthy();
    });
});

describe("the mails", () => {
    test("are walked by the keyboard, each state says what it is, and axe finds nothing", async () => {
        await openMailbox();
        const list = screen.getByRole("listbox", { name: "Mails" });
        expect(screen.getAllByRole("option")).toHaveLength(5);
        expect(screen.getAllByText("✓ im Projekt")).toHaveLength(1);
        expect(await violations()).toEqual([]);
        list.focus();
        const says = ["Lead 2 von 2", "Keine Regel hat hier", "Die Mail ist leer.", "noch nicht gelesen."];
        for (const said of says) {
            await press("ArrowDown");
            expect(screen.getByText(new RegExp(said))).toBeTruthy();
            expect(await violations(), said).toEqual([]);
        }
        await press("ArrowDown");
        expect(list.getAttribute("aria-activedescendant")).toBe("mail-4");
        await press("Home");
        expect(document.getElementById("mail-0")!.getAttribute("aria-selected")).toBe("true");
    });

    test("are text alone, whatever stands in them", async () => {
        await openMailbox();
        screen.getByRole("listbox").focus();
        await press("ArrowDown");
        await press("ArrowDown");
        expect(screen.getAllByText("Mittagessen <b>heute</b>").length).toBeGreaterThan(0);
        expect(document.querySelector("main b, main img, main iframe, main a[href^=http]")).toBeNull();
    });

    test("are filtered by state and text, and an empty answer leads back", async () => {
        const backend = await openMailbox();
        const page = vi.spyOn(backend, "mailPage");
        screen.getByRole("button", { name: /^Nicht lesbar/ }).click();
        await settled();
        expect(screen.getAllByRole("option")).toHaveLength(1);
        type("Absender oder Betreff", "kursblick");
        await vi.waitFor(() => expect(screen.getByText("Keine Mail passt dazu")).toBeTruthy());
        expect(page).toHaveBeenLastCalledWith("Leads", { status: "failed", text: "kursblick", offset: 0, limit: 100 });
        expect(await violations()).toEqual([]);
        screen.getByRole("button", { name: "Alle zeigen" }).click();
        await settled();
        expect(screen.getAllByRole("option")).toHaveLength(5);
    });

    test("point from a value to its place and back", async () => {
        await openMailbox();
        screen.getByRole("button", { name: /^E-Mail/ }).focus();
        await settled();
        expect(pointed()).toEqual(["anna@seeblick.example"]);
        await press("ArrowDown");
        expect(pointed()).toEqual(["+49 7541 40700"]);
        const mark = document.querySelector<HTMLElement>("mark[data-field=city]")!;
        mark.click();
        await settled();
        expect(document.activeElement!.textContent).toContain("Friedrichshafen");
        expect(mark.title).toBe("Ort");
    });
});

describe("the leads", () => {
    test("go into the project with what mails do not say, and the window goes to the mapping", async () => {
        const backend = await openMailbox();
        const take = vi.spyOn(backend, "takeMails");
        screen.getByRole("button", { name: "In das Projekt übernehmen" }).click();
        await settled();
        expect(await violations()).toEqual([]);
        const territory = screen.getByLabelText<HTMLSelectElement>("Gebiet");
        territory.value = "CH";
        territory.dispatchEvent(new Event("change", { bubbles: true }));
        type("Betreuer", "partner-nord");
        await settled();
        screen.getByRole("button", { name: "Übernehmen" }).click();
        await settled();
        expect(take).toHaveBeenCalledWith("Leads", "CH", "partner-nord");
        expect(screen.getByText("2 Leads übernommen.")).toBeTruthy();
        expect(document.querySelector("[aria-current=step]")?.getAttribute("data-testid")).toBe("step-mapping");
    });

    test("are counted after a fetch", async () => {
        await openMailbox();
        screen.getByRole("button", { name: "Abrufen" }).click();
        await settled();
        expect(screen.getByText("2 neue Mails.")).toBeTruthy();
        screen.getByRole("button", { name: "Neu lesen" }).click();
        await settled();
        expect(screen.getByText("5 Mails neu gelesen, Leads: 3.")).toBeTruthy();
    });
});

describe("marks", () => {
    const mark = (field: string, start: number, end: number): MailMark => ({ lead: 0, field, part: "1", start, end });

    test("cut a text so that nothing of it is lost, also where they overlap", () => {
        const text = "Anna Käfer 😀 Berlin";
        const pieces = stretches(text, [mark("name", 0, 10), mark("lastName", 5, 10), mark("city", 14, 20)]);
        expect(pieces.map((piece) => piece.text).join("")).toBe(text);
        expect(pieces.map(({ text, places }) => [text, places.map(({ field }) => field)])).toEqual([
            ["Anna ", ["name"]],
            ["Käfer", ["name", "lastName"]],
            [" 😀 ", []],
            ["Berlin", ["city"]],
        ]);
    });

    test("outside of the text are left out", () => {
        expect(stretches("ab", [mark("x", 1, 9), mark("y", 2, 2)])).toEqual([{ text: "ab", places: [] }]);
        expect(stretches("", [])).toEqual([]);
    });
});
