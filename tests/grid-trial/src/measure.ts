// What the script outside asks every page: the same questions, answered from what is drawn.

export interface Contestant {
    /** Brings a row into sight, as a person does who drags the scrollbar. */
    jump(row: number): void;
}

export const complain = (error: unknown) => Object.assign(window, { trialError: String(error) });
addEventListener("error", ({ error, message }) => complain(error ?? message));
addEventListener("unhandledrejection", ({ reason }) => complain(reason));

const frame = () => new Promise<number>((drawn) => requestAnimationFrame(drawn));

/** True once a cell with exactly this text is in the page. */
function drawn(text: string): boolean {
    const cells = document.querySelectorAll("[role=gridcell], [role=cell], .slick-cell, .rgCell, .ag-cell");
    // Lotse's cells say behind their text what a screen reader is to hear of them.
    for (const cell of cells) if ((cell.firstChild?.textContent ?? "").trim() === text || cell.textContent.trim() === text) return true;
    return false;
}

async function untilDrawn(text: string): Promise<boolean> {
    const patience = performance.now() + 5000;
    while (!drawn(text)) {
        if (performance.now() > patience) return false;
        await frame();
    }
    await frame();
    return true;
}

const id = (row: number) => `EXCEL-ROW-${row + 5}`;

export function enter(contestant: Contestant): void {
    let frames: number[] = [];
    let recording = false;
    const keys: { down: number; opened: number } = { down: 0, opened: 0 };
    addEventListener("keydown", () => (keys.down = performance.now()), true);
    addEventListener(
        "focusin",
        (event) => {
            if ((event.target as HTMLElement).matches("input, textarea")) keys.opened = performance.now();
        },
        true,
    );

    Object.assign(window, {
        trial: {
            firstPaint: null as number | null,
            async jump(row: number) {
                const start = performance.now();
                contestant.jump(row);
                return (await untilDrawn(id(row))) ? performance.now() - start : null;
            },
            record() {
                frames = [];
                recording = true;
                let last = performance.now();
                const tick = (now: number) => {
                    if (!recording) return;
                    frames.push(now - last);
                    last = now;
                    requestAnimationFrame(tick);
                };
                requestAnimationFrame(tick);
            },
            frames() {
                recording = false;
                return frames.slice(1);
            },
            keys: () => keys,
            untilDrawn,
            drawn,
        },
    });
    void untilDrawn(id(0)).then(() => {
        (window as unknown as { trial: { firstPaint: number } }).trial.firstPaint = performance.now();
    });
}
