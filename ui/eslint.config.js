import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

import svelteConfig from "./svelte.config.js";

/** Three tiers of components, and what each of them must not know. A tier uses the ones below it, never one above. */
const below = (files, forbidden, message) => ({
    files,
    rules: {
        "@typescript-eslint/no-restricted-imports": [
            "error",
            {
                patterns: [
                    { group: ["@tauri-apps/*"], message: "Only src/backend/tauri/** speaks to the shell." },
                    { group: forbidden, message },
                ],
            },
        ],
    },
});

export default ts.config(
    { ignores: ["dist/", "src/bindings/"] },
    js.configs.recommended,
    ...ts.configs.strictTypeChecked,
    ...svelte.configs.recommended,
    {
        languageOptions: {
            globals: globals.browser,
            parserOptions: {
                projectService: { allowDefaultProject: ["eslint.config.js", "svelte.config.js"] },
                extraFileExtensions: [".svelte"],
                parser: ts.parser,
                svelteConfig,
            },
        },
        rules: {
            eqeqeq: ["error", "always", { null: "ignore" }],
            "no-console": "error",
            // An unbound index that the types call possible is one that can happen.
            "@typescript-eslint/no-non-null-assertion": "error",
            "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
            "@typescript-eslint/no-confusing-void-expression": [
                "error",
                { ignoreArrowShorthand: true, ignoreVoidOperator: true },
            ],
            "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
            "@typescript-eslint/no-restricted-imports": [
                "error",
                { patterns: [{ group: ["@tauri-apps/*"], message: "Only src/backend/tauri/** speaks to the shell." }] },
            ],
            // `void signal` is how an effect says what it depends on.
            "@typescript-eslint/no-meaningless-void-operator": "off",
            // Sets and maps here are values that are replaced whole; a reactive one would be a second truth.
            "svelte/prefer-svelte-reactivity": "off",
            "svelte/no-at-html-tags": "error",
        },
    },
    {
        files: ["**/*.svelte"],
        // The type checker of Svelte knows props and snippets; without it these rules see `any` in every template.
        rules: {
            "@typescript-eslint/no-unsafe-argument": "off",
            "@typescript-eslint/no-unsafe-assignment": "off",
            "@typescript-eslint/no-unsafe-call": "off",
            "@typescript-eslint/no-unsafe-member-access": "off",
            "@typescript-eslint/no-unsafe-return": "off",
            "@typescript-eslint/no-unnecessary-condition": "off",
        },
    },
    { files: ["src/backend/tauri/**"], rules: { "@typescript-eslint/no-restricted-imports": "off" } },
    below(
        ["src/controls/**"],
        ["**/domain/**", "**/screens/**", "**/state/**", "**/backend", "**/backend/**", "**/bindings/**"],
        "Controls know no leads: they get what they show, and live below domain, state and screens.",
    ),
    below(
        ["src/domain/**", "src/state/**"],
        ["**/screens/**", "**/backend/tauri", "**/backend/fake", "**/App.svelte"],
        "Domain pieces live below the screens and know the backend by its interface alone.",
    ),
    below(
        ["src/screens/**"],
        ["**/backend/tauri", "**/backend/fake", "**/App.svelte"],
        "Screens know the backend by its interface alone.",
    ),
    below(
        ["src/i18n/**"],
        ["**/controls/**", "**/domain/**", "**/screens/**", "**/state/**", "**/backend/**"],
        "Texts know nobody.",
    ),
    {
        files: ["test/**", "src/**/*.test.ts"],
        rules: { "@typescript-eslint/no-non-null-assertion": "off" },
    },
    {
        // The types describe a browser; jsdom is less than one, which is what this file makes up for.
        files: ["test/setup.ts"],
        rules: { "@typescript-eslint/no-unnecessary-condition": "off", "@typescript-eslint/unbound-method": "off" },
    },
    { files: ["*.config.js"], ...ts.configs.disableTypeChecked },
);
