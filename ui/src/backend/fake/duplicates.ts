import type { ComparedGroup } from "../../bindings/ComparedGroup";
import type { ComparedMember } from "../../bindings/ComparedMember";
import type { DecisionKind } from "../../bindings/DecisionKind";
import type { GroupFilter } from "../../bindings/GroupFilter";
import type { GroupLine } from "../../bindings/GroupLine";
import type { MatchReason } from "../../bindings/MatchReason";
import type { DuplicatesBackend } from "../duplicates";

/** What the groups of a test are to be. */
export type FakeDuplicates = "some" | "none" | "not compared" | "nothing to compare";

const FIELDS: ComparedGroup["fields"] = [
    { id: "companyName", title: "Firma", kind: "text" },
    { id: "city", title: "Ort", kind: "text" },
    { id: "contact.phone", title: "Telefon", kind: "phone" },
    { id: "contact.email", title: "E-Mail", kind: "email" },
    { id: "registeredAt", title: "Registriert", kind: "date" },
    { id: "territory", title: "Gebiet", kind: "text" },
];

interface Seed {
    reason: MatchReason;
    score: number;
    members: readonly { cells: readonly string[]; activities: readonly string[]; reference?: boolean }[];
}

const SEEDS: readonly Seed[] = [
    {
        reason: "email_exact",
        score: 1,
        members: [
            {
                cells: ["Hotel Seeblick", "Lindau", "+4983821234", "info@seeblick.example", "2024-03-01", "DE"],
                activities: ["2024-03-04 · Meeting"],
            },
            {
                cells: ["Hotel Seeblick GmbH", "Lindau", "", "info@seeblick.example", "2023-11-20", "DE"],
                activities: ["2024-03-04 · Meeting", "2024-05-02 · Telefonat"],
            },
        ],
    },
    {
        reason: "phone_normalized",
        score: 0.9,
        members: [
            {
                cells: ["Bäckerei Sonnenschein", "München", "+498945678901", "hallo@sonne.example", "2023-08-22", "DE"],
                activities: [],
            },
            {
                cells: ["Baeckerei Sonnenschein e.K.", "Muenchen", "+498945678901", "", "2023-08-24", "DE"],
                activities: ["2023-09-01 · Muster"],
            },
            { cells: ["Bäckerei Sonne", "München", "+498945678901", "", "2023-08-25", "DE"], activities: [] },
        ],
    },
    {
        reason: "company_fuzzy",
        score: 0.78,
        members: [
            {
                cells: ["Metzgerei Huber", "Ulm", "", "huber@ulm.example", "2024-01-10", "DE"],
                activities: [],
            },
            {
                cells: ["Metzgerei Huber oHG", "Ulm", "", "", "2019-01-10", "DE"],
                activities: [],
                reference: true,
            },
        ],
    },
];

export function fakeDuplicates(kind: FakeDuplicates = "some"): DuplicatesBackend {
    let compared = kind === "some" || kind === "none";
    const decisions = new Map<number, DecisionKind>();
    const separated = new Set<number>();
    const seeds = kind === "none" ? [] : SEEDS;

    const rowsOf = (seed: number) => (SEEDS[seed]?.members ?? []).map((_, member) => seed * 10 + member);
    const seedOf = (row: number) => Math.floor(row / 10);
    const isDecided = (seed: number) => rowsOf(seed).some((row) => decisions.has(row));

    function line(seed: number): GroupLine {
        const { reason, score, members } = SEEDS[seed] as Seed;
        const references = members.filter(({ reference }) => reference === true).length;
        return {
            id: seed * 10,
            title: members[0]?.cells[0] ?? "",
            rows: members.length - references,
            references,
            reason,
            score,
            decided: isDecided(seed),
        };
    }

    function list({ decided, reason, search }: GroupFilter): number[] {
        const wanted = search.toLowerCase();
        return seeds
            .map((_, seed) => seed)
            .filter((seed) => !separated.has(seed))
            .filter((seed) => decided === null || isDecided(seed) === decided)
            .filter((seed) => reason === null || SEEDS[seed]?.reason === reason)
            .filter((seed) =>
                SEEDS[seed]?.members.some(({ cells }) => cells.some((cell) => cell.toLowerCase().includes(wanted))),
            );
    }

    function member(seed: number, at: number): ComparedMember {
        const { cells, activities, reference } = SEEDS[seed]?.members[at] ?? { cells: [], activities: [] };
        const row = seed * 10 + at;
        return {
            row,
            reference: reference === true,
            origin: {
                sourceId: reference === true ? 2 : 1,
                source: reference === true ? "bestand.csv" : "partner-export.xlsx",
                sheet: reference === true ? "" : "Leads",
                number: row + 5,
            },
            cells: [...cells],
            activities: [...activities],
            decision: decisions.get(row) ?? null,
            withErrors: seed === 1 && at === 2,
        };
    }

    function group(seed: number): ComparedGroup {
        const { members, score, reason } = SEEDS[seed] as Seed;
        const all = members.map((_, at) => member(seed, at));
        const first = all[0]?.row ?? 0;
        return {
            id: first,
            score,
            decided: isDecided(seed),
            fields: FIELDS,
            activityField: "activities",
            members: all,
            memberCount: all.length,
            pairs: all.slice(1).map(({ row }) => ({
                rowA: first,
                rowB: row,
                score,
                reason,
                explanation: {
                    score,
                    reason: reason === "email_exact" ? "email_exact" : "company_fuzzy",
                    fields: [
                        { field: "email", a: "info@seeblick.example", b: "", similarity: null },
                        { field: "company", a: "seeblick", b: "seeblik", similarity: 0.94 },
                        { field: "city", a: "lindau", b: "lindau", similarity: 1 },
                        { field: "postcode", a: "88131", b: "88130", similarity: 0 },
                    ],
                },
            })),
        };
    }

    const later = <T>(value: () => T): Promise<T> => Promise.resolve().then(value);
    const decide = (rows: readonly number[], of: (row: number) => DecisionKind | undefined) =>
        later(() => {
            for (const row of rows) {
                const decision = of(row);
                if (decision === undefined) decisions.delete(row);
                else decisions.set(row, decision);
            }
            return rows.length;
        });

    return {
        duplicatesOverview: () => later(() => ({ compared, comparable: kind !== "nothing to compare" })),
        compareRows: () => later(() => (compared = true)),
        groupWindow: (filter, offset, limit) =>
            later(() => {
                const all = list(filter);
                const every = list({ decided: null, reason: null, search: "" });
                return {
                    offset,
                    total: all.length,
                    groups: every.length,
                    decided: every.filter(isDecided).length,
                    lines: all.slice(offset, offset + limit).map(line),
                };
            }),
        groupPlace: (filter, row) =>
            later(() => {
                const at = list(filter).indexOf(seedOf(row));
                return at < 0 ? null : at;
            }),
        nextOpenGroup: (filter, from) =>
            later(() => {
                const all = list(filter);
                const round = [...all.keys()].map((step) => (from + step) % all.length);
                return round.find((at) => !isDecided(all[at] ?? 0)) ?? null;
            }),
        comparedGroup: (row) => later(() => (separated.has(seedOf(row)) ? null : group(seedOf(row)))),
        mergePreview: (rows, choices) =>
            later(() => {
                const members = rows.map((row) => member(seedOf(row), row % 10));
                const fields = FIELDS.map(({ id }, at) => {
                    const chosen = choices.find(({ field }) => field === id);
                    if (chosen !== undefined) return { row: chosen.row, rule: "chosen" as const };
                    if (id === "registeredAt") {
                        const earliest = [...members].sort((a, b) =>
                            (a.cells[at] ?? "") < (b.cells[at] ?? "") ? -1 : 1,
                        );
                        return { row: earliest[0]?.row ?? 0, rule: "earliest" as const };
                    }
                    const filled = members.find(({ cells }) => cells[at] !== "") ?? members[0];
                    return { row: filled?.row ?? 0, rule: "survivor" as const };
                });
                const chosen = choices.find(({ field }) => field === "activities");
                const from = members.filter(({ row }) => chosen === undefined || row === chosen.row);
                return { fields, activities: [...new Set(from.flatMap(({ activities }) => activities))] };
            }),
        mergeGroup: (rows) => decide(rows, (row) => (row === rows[0] ? "import" : "merge")),
        keepGroup: (rows) => decide(rows, () => "import"),
        skipInGroup: (rows, stays) => decide(rows, (row) => (row === stays ? "import" : "skip")),
        reopenGroup: (rows) => decide(rows, () => undefined),
        separateRows: (pairs) => later(() => pairs.forEach(([row]) => separated.add(seedOf(row)))),
        countByRule: (rule) => later(() => (rule.reason === null ? 1 : 0)),
        decideByRule: () => decide([1], () => "skip").then(() => 1),
    };
}
