// What the detections of a file are called.

import type { Charset } from "../../bindings/Charset";
import type { Quote } from "../../bindings/Quote";
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

/** Signs that are met around cells. */
export const QUOTES = ["double", "single", "backtick", "none"] as const satisfies readonly Quote[];

export function quoteName(quote: Quote): string {
    return typeof quote === "string" ? t(`sources.quote.${quote}`) : String.fromCharCode(quote.other);
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
