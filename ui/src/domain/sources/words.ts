// What the detections of a file are called.

import type { Charset } from "../../bindings/Charset";
import type { ColumnSettings } from "../../bindings/ColumnSettings";
import type { Escape } from "../../bindings/Escape";
import type { Quote } from "../../bindings/Quote";
import type { PreviewRow } from "../../bindings/PreviewRow";
import type { ReadSettings } from "../../bindings/ReadSettings";
import type { SkippedRun } from "../../bindings/SkippedRun";
import { integer, t } from "../../i18n/language.svelte";

/** The character sets that are met often, the likeliest first. */
export const CHARSETS: readonly (readonly [Charset, string])[] = [
    ["utf-8", "UTF-8"],
    ["windows-1252", "Windows-1252"],
    ["iso-8859-1", "ISO-8859-1"],
    ["iso-8859-15", "ISO-8859-15"],
    ["macintosh", "Mac Roman"],
    ["ibm850", "DOS 850"],
    ["utf-16le", "UTF-16 LE"],
    ["utf-16be", "UTF-16 BE"],
    ["utf-32le", "UTF-32 LE"],
    ["utf-32be", "UTF-32 BE"],
    ["windows-1250", "Windows-1250"],
    ["windows-1251", "Windows-1251"],
    ["windows-1253", "Windows-1253"],
    ["windows-1254", "Windows-1254"],
    ["koi8-r", "KOI8-R"],
    ["shift_jis", "Shift_JIS"],
    ["euc-jp", "EUC-JP"],
    ["gb18030", "GB18030"],
    ["big5", "Big5"],
    ["euc-kr", "EUC-KR"],
];

/** Signs that are met between cells. */
export const DELIMITERS = [";", ",", "\t", "|", ""] as const;

export function delimiterName(delimiter: string): string {
    switch (delimiter) {
        case ";":
            return t("sources.delimiter.semicolon");
        case ",":
            return t("sources.delimiter.comma");
        case "\t":
            return t("sources.delimiter.tab");
        case "|":
            return t("sources.delimiter.pipe");
        case " ":
            return t("sources.delimiter.blank");
        case "":
            return t("sources.delimiter.none");
        default:
            return delimiter;
    }
}

/** What stands around a cell, and how the same sign is written within it. */
export interface Enclosure {
    quote: Quote;
    escape: Escape;
}

/** Those that are met often, the likeliest first. */
export const ENCLOSURES: readonly Enclosure[] = [
    { quote: "double", escape: "doubled" },
    { quote: "double", escape: "backslash" },
    { quote: "single", escape: "doubled" },
    { quote: "single", escape: "backslash" },
    { quote: "backtick", escape: "doubled" },
    { quote: "none", escape: "doubled" },
];

export function enclosureName({ quote, escape }: Enclosure): string {
    const name = typeof quote === "string" ? t(`sources.quote.${quote}`) : String.fromCharCode(quote.other);
    // Doubling is the custom and needs no words; without a quote nothing is escaped.
    if (escape === "doubled" || quote === "none") return name;
    const sign = escape === "backslash" ? "\\" : String.fromCharCode(escape.other);
    return t("sources.escaped", { quote: name, sign });
}

/** Rows that a person wants to see, and the column they are about. */
export interface Picked {
    rows: readonly PreviewRow[];
    column: number | null;
}

/** How sure something is, in a word. */
export function certaintyName(certainty: number): string {
    if (certainty >= 0.95) return t("sources.certain.yes");
    if (certainty >= 0.8) return t("sources.certain.rather");
    return certainty >= 0.6 ? t("sources.certain.likely") : t("sources.certain.unsure");
}

/** `Zeilen 1–3: Titelzeile über der Tabelle` */
export function runText({ first, last, reason }: SkippedRun): string {
    return first === last
        ? t("sources.skippedOne", { row: integer(first), reason })
        : t("sources.skippedMany", { first: integer(first), last: integer(last), reason });
}

/** A size as people say it: `12 KB`, `3,4 MB`. */
export function sizeText(bytes: number, write: (value: number) => string): string {
    const units = ["B", "KB", "MB", "GB"];
    let [size, unit] = [bytes, 0];
    while (size >= 1000 && unit < units.length - 1) {
        size /= 1000;
        unit += 1;
    }
    return `${write(size < 10 && unit > 0 ? Math.round(size * 10) / 10 : Math.round(size))} ${units[unit] ?? ""}`;
}

/** The settings with something said about a column; what was said before and is not said anew stays. */
export function withSaid(settings: ReadSettings, index: number, said: Partial<ColumnSettings>): ReadSettings {
    const known = settings.columns[index];
    const column: ColumnSettings = {
        kind: said.kind ?? known?.kind ?? null,
        dateOrder: said.dateOrder ?? known?.dateOrder ?? null,
        numberStyle: said.numberStyle ?? known?.numberStyle ?? null,
    };
    return { ...settings, columns: { ...settings.columns, [index]: column } };
}
