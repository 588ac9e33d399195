// Runs in the page: how long it takes from an event to the frame that shows what came of it. Nothing of the product
// knows about it; it reads the page as a screen reader would.

const grid = () => document.querySelector("[role=grid]");
const rows = () => [...document.querySelectorAll("[role=grid] [role=row][data-row]")];
const firstRow = () => Math.min(...rows().map((row) => Number(row.dataset.row)));
const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));

/** Every row in sight shows its cells, or it is said that there are none. */
function filled() {
    const table = grid();
    // Where no row fits, a sentence stands in the place of the table.
    if (!table) return document.querySelector(".notice:not(.busy)") !== null;
    if (table.ariaBusy === "true") return false;
    const shown = rows();
    if (shown.length === 0) return table.ariaRowCount === "1";
    return shown.every((row) => row.querySelector("[role=rowheader]").textContent !== "");
}

/** How many rows there are, and by what they are sorted. */
function arrangement() {
    const sorted = [...document.querySelectorAll("[role=columnheader]:not([aria-sort=none])")];
    return `${grid()?.ariaRowCount} ${sorted.map((head) => `${head.id} ${head.ariaSort}`).join()}`;
}

/** What has to come true. Each is asked when the event happens, and gives the question for every frame from then on. */
const outcomes = {
    /** There are rows. */
    shown: () => () => filled() && rows().length > 0,
    /** Other rows are in sight. */
    moved() {
        const before = firstRow();
        return () => firstRow() !== before && filled();
    },
    /** Other rows belong to the view, or they have another order. */
    arranged() {
        const before = arrangement();
        return () => arrangement() !== before && filled();
    },
    /** Another cell is the active one. */
    stepped() {
        const before = grid().getAttribute("aria-activedescendant");
        return () => {
            const now = grid().getAttribute("aria-activedescendant");
            return now !== before && now !== null && document.getElementById(now) !== null && filled();
        };
    },
    /** The editor of a cell shows another text. */
    typed() {
        const text = () => document.querySelector(".editor input")?.value;
        const before = text();
        return () => text() !== undefined && text() !== before;
    },
    /** This text stands in this cell. */
    written: ({ cell, text }) => () => document.getElementById(cell)?.firstChild?.textContent.trim() === text,
    /** The counts in the panel are others. */
    counted() {
        const panel = () => document.querySelector("aside")?.textContent;
        const before = panel();
        return () => panel() !== before;
    },
    /** This can be read. */
    read: ({ text }) => () => document.body.textContent.includes(text),
    /** No change is on its way any more; asked once it has begun. */
    unchanged() {
        const busy = () => document.querySelector("footer progress") !== null;
        let begun = false;
        return () => (begun ||= busy()) && !busy();
    },
};

let result = null;
let last = null;
let running = false;
let frames = [];

/** When the page waited for an answer from behind the border; `to` is missing while it still does. */
let asked = [];

// Every command of the shell goes through here; the page itself has no network.
const { fetch } = window;
window.fetch = (...request) => {
    const question = { from: performance.now(), to: undefined };
    asked.push(question);
    const answer = fetch(...request);
    const over = () => (question.to = performance.now());
    answer.then(over, over);
    return answer;
};

/** Milliseconds between these moments in which at least one answer was out. */
function waited(start, end) {
    let covered = start;
    let sum = 0;
    for (const { from, to = end } of asked) {
        const begun = Math.max(covered, from);
        const over = Math.min(to, end);
        if (over <= begun) continue;
        sum += over - begun;
        covered = over;
    }
    return sum;
}

window.meter = {
    filled,
    /** From the next event of this type on: how long it took, of it waiting for answers, and of it drawing the frame. */
    arm(type, outcome, details) {
        last = null;
        asked = asked.filter(({ to }) => to === undefined);
        result = new Promise((done) => {
            const begin = async (event) => {
                const now = performance.now();
                // When the person acted, not when the page got round to it; some events carry no usable time.
                const start = event.timeStamp > now - 5000 && event.timeStamp <= now ? event.timeStamp : now;
                const come = outcomes[outcome](details ?? {});
                do await frame();
                while (!come());
                const there = performance.now();
                // Drawn in the frame that has just begun: over when the next one begins.
                await frame();
                const end = performance.now();
                last = { whole: end - start, answers: waited(start, there), frame: end - there };
                done(last);
            };
            addEventListener(type, begin, { capture: true, once: true });
        });
    },
    result: () => result,
    /** What it was, or `null` while it is not over. */
    last: () => last,
    /** Keeps the lengths of all frames until they are asked for. */
    record() {
        frames = [];
        running = true;
        let last = performance.now();
        const tick = (now) => {
            if (!running) return;
            frames.push(now - last);
            last = now;
            requestAnimationFrame(tick);
        };
        requestAnimationFrame(tick);
    },
    frames() {
        running = false;
        return frames.slice(1);
    },
    /** The id of the active cell. */
    active: () => grid().getAttribute("aria-activedescendant"),
    top: firstRow,
};
