// Where values stand in a text: cuts the text at the ends of its marks. Nothing of a mail is ever more than text.

import type { MailMark } from "../../bindings/MailMark";

/** A field of one of the leads of a mail. */
export interface FieldPlace {
    readonly lead: number;
    readonly field: string;
}

/** A stretch of a text, with the fields whose values stand in it. */
export interface Stretch {
    readonly text: string;
    readonly places: readonly FieldPlace[];
}

export function samePlace(a: FieldPlace | null, b: FieldPlace | null): boolean {
    return a !== null && b !== null && a.lead === b.lead && a.field === b.field;
}

/** Cuts `text` so that every stretch lies wholly inside or outside of each mark. Marks that lie outside are left out. */
export function stretches(text: string, marks: readonly MailMark[]): Stretch[] {
    const inside = marks.filter(({ start, end }) => start >= 0 && start < end && end <= text.length);
    const cuts = [...new Set([0, text.length, ...inside.flatMap(({ start, end }) => [start, end])])];
    cuts.sort((a, b) => a - b);
    return cuts.slice(0, -1).map((from, index) => {
        const to = cuts[index + 1] ?? text.length;
        return {
            text: text.slice(from, to),
            places: inside
                .filter(({ start, end }) => start <= from && to <= end)
                .map(({ lead, field }) => ({ lead, field })),
        };
    });
}

/** Kinds of values that share a colour. */
export type FieldGroup = "person" | "contact" | "place" | "wish" | "when" | "extra";

const GROUPS: Readonly<Record<string, FieldGroup>> = {
    salutation: "person",
    title: "person",
    firstName: "person",
    lastName: "person",
    companyName: "person",
    email: "contact",
    phone: "contact",
    street: "place",
    postalCode: "place",
    city: "place",
    country: "place",
    course: "wish",
    portal: "wish",
    message: "wish",
    externalId: "extra",
    receivedAt: "when",
    consentGivenAt: "when",
};

export function groupOf(field: string): FieldGroup {
    return GROUPS[field] ?? "extra";
}
