import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { compare } from "./diff";

/** Pieces as one would write them: what differs stands in brackets. */
const written = (a: string, b: string) =>
    compare(a, b).map((pieces) => pieces.map(({ text, differs }) => (differs ? `[${text}]` : text)).join(""));

describe("differences", () => {
    test.each([
        [
            "Bäckerei Sonnenschein",
            "Baeckerei Sonnenschein e.K.",
            "B[ä]ckerei Sonnenschein",
            "B[ae]ckerei Sonnenschein[ e.K.]",
        ],
        ["München", "Muenchen", "M[ü]nchen", "M[ue]nchen"],
        ["Hotel Post", "Hotel Rost", "Hotel [P]ost", "Hotel [R]ost"],
        ["gleich", "gleich", "gleich", "gleich"],
        ["", "neu", "", "[neu]"],
        ["Kantine", "Weinstube", "[Kantine]", "[Weinstube]"],
        ["gesundheit", "restaurant", "[gesundheit]", "[restaurant]"],
        ["2023-08-22", "2023-08-24", "2023-08-2[2]", "2023-08-2[4]"],
        // A letter with its accent as two code points is one sign.
        ["Cafe\u0301 Blau", "Cafe Blau", "Caf[e\u0301] Blau", "Caf[e] Blau"],
    ])("of %j and %j are marked sign by sign", (a, b, left, right) => {
        expect(written(a, b)).toEqual([left, right]);
    });

    test("lose no sign, and say the same in either order", () => {
        fc.assert(
            fc.property(
                fc.string({ unit: "grapheme", maxLength: 40 }),
                fc.string({ unit: "grapheme", maxLength: 40 }),
                (a, b) => {
                    const [left, right] = compare(a, b);
                    expect(left.map(({ text }) => text).join("")).toBe(a);
                    expect(right.map(({ text }) => text).join("")).toBe(b);
                    const kept = (pieces: typeof left) =>
                        pieces.filter((piece) => !piece.differs).map(({ text }) => text);
                    expect(kept(left).join("")).toBe(kept(right).join(""));
                    expect(left.some((piece) => piece.differs) || right.some((piece) => piece.differs)).toBe(a !== b);
                },
            ),
        );
    });

    test("of long texts are still found where they begin and end", () => {
        const long = "a".repeat(5000);
        expect(written(`${long}x${long}`, `${long}y${long}`)).toEqual([`${long}[x]${long}`, `${long}[y]${long}`]);
    });
});
