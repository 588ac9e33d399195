// Invented mails, one for each state. The places of values are looked up in the texts, as the reader would give them.

import type { AppInfo } from "../../bindings/AppInfo";
import type { Failure } from "../../bindings/Failure";
import type { LeadField } from "../../bindings/LeadField";
import type { MailboxEntry } from "../../bindings/MailboxEntry";
import type { MailMark } from "../../bindings/MailMark";
import type { MailStatus } from "../../bindings/MailStatus";
import type { MailText } from "../../bindings/MailText";
import type { ParsedLead } from "../../bindings/ParsedLead";
import type { ShownMail } from "../../bindings/ShownMail";
import type { MailboxBackend } from "../mailbox";

interface Mail {
    readonly id: number;
    readonly from: string;
    readonly subject: string;
    readonly date: string;
    readonly status: MailStatus | null;
    readonly rule: string | null;
    readonly taken: boolean;
    readonly problem?: string;
    readonly bodies: readonly { part: string; mediaType: string; text: string }[];
    /** Per lead: field, value, what stands in the mail, how it was found. */
    readonly leads: readonly (readonly (readonly [string, string, string, string])[])[];
    readonly attachment?: string;
}

const FORM =
    "Neue Anfrage über das Formular\n\nName: Anna Käfer\nFirma: Hotel Seeblick GmbH\nE-Mail: anna@seeblick.example\n" +
    "Telefon: +49 7541 40700\nPLZ/Ort: 88045 Friedrichshafen\nZimmer: 42\n\nNachricht:\nBitte um Rückruf.\nGern am Vormittag.\n";

const PAIR = "1. Name: Bea Bunt, Telefon: 030 222000\n2. Name: Cleo Chor, Telefon: 030 333000\n";

const MAILS: readonly Mail[] = [
    {
        id: 5,
        from: "Webformular <noreply@portal.example>",
        subject: "Neue Anfrage von Anna Käfer",
        date: "2026-11-20T08:15:00Z",
        status: "parsed",
        rule: "web-form",
        taken: true,
        bodies: [{ part: "1", mediaType: "text/plain", text: FORM }],
        leads: [
            [
                ["firstName", "Anna", "Anna", "label:Name"],
                ["lastName", "Käfer", "Käfer", "label:Name"],
                ["companyName", "Hotel Seeblick GmbH", "Hotel Seeblick GmbH", "label:Firma"],
                ["email", "anna@seeblick.example", "anna@seeblick.example", "label:E-Mail"],
                ["phone", "+49 7541 40700", "+49 7541 40700", "label:Telefon"],
                ["postalCode", "88045", "88045", "position"],
                ["city", "Friedrichshafen", "Friedrichshafen", "position"],
                ["message", "Bitte um Rückruf.\nGern am Vormittag.", "Bitte um Rückruf.\nGern am Vormittag.", "cell:x"],
                ["extra.Zimmer", "42", "42", "label:Zimmer"],
            ],
        ],
        attachment: "Grundriss.pdf",
    },
    {
        id: 4,
        from: "Kursblick <noreply@kursblick.example>",
        subject: "2 Anfragen",
        date: "2026-11-19T16:40:00Z",
        status: "parsed",
        rule: "generic",
        taken: false,
        bodies: [
            { part: "1.1", mediaType: "text/plain", text: PAIR },
            { part: "1.2", mediaType: "text/html", text: PAIR },
        ],
        leads: [
            [
                ["lastName", "Bunt", "Bunt", "label:Name"],
                ["phone", "030 222000", "030 222000", "label:Telefon"],
            ],
            [
                ["lastName", "Chor", "Chor", "label:Name"],
                ["phone", "030 333000", "030 333000", "label:Telefon"],
            ],
        ],
    },
    {
        id: 3,
        from: "Chef <chef@firma.example>",
        subject: "Mittagessen <b>heute</b>",
        date: "2026-11-19T10:00:00Z",
        status: "unmatched",
        rule: null,
        taken: false,
        bodies: [{ part: "1", mediaType: "text/plain", text: "Heute um 12 in der Kantine?" }],
        leads: [],
    },
    {
        id: 2,
        from: "",
        subject: "",
        date: "2026-11-18T09:00:00Z",
        status: "failed",
        rule: null,
        taken: false,
        problem: "Die Mail ist leer. Fordern Sie sie beim Absender neu an.",
        bodies: [],
        leads: [],
    },
    {
        id: 1,
        from: "Portal <neu@portal.example>",
        subject: "Noch nicht gelesen",
        date: "2026-11-17T09:00:00Z",
        status: null,
        rule: null,
        taken: false,
        bodies: [{ part: "1", mediaType: "text/plain", text: "Name: Später" }],
        leads: [],
    },
];

function shown(mail: Mail): ShownMail {
    const texts: MailText[] = [
        { part: "header:From", mediaType: "", text: mail.from },
        { part: "header:Subject", mediaType: "", text: mail.subject },
        ...mail.bodies,
    ].filter(({ text }) => text !== "");
    const marks: MailMark[] = [];
    const leads = mail.leads.map((fields, lead): ParsedLead => {
        const extra: Record<string, string> = {};
        const parsed: ParsedLead = { fields: {}, extra, provenance: {}, confidence: 0.9 - lead * 0.35 };
        for (const [field, value, text, by] of fields) {
            const body = mail.bodies[0] ?? { part: "1", text: "" };
            const start = body.text.indexOf(text);
            marks.push({ lead, field, part: body.part, start, end: start + text.length });
            parsed.provenance[field] = {
                part: body.part,
                start,
                end: start + text.length,
                text,
                by: `${mail.rule ?? ""}/${by}`,
            };
            if (field.startsWith("extra.")) extra[field.slice("extra.".length)] = value;
            else parsed.fields[field as LeadField] = value;
        }
        return parsed;
    });
    return {
        view: {
            row: lineOf(mail).row,
            texts,
            attachments:
                mail.attachment === undefined
                    ? []
                    : [{ part: "2", fileName: mail.attachment, mediaType: "application/pdf", size: 48_200 }],
            parsed: mail.status === null ? null : { status: mail.status, rule: mail.rule, error: null, leads },
            marks,
        },
        problem: mail.problem ?? null,
    };
}

function lineOf(mail: Mail) {
    const { id, from, subject, date, status, rule, taken, leads } = mail;
    return {
        row: {
            id,
            externalId: `MAIL-${id}`,
            date,
            from,
            subject,
            size: 1200,
            status,
            rule,
            leads: leads.length,
            confidence: leads.length > 0 ? 0.9 : null,
        },
        taken,
    };
}

const COUNTS = { parsed: 2, unmatched: 1, failed: 1, unread: 1, leads: 3 };
const READ = { mails: 5, parsed: 2, unmatched: 1, failed: 1, leads: 3 };

export function fakeMailbox(): MailboxBackend {
    const entries: MailboxEntry[] = [
        {
            name: "Leads",
            settings: {
                host: "imap.firma.example",
                port: 993,
                security: "implicit_tls",
                user: "leads@firma.example",
                auth: "password",
                folders: [],
                since: null,
                caFile: null,
                pollMinutes: 5,
            },
        },
    ];
    return {
        mailboxes: () => Promise.resolve([...entries]),
        mailboxOverview: () =>
            Promise.resolve({
                counts: COUNTS,
                unfetched: 1,
                writtenAt: "2026-11-22T07:12:00Z",
                rules: [{ id: "web-form", title: { de: "Webformular", en: "Web form" } }],
                territories: [
                    { value: "DE", label: "Deutschland" },
                    { value: "CH", label: "Schweiz" },
                ],
                hasOwner: true,
            }),
        async connectMailbox(name, settings, secret, replacing) {
            await Promise.resolve();
            if (secret === "falsch") {
                const failure: Failure = {
                    kind: "secret_needed",
                    message: `${settings.host} weist die Anmeldung von ${settings.user} ab. Bitte Benutzername und Passwort prüfen.`,
                    details: "LoginRefused",
                };
                // What crosses the border is a value and no `Error`.
                // eslint-disable-next-line @typescript-eslint/only-throw-error
                throw failure;
            }
            const at = entries.findIndex((entry) => entry.name === replacing);
            if (at >= 0) entries.splice(at, 1);
            entries.push({ name, settings });
            return {
                report: { folders: [], mails: [{ folder: "INBOX", mails: 12 }], idle: true },
                kept: "keyring",
            };
        },
        disconnectMailbox(name) {
            entries.splice(
                entries.findIndex((entry) => entry.name === name),
                1,
            );
            return Promise.resolve();
        },
        restoreMailbox(name, settings) {
            entries.push({ name, settings });
            return Promise.resolve();
        },
        fetchMails: () =>
            Promise.resolve({
                sync: {
                    folders: [
                        {
                            folder: "INBOX",
                            new: 2,
                            known: 3,
                            tooLarge: 1,
                            refused: 0,
                            renumbered: false,
                            problem: null,
                        },
                    ],
                    reconnects: 0,
                },
                read: READ,
                counts: COUNTS,
            }),
        rereadMails: () => Promise.resolve(READ),
        mailPage(_name, query) {
            const text = query.text.toLowerCase();
            const found = MAILS.filter(
                (mail) =>
                    (query.status === null || mail.status === query.status) &&
                    `${mail.from} ${mail.subject}`.toLowerCase().includes(text),
            );
            const lines = found.slice(query.offset, query.offset + query.limit).map(lineOf);
            return Promise.resolve({ total: found.length, lines });
        },
        mail(_name, id) {
            const mail = MAILS.find((known) => known.id === id) ?? MAILS[0];
            return mail === undefined ? Promise.reject(new Error("no mail")) : Promise.resolve(shown(mail));
        },
        takeMails: () => {
            const app: AppInfo = {
                version: "0.1.0",
                language: "de",
                project: {
                    name: "Leads",
                    path: "/Lotse/Leads.lotse",
                    timeZone: "Europe/Berlin",
                    savedAt: "2026-11-22T13:32:00Z",
                },
                steps: [],
                recent: [],
                practice: null,
                person: "Astrid Vogt",
            };
            return Promise.resolve({ loaded: { sourceId: 1, leads: 2, knownMails: 1 }, app });
        },
    };
}
