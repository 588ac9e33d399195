import { describe, expect, test } from "vitest";

import { editorIntentOf, intentOf, type Key } from "./keyboard";

function key(chord: string): Key {
    const parts = chord.split("+");
    return {
        key: parts.at(-1) === "Space" ? " " : (parts.at(-1) ?? ""),
        ctrl: parts.includes("Ctrl"),
        shift: parts.includes("Shift"),
        alt: parts.includes("Alt"),
    };
}

describe("in the table", () => {
    test.each([
        ["ArrowDown", { kind: "move", step: { by: "cell", rows: 1, columns: 0 }, extend: false }],
        ["Shift+ArrowLeft", { kind: "move", step: { by: "cell", rows: 0, columns: -1 }, extend: true }],
        ["Ctrl+ArrowDown", { kind: "move", step: { by: "edge", rows: 1, columns: 0 }, extend: false }],
        ["Ctrl+Shift+ArrowRight", { kind: "move", step: { by: "edge", rows: 0, columns: 1 }, extend: true }],
        ["PageUp", { kind: "move", step: { by: "page", rows: -1 }, extend: false }],
        ["Home", { kind: "move", step: { by: "edge", rows: 0, columns: -1 }, extend: false }],
        ["Ctrl+End", { kind: "move", step: { by: "edge", rows: 1, columns: 1 }, extend: false }],
        ["Tab", { kind: "move", step: { by: "cell", rows: 0, columns: 1 }, extend: false, leaves: true }],
        ["Enter", { kind: "edit" }],
        ["F2", { kind: "edit" }],
        ["x", { kind: "type" }],
        ["ß", { kind: "type" }],
        ["Dead", { kind: "type" }],
        ["Delete", { kind: "clear" }],
        ["Ctrl+z", { kind: "undo" }],
        ["Ctrl+Shift+Z", { kind: "redo" }],
        ["Ctrl+y", { kind: "redo" }],
        ["Ctrl+d", { kind: "fillDown" }],
        ["Ctrl+a", { kind: "selectAll" }],
        ["Shift+Space", { kind: "selectRow" }],
        ["Ctrl+Space", { kind: "selectColumn" }],
        ["Ctrl+Shift+Space", { kind: "pickRow" }],
    ])("%s means what it means in a spreadsheet", (chord, intent) => {
        expect(intentOf(key(chord))).toEqual(intent);
    });

    test.each(["?", "Alt+ArrowDown", "Ctrl+k", "Ctrl+1", "F1", "Shift", "Control", "Ctrl+Tab"])(
        "%s is left to the window",
        (chord) => {
            expect(intentOf(key(chord))).toBeNull();
        },
    );
});

describe("in an editor", () => {
    test.each([
        ["Enter", { kind: "commit", rows: 1, columns: 0 }],
        ["Shift+Enter", { kind: "commit", rows: -1, columns: 0 }],
        ["Ctrl+Enter", { kind: "commit", rows: 0, columns: 0 }],
        ["Tab", { kind: "commit", rows: 0, columns: 1 }],
        ["Escape", { kind: "cancel" }],
    ])("%s ends the writing", (chord, intent) => {
        expect(editorIntentOf(key(chord))).toEqual(intent);
    });

    test.each(["ArrowLeft", "Home", "a", "Ctrl+z", "Alt+Enter"])("%s stays in the text", (chord) => {
        expect(editorIntentOf(key(chord))).toBeNull();
    });
});
