// Blocks of cells as spreadsheets put them on the clipboard: tab-separated text and an HTML table. Pure, but for the
// HTML reader, which uses the parser of the engine and runs nothing of what it reads.

/** Texts of a block, row by row. */
export type Texts = readonly (readonly string[])[];

/** More cells than this are not taken from the clipboard at once; Excel itself cannot hand over more either. */
export const MOST_CELLS = 5_000_000;

/** As Excel writes it: tabs, CRLF, and quotes around what would be torn apart. */
export function toTabSeparated(texts: Texts): string {
    return texts.map((row) => row.map(quoted).join("\t")).join("\r\n");
}

function quoted(text: string): string {
    return /["\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** As an HTML table. Every cell is text, so that a postcode keeps its zero and `=1+1` is not worked out. */
export function toHtml(texts: Texts): string {
    const rows = texts.map((row) => {
        const cells = row.map((text) => `<td style="mso-number-format:'\\@'">${escaped(text)}</td>`);
        return `<tr>${cells.join("")}</tr>`;
    });
    return `<meta charset="utf-8"><table>${rows.join("")}</table>`;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escaped(text: string): string {
    return text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign).replace(/\r\n|\r|\n/g, "<br>");
}

/**
 * Reads tab-separated text. Quotes count only at the start of a cell, as Excel and LibreOffice write them; a quote that
 * is never closed is a quote. The line end that both put behind the last row makes no row.
 */
export function fromTabSeparated(text: string): string[][] {
    const rows: string[][] = [[]];
    let at = 0;
    const row = () => rows[rows.length - 1] as string[];
    while (at <= text.length) {
        let cell: string;
        const close = text[at] === '"' ? closingQuote(text, at + 1) : -1;
        if (close >= 0) {
            cell = text.slice(at + 1, close).replaceAll('""', '"');
            at = close + 1;
        } else {
            const end = nextSeparator(text, at);
            cell = text.slice(at, end);
            at = end;
        }
        row().push(cell);
        if (at >= text.length) break;
        if (text[at] === "\t") {
            at += 1;
            continue;
        }
        at += text.startsWith("\r\n", at) ? 2 : 1;
        if (at >= text.length) break;
        rows.push([]);
    }
    return rows;
}

/** The quote that ends a cell: the first one that is not doubled, with a separator or the end behind it; else -1. */
function closingQuote(text: string, from: number): number {
    let at = from;
    for (;;) {
        const quote = text.indexOf('"', at);
        if (quote < 0) return -1;
        if (text[quote + 1] === '"') {
            at = quote + 2;
            continue;
        }
        const next = text[quote + 1];
        return next === undefined || next === "\t" || next === "\n" || next === "\r" ? quote : -1;
    }
}

function nextSeparator(text: string, from: number): number {
    const match = /[\t\n\r]/g;
    match.lastIndex = from;
    return match.exec(text)?.index ?? text.length;
}

/**
 * Reads the first table of a piece of HTML; `null` where there is none. A cell over several columns or rows stands in
 * the first of them, the others are empty, as in the spreadsheet it came from.
 */
export function fromHtml(html: string): string[][] | null {
    const table = new DOMParser().parseFromString(html, "text/html").querySelector("table");
    if (table === null) return null;
    const lines = [...table.rows];
    const rows: string[][] = lines.map(() => []);
    // How many more rows a cell from above reaches down, by column.
    const reaching: number[] = [];
    rows.forEach((row, down) => {
        let right = 0;
        const pass = () => {
            while ((reaching[right] ?? 0) > 0) {
                reaching[right] = (reaching[right] ?? 0) - 1;
                row[right] = "";
                right += 1;
            }
        };
        for (const cell of lines[down]?.cells ?? []) {
            pass();
            for (let beside = 0; beside < cell.colSpan; beside++) {
                row[right] = beside === 0 ? cellText(cell) : "";
                reaching[right] = cell.rowSpan - 1;
                right += 1;
            }
        }
        pass();
    });
    return rows.length > 0 ? rows : null;
}

function cellText(cell: Element): string {
    const copy = cell.cloneNode(true) as Element;
    for (const line of copy.querySelectorAll("br")) line.replaceWith("\n");
    // White space of the source is layout; a line break is a <br>, and a no-break space is a space someone typed.
    return copy.textContent
        .replace(/[^\S\n\u00a0]+/g, " ")
        .replaceAll("\u00a0", " ")
        .replace(/ ?\n ?/g, "\n")
        .trim();
}

/**
 * What a clipboard holds as a block. Tab-separated text is preferred: it is what people see in other programs too. A
 * table in HTML counts where the text has only one cell, as web pages and mail programs hand tables over.
 */
export function fromClipboard(text: string, html: string): string[][] | null {
    const plain = text === "" ? null : fromTabSeparated(text);
    const wide = plain !== null && plain.some((row) => row.length > 1);
    if (wide || html === "") return plain;
    const table = fromHtml(html);
    return table !== null && table.some((row) => row.length > 1) ? table : plain;
}
