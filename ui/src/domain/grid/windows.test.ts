import { describe, expect, test, vi } from "vitest";

import type { Row } from "../../bindings/Row";
import type { RowWindow } from "../../bindings/RowWindow";
import { PAGE, PAGES_KEPT, RowPages } from "./windows";

function row(id: number, text = ""): Row {
    return { id, number: id + 1, severity: null, states: [], cells: [text], marks: [] };
}

/** A table whose answers a test lets through one by one. */
function table() {
    const asked: { offset: number; answer: (revision: number, text?: string) => Promise<void> }[] = [];
    const failed = vi.fn();
    const pages = new RowPages(
        (offset, limit) =>
            new Promise<RowWindow>((resolve) => {
                asked.push({
                    offset,
                    answer: async (revision, text) => {
                        const rows = Array.from({ length: limit }, (_, at) => row(offset + at, text));
                        resolve({ offset, total: 1_000_000, revision, rows });
                        await new Promise((later) => setTimeout(later));
                    },
                });
            }),
        () => undefined,
        failed,
    );
    return { pages, asked, failed };
}

describe("rows near the window", () => {
    test("are asked for once, those in sight first", async () => {
        const { pages, asked } = table();
        pages.want(250, 290);
        pages.want(251, 291);
        expect(asked.map(({ offset }) => offset)).toEqual([200, 300]);
        await asked[0]?.answer(0);
        expect(pages.at(250)?.id).toBe(250);
        expect(pages.at(5000)).toBeUndefined();
    });

    test("are not asked for any more once the window has moved on", async () => {
        const { pages, asked } = table();
        pages.want(0, 30);
        pages.want(500_000, 500_030);
        pages.want(900_000, 900_030);
        await asked[0]?.answer(0);
        await asked[1]?.answer(0);
        expect(asked.slice(2).map(({ offset }) => offset)).toEqual([900_000, 900_100]);
    });

    test("are forgotten again, the longest unused first", async () => {
        const { pages, asked } = table();
        for (let page = 0; page < PAGES_KEPT + 20; page++) {
            pages.want(page * PAGE, page * PAGE + 30);
            for (const question of asked.splice(0)) await question.answer(0);
        }
        expect(pages.at(0)).toBeUndefined();
        expect(pages.at((PAGES_KEPT + 19) * PAGE)).toBeDefined();
    });

    test("never show an answer from before an edit", async () => {
        const { pages, asked } = table();
        pages.want(0, 30);
        pages.replace([], 7);
        await asked[0]?.answer(6, "old");
        expect(pages.at(0)).toBeUndefined();
        expect(asked.at(-1)?.offset).toBe(0);
        await asked.at(-1)?.answer(7, "new");
        expect(pages.at(0)?.cells).toEqual(["new"]);
    });

    test("stay in sight until newer ones are there", async () => {
        const { pages, asked } = table();
        pages.want(0, 30);
        await asked[0]?.answer(0, "old");
        pages.renew(false);
        expect(pages.at(0)?.cells).toEqual(["old"]);
        pages.want(0, 30);
        const again = asked.filter(({ offset }) => offset === 0).at(-1);
        await again?.answer(1, "new");
        expect(pages.at(0)?.cells).toEqual(["new"]);
    });

    test("of another view do not come in late", async () => {
        const { pages, asked } = table();
        pages.want(0, 30);
        pages.renew(true);
        await asked[0]?.answer(0, "other view");
        expect(pages.at(0)).toBeUndefined();
    });
});
