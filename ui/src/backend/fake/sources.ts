import type { DateOrder } from "../../bindings/DateOrder";
import type { Detected } from "../../bindings/Detected";
import type { Failure } from "../../bindings/Failure";
import type { FileLook } from "../../bindings/FileLook";
import type { FileNotice } from "../../bindings/FileNotice";
import type { PreviewRow } from "../../bindings/PreviewRow";
import type { ReadSettings } from "../../bindings/ReadSettings";
import type { SourceLine } from "../../bindings/SourceLine";
import type { SourcesBackend } from "../sources";

const HEADERS = ["Kd-Nr.", "Firma", "PLZ", "Ort", "Telefon", "Registriert am", "Umsatz"];

const ROWS: readonly (readonly string[])[] = [
    ["F10000", "Gasthaus Seeblick", "10115", "Berlin", "030/2000000", "03/04/2024", "1.000,50"],
    ["F10001", "Catering Zur Mühle GmbH", "01067", "Dresden", "4,93012E+11", "05/06/2024", "2.037,50"],
    ["F10002", "Feinkost Schönblick e.K.", "8001", "Zürich", "044/2015838", "07/08/2024", ""],
];

function found<T>(value: T, set: T | null | undefined, certainty: number, reason: string): Detected<T> {
    return set == null
        ? { value, certainty, reason, chosen: false }
        : { value: set, certainty: 1, reason: "so eingestellt", chosen: true };
}

/** A column of dates that can be read in two ways, from this row on. */
function question(first: number): FileNotice {
    const reading = (dateOrder: DateOrder, text: string) => ({
        said: { kind: null, dateOrder, numberStyle: null },
        first: text,
    });
    return {
        code: "date.ambiguous",
        grave: true,
        column: "Registriert am",
        index: 5,
        text: "3 Datumswerte wie „03/04/2024“ lassen sich mit dem Tag oder dem Monat zuerst lesen. Bitte entscheiden.",
        rows: [first, first + 1, first + 2],
        readings: [reading("day_first", "2024-04-03"), reading("month_first", "2024-03-04")],
    };
}

function look(path: string, settings: ReadSettings): FileLook {
    const text = path.endsWith(".csv");
    const header = settings.header ?? { first: 4, count: 1 };
    const rows: PreviewRow[] = ROWS.map((cells, index) => ({
        number: header.first + 1 + index,
        cells: cells.map((text) => ({ kind: text === "" ? "empty" : "text", text })),
    }));
    return {
        file: path.split("/").pop() ?? path,
        bytes: 18_400,
        format: found(text ? "csv" : "xlsx", null, 1, "am Inhalt erkannt"),
        text: text
            ? {
                  charset: found("windows-1252", settings.charset, 0.96, "42 Umlaute ergeben nur so Wörter"),
                  delimiter: found(";", settings.delimiter, 0.97, "ergibt in 149 von 150 Zeilen 7 Zellen"),
                  quote: found("double", settings.quote, 0.7, "üblich; nichts spricht dagegen"),
                  escape: found("doubled", settings.escape, 0.8, "üblich; nichts spricht dagegen"),
              }
            : null,
        sheets: text
            ? [{ name: "", visible: true, rows: 154, columns: 7 }]
            : [
                  { name: "Leads", visible: true, rows: 154, columns: 7 },
                  { name: "Alt", visible: false, rows: 12, columns: 3 },
              ],
        sheet: found(text ? "" : "Leads", settings.sheet, 0.9, "erstes sichtbares Blatt mit einer Tabelle"),
        header: found({ first: 4, count: 1 }, settings.header, 0.92, "Zeile 4 enthält Überschriften wie Firma, Ort"),
        columns: HEADERS.map((name, index) => ({
            index,
            letters: String.fromCharCode(65 + index),
            name,
            kind: found(
                index === 5 ? "date" : index === 6 ? "decimal" : "text",
                settings.columns[index]?.kind,
                0.98,
                "147 von 150 Werten",
            ),
            dateOrder:
                index === 5
                    ? found("day_first", settings.columns[5]?.dateOrder, 0.5, "beide Lesarten sind möglich")
                    : null,
            numberStyle: index === 6 ? found("comma", settings.columns[6]?.numberStyle, 0.99, "1.000,50") : null,
            hidden: index === 6,
        })),
        above: [{ number: 1, text: "Partnerportal · Stand: 30.09.2025" }],
        rows,
        account: {
            total: 154,
            header: 1,
            read: 150,
            skipped: 3,
            runs: [{ first: 1, last: 3, reason: "Titelzeile über der Tabelle" }],
        },
        complete: true,
        notices: [
            {
                code: "phone.damaged",
                grave: true,
                column: "Telefon",
                index: 4,
                text: "Eine Telefonnummer ist zu einer gerundeten Zahl geworden; ihre Ziffern sind verloren.",
                rows: [header.first + 2],
                readings: [],
            },
            ...(settings.columns[5]?.dateOrder == null ? [question(header.first + 1)] : []),
            {
                code: "hidden.column",
                grave: true,
                column: "Umsatz",
                index: 6,
                text: "Die Spalte ist in der Arbeitsmappe ausgeblendet und wird mitgelesen.",
                rows: [],
                readings: [],
            },
            {
                code: "hidden.sheets",
                grave: false,
                column: null,
                index: null,
                text: "Ausgeblendete Blätter: Alt.",
                rows: [],
                readings: [],
            },
        ],
    };
}

const LINES: readonly SourceLine[] = [
    {
        id: 1,
        role: "leads",
        name: "partner-export.xlsx",
        sheet: "Leads",
        origin: "/Daten/partner-export.xlsx",
        rows: 150,
        columns: 15,
        loadedAt: "2026-11-22T13:32:00Z",
        account: look("a.xlsx", { columns: {} } as ReadSettings).account,
        notices: look("a.xlsx", { columns: {} } as ReadSettings).notices,
        otherSheets: ["Aktivitäten"],
    },
    {
        id: 2,
        role: "reference",
        name: "Bestand.csv",
        sheet: "",
        origin: "/Daten/Bestand.csv",
        rows: 4000,
        columns: 9,
        loadedAt: "2026-11-22T13:40:00Z",
        account: null,
        notices: [],
        otherSheets: [],
    },
];

/** A file whose name says so cannot be read. */
function refusal(path: string): Failure | null {
    return path.includes("defekt")
        ? {
              kind: "other",
              message: "Das ist ein PDF-Dokument. Bitte als Excel- oder CSV-Datei ausgeben lassen.",
              details: "NotATable { found: Pdf }",
          }
        : null;
}

export function fakeSources(): SourcesBackend {
    let lines = [...LINES];
    return {
        async inspectFile(path, settings) {
            await Promise.resolve();
            const refused = refusal(path);
            // What crosses the border is a value and no `Error`.
            // eslint-disable-next-line @typescript-eslint/only-throw-error
            if (refused !== null) throw refused;
            return look(path, settings);
        },
        rowsOfFile: (path, settings, rows) =>
            Promise.resolve(look(path, settings).rows.filter(({ number }) => rows.includes(number))),
        async takeFile(path, _settings, role) {
            await Promise.resolve();
            const [first] = LINES;
            const id = lines.length + 1;
            if (first !== undefined) lines = [...lines, { ...first, id, role, name: path.split("/").pop() ?? path }];
            return id;
        },
        listSources: () => Promise.resolve(lines),
        async removeSource(source) {
            await Promise.resolve();
            lines = lines.filter(({ id }) => id !== source);
        },
    };
}
