import { describe, expect, test } from "vitest";

import { de, en } from "./catalogues";
import { dayText, decimalText, setLanguage, t, type TextKey } from "./language.svelte";

const keys = Object.keys(de) as TextKey[];

const forms = (entry: unknown): string[] =>
    typeof entry === "string" ? [entry] : Object.values(entry as Record<string, string>);

const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

/** Everything that speaks to people, as source text. */
const files = import.meta.glob<string>(["../**/*.{ts,svelte}", "!../**/*.test.ts", "!../bindings/**"], {
    query: "?raw",
    import: "default",
    eager: true,
});
const sources = Object.values(files).join("\n");

/** Keys that are put together at run time, such as `step.${step}`: the part before the first placeholder. */
const openings = [...sources.matchAll(/`((?:[a-zA-Z]+\.)+)\$\{|`\$\{(\w+)\}(\.[a-z]+)`/g)];

function isUsed(key: string): boolean {
    if (sources.includes(`"${key}"`)) return true;
    return openings.some(([, start, , end]) => (start ? key.startsWith(start) : key.endsWith(end ?? "\0")));
}

describe("the catalogues", () => {
    test("have the same keys", () => {
        expect(Object.keys(en)).toEqual(keys);
    });

    test.each(keys)("%s has the same places and plural forms in both languages", (key) => {
        const [german, english] = [de[key], en[key]] as [unknown, unknown];
        expect(typeof english).toBe(typeof german);
        const all = [...forms(german), ...forms(english)];
        expect(all.every((text) => text.trim() !== "")).toBe(true);
        for (const text of all) expect(places(text)).toEqual(places(all[0] ?? ""));
    });

    test.each(keys)("%s is used", (key) => {
        expect(isUsed(key)).toBe(true);
    });
});

describe("texts", () => {
    test("choose the plural and write numbers as the language does", () => {
        setLanguage("de");
        expect(t("grid.copied", { n: 1 })).toBe("1 Zelle kopiert.");
        expect(t("grid.copied", { n: 1204 })).toBe("1.204 Zellen kopiert.");
        setLanguage("en");
        expect(t("grid.copied", { n: 1204 })).toBe("1,204 cells copied.");
    });

    test("show canonical cells as people write them, and broken ones as they are", () => {
        setLanguage("de");
        expect(dayText("2024-06-15")).toBe("15.06.2024");
        expect(dayText("2024-02-31")).toBe("2024-02-31");
        expect(dayText("gestern")).toBe("gestern");
        expect(decimalText("1234.50")).toBe("1.234,50");
        expect(decimalText("0.1")).toBe("0,1");
        expect(decimalText("12345678901234567.5")).toBe("12345678901234567.5");
    });
});
