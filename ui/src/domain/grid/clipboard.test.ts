import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { fromClipboard, fromHtml, fromTabSeparated, toHtml, toTabSeparated } from "./clipboard";

/** Blocks as they come from a table: every row as wide as the first, and texts with everything that hurts. */
const texts = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 2, max: 5 })).chain(([rows, columns]) =>
    fc.array(
        fc.array(fc.oneof(fc.string(), fc.constantFrom("", '"', 'a"b', '""', "a\tb", "1\n2", "'0049", "=1+1")), {
            minLength: columns,
            maxLength: columns,
        }),
        { minLength: rows, maxLength: rows },
    ),
);

describe("tab-separated text", () => {
    test("comes back as it went", () => {
        fc.assert(
            fc.property(texts, (block) => {
                expect(fromTabSeparated(toTabSeparated(block))).toEqual(block);
            }),
        );
    });

    test.each([
        [
            "the line end behind the last row makes no row",
            "a\tb\r\nc\td\r\n",
            [
                ["a", "b"],
                ["c", "d"],
            ],
        ],
        ["quotes inside a cell are quotes", 'say "x"\tb', [['say "x"', "b"]]],
        ["a quote that is never closed is a quote", '"open\tb', [['"open', "b"]]],
        ["a line break inside quotes stays", '"1\n2"\tb', [["1\n2", "b"]]],
        ["old line ends count", "a\rb", [["a"], ["b"]]],
        ["an empty cell at the end counts", "a\t", [["a", ""]]],
    ])("%s", (_, text, block) => {
        expect(fromTabSeparated(text)).toEqual(block);
    });
});

describe("HTML", () => {
    test("keeps postcodes and formulas as text and runs nothing", () => {
        const html = toHtml([["01067", "=1+1", "<script>alert(1)</script>"]]);
        expect(html).toContain("mso-number-format:'\\@'");
        expect(html).not.toContain("<script>");
        expect(fromHtml(html)).toEqual([["01067", "=1+1", "<script>alert(1)</script>"]]);
    });

    test("puts a cell over several rows and columns into the first of them", () => {
        const html = "<table><tr><td rowspan=2>a</td><td colspan=2>b</td></tr><tr><td>c</td><td>d</td></tr></table>";
        expect(fromHtml(html)).toEqual([
            ["a", "b", ""],
            ["", "c", "d"],
        ]);
    });

    test("reads line breaks and ignores the layout of the source", () => {
        expect(fromHtml("<table><tr><td>\n  a <b>b</b><br> c\n</td><td>d</td></tr></table>")).toEqual([
            ["a b\nc", "d"],
        ]);
    });
});

test("a table in HTML counts where the text has only one column", () => {
    const html = "<table><tr><td>a</td><td>b</td></tr></table>";
    expect(fromClipboard("a b", html)).toEqual([["a", "b"]]);
    expect(fromClipboard("a\tb", "<table><tr><td>x</td><td>y</td></tr></table>")).toEqual([["a", "b"]]);
    expect(fromClipboard("", "<p>no table</p>")).toBeNull();
});
