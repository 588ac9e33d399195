import type { CodeCount } from "../../bindings/CodeCount";
import type { Decision } from "../../bindings/Decision";
import type { EditOutcome } from "../../bindings/EditOutcome";
import type { Row } from "../../bindings/Row";
import type { RowDetail } from "../../bindings/RowDetail";
import type { ReviewBackend } from "../review";

/** What the invented review needs of the invented table. */
export interface ReviewedTable {
    readonly count: number;
    readonly fields: readonly { readonly id: string; readonly title: string; readonly kind: string }[];
    rowOf(id: number): Row;
    edit(edits: { row: number; column: string; text: string }[]): EditOutcome;
    undo(): EditOutcome;
}

const MOMENT = "2025-10-01T12:00:00Z";

/** A review in which every part has something to show. */
export function fakeReview(
    table: ReviewedTable,
    answer: <T>(value: () => T) => Promise<T>,
    unchecked = 0,
): ReviewBackend {
    let left = unchecked;
    const decisions = new Map<number, Decision>();
    let activities: string[][] = [
        ["MEETING", "2024-05-15 10:00", "Vor Ort in der Küche", "true"],
        ["NOTE", "2024-08-20", "Wünscht Muster", ""],
    ];
    let written = false;
    const sampled = Array.from({ length: Math.min(table.count, 8) }, (_, id) => id);
    const share = Math.max(1, Math.floor(table.count / 8));

    function findings(): CodeCount[] {
        const found = new Map<string, CodeCount>();
        for (const mark of sampled.flatMap((id) => table.rowOf(id).marks)) {
            if (mark.severity === null) continue;
            found.set(mark.code, {
                code: mark.code,
                field: table.fields[mark.column]?.id ?? null,
                severity: mark.severity,
                rows: share,
                title: `${table.fields[mark.column]?.title ?? ""}: ${mark.code}`,
                example: mark.message,
                fix: mark.fix,
            });
        }
        return [...found.values()];
    }

    function detail(id: number): RowDetail {
        const row = table.rowOf(id);
        return {
            id,
            number: row.number,
            source: "Altbestand.xlsx · Leads",
            name: row.cells[0] ?? "",
            states: row.states,
            fields: table.fields.map((field, at) => {
                const mark = row.marks.find(({ column, original }) => column === at && original !== null);
                return {
                    name: field.id,
                    label: field.title,
                    kind: field.id === "registeredAt" ? "date" : "text",
                    computed: field.id === "protectionUntil",
                    text: row.cells[at] ?? "",
                    source: [{ header: field.title, text: mark?.original ?? row.cells[at] ?? "" }],
                    edited: mark !== undefined,
                    original: mark?.original ?? null,
                    history:
                        mark === undefined
                            ? []
                            : [{ at: MOMENT, actor: "Astrid Vogt", before: null, after: row.cells[at] ?? "" }],
                };
            }),
            unread: [{ header: "Kd-Nr.", text: String(4711 + id) }],
            findings: row.marks.flatMap(({ severity, code, message, fix, column }) =>
                severity === null
                    ? []
                    : [{ severity, code, message, fix, title: code, field: table.fields[column]?.id ?? null }],
            ),
            activities: {
                name: "activities",
                label: "Aktivitäten",
                fields: [
                    {
                        name: "activityType",
                        label: "Art",
                        kind: "choice",
                        choices: [
                            { value: "MEETING", label: "Termin" },
                            { value: "NOTE", label: "Notiz" },
                        ],
                    },
                    { name: "activityDate", label: "Datum", kind: "date", choices: [] },
                    { name: "summary", label: "Inhalt", kind: "text", choices: [] },
                    { name: "countsAsProgress", label: "Zählt als Fortschritt", kind: "flag", choices: [] },
                ],
                list: activities,
                edited: written,
            },
            protection: {
                protectionUntil: "2025-12-12T00:00:00Z",
                progressDeadline: "2024-07-14T00:00:00Z",
                protectionStatus: "EXPIRED",
            },
            decision: decisions.get(id) ?? null,
            duplicates:
                id % 8 === 4
                    ? [
                          {
                              row: id + 1,
                              number: id + 3,
                              name: "Baeckerei Sonnenschein e.K.",
                              reference: false,
                              score: 0.93,
                          },
                      ]
                    : [],
            refusal: id % 8 === 6 ? "companyName: zu kurz" : null,
        };
    }

    /** An outcome that touches no cell, as decisions do. */
    function touched(rows: number[]): EditOutcome {
        return { revision: table.edit([]).revision, changed: rows.length, rows: rows.map((id) => table.rowOf(id)) };
    }

    function fixed(code: string, row: number | null): EditOutcome {
        const rows = row === null ? Array.from({ length: table.count }, (_, id) => id) : [row];
        const edits = rows.flatMap((id) =>
            table
                .rowOf(id)
                .marks.flatMap((mark) =>
                    mark.code === code && mark.fix !== null
                        ? [{ row: id, column: table.fields[mark.column]?.id ?? "", text: mark.fix }]
                        : [],
                ),
        );
        return table.edit(edits);
    }

    return {
        checkProject: () =>
            answer(() => {
                left = 0;
                return { rows: table.count, withErrors: share * 4 };
            }),
        reviewOverview: () =>
            answer(() => ({
                findings: left > 0 ? [] : findings(),
                states: {
                    all: table.count,
                    checked: table.count - left,
                    byState: {
                        errors: share * 4,
                        warnings: share,
                        hints: share,
                        clean: share * 2,
                        edited: 0,
                        duplicates: share * 2,
                        excluded: share,
                        approved: 0,
                        imported: 0,
                        failed: share,
                    },
                },
                sources: [{ id: 1, name: "Altbestand.xlsx · Leads", rows: table.count }],
                unchecked: left,
                undoable: 2,
                redoable: 1,
            })),
        reviewRow: (row) => answer(() => detail(row)),
        rowPlace: (_, row) => answer(() => (row < table.count ? row : null)),
        fixPreview: (code) =>
            answer(() => {
                const marks = sampled.flatMap((id) => table.rowOf(id).marks).filter((mark) => mark.code === code);
                const fixes = marks.filter(({ fix }) => fix !== null);
                return {
                    rows: share,
                    fixable: fixes.length > 0 ? share : 0,
                    examples: fixes.map(({ fix }): [string, string] => ["MÃ¼ller Feinkost", fix ?? ""]),
                };
            }),
        applyFix: (code, row) => answer(() => fixed(code, row)),
        restoreField: () => answer(() => table.undo()),
        putActivities: (row, list) =>
            answer(() => {
                const names = ["activityType", "activityDate", "summary", "countsAsProgress"];
                activities = list.map((texts) => names.map((name) => texts[name] ?? ""));
                written = true;
                return touched([row]);
            }),
        decide: (rows, kind) =>
            answer(() => {
                for (const row of rows) {
                    if (kind === null) decisions.delete(row);
                    else decisions.set(row, { kind, decidedBy: "Astrid Vogt", decidedAt: MOMENT });
                }
                return touched(rows);
            }),
        history: (offset) =>
            answer(() => ({
                entries:
                    offset > 0
                        ? []
                        : [
                              { id: 3, at: MOMENT, actor: "Astrid Vogt", text: "3 Zeilen ausgelassen", undone: true },
                              {
                                  id: 2,
                                  at: MOMENT,
                                  actor: "Astrid Vogt",
                                  text: "Korrektur von Firma in 96 Zeilen",
                                  undone: false,
                              },
                              {
                                  id: 1,
                                  at: MOMENT,
                                  actor: "Jonas Petersen",
                                  text: "Zeile 42: E-Mail „info@hafen.example“",
                                  undone: false,
                              },
                          ],
                more: false,
            })),
        goToChange: () => answer(() => table.undo()),
        writeRejected: () => answer(() => share * 4),
        previewCorrected: (path) =>
            answer(() =>
                !path.includes("Abgelehnte")
                    ? null
                    : {
                          file: "Abgelehnte Zeilen.xlsx",
                          rows: [{ row: 0, number: 2, name: "Gasthaus Musterküche" }],
                          preview: {
                              matched: 4,
                              unknown: ["EXCEL-ROW-9999"],
                              withoutId: 1,
                              changes: [
                                  {
                                      row: 0,
                                      externalId: "EXCEL-ROW-2",
                                      field: "contact.email",
                                      before: "max.mustermann@",
                                      after: "max.mustermann@musterkueche.example",
                                  },
                                  {
                                      row: 0,
                                      externalId: "EXCEL-ROW-2",
                                      field: "contact.phone",
                                      before: "+49 30 12345678",
                                      after: "",
                                  },
                              ],
                          },
                      },
            ),
        applyCorrected: ({ preview }) =>
            answer(() =>
                table.edit(preview.changes.map(({ row, field, after }) => ({ row, column: field, text: after }))),
            ),
    };
}
