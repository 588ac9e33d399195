// What a key means in the table. Pure: a key event in, an intent out; `null` leaves the key to the page.

/** A key as the browser reports it. */
export interface Key {
    readonly key: string;
    readonly ctrl: boolean;
    readonly shift: boolean;
    readonly alt: boolean;
}

/** The key of an event. WebKitGTK has no name for Tab while Shift is held, only the place on the keyboard. */
export function keyOf(event: KeyboardEvent): Key {
    return {
        key: event.code === "Tab" ? "Tab" : event.key,
        ctrl: event.ctrlKey || event.metaKey,
        shift: event.shiftKey,
        alt: event.altKey,
    };
}

/** How far a movement goes: by cells, by a page, or to an edge. */
export type Step =
    | { readonly by: "cell"; readonly rows: number; readonly columns: number }
    | { readonly by: "page"; readonly rows: -1 | 1 }
    | { readonly by: "edge"; readonly rows: -1 | 0 | 1; readonly columns: -1 | 0 | 1 };

/** What the person wants. */
export type Intent =
    /** `leaves`: where there is no further cell, the key goes on to the next element of the page. */
    | { readonly kind: "move"; readonly step: Step; readonly extend: boolean; readonly leaves?: true }
    /** Write on in the cell. */
    | { readonly kind: "edit" }
    /** Write over the cell. The key itself goes to the editor, so that dead keys and input methods work. */
    | { readonly kind: "type" }
    | { readonly kind: "clear" }
    | { readonly kind: "copy" }
    | { readonly kind: "cut" }
    | { readonly kind: "paste" }
    | { readonly kind: "undo" }
    | { readonly kind: "redo" }
    | { readonly kind: "fillDown" }
    | { readonly kind: "selectAll" }
    | { readonly kind: "selectColumn" }
    | { readonly kind: "selectRow" }
    /** Mark the row for what is done with many rows, or unmark it. */
    | { readonly kind: "pickRow" }
    | { readonly kind: "collapse" };

const ARROWS: Readonly<Record<string, readonly [-1 | 0 | 1, -1 | 0 | 1]>> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
};

const CONTROL: Readonly<Record<string, Intent>> = {
    a: { kind: "selectAll" },
    c: { kind: "copy" },
    d: { kind: "fillDown" },
    v: { kind: "paste" },
    x: { kind: "cut" },
    y: { kind: "redo" },
    z: { kind: "undo" },
};

/** The intent of a key while no cell is being written into. */
export function intentOf({ key, ctrl, shift, alt }: Key): Intent | null {
    const arrow = ARROWS[key];
    if (alt) return null;
    if (arrow !== undefined) {
        const [rows, columns] = arrow;
        const step: Step = ctrl ? { by: "edge", rows, columns } : { by: "cell", rows, columns };
        return { kind: "move", step, extend: shift };
    }
    switch (key) {
        case "PageUp":
        case "PageDown":
            return ctrl ? null : { kind: "move", step: { by: "page", rows: key === "PageUp" ? -1 : 1 }, extend: shift };
        case "Home":
            return { kind: "move", step: { by: "edge", rows: ctrl ? -1 : 0, columns: -1 }, extend: shift };
        case "End":
            return { kind: "move", step: { by: "edge", rows: ctrl ? 1 : 0, columns: 1 }, extend: shift };
        // As in a spreadsheet, but a keyboard must not be trapped in the table (WCAG 2.1.2).
        case "Tab":
            return ctrl
                ? null
                : { kind: "move", step: { by: "cell", rows: 0, columns: shift ? -1 : 1 }, extend: false, leaves: true };
        case "Enter":
            return ctrl ? null : { kind: "edit" };
        case "F2":
            return { kind: "edit" };
        case "Escape":
            return { kind: "collapse" };
        case "Delete":
        case "Backspace":
            return ctrl ? null : { kind: "clear" };
        case " ":
            if (ctrl) return { kind: shift ? "pickRow" : "selectColumn" };
            return shift ? { kind: "selectRow" } : { kind: "edit" };
    }
    if (ctrl) {
        if (shift && key.toLowerCase() === "z") return { kind: "redo" };
        return shift ? null : (CONTROL[key.toLowerCase()] ?? null);
    }
    // `?` opens the overview of keys everywhere, here too.
    if (key === "?") return null;
    return /^.$/u.test(key) || key === "Dead" || key === "Process" ? { kind: "type" } : null;
}

/** The intent of a key while a cell is being written into: what ends the writing, and where it goes then. */
export type EditorIntent =
    { readonly kind: "commit"; readonly rows: -1 | 0 | 1; readonly columns: -1 | 0 | 1 } | { readonly kind: "cancel" };

/** What a key means in an editor; `null` leaves it to the editor. */
export function editorIntentOf({ key, ctrl, shift, alt }: Key): EditorIntent | null {
    if (key === "Escape") return { kind: "cancel" };
    // Alt+Enter is a line break inside the cell, as in Excel.
    if (key === "Enter" && !alt) return { kind: "commit", rows: ctrl ? 0 : shift ? -1 : 1, columns: 0 };
    if (key === "Tab" && !ctrl) return { kind: "commit", rows: 0, columns: shift ? -1 : 1 };
    return null;
}
