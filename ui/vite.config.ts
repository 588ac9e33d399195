import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
    plugins: [svelte()],
    // Asset addresses must be relative to the custom protocol of the window.
    base: "./",
    clearScreen: false,
    server: { port: 5173, strictPort: true },
    build: {
        // The oldest engines that the window runs in: WebKitGTK 2.40, Safari 16.4, WebView2.
        target: ["safari16.4", "chrome111"],
        // The content security policy allows no inline script and no data address in a style sheet's place.
        assetsInlineLimit: 0,
        reportCompressedSize: false,
    },
    // Without it vitest would take the server build of Svelte, which mounts nothing.
    resolve: process.env.VITEST ? { conditions: ["browser"] } : {},
    test: {
        environment: "jsdom",
        include: ["src/**/*.test.ts", "test/**/*.test.ts"],
        setupFiles: ["test/setup.ts"],
        restoreMocks: true,
        // Patience for a busy machine, no judgement of speed: axe takes its time without a real engine.
        testTimeout: 60_000,
    },
});
