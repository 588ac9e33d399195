// What groups, reasons and rows are called.

import type { ComparedMember } from "../../bindings/ComparedMember";
import type { GroupLine } from "../../bindings/GroupLine";
import type { MatchReason } from "../../bindings/MatchReason";
import { integer, t } from "../../i18n/language.svelte";

/** `2 Zeilen · 1 im Bestand · Telefon gleich`. */
export function describe({ rows, references, reason }: GroupLine): string {
    const parts = [t("duplicates.rows", { n: rows })];
    if (references > 0) parts.push(t("duplicates.references", { n: references }));
    parts.push(t(`duplicates.reason.${reason}`));
    return parts.join(" · ");
}

/** `Zeile 204`, in the number that a person sees in the source. */
export function rowName(member: ComparedMember): string {
    return t("duplicates.row", { row: integer(member.origin?.number ?? member.row + 1) });
}

/** Where a row is from: `partner-export.xlsx · Leads`. */
export function sourceOf({ origin }: ComparedMember): string {
    if (origin === null) return "";
    return origin.sheet === "" ? origin.source : `${origin.source} · ${origin.sheet}`;
}

/** Why rows match, the surest reason first. */
export const REASONS: readonly MatchReason[] = ["email_exact", "phone_normalized", "company_fuzzy"];

/** A score this sure is skipped by default. */
export const CERTAIN = 0.95;
