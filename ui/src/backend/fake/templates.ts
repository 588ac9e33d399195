import type { TemplateLine } from "../../bindings/TemplateLine";
import type { TemplatesBackend } from "../templates";
import { templated } from "./mapping";

export function fakeTemplates(): TemplatesBackend {
    let all: TemplateLine[] = [
        { name: "Altsystem Süd", fields: 9, savedBy: "Astrid Vogt", savedAt: "2025-03-12T09:00:00Z" },
        { name: "Messeliste", fields: 6, savedBy: null, savedAt: null },
    ];
    return {
        listTemplates: () =>
            Promise.resolve({
                all,
                likely: all
                    .filter(({ name }) => name === "Altsystem Süd")
                    .map(({ name }) => ({
                        name,
                        exact: false,
                        fit: {
                            found: 5,
                            columns: 7,
                            missing: [
                                { header: "Art", fields: ["businessType"], renamedTo: "Branche" },
                                { header: "Fax", fields: [], renamedTo: null },
                            ],
                            newColumns: ["Branche"],
                        },
                    })),
            }),
        async saveTemplate(_source, name) {
            await Promise.resolve();
            const before = all.find((each) => each.name === name) ?? null;
            all = [...all.filter((each) => each.name !== name), { name, fields: 5, savedBy: null, savedAt: null }];
            return before;
        },
        applyTemplate: (source, name) => Promise.resolve(templated(source, name)),
        async removeTemplate(name) {
            await Promise.resolve();
            const removed = all.find((each) => each.name === name);
            all = all.filter((each) => each.name !== name);
            return removed;
        },
        async restoreTemplate(template) {
            await Promise.resolve();
            all = [...all, template as TemplateLine];
        },
        exportTemplate: () => Promise.resolve(),
        async importTemplate() {
            await Promise.resolve();
            all = [...all, { name: "Vom Partner", fields: 4, savedBy: null, savedAt: null }];
            return "Vom Partner";
        },
        earlierDecisions: () =>
            Promise.resolve({
                MEETING: {
                    decision: { counts: true, decidedBy: "Astrid Vogt", decidedAt: "2025-03-12T09:00:00Z" },
                    madeIn: "Altsystem Süd",
                },
            }),
    };
}
