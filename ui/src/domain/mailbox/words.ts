// What results call things, in the words of people.

import type { MailRule } from "../../bindings/MailRule";
import { clock, dayText, language, t } from "../../i18n/language.svelte";
import { FIELD_KEYS } from "./fields";

/** The name of a field: its own, or the label that it has in the mail. */
export function fieldName(field: string): string {
    const key = FIELD_KEYS.find((known) => known === field);
    return key === undefined ? field.replace(/^extra\./, "") : t(`mailbox.field.${key}`);
}

/** The name of a rule. */
export function ruleName(rule: string | null, rules: readonly MailRule[]): string {
    if (rule === null) return "";
    if (rule === "generic") return t("mailbox.rule.generic");
    const title = rules.find(({ id }) => id === rule)?.title[language()];
    return title === undefined || title === "" ? rule : title;
}

const HEADERS = ["From", "Reply-To", "To", "Subject", "Date"] as const;

/** The name of a header: `From`, also as the part of a text (`2/header:From`). */
export function headerName(part: string): string {
    const name = part.slice(part.lastIndexOf(":") + 1);
    const known = HEADERS.find((header) => header.toLowerCase() === name.toLowerCase());
    return known === undefined ? name : t(`mailbox.header.${known}`);
}

const WAYS = ["label", "cell", "column", "regex", "css", "json", "xml", "header", "constant", "position"] as const;

/** How a value was found: the part of `rule/way:detail` after the rule. */
export function wayName(by: string): string {
    const found = by.slice(by.indexOf("/") + 1);
    const [way = "", ...rest] = found.split(":");
    const detail = rest.join(":").trim();
    const known = WAYS.find((name) => name === way);
    if (known === undefined) return way === "delivery" ? t("mailbox.way.delivery") : found;
    return t(`mailbox.way.${known}`, { detail: known === "header" ? headerName(detail) : detail });
}

/** An instant as day and time of this machine's zone: `20.11.2026 09:15`. */
export function momentText(instant: string): string {
    const time = new Date(instant);
    if (Number.isNaN(time.getTime())) return instant;
    const two = (part: number) => String(part).padStart(2, "0");
    const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
    return `${dayText(day)} ${clock(instant)}`;
}
