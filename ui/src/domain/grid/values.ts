// Cell texts between the canonical form (ISO days, decimal points), in which they cross the border, and the form in
// which people of a language read and write them. Pure.

import type { ColumnKind } from "../../bindings/ColumnKind";
import type { Language } from "../../bindings/Language";

/**
 * The canonical form of what a person typed or pasted; what cannot be read is kept exactly as it is, for the check to
 * complain about.
 */
export function canonical(kind: ColumnKind, text: string, language: Language): string {
    const trimmed = text.trim();
    if (kind === "date") return canonicalMoment(trimmed) ?? text;
    if (kind === "number") return canonicalNumber(trimmed, language) ?? text;
    return kind === "text" ? text : trimmed;
}

/** A day, with the time of day behind it where one was written: `15.06.2024 14:30`, `2024-06-15T14:30`. */
function canonicalMoment(text: string): string | null {
    const parts = /^(\S+?)(?:,?\s+|T)(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s*Uhr)?$/.exec(text);
    if (parts === null) return canonicalDay(text);
    const [, date = "", hour = "", minute = "", second] = parts;
    const day = canonicalDay(date);
    if (day === null || Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return null;
    return `${day} ${hour.padStart(2, "0")}:${minute}${second === undefined ? "" : `:${second}`}`;
}

/** `15.6.24`, `15.06.2024`, `15/06/2024` and `2024-06-15`, day before month; two digits of a year up to 2068. */
function canonicalDay(text: string): string | null {
    const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
    const local = /^(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})$/.exec(text);
    const [year, month, day] = iso !== null ? iso.slice(1) : local !== null ? local.slice(1).reverse() : [];
    if (year === undefined || month === undefined || day === undefined) return null;
    const full = year.length === 2 ? (Number(year) < 69 ? 2000 : 1900) + Number(year) : Number(year);
    const written = `${String(full).padStart(4, "0")}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
    const time = Date.parse(`${written}T00:00:00Z`);
    // 31.02. must not become 02.03.
    return !Number.isNaN(time) && new Date(time).toISOString().startsWith(written) ? written : null;
}

/**
 * `1.234,50` and `1,234.50`, `1'234.50`: of two separators the last one is the decimal one. A lone one is decimal, but
 * for the language's own thousands separator with three digits behind it (`1.234` in German is not one and a bit).
 */
function canonicalNumber(text: string, language: Language): string | null {
    const digits = text.replace(/['’\u202f\u00a0 ]/g, "");
    const thousands = language === "de" ? "." : ",";
    const signs = digits.match(/[.,]/g) ?? [];
    const last = signs.at(-1) ?? "";
    const once = signs.filter((sign) => sign === last).length === 1;
    const grouping = signs.length === 1 && last === thousands && /^-?\d{1,3}[.,]\d{3}$/.test(digits);
    const decimal = once && !grouping ? last : "";
    const plain = (decimal === "" ? [digits] : digits.split(decimal))
        .map((part) => part.replace(/[.,]/g, ""))
        .join(".");
    const match = /^(-?)0*(\d+)(\.\d+)?$/.exec(plain);
    return match === null ? null : `${match[1] ?? ""}${match[2] ?? ""}${match[3] ?? ""}`;
}

/** A day that lies so many days and months from an ISO day; the last of a month where that has fewer days. */
export function shiftDay(day: string, by: { readonly days?: number; readonly months?: number }): string {
    const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
    const first = new Date(Date.UTC(year, month - 1 + (by.months ?? 0), 1));
    const length = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
    first.setUTCDate(Math.min(date, length) + (by.days ?? 0));
    return first.toISOString().slice(0, 10);
}

/** The weeks of the month of an ISO day, from Monday on, with the days of its neighbours that fill them. */
export function weeksOf(day: string): string[][] {
    const first = `${day.slice(0, 8)}01`;
    // Sunday is 0; the week begins on Monday (ISO 8601).
    const before = (new Date(`${first}T00:00:00Z`).getUTCDay() + 6) % 7;
    const monday = shiftDay(first, { days: -before });
    const last = shiftDay(first, { months: 1, days: -1 });
    const weeks = [];
    for (let week = monday; week <= last; week = shiftDay(week, { days: 7 })) {
        weeks.push(Array.from({ length: 7 }, (_, days) => shiftDay(week, { days })));
    }
    return weeks;
}
