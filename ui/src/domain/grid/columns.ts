// How the columns lie: order, width, frozen at the left, hidden. Pure; the component draws what comes out.

import type { Column } from "../../bindings/Column";
import type { ColumnSettings } from "../../state/preferences.svelte";

/** Nothing changed. */
export const NO_SETTINGS: ColumnSettings = { order: [], hidden: [], frozen: [], widths: {} };

export const NARROWEST = 48;
export const WIDEST = 900;

/** One column where it lies. */
export interface PlacedColumn {
    readonly column: Column;
    /** The index in `TableShape.columns` and thus in `Row.cells`. */
    readonly source: number;
    /** The index among the shown columns. */
    readonly index: number;
    readonly frozen: boolean;
    /** Pixels from the left edge of the first cell, as if nothing were scrolled. */
    readonly left: number;
    readonly width: number;
}

/** All shown columns, frozen ones first. */
export interface ColumnLayout {
    readonly columns: readonly PlacedColumn[];
    readonly frozenCount: number;
    readonly frozenWidth: number;
    readonly width: number;
}

/** Lays the columns out. At least one column is always shown: with none, nothing could be taken hold of. */
export function layOut(columns: readonly Column[], settings: ColumnSettings): ColumnLayout {
    const rank = new Map(settings.order.map((id, index) => [id, index]));
    const ordered = columns
        .map((column, source) => ({ column, source, rank: rank.get(column.id) ?? settings.order.length + source }))
        .sort((a, b) => a.rank - b.rank);
    const hidden = new Set(settings.hidden);
    const shown = ordered.filter(({ column }) => !hidden.has(column.id));
    const visible = shown.length > 0 ? shown : ordered.slice(0, 1);
    const isFrozen = new Set(settings.frozen);
    const arranged = [
        ...visible.filter(({ column }) => isFrozen.has(column.id)),
        ...visible.filter(({ column }) => !isFrozen.has(column.id)),
    ];
    let left = 0;
    let frozenCount = 0;
    let frozenWidth = 0;
    const placed = arranged.map(({ column, source }, index): PlacedColumn => {
        const width = clampWidth(settings.widths[column.id] ?? column.width);
        const frozen = isFrozen.has(column.id);
        const place = { column, source, index, frozen, left, width };
        left += width;
        if (frozen) {
            frozenCount += 1;
            frozenWidth = left;
        }
        return place;
    });
    return { columns: placed, frozenCount, frozenWidth, width: left };
}

/** A width that can still be read and taken hold of. */
export function clampWidth(width: number): number {
    return Math.min(WIDEST, Math.max(NARROWEST, Math.round(width)));
}

/**
 * The columns to draw when the ones that are not frozen are scrolled by `scrolled` pixels in a window of `width`: all
 * frozen ones, and those others that are at least partly in sight.
 */
export function columnsInSight(layout: ColumnLayout, scrolled: number, width: number): readonly PlacedColumn[] {
    const from = layout.frozenWidth + scrolled;
    const to = scrolled + width;
    return layout.columns.filter(
        (place) => place.frozen || (place.left + place.width > from && place.left < Math.max(to, from + 1)),
    );
}

/** The most that the columns can be scrolled by. */
export function farthestScroll(layout: ColumnLayout, width: number): number {
    return Math.max(0, layout.width - width);
}

/** The nearest scroll that brings a column wholly into sight, or its left edge where it is wider than the window. */
export function revealColumn(layout: ColumnLayout, scrolled: number, width: number, index: number): number {
    const place = layout.columns[index];
    const farthest = farthestScroll(layout, width);
    if (place === undefined || place.frozen) return Math.min(scrolled, farthest);
    const leftmost = place.left - layout.frozenWidth;
    const rightmost = place.left + place.width - width;
    const next = scrolled > leftmost ? leftmost : Math.max(scrolled, Math.min(rightmost, leftmost));
    return Math.min(Math.max(0, next), farthest);
}

/** Settings with a column moved to stand before `before`, or last for `null`. */
export function moveColumn(
    columns: readonly Column[],
    settings: ColumnSettings,
    id: string,
    before: string | null,
): ColumnSettings {
    if (id === before) return settings;
    const all = layOut(columns, { ...settings, hidden: [] }).columns.map((place) => place.column.id);
    const order = all.filter((other) => other !== id);
    const at = before === null ? order.length : order.indexOf(before);
    order.splice(at < 0 ? order.length : at, 0, id);
    return { ...settings, order };
}

/** Settings with a column in a list it was not in, or out of it. */
export function toggleColumn(settings: ColumnSettings, list: "hidden" | "frozen", id: string): ColumnSettings {
    const ids = settings[list];
    return { ...settings, [list]: ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id] };
}

/** Settings with a column at another width. */
export function resizeColumn(settings: ColumnSettings, id: string, width: number): ColumnSettings {
    return { ...settings, widths: { ...settings.widths, [id]: clampWidth(width) } };
}
