import { expect, test } from "vitest";

import { canonical, shiftDay, weeksOf } from "./values";

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

test.each([
    ["2024-02-28", { days: 1 }, "2024-02-29"],
    ["2024-03-01", { days: -1 }, "2024-02-29"],
    ["2025-01-31", { months: 1 }, "2025-02-28"],
    ["2025-01-15", { months: -1 }, "2024-12-15"],
    ["2024-12-31", { days: 1 }, "2025-01-01"],
] as const)("%s shifted by %j is %s", (day, by, wanted) => {
    expect(shiftDay(day, by)).toBe(wanted);
});

test.each(["2024-09-15", "2024-02-10", "2021-02-01", "2023-10-31"])(
    "the weeks of %s begin on Mondays and hold the whole month once",
    (day) => {
        const weeks = weeksOf(day);
        for (const week of weeks) {
            expect(week).toHaveLength(7);
            expect(new Date(`${week[0] ?? ""}T00:00:00Z`).getUTCDay()).toBe(1);
        }
        const month = weeks.flat().filter((one) => one.startsWith(day.slice(0, 7)));
        const length = new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)), 0)).getUTCDate();
        expect(new Set(month).size).toBe(length);
        expect(weeks.every((week) => week.some((one) => one.startsWith(day.slice(0, 7))))).toBe(true);
    },
);
