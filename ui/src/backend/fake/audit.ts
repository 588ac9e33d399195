import type { AuditLine } from "../../bindings/AuditLine";
import type { AuditTopic } from "../../bindings/AuditTopic";
import type { AuditBackend } from "../audit";

const SENTENCES: readonly (readonly [string, AuditTopic | null, string])[] = [
    ["leads_approved", "approvals", "Freigabe erteilt: 138 Leads, Inhalt 9f2c41d07be3…"],
    ["rows_merge", "decisions", "Zeilen zusammengeführt: 2 Zeilen, Zeile 204 bleibt"],
    ["rows_edit", "edits", "Zelle geändert: Zeile 42, E-Mail: „info@hafen.example“"],
    ["leads_batch_dry_run", "transfers", "Probelauf eines Pakets: 138 Leads, davon 2 fehlerhaft"],
    ["source_loaded", "sources", "Quelle eingelesen: partner-export.xlsx, 150 Zeilen"],
    ["from_elsewhere", null, "from_elsewhere"],
];

/** `entries` of them; `broken` names the first that does not fit. */
export function fakeAudit(entries = 240, broken: number | null = null): AuditBackend {
    const all = Array.from({ length: entries }, (_, index): AuditLine => {
        const [event, topic, sentence] = SENTENCES[index % SENTENCES.length] as (typeof SENTENCES)[number];
        const at = new Date(Date.parse("2026-11-22T13:32:00Z") - index * 47 * 60_000).toISOString();
        return {
            sequence: entries - index,
            at,
            actor: index % 4 === 3 ? "Jürgen Keller" : "Astrid Vogt",
            machine: "werft-3",
            event,
            topic,
            sentence,
            facts: [
                { name: "Zeilen", value: "138" },
                { name: "Freigabe", value: "2" },
            ],
            data: '{\n  "rows": 138\n}',
            hash: "9f2c41d07be31c6b6b0c3b7d8a5e4f10c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7",
        };
    });
    return {
        auditWindow: ({ search, topic }, offset, limit) => {
            const wanted = search.toLowerCase();
            const found = all.filter(
                (line) =>
                    (topic === null || line.topic === topic) &&
                    `${line.sentence} ${line.actor} ${line.event}`.toLowerCase().includes(wanted),
            );
            return Promise.resolve({ offset, total: found.length, lines: found.slice(offset, offset + limit) });
        },
        verifyAudit: () => Promise.resolve({ entries, firstBroken: broken, lastHash: all[0]?.hash ?? "" }),
        exportAudit: () => Promise.resolve(entries),
    };
}
