import type { Destination } from "../../bindings/Destination";
import type { Failure } from "../../bindings/Failure";
import type { FoundValue } from "../../bindings/FoundValue";
import type { MappedColumn } from "../../bindings/MappedColumn";
import type { MappedField } from "../../bindings/MappedField";
import type { MappedSource } from "../../bindings/MappedSource";
import type { MappingChange } from "../../bindings/MappingChange";
import type { MappingOutcome } from "../../bindings/MappingOutcome";
import type { MappingState } from "../../bindings/MappingState";
import type { MappingTarget } from "../../bindings/MappingTarget";
import type { ProgressQuestion } from "../../bindings/ProgressQuestion";
import type { TargetField } from "../../bindings/TargetField";
import type { MappingBackend } from "../mapping";

function field(name: string, label: string, kind: TargetField["kind"], more: Partial<TargetField> = {}): TargetField {
    return { name, label, kind, required: false, defaultAllowed: false, choices: [], ...more };
}

const TYPES = [
    { value: "MEETING", label: "Termin" },
    { value: "CALL", label: "Anruf" },
];

const TARGET: MappingTarget = {
    label: "Bestandsleads-Migration",
    fields: [
        field("companyName", "Firma", "text", { required: true }),
        field("city", "Ort", "text", { required: true }),
        field("territory", "Gebiet", "choice", {
            required: true,
            defaultAllowed: true,
            choices: [
                { value: "DE", label: "Deutschland" },
                { value: "CH", label: "Schweiz" },
            ],
        }),
        field("businessType", "Betriebsart", "choice", {
            defaultAllowed: true,
            choices: [
                { value: "restaurant", label: "Restaurant" },
                { value: "sonstiges", label: "Sonstiges" },
            ],
        }),
        field("ownerUserId", "Betreuer", "text", { required: true, defaultAllowed: true }),
        field("registeredAt", "Registriert", "instant", { required: true }),
    ],
    activities: "Aktivitäten",
    activityFields: [
        field("activityType", "Art", "choice", { choices: TYPES }),
        field("activityDate", "Datum", "instant"),
    ],
    fullName: true,
    extra: null,
    ownerField: "ownerUserId",
};

function column(header: string, samples: string[], to: Destination | null, more: Partial<MappedColumn> = {}) {
    return {
        header,
        samples,
        kind: "text",
        filled: 0.98,
        dateOrder: { order: "not_needed" },
        suggestion: to === null ? null : { to, confidence: 0.95, reason: `Überschrift heißt „${header}“` },
        ...more,
    } satisfies MappedColumn;
}

const COLUMNS: readonly MappedColumn[] = [
    column("Firma", ["Gasthaus Seeblick", "Hotel Krone"], { kind: "field", name: "companyName" }),
    column("Ort", ["Berlin", "Zürich", "Köln"], { kind: "field", name: "city" }),
    column("Branche", ["Restaurant", "Raumfahrt"], { kind: "field", name: "businessType" }),
    column(
        "Registriert",
        ["03/04/2024"],
        { kind: "field", name: "registeredAt" },
        { dateOrder: { order: "ambiguous" } },
    ),
    column("Aktivitäten", ["2024-05-15: Meeting"], { kind: "activities" }),
    column("Bemerkung", [], null),
    column("", ["x"], null),
];

function filledBy(name: string, columns: number[], constant: string | null = null): MappedField {
    return {
        name,
        columns,
        separator: "",
        constant,
        default: null,
        steps: [],
        plan: [],
        region: null,
        dateOrder: null,
        decimalStyle: null,
    };
}

/** What the mapping knows, told by where the columns go. */
function stateOf(uses: readonly Destination[][], fields: readonly MappedField[]): MappingState {
    const filled = new Set(fields.map(({ name }) => name));
    const missing = TARGET.fields.filter(({ name, required }) => required && !filled.has(name)).map(({ name }) => name);
    return { uses: [...uses], fields: [...fields], missing, groups: 0, activityOrder: null, template: null };
}

function suggested(): MappingState {
    const uses = COLUMNS.map(({ suggestion }) => (suggestion === null ? [] : [suggestion.to]));
    const fields = uses.flatMap(([use], index) => (use?.kind === "field" ? [filledBy(use.name, [index])] : []));
    return stateOf(uses, fields);
}

/** What a template makes of the source. */
export function templated(_source: number, template: string): MappingOutcome {
    return { state: { ...suggested(), template }, freed: [], before: { state: suggested(), values: [...VALUES] } };
}

const VALUES: readonly FoundValue[] = [
    { text: "Restaurant", count: 120, value: "restaurant", known: "restaurant", nothing: false },
    { text: "Raumfahrt", count: 1, value: null, known: null, nothing: false },
];

/** Enough of the real thing to see every state; the rules themselves are not here. */
function applied(state: MappingState, change: MappingChange): { state: MappingState; freed: number[] } {
    const uses = state.uses.map((each) => [...each]);
    let fields = [...state.fields];
    const freed: number[] = [];
    switch (change.do) {
        case "assign": {
            const { to } = change;
            const free = (index: number) => {
                uses[index] = [];
                fields = fields.filter(({ columns }) => !columns.includes(index));
            };
            free(change.column);
            if (to?.kind === "field") {
                const before = fields.find(({ name }) => name === to.name);
                for (const index of before?.columns ?? []) {
                    freed.push(index);
                    free(index);
                }
                fields = [...fields.filter(({ name }) => name !== to.name), filledBy(to.name, [change.column])];
            }
            if (to !== null) uses[change.column] = [to];
            break;
        }
        case "constant":
            fields = fields.filter(({ name }) => name !== change.field);
            if (change.value !== null) fields.push(filledBy(change.field, [], change.value));
            break;
        case "dateOrder":
            fields = fields.map((each) => (each.name === change.field ? { ...each, dateOrder: change.order } : each));
            break;
        case "steps":
            fields = fields.map((each) =>
                each.name === change.field
                    ? { ...each, plan: change.steps, steps: change.steps.map((step) => step.do) }
                    : each,
            );
            break;
        case "suggested":
            return { state: suggested(), freed };
        default:
            break;
    }
    return { state: stateOf(uses, fields), freed };
}

export function fakeMapping(): MappingBackend {
    let state = suggested();
    let owners: string[] | null = null;
    let values = [...VALUES];
    let questions: ProgressQuestion[] = TYPES.map(({ value }, index) => ({
        activityType: value,
        rows: 60 - index * 20,
        waiting: 60 - index * 20,
        decision: null,
    }));

    const source = (): MappedSource => ({
        id: 1,
        name: "partner-export.xlsx",
        sheet: "Leads",
        role: "leads",
        rows: 150,
        columns: [...COLUMNS],
        state,
    });

    return {
        mappingOverview: () => Promise.resolve({ target: TARGET, sources: [source()], owners }),
        async changeMapping(_source, change) {
            await Promise.resolve();
            const before = { state, values };
            const after = applied(state, change);
            state = after.state;
            if (change.do === "value") {
                values = values.map((each) =>
                    each.text === change.text
                        ? { ...each, value: change.value === "" ? null : change.value, nothing: change.value === "" }
                        : each,
                );
            }
            return { state, freed: after.freed.map((index) => COLUMNS[index]?.header ?? ""), before };
        },
        async restoreMapping(_source, mapping) {
            await Promise.resolve();
            ({ state, values } = mapping as { state: MappingState; values: FoundValue[] });
            return state;
        },
        fieldValues: (_source, field) =>
            Promise.resolve({ values: field === "businessType" ? values : [], more: false }),
        fieldSamples: async (_source, field, next) => {
            await Promise.resolve();
            if (next?.do === "replacePattern" && next.pattern === "(") {
                const refused: Failure = {
                    kind: "other",
                    message: "Das Suchmuster lässt sich nicht verwenden: eine Klammer wird nicht geschlossen.",
                    details: "",
                };
                // What crosses the border is a value and no `Error`.
                // eslint-disable-next-line @typescript-eslint/only-throw-error
                throw refused;
            }
            const made = (text: string) => (next?.do === "suffix" ? `${text}${next.text}` : text);
            const samples =
                field === "companyName"
                    ? [
                          { before: "GASTHAUS SEEBLICK", after: "Gasthaus Seeblick", readable: true },
                          { before: "HOTEL KRONE", after: "Hotel Krone", readable: true },
                      ]
                    : [{ before: "03/04/2024", after: "03/04/2024", readable: false }];
            return samples.map((sample) => ({ ...sample, after: made(sample.after) }));
        },
        activityKinds: () =>
            Promise.resolve({
                texts: [
                    {
                        sourceId: 1,
                        values: [{ text: "Meeting", count: 60, value: "MEETING", known: "MEETING", nothing: false }],
                    },
                ],
                questions,
            }),
        async decideProgress(activityType, counts) {
            await Promise.resolve();
            const decision = { counts, decidedBy: "Astrid Vogt", decidedAt: "2026-11-22T13:32:00Z" };
            questions = questions.map((each) =>
                each.activityType === activityType ? { ...each, waiting: 0, decision } : each,
            );
            return decision;
        },
        mappedRow: (_source, at) =>
            Promise.resolve({
                number: at + 5,
                fields: [
                    {
                        label: "Firma",
                        kind: "text",
                        text: at === 0 ? "Gasthaus Seeblick" : "Hotel Krone",
                        findings: [],
                    },
                    { label: "Ort", kind: "text", text: "Berlin", findings: [] },
                    {
                        label: "Gebiet",
                        kind: "choice",
                        text: "",
                        findings: [{ severity: "error", message: "Das Gebiet fehlt." }],
                    },
                    { label: "Registriert", kind: "instant", text: "2024-04-03", findings: [] },
                ],
                activities: [
                    [
                        { label: "Art", kind: "choice", text: "Termin", findings: [] },
                        { label: "Datum", kind: "instant", text: "2024-05-15", findings: [] },
                    ],
                ],
                findings: [{ severity: "warning", message: "Zweimal am selben Tag." }],
                protection: { until: "2024-09-30", progressDeadline: "2024-07-14", status: "EXPIRED" },
            }),
        async setOwners(list) {
            await Promise.resolve();
            owners = list;
        },
        readOwners: () => Promise.resolve(["partner-nord", "partner-sued"]),
    };
}
