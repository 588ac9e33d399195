// Texts, numbers and dates in the language of the person. Catalogues are flat: one key, one text, or one text a plural
// form. A test asserts that both catalogues have the same keys, the same placeholders, and none that nobody uses.

import type { ColumnKind } from "../bindings/ColumnKind";
import type { Language } from "../bindings/Language";
import { de, en } from "./catalogues";

type Catalogue = typeof de;

/** A key of the catalogues; a key that does not exist does not compile. */
export type TextKey = keyof Catalogue;

/** What is put into the places `{name}` of a text. Numbers are written as the language writes them. */
export type TextValues = Readonly<Record<string, string | number>>;

type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

const CATALOGUES: Record<Language, Record<TextKey, string | PluralForms>> = { de, en };
const LOCALES: Record<Language, string> = { de: "de-DE", en: "en-GB" };

let current = $state<Language>("de");

const formats = $derived.by(() => {
    const locale = LOCALES[current];
    return {
        plural: new Intl.PluralRules(locale),
        integer: new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }),
        decimal: new Intl.NumberFormat(locale, { maximumFractionDigits: 20 }),
        score: new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
        plain: new Intl.NumberFormat(locale, { useGrouping: false, maximumFractionDigits: 15 }),
        percent: new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }),
        // Two digits each, so that a column of dates stands.
        day: new Intl.DateTimeFormat(locale, { day: "2-digit", month: "2-digit", year: "numeric", timeZone: "UTC" }),
        dayInWords: new Intl.DateTimeFormat(locale, {
            day: "numeric",
            month: "long",
            year: "numeric",
            timeZone: "UTC",
        }),
        dayInFull: new Intl.DateTimeFormat(locale, { dateStyle: "full", timeZone: "UTC" }),
        month: new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" }),
        weekday: new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" }),
        moment: new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }),
        longDay: new Intl.DateTimeFormat(locale, { dateStyle: "full" }),
        clock: new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }),
        collator: new Intl.Collator(locale, { sensitivity: "base", numeric: true }),
    };
});

/** The language that texts are in now. */
export function language(): Language {
    return current;
}

/** Shows everything in another language, and says so to screen readers. */
export function setLanguage(next: Language): void {
    current = next;
    document.documentElement.lang = next;
}

/** The text of a key. A text with plural forms is chosen by the value `n`. */
export function t(key: TextKey, values: TextValues = {}): string {
    const entry = CATALOGUES[current][key];
    const text = typeof entry === "string" ? entry : (entry[pluralOf(values.n)] ?? entry.other);
    return text.replace(/\{(\w+)\}/g, (place, name: string) => {
        const value = values[name];
        if (value === undefined) return place;
        return typeof value === "number" ? formats.decimal.format(value) : value;
    });
}

function pluralOf(count: string | number | undefined): Intl.LDMLPluralRule {
    return typeof count === "number" ? formats.plural.select(count) : "other";
}

/** A count or a decimal: `1.204`, `0,5`. */
export function number(value: number): string {
    return formats.decimal.format(value);
}

/** A count without fraction: `310.000`. */
export function integer(value: number): string {
    return formats.integer.format(value);
}

/** A score with two digits: `0,90`. */
export function score(value: number): string {
    return formats.score.format(value);
}

/** A share between 0 and 1 as percent: `62 %`. */
export function percent(share: number): string {
    return formats.percent.format(share);
}

/** A canonical decimal (`1234.5`) as the language writes it; anything else unchanged. */
export function decimalText(text: string): string {
    if (!/^-?\d+(\.\d+)?$/.test(text)) return text;
    const digits = text.split(".")[1]?.length ?? 0;
    // Beyond 15 digits a number of JavaScript would say something else than the cell.
    if (text.length > 15) return text;
    return new Intl.NumberFormat(LOCALES[current], {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
    }).format(Number(text));
}

/** A canonical decimal without groups of digits (`1234,5`), where their sign is in question. */
export function plainDecimal(text: string): string {
    return Number.isNaN(Number(text)) ? text : formats.plain.format(Number(text));
}

/** An ISO day (`2024-06-15`) as the language writes it; anything else unchanged. */
export function dayText(text: string): string {
    const time = dayTime(text);
    return time === null ? text : formats.day.format(time);
}

/** An ISO day with its month as a word (`15. Juni 2024`), where the order of numbers is in question. */
export function dayInWords(text: string): string {
    const time = dayTime(text);
    return time === null ? text : formats.dayInWords.format(time);
}

/** An ISO day with its day of the week (`Samstag, 15. Juni 2024`), for whoever is just writing it. */
export function dayInFull(text: string): string {
    const time = dayTime(text);
    return time === null ? text : formats.dayInFull.format(time);
}

/** The month of an ISO day: `Juni 2024`. */
export function monthText(day: string): string {
    const time = dayTime(day);
    return time === null ? "" : formats.month.format(time);
}

/** The day of the week of an ISO day, short: `Sa`. */
export function weekdayText(day: string): string {
    const time = dayTime(day);
    return time === null ? "" : formats.weekday.format(time).slice(0, 2);
}

/** The moment an ISO day begins in UTC, in milliseconds; `null` for anything else. */
function dayTime(text: string): number | null {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
    const time = Date.parse(`${text}T00:00:00Z`);
    // `2024-02-31` parses in some engines and rolls over: what is shown must be what is there.
    return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text ? null : time;
}

/** A day with a time of day (`2024-06-15 14:30`) as the language writes it; a day alone, and anything else, too. */
export function momentText(text: string): string {
    const [, day = text, time] = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}(?::\d{2})?)$/.exec(text) ?? [];
    const shown = dayText(day);
    return time === undefined || shown === day ? (shown === day ? text : shown) : `${shown} ${time}`;
}

/** A canonical text of a cell as people of this language read it. */
export function shownText(kind: ColumnKind, text: string): string {
    if (kind === "date") return momentText(text);
    return kind === "number" ? decimalText(text) : text;
}

/** The time of day of an instant, in the zone of this machine: `14:32`. */
export function clock(instant: string): string {
    const time = Date.parse(instant);
    return Number.isNaN(time) ? "" : formats.clock.format(time);
}

/** Day and time of an instant, in the zone of this machine: `12.10.2025, 14:32`. */
export function moment(instant: string): string {
    const time = Date.parse(instant);
    return Number.isNaN(time) ? instant : formats.moment.format(time);
}

/** The day of an instant, in the zone of this machine: `Sonntag, 12. Oktober 2025`. */
export function longDay(instant: string): string {
    const time = Date.parse(instant);
    return Number.isNaN(time) ? instant : formats.longDay.format(time);
}

/** A span of seconds as people say it: `1 s`, `3 min`, `2 h`. */
export function span(seconds: number): string {
    if (seconds < 90) return `${integer(Math.max(1, Math.round(seconds)))} s`;
    if (seconds < 5400) return `${integer(Math.round(seconds / 60))} min`;
    return `${integer(Math.round(seconds / 3600))} h`;
}

/** Orders texts as a person of this language would. */
export function compareTexts(a: string, b: string): number {
    return formats.collator.compare(a, b);
}
