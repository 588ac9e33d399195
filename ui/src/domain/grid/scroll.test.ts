import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
    clampPosition,
    lowestPosition,
    positionAfterWheel,
    positionOfThumb,
    revealRow,
    ROWS_PER_NOTCH,
    rowsPerPage,
    sightAt,
    SMALLEST_THUMB,
    thumbAt,
    type Extent,
} from "./scroll";

const extents: fc.Arbitrary<Extent> = fc.record({
    rows: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 50_000_000 })),
    rowHeight: fc.integer({ min: 20, max: 60 }),
    height: fc.integer({ min: 0, max: 2200 }),
});

/** Where the scrollbar can lie, as a share of the way. */
const shares = fc.double({ min: 0, max: 1, noNaN: true });

describe("rows in sight", () => {
    test("cover the window without a gap and stay inside the table", () => {
        fc.assert(
            fc.property(extents, shares, (extent, share) => {
                const position = share * lowestPosition(extent);
                const { first, last } = sightAt(extent, position);
                if (extent.rows === 0 || extent.height === 0) return;
                expect(first).toBeGreaterThanOrEqual(0);
                expect(last).toBeLessThan(extent.rows);
                expect(first * extent.rowHeight).toBeLessThanOrEqual(position);
                const end = Math.min(position + extent.height, extent.rows * extent.rowHeight);
                expect((last + 1) * extent.rowHeight).toBeGreaterThanOrEqual(end - 1e-6);
            }),
        );
    });

    test("are never more than fit and one that is cut", () => {
        fc.assert(
            fc.property(extents, shares, (extent, share) => {
                const { first, last } = sightAt(extent, share * lowestPosition(extent));
                expect(last - first + 1).toBeLessThanOrEqual(Math.ceil(extent.height / extent.rowHeight) + 1);
            }),
        );
    });

    test("reach the last row of a table far taller than an element can be", () => {
        const extent = { rows: 50_000_000, rowHeight: 34, height: 700 };
        expect(extent.rows * extent.rowHeight).toBeGreaterThan(33_554_428);
        expect(sightAt(extent, lowestPosition(extent)).last).toBe(49_999_999);
    });
});

describe("revealing a row", () => {
    const revealed = fc
        .tuple(extents, shares, shares)
        .filter(([extent]) => extent.rows > 0 && extent.height >= extent.rowHeight);

    test("brings it wholly into sight, and moves nothing where it is already", () => {
        fc.assert(
            fc.property(revealed, ([extent, from, to]) => {
                const position = from * lowestPosition(extent);
                const row = Math.floor(to * (extent.rows - 1));
                const next = revealRow(extent, position, row);
                expect(row * extent.rowHeight).toBeGreaterThanOrEqual(next - 1e-6);
                expect((row + 1) * extent.rowHeight).toBeLessThanOrEqual(next + extent.height + 1e-6);
                expect(revealRow(extent, next, row)).toBe(next);
            }),
        );
    });
});

describe("the scrollbar's thumb", () => {
    const track = fc.integer({ min: 60, max: 2000 });

    test("is large enough to be taken hold of and stays on its track", () => {
        fc.assert(
            fc.property(extents, shares, track, (extent, share, length) => {
                const thumb = thumbAt(extent, share * lowestPosition(extent), length);
                if (thumb === null) {
                    expect(lowestPosition(extent)).toBe(0);
                    return;
                }
                expect(thumb.size).toBeGreaterThanOrEqual(SMALLEST_THUMB);
                expect(thumb.top).toBeGreaterThanOrEqual(0);
                expect(thumb.top + thumb.size).toBeLessThanOrEqual(length + 1e-6);
            }),
        );
    });

    test("stands for the position it is dragged to, to within half a row", () => {
        fc.assert(
            fc.property(extents, shares, track, (extent, share, length) => {
                const position = share * lowestPosition(extent);
                const thumb = thumbAt(extent, position, length);
                if (thumb === null || thumb.size >= length) return;
                const back = positionOfThumb(extent, thumb.top, length);
                expect(Math.abs(back - position)).toBeLessThanOrEqual(extent.rowHeight / 2 + 1e-3);
            }),
        );
    });

    test("reaches both ends", () => {
        fc.assert(
            fc.property(extents, track, (extent, length) => {
                const thumb = thumbAt(extent, 0, length);
                if (thumb === null || thumb.size >= length) return;
                expect(positionOfThumb(extent, -10, length)).toBe(0);
                expect(positionOfThumb(extent, length, length)).toBe(lowestPosition(extent));
            }),
        );
    });
});

describe("the wheel", () => {
    test("moves by whole rows and comes back to where it was", () => {
        fc.assert(
            fc.property(extents, shares, fc.constantFrom(53, 100, 120, 240), (extent, share, delta) => {
                const row = Math.floor((share * lowestPosition(extent)) / extent.rowHeight);
                const start = clampPosition(extent, row * extent.rowHeight);
                const down = positionAfterWheel(extent, start, { delta, mode: 0 });
                const moved = down - start;
                if (down < lowestPosition(extent)) {
                    expect(moved % extent.rowHeight).toBe(0);
                    expect(positionAfterWheel(extent, down, { delta: -delta, mode: 0 })).toBe(start);
                }
            }),
        );
    });

    test.each([
        ["a notch in WebKitGTK", { delta: 53, mode: 0 }, ROWS_PER_NOTCH * 28],
        ["a notch in Chromium", { delta: -120, mode: 0 }, -ROWS_PER_NOTCH * 28],
        ["three lines in Firefox", { delta: 3, mode: 1 }, 3 * 28],
        ["a page", { delta: 1, mode: 2 }, 20 * 28],
        ["a touch of a touchpad", { delta: 3.5, mode: 0 }, 3.5],
    ])("%s goes as far as people expect", (_, turn, distance) => {
        const extent = { rows: 1_000_000, rowHeight: 28, height: 560 };
        expect(positionAfterWheel(extent, 2800, turn) - 2800).toBe(distance);
    });
});

test("a page is what fits, and never nothing", () => {
    expect(rowsPerPage({ rows: 10, rowHeight: 28, height: 560 })).toBe(20);
    expect(rowsPerPage({ rows: 10, rowHeight: 28, height: 5 })).toBe(1);
});
