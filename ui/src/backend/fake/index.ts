// A backend of invented data, for tests and for a plain browser (`npm run dev`). Keeps everything in memory.

import type { AppInfo } from "../../bindings/AppInfo";
import type { Block } from "../../bindings/Block";
import type { CellEdit } from "../../bindings/CellEdit";
import type { Column } from "../../bindings/Column";
import type { ColumnKind } from "../../bindings/ColumnKind";
import type { EditOutcome } from "../../bindings/EditOutcome";
import type { Failure } from "../../bindings/Failure";
import type { JobSnapshot } from "../../bindings/JobSnapshot";
import type { Mark } from "../../bindings/Mark";
import type { Row } from "../../bindings/Row";
import type { Severity } from "../../bindings/Severity";
import type { StepOverview } from "../../bindings/StepOverview";
import type { TableShape } from "../../bindings/TableShape";
import type { View } from "../../bindings/View";
import type { Backend, FileDrag } from "../backend";
import { fakeApproval, type FakeApproval } from "./approval";
import { fakeAudit } from "./audit";
import { fakeBulk } from "./bulk";
import { fakeConnections, type FakeConnections } from "./connections";
import { fakeDuplicates, type FakeDuplicates } from "./duplicates";
import { fakeMailbox } from "./mailbox";
import { fakeAdditions } from "./additions";
import { fakeMapping } from "./mapping";
import { fakePush, type FakePush, type FakePushControls } from "./push";
import { fakeReview } from "./review";
import { fakeSources } from "./sources";
import { fakeTemplates } from "./templates";

/** What a test wants the backend to be. */
export interface FakeWorld {
    /** No project, so that the window begins with the start screen. */
    readonly empty?: boolean;
    /** Rows of the table; eight that show everything, repeated. */
    readonly rows?: number;
    readonly jobs?: readonly JobSnapshot[];
    readonly duplicates?: FakeDuplicates;
    readonly approval?: FakeApproval;
    /** The entry of the audit log at which its chain breaks. */
    readonly brokenEntry?: number;
    /** What the person answers where a file is to be saved. */
    readonly saveTo?: string;
    readonly connections?: FakeConnections;
    readonly push?: FakePush;
    /** Rows that are not checked yet. */
    readonly unchecked?: number;
    /** What the dialogs for files answer. */
    readonly file?: string;
}

/** The backend and the strings that a test can pull. */
export interface FakeBackend extends Backend, FakePushControls {
    drag(drag: FileDrag): void;
    /** The next call fails like this. */
    failNext(error: Failure): void;
}

const FIELDS: readonly (readonly [string, string, ColumnKind, number])[] = [
    ["companyName", "Firma", "text", 190],
    ["postalCode", "PLZ", "text", 72],
    ["city", "Ort", "text", 130],
    ["businessType", "Betriebsart", "choice", 120],
    ["contact.email", "E-Mail", "email", 210],
    ["contact.phone", "Telefon", "phone", 150],
    ["registeredAt", "Registriert", "date", 108],
    ["estimatedVolume", "Volumen", "number", 104],
    ["protectionUntil", "Schutz bis", "date", 108],
];

const CHOICES = ["restaurant", "hotel", "catering", "kantine", "grosshandel"];

const LINES: readonly (readonly string[])[] = [
    [
        "Gasthaus Musterküche",
        "10115",
        "Berlin",
        "restaurant",
        "max.mustermann@",
        "+49 30 12345678",
        "2024-06-15",
        "12000",
        "2024-12-12",
    ],
    [
        "Hotel Seeblick GmbH & Co. KG",
        "88045",
        "Friedrichshafen",
        "hotel",
        "info@seeblick.example",
        "+49 7541 40700",
        "2027-01-01",
        "85000.50",
        "",
    ],
    [
        "Kantine Technopark",
        "1067",
        "Dresden",
        "kantine",
        "kantine@tp.example",
        "4,93012E+11",
        "2025-03-03",
        "4300",
        "2025-08-30",
    ],
    [
        "MÃ¼ller Feinkost",
        "8001",
        "Zürich",
        "grosshandel",
        "mueller@feinkost.example",
        "+41 44 6681800",
        "2024-11-11",
        "",
        "2025-05-10",
    ],
    [
        "Bäckerei Sonnenschein",
        "80331",
        "München",
        "restaurant",
        "hallo@sonne.example",
        "+49 89 45678901",
        "2023-08-22",
        "950.75",
        "2024-02-18",
    ],
    [
        "Baeckerei Sonnenschein e.K.",
        "80331",
        "Muenchen",
        "restaurant",
        "",
        "089/45678901",
        "2023-08-24",
        "",
        "2024-02-20",
    ],
    ["A", "20095", "Hamburg", "catering", "a@hafen.example", "+49 40 3344550", "2025-01-02", "20000", "2025-07-01"],
    [
        "Seniorenheim Sonnenhof",
        "79098",
        "Freiburg i. Br.",
        "kantine",
        "kueche@sonnenhof.example",
        "+49 761 2020",
        "2025-05-19",
        "31500",
        "2025-11-15",
    ],
];

/** What is wrong with a cell. Enough to see every state of one; the rules themselves are not here. */
function findingOf(
    column: number,
    text: string,
): { severity: Severity; code: string; message: string; fix?: string } | null {
    const [id] = FIELDS[column] as (typeof FIELDS)[number];
    if (id === "companyName" && text.length < 2) {
        return { severity: "error", code: "company_name.too_short", message: "Mindestens zwei Zeichen." };
    }
    if (id === "companyName" && text.includes("Ã")) {
        return {
            severity: "warning",
            code: "text.broken_encoding",
            message: "Zeichensatz beschädigt.",
            fix: text.replaceAll("Ã¼", "ü"),
        };
    }
    if (id === "contact.email" && text.endsWith("@")) {
        return { severity: "error", code: "email.invalid", message: "Nach dem @ fehlt die Domain." };
    }
    if (id === "contact.phone" && text.includes("E+")) {
        return { severity: "error", code: "phone.damaged", message: "Von Excel beschädigt: Ziffern sind verloren." };
    }
    if (id === "contact.phone" && text.startsWith("0")) {
        return { severity: "hint", code: "phone.national", message: "Wird als +49 89 45678901 gelesen." };
    }
    if (id === "registeredAt" && text > "2026-12-31") {
        return { severity: "error", code: "registered_at.future", message: "Liegt in der Zukunft." };
    }
    return null;
}

const RANK: Record<Severity, number> = { hint: 1, warning: 2, error: 3 };

function gravest(marks: readonly Mark[]): Severity | null {
    return marks.reduce<Severity | null>(
        (worst, { severity }) =>
            severity !== null && (worst === null || RANK[severity] > RANK[worst]) ? severity : worst,
        null,
    );
}

const STEPS: readonly StepOverview[] = [
    { step: "sources", state: "done", count: 3, of: null },
    { step: "mapping", state: "done", count: 17, of: 17 },
    { step: "check", state: "blocked", count: 1204, of: null },
    { step: "duplicates", state: "started", count: 318, of: null },
    { step: "approval", state: "open", count: 0, of: null },
    { step: "push", state: "open", count: null, of: null },
    { step: "audit", state: "open", count: 46, of: null },
    { step: "mailbox", state: "started", count: 12, of: null },
    { step: "connections", state: "done", count: null, of: null },
];

export function fakeBackend(world: FakeWorld = {}): FakeBackend {
    const count = world.rows ?? 4000;
    const edits = new Map<string, string>();
    const done: CellEdit[][] = [];
    const undone: CellEdit[][] = [];
    const drags = new Set<(drag: FileDrag) => void>();
    let revision = 0;
    let failure: Failure | null = null;

    const original = (row: number, column: number) => LINES[row % LINES.length]?.[column] ?? "";
    const textOf = (row: number, column: number) => edits.get(`${row}:${column}`) ?? original(row, column);
    const indexOf = (id: string) => FIELDS.findIndex(([field]) => field === id);

    function rowOf(id: number): Row {
        const marks: Mark[] = [];
        FIELDS.forEach((_, column) => {
            const finding = findingOf(column, textOf(id, column));
            const changed = edits.has(`${id}:${column}`);
            if (finding === null && !changed) return;
            marks.push({
                column,
                severity: finding?.severity ?? null,
                code: finding?.code ?? "",
                message: finding?.message ?? "",
                fix: finding?.fix ?? null,
                original: changed ? original(id, column) : null,
            });
        });
        return {
            id,
            number: id + 2,
            severity: gravest(marks),
            states: [],
            cells: FIELDS.map((_, column) => textOf(id, column)),
            marks,
        };
    }

    function arrange(view: View): number[] {
        const wanted = view.search.toLowerCase();
        const rows = Array.from({ length: count }, (_, id) => id).filter((id) => {
            const row = rowOf(id);
            if (view.severities.length > 0 && (row.severity === null || !view.severities.includes(row.severity)))
                return false;
            if (view.codes.length > 0 && !row.marks.some((mark) => view.codes.includes(mark.code))) return false;
            for (const { column, values } of view.values) {
                if (!values.includes(textOf(id, indexOf(column)))) return false;
            }
            if (view.changedOnly && !row.marks.some((mark) => mark.original !== null)) return false;
            return wanted === "" || row.cells.some((text) => text.toLowerCase().includes(wanted));
        });
        for (const { column, descending } of [...view.sort].reverse()) {
            const at = indexOf(column);
            rows.sort((a, b) => (textOf(a, at) < textOf(b, at) ? -1 : textOf(a, at) > textOf(b, at) ? 1 : 0));
            if (descending) rows.reverse();
        }
        return rows;
    }

    function shape(view: View): TableShape {
        const rows = Array.from({ length: count }, (_, id) => rowOf(id));
        const having = (severity: Severity) => rows.filter((row) => row.severity === severity).length;
        const columns = FIELDS.map(([id, title, kind, width], index): Column => {
            const marks = rows.flatMap((row) => row.marks.filter((mark) => mark.column === index));
            return {
                id,
                title,
                kind,
                width,
                computed: id === "protectionUntil",
                choices: kind === "choice" ? CHOICES : [],
                errors: marks.filter((mark) => mark.severity === "error").length,
                warnings: marks.filter((mark) => mark.severity === "warning").length,
            };
        });
        const changed = rows.filter((row) => row.marks.some((mark) => mark.original !== null)).length;
        return {
            columns,
            rows: arrange(view).length,
            counts: {
                all: count,
                errors: having("error"),
                warnings: having("warning"),
                hints: having("hint"),
                changed,
            },
            revision,
        };
    }

    /** Writes cells and gives back what undoes it. */
    function write(wanted: readonly CellEdit[]): { back: CellEdit[]; outcome: EditOutcome } {
        const back: CellEdit[] = [];
        for (const { row, column, text } of wanted) {
            const at = indexOf(column);
            if (at < 0 || column === "protectionUntil" || textOf(row, at) === text) continue;
            back.push({ row, column, text: textOf(row, at) });
            if (text === original(row, at)) edits.delete(`${row}:${at}`);
            else edits.set(`${row}:${at}`, text);
        }
        if (back.length > 0) revision += 1;
        const rows = [...new Set(back.map(({ row }) => row))].slice(0, 1000).map(rowOf);
        return { back, outcome: { revision, changed: back.length, rows } };
    }

    function edit(wanted: readonly CellEdit[]): EditOutcome {
        const { back, outcome } = write(wanted);
        if (back.length > 0) {
            done.push(back);
            undone.length = 0;
        }
        return outcome;
    }

    function step(from: CellEdit[][], to: CellEdit[][]): EditOutcome {
        const { back, outcome } = write(from.pop() ?? []);
        if (back.length > 0) to.push(back);
        return outcome;
    }

    /** Answers in a later turn, as the border does, and fails where a test wants it to. */
    async function answer<T>(value: () => T): Promise<T> {
        await Promise.resolve();
        if (failure !== null) {
            const error = failure;
            failure = null;
            // What crosses the border is a value and no `Error`.
            // eslint-disable-next-line @typescript-eslint/only-throw-error
            throw error;
        }
        return value();
    }

    function blockTargets(view: View, block: Block): number[][] {
        const rows = arrange(view).slice(block.offset, block.offset + block.rows);
        return rows.map((row) => [row, ...block.columns.map(indexOf)]);
    }

    let info: AppInfo = {
        version: "0.1.0",
        language: "de",
        project:
            world.empty === true
                ? null
                : {
                      name: "Altbestand Süd 2019–2025",
                      path: "/Lotse/Altbestand Süd.lotse",
                      timeZone: "Europe/Berlin",
                      savedAt: "2026-11-22T13:32:00Z",
                  },
        steps: world.empty === true ? [] : [...STEPS],
        recent:
            world.empty === true
                ? []
                : [
                      {
                          name: "Altbestand Süd 2019–2025",
                          path: "/Lotse/Altbestand Süd.lotse",
                          openedAt: "2026-11-21T09:10:00Z",
                      },
                  ],
        practice: null,
        person: "Astrid Vogt",
    };

    return {
        appInfo: () => answer(() => info),
        chooseLanguage: () => answer(() => undefined),
        takeStartRequest: () => answer(() => ({ paths: [], demo: false })),
        openProject: () => answer(() => info),
        closeProject: () => answer(() => ({ ...info, project: null, steps: [] })),
        copyProject: () => answer(() => undefined),
        openExample: () => answer(() => info),
        startPracticeServer: () =>
            answer(() => {
                info = { ...info, practice: "http://127.0.0.1:41733" };
                return "Übungsserver";
            }),
        stopPracticeServer: () =>
            answer(() => {
                info = { ...info, practice: null };
            }),
        renameProject: (name) =>
            answer(() => ({ ...info, project: info.project === null ? null : { ...info.project, name } })),
        settingsInfo: () =>
            answer(() => ({
                projects: "/Users/astrid/Lotse",
                data: "/Users/astrid/.local/share/lotse",
                config: "/Users/astrid/.config/lotse",
                nameIsFixed: false,
            })),
        askForFile: () => answer(() => world.file ?? null),
        askWhereToSave: () => answer(() => world.saveTo ?? world.file ?? null),
        cancelJob: () => answer(() => undefined),
        onFileDrag(listener) {
            drags.add(listener);
            return () => drags.delete(listener);
        },
        onJobs(listener) {
            if (world.jobs !== undefined) listener(world.jobs);
            return () => undefined;
        },
        ...fakeApproval(world.approval),
        ...fakeAudit(240, world.brokenEntry ?? null),
        ...fakeConnections(world.connections),
        ...fakeDuplicates(world.duplicates),
        ...fakeMailbox(),
        ...fakeMapping(),
        ...fakeTemplates(),
        ...fakeAdditions(),
        ...fakePush(world.push),
        ...fakeReview(
            {
                count,
                fields: FIELDS.map(([id, title, kind]) => ({ id, title, kind })),
                rowOf,
                edit,
                undo: () => step(done, undone),
            },
            answer,
            world.unchecked,
        ),
        ...fakeBulk(
            {
                computed: ["protectionUntil"],
                arrange,
                textOf: (row, column) => textOf(row, indexOf(column)),
                originalOf: (row, column) => original(row, indexOf(column)),
                edit,
            },
            answer,
        ),
        ...fakeSources(),
        tableShape: (view) => answer(() => shape(view)),
        tableWindow: (view, offset, limit) =>
            answer(() => {
                const rows = arrange(view);
                return { offset, total: rows.length, revision, rows: rows.slice(offset, offset + limit).map(rowOf) };
            }),
        tableBlock: (view, block) =>
            answer(() =>
                blockTargets(view, block).map(([row = 0, ...columns]) => columns.map((at) => textOf(row, at))),
            ),
        readCell: ({ column, text }) => {
            const finding = findingOf(indexOf(column), text);
            return Promise.resolve({ text, severity: finding?.severity ?? null, message: finding?.message ?? "" });
        },
        editCells: (wanted) => answer(() => edit(wanted)),
        pasteBlock: (view, block, texts) =>
            answer(() => {
                const targets = blockTargets(view, block);
                const wide = Math.max(1, ...texts.map((line) => line.length));
                const wanted = targets.flatMap(([row = 0, ...columns], down) =>
                    columns.flatMap((at, right) => {
                        const text = texts[down % texts.length]?.[right % wide];
                        return text === undefined ? [] : [{ row, column: FIELDS[at]?.[0] ?? "", text }];
                    }),
                );
                const computed = wanted.filter(({ column }) => column === "protectionUntil").length;
                const { changed } = edit(wanted);
                const faulty = wanted.filter(
                    ({ row, column, text }) =>
                        findingOf(indexOf(column), text)?.severity === "error" && textOf(row, indexOf(column)) === text,
                ).length;
                return {
                    revision,
                    changed,
                    faulty,
                    computed,
                    rowsBeyond: Math.max(0, texts.length - targets.length),
                    columnsBeyond: Math.max(0, wide - block.columns.length),
                };
            }),
        undo: () => answer(() => step(done, undone)),
        redo: () => answer(() => step(undone, done)),
        drag: (drag) => drags.forEach((listener) => listener(drag)),
        failNext: (error) => (failure = error),
    };
}
