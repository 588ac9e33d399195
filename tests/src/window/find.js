// arguments[0]: { role, name } or { label } or { testId } or { text }. Gives the first visible match, or null.
const query = arguments[0];
const implicit = [
    ["button", "button, summary, input[type=button], input[type=submit]"],
    ["link", "a[href]"],
    ["checkbox", "input[type=checkbox]:not([role])"],
    ["radio", "input[type=radio]"],
    ["searchbox", "input[type=search]:not([role])"],
    ["spinbutton", "input[type=number]"],
    ["textbox", "input:not([type]):not([role]), input[type=text]:not([role]), input[type=email], input[type=tel], textarea"],
    ["combobox", "select"],
    ["heading", "h1, h2, h3, h4"],
    ["navigation", "nav"],
    ["main", "main"],
    ["banner", "header"],
    ["contentinfo", "footer"],
    ["dialog", "dialog"],
    ["list", "ul, ol"],
    ["listitem", "li"],
    ["table", "table"],
    ["progressbar", "progress"],
    ["region", "section[aria-label], section[aria-labelledby]"],
];
const squeeze = (text) => (text ?? "").replace(/\s+/g, " ").trim();
const visible = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
const spoken = (element) => {
    const copy = element.cloneNode(true);
    for (const hidden of copy.querySelectorAll("[aria-hidden=true]")) hidden.remove();
    return squeeze(copy.textContent);
};
const name = (element) => {
    const by = element.getAttribute("aria-labelledby");
    if (by) return squeeze(by.split(" ").map((id) => document.getElementById(id)?.textContent).join(" "));
    if (element.hasAttribute("aria-label")) return squeeze(element.getAttribute("aria-label"));
    if (element.labels?.length) return squeeze([...element.labels].map(spoken).join(" "));
    return spoken(element) || squeeze(element.getAttribute("title") ?? element.getAttribute("placeholder"));
};
const best = (elements, wanted) => {
    const seen = elements.filter(visible);
    return (
        seen.find((element) => name(element) === wanted) ??
        seen.find((element) => name(element).startsWith(wanted)) ??
        seen.find((element) => name(element).includes(wanted)) ??
        null
    );
};
if (query.testId) {
    return [...document.querySelectorAll(`[data-testid="${CSS.escape(query.testId)}"]`)].find(visible) ?? null;
}
if (query.label) {
    return best([...document.querySelectorAll("input, select, textarea, [role=combobox], [role=textbox]")], query.label);
}
if (query.role) {
    const tags = implicit.find(([role]) => role === query.role)?.[1];
    const explicit = `[role="${CSS.escape(query.role)}"]`;
    const found = [...document.querySelectorAll(tags ? `${explicit}, :is(${tags}):not([role])` : explicit)];
    return best(found, query.name);
}
// The smallest element that holds the text.
const holding = [...document.querySelectorAll("body *")].filter(
    (element) => visible(element) && squeeze(element.textContent).includes(query.text),
);
return holding.at(-1) ?? null;
