// The whole window over a fake backend, and what axe has against it.

import { render } from "@testing-library/svelte";
import axe from "axe-core";
import { tick } from "svelte";
import { vi } from "vitest";

import App from "../src/App.svelte";
import { fakeBackend, type FakeBackend, type FakeWorld } from "../src/backend/fake";

/** Opens the window and waits until it shows its first screen. */
export async function openWindow(world: FakeWorld = {}): Promise<{ backend: FakeBackend; page: HTMLElement }> {
    const backend = fakeBackend(world);
    const { container } = render(App, { backend });
    await vi.waitFor(() => {
        if (container.querySelector(world.empty === true ? ".start" : "[role=grid], .notice:not(.busy)") === null) {
            throw new Error("the first screen is not there yet");
        }
    });
    await settled();
    return { backend, page: container };
}

/** Waits until the answers that are under way have been drawn. */
export async function settled(): Promise<void> {
    for (let turn = 0; turn < 6; turn++) {
        await new Promise((later) => setTimeout(later));
        await tick();
    }
}

/** Rules that axe finds broken. Colours are judged in the real window: nothing is drawn here. */
export async function violations(page: Element = document.body): Promise<string[]> {
    const found = await axe.run(page, { rules: { "color-contrast": { enabled: false } } });
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}

/** Presses a key on whatever has the keyboard. */
export async function press(key: string, more: KeyboardEventInit = {}): Promise<void> {
    const target = document.activeElement ?? document.body;
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
    await settled();
}
