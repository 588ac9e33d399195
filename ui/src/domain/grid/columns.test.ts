import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Column } from "../../bindings/Column";
import {
    columnsInSight,
    farthestScroll,
    layOut,
    moveColumn,
    NO_SETTINGS,
    resizeColumn,
    revealColumn,
    toggleColumn,
    WIDEST,
} from "./columns";

function column(id: string, width: number): Column {
    return { id, title: id, kind: "text", computed: false, choices: [], width, errors: 0, warnings: 0 };
}

const COLUMNS = ["a", "b", "c", "d"].map((id) => column(id, 100));

const ids = (settings = NO_SETTINGS) => layOut(COLUMNS, settings).columns.map((place) => place.column.id);

const layouts = fc
    .record({
        widths: fc.array(fc.integer({ min: 48, max: 400 }), { minLength: 1, maxLength: 30 }),
        frozen: fc.array(fc.integer({ min: 0, max: 29 }), { maxLength: 3 }),
        hidden: fc.array(fc.integer({ min: 0, max: 29 }), { maxLength: 5 }),
        width: fc.integer({ min: 100, max: 2400 }),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ widths, frozen, hidden, width, share }) => {
        const columns = widths.map((each, index) => column(`c${String(index)}`, each));
        const name = (index: number) => `c${String(index)}`;
        const layout = layOut(columns, { ...NO_SETTINGS, frozen: frozen.map(name), hidden: hidden.map(name) });
        return { layout, width, scrolled: share * farthestScroll(layout, width) };
    });

describe("the layout", () => {
    test("puts frozen columns first and leaves no gap", () => {
        fc.assert(
            fc.property(layouts, ({ layout }) => {
                let left = 0;
                for (const place of layout.columns) {
                    expect(place.left).toBe(left);
                    left += place.width;
                }
                expect(layout.width).toBe(left);
                const frozen = layout.columns.map((place) => place.frozen);
                expect(frozen.lastIndexOf(true)).toBe(layout.frozenCount - 1);
            }),
        );
    });

    test("keeps a column in sight whatever is hidden", () => {
        expect(ids({ ...NO_SETTINGS, hidden: ["a", "b", "c", "d"] })).toEqual(["a"]);
    });

    test("shows new columns behind the ones that were ordered before", () => {
        expect(ids({ ...NO_SETTINGS, order: ["d", "gone", "b"] })).toEqual(["d", "b", "a", "c"]);
    });
});

describe("columns in sight", () => {
    test("are all those that cover the window", () => {
        fc.assert(
            fc.property(layouts, ({ layout, width, scrolled }) => {
                const drawn = new Set(columnsInSight(layout, scrolled, width).map((place) => place.index));
                for (const place of layout.columns) {
                    const left = place.frozen ? place.left : place.left - scrolled;
                    const from = place.frozen ? 0 : layout.frozenWidth;
                    const seen = left + place.width > from && left < width;
                    if (seen) expect(drawn.has(place.index)).toBe(true);
                }
            }),
        );
    });

    test("include the revealed one", () => {
        fc.assert(
            fc.property(layouts, fc.nat(29), ({ layout, width, scrolled }, at) => {
                const index = at % layout.columns.length;
                const next = revealColumn(layout, scrolled, width, index);
                expect(next).toBeGreaterThanOrEqual(0);
                expect(next).toBeLessThanOrEqual(farthestScroll(layout, width));
                if (layout.frozenWidth + 40 < width) {
                    expect(columnsInSight(layout, next, width).some((place) => place.index === index)).toBe(true);
                }
            }),
        );
    });
});

describe("changing columns", () => {
    test("moves one before another, or to the end", () => {
        expect(ids(moveColumn(COLUMNS, NO_SETTINGS, "d", "b"))).toEqual(["a", "d", "b", "c"]);
        expect(ids(moveColumn(COLUMNS, NO_SETTINGS, "a", null))).toEqual(["b", "c", "d", "a"]);
        expect(ids(moveColumn(COLUMNS, NO_SETTINGS, "a", "a"))).toEqual(["a", "b", "c", "d"]);
    });

    test("does not lose a hidden column's place", () => {
        const hidden = toggleColumn(NO_SETTINGS, "hidden", "b");
        const moved = moveColumn(COLUMNS, hidden, "d", "a");
        expect(ids(moved)).toEqual(["d", "a", "c"]);
        expect(ids(toggleColumn(moved, "hidden", "b"))).toEqual(["d", "a", "b", "c"]);
    });

    test("keeps widths within what can be used", () => {
        expect(resizeColumn(NO_SETTINGS, "a", 99_999).widths.a).toBe(WIDEST);
    });
});
