// jsdom lacks a few things that every engine of the window has.

import { cleanup, configure } from "@testing-library/svelte";
import { afterEach } from "vitest";

// A busy machine may need long to draw; no test is slower for it.
configure({ asyncUtilTimeout: 15_000 });

afterEach(() => {
    cleanup();
    localStorage.clear();
});

HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true;
    this.querySelector<HTMLElement>("[autofocus], input, button")?.focus();
};
HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) {
    this.open = false;
};
Element.prototype.scrollIntoView ??= () => undefined;
Element.prototype.setPointerCapture ??= () => undefined;

// Nothing is ever laid out in jsdom: every box is 1400 by 560, which is enough to draw rows.
Object.defineProperties(HTMLElement.prototype, {
    clientWidth: { get: () => 1400 },
    clientHeight: { get: () => 560 },
});

globalThis.ResizeObserver ??= class {
    readonly #changed: ResizeObserverCallback;
    constructor(changed: ResizeObserverCallback) {
        this.#changed = changed;
    }
    observe() {
        this.#changed([], this);
    }
    unobserve() {}
    disconnect() {}
};
