import { fileURLToPath } from "node:url";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// One page a grid, so that each is loaded alone; `own` is the product's component, straight from its folder.
const pages = ["ag", "slick", "revo", "own"];

export default defineConfig({
    plugins: [svelte({ configFile: false, compilerOptions: { runes: true } })],
    base: "./",
    // Both this folder and the product's have a Svelte; two runtimes in one page do not know each other's effects.
    resolve: { dedupe: ["svelte"] },
    build: {
        target: ["safari17.5", "chrome123"],
        rolldownOptions: {
            input: Object.fromEntries(pages.map((page) => [page, fileURLToPath(new URL(`${page}.html`, import.meta.url))])),
        },
    },
});
