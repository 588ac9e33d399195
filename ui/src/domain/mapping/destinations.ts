// Where a column can go, as the lists offer it.

import type { Destination } from "../../bindings/Destination";
import type { MappedSource } from "../../bindings/MappedSource";
import type { MappingTarget } from "../../bindings/MappingTarget";
import type { Option } from "../../controls/Combobox.svelte";
import { t } from "../../i18n/language.svelte";

/** The letters of a spreadsheet: 0 is A, 26 is AA. */
export function lettersOf(column: number): string {
    const rest = String.fromCharCode(65 + (column % 26));
    return column < 26 ? rest : lettersOf(Math.floor(column / 26) - 1) + rest;
}

/** What people call a column: its header, else its place. */
export function columnName(source: MappedSource, column: number): string {
    const header = source.columns[column]?.header ?? "";
    return header === "" ? t("mapping.column", { letters: lettersOf(column) }) : header;
}

/** A text that stands for a destination in a list; empty for none. */
export function idOf(to: Destination | undefined): string {
    if (to === undefined) return "";
    switch (to.kind) {
        case "field":
            return `field ${to.name}`;
        case "activityField":
            return `activity ${to.group} ${to.name}`;
        default:
            return to.kind;
    }
}

/** The destination that such a text stands for. */
export function destinationOf(id: string): Destination | null {
    const [kind, first = "", second = ""] = id.split(" ");
    switch (kind) {
        case "field":
            return { kind, name: first };
        case "activity":
            return { kind: "activityField", group: Number(first), name: second };
        case "fullName":
        case "activities":
        case "extra":
            return { kind };
        default:
            return null;
    }
}

/** What people call a destination. */
export function destinationName(to: Destination, target: MappingTarget): string {
    switch (to.kind) {
        case "field":
            return target.fields.find((field) => field.name === to.name)?.label ?? to.name;
        case "fullName":
            return t("mapping.fullName");
        case "activities":
            return t("mapping.activitiesText", { name: target.activities ?? "" });
        case "activityField": {
            const field = target.activityFields.find((field) => field.name === to.name)?.label ?? to.name;
            return t("mapping.activityField", { n: to.group + 1, field });
        }
        case "extra":
            return target.extra ?? "";
    }
}

/** Everything to which a column can go, with who is there now. */
export function optionsFor(source: MappedSource, target: MappingTarget, column: number): Option[] {
    const users = new Map<string, number>();
    source.state.uses.forEach((uses, other) => {
        for (const use of uses) users.set(idOf(use), other);
    });
    const constant = new Set(source.state.fields.filter((field) => field.constant !== null).map(({ name }) => name));
    const option = (to: Destination, group: string, required = false): Option => {
        const id = idOf(to);
        const user = users.get(id);
        const label = destinationName(to, target);
        if (user !== undefined && user !== column && to.kind !== "activities" && to.kind !== "extra") {
            return { id, label, group, note: t("mapping.usedBy", { column: columnName(source, user) }) };
        }
        const free = user === undefined && !(to.kind === "field" && constant.has(to.name));
        return required && free ? { id, label, group, note: t("mapping.required") } : { id, label, group };
    };
    const options: Option[] = [{ id: "", label: t("mapping.notTaken") }];
    const fields = t("mapping.group.fields");
    for (const { name, required } of target.fields) options.push(option({ kind: "field", name }, fields, required));
    if (target.fullName) options.push(option({ kind: "fullName" }, t("mapping.group.split")));
    if (target.activities !== null) {
        options.push(option({ kind: "activities" }, target.activities));
        for (let group = 0; group <= source.state.groups; group++) {
            for (const { name } of target.activityFields) {
                options.push(option({ kind: "activityField", group, name }, target.activities));
            }
        }
    }
    if (target.extra !== null) options.push(option({ kind: "extra" }, t("mapping.group.more")));
    return options;
}
