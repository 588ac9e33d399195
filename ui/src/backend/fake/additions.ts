import type { JoinReport } from "../../bindings/JoinReport";
import type { AdditionsBackend } from "../additions";

const REPORT: JoinReport = {
    rows: 340,
    matched: 337,
    leads: 120,
    unmatched: 3,
    examples: [
        { number: 18, key: "4711", reason: "unknown" },
        { number: 77, key: "Bäckerei Kunz, Köln", reason: "several" },
        { number: 90, key: "", reason: "no_key" },
    ],
};

export function fakeAdditions(): AdditionsBackend {
    let enriched = false;
    return {
        proposeUse: () => Promise.resolve(null),
        useSource: () => Promise.resolve(),
        joinActivities: () => Promise.resolve(REPORT),
        previewEnrichment: () =>
            Promise.resolve({
                report: REPORT,
                fields: [
                    {
                        field: "businessType",
                        fills: enriched ? 0 : 42,
                        same: 70,
                        conflicts: 2,
                        unreadable: 1,
                        examples: [{ row: 3, number: 5, before: "hotel", after: "restaurant" }],
                    },
                    { field: "city", fills: enriched ? 0 : 7, same: 330, conflicts: 0, unreadable: 0, examples: [] },
                ],
            }),
        async enrichLeads() {
            await Promise.resolve();
            enriched = true;
            return 45;
        },
    };
}
