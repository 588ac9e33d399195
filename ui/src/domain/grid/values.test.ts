import { expect, test } from "vitest";

import { canonical } from "./values";

test.each([
    ["date", "15.6.24", "de", "2024-06-15"],
    ["date", "15.06.2024", "de", "2024-06-15"],
    ["date", "15/06/2024", "en", "2024-06-15"],
    ["date", "2024-6-5", "de", "2024-06-05"],
    ["date", "31.02.2024", "de", "31.02.2024"],
    ["date", "1.1.70", "de", "1970-01-01"],
    ["date", "morgen", "de", "morgen"],
    ["number", "1.234,50", "de", "1234.50"],
    ["number", "1'234.50", "de", "1234.50"],
    ["number", "1,234.50", "en", "1234.50"],
    ["number", "1.234", "de", "1234"],
    ["number", "1,234", "en", "1234"],
    ["number", "12,5", "de", "12.5"],
    ["number", "12.5", "de", "12.5"],
    ["number", "1.234.567", "de", "1234567"],
    ["number", "-3", "de", "-3"],
    ["number", "etwa 5", "de", "etwa 5"],
    ["email", " info@hafen.example ", "de", "info@hafen.example"],
    ["text", " mit Rand ", "de", " mit Rand "],
] as const)("a %s %j in %s is %j", (kind, text, language, wanted) => {
    expect(canonical(kind, text, language)).toBe(wanted);
});
