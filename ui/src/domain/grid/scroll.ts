// Where a table of any length stands in a window of a few hundred pixels: pure arithmetic, no DOM.
//
// An element of WebKitGTK ends at 33,554,428 px, which a million rows pass at 34 px each. Nothing here is ever that
// tall: the position is a number of its own, rows are placed relative to it, and the scrollbar's thumb is a mapping of
// it. Positions are in CSS pixels from the top of the first row; up to 2^53 they are exact.

/** What the arithmetic needs to know of a table and its window. */
export interface Extent {
    /** Rows in the view. */
    readonly rows: number;
    /** Height of a row in pixels, above zero. */
    readonly rowHeight: number;
    /** Height of the window onto the rows in pixels, header not counted. */
    readonly height: number;
}

/** The rows that are at least partly in sight: `first` to `last`, both inclusive; `last < first` for none. */
export interface Sight {
    readonly first: number;
    readonly last: number;
}

/** The thumb of the scrollbar: pixels from the top of its track, and its height. */
export interface Thumb {
    readonly top: number;
    readonly size: number;
}

/** A thumb must stay large enough to be taken hold of (WCAG 2.2, target size). */
export const SMALLEST_THUMB = 28;

/** The position at which the last row touches the lower edge. */
export function lowestPosition({ rows, rowHeight, height }: Extent): number {
    return Math.max(0, rows * rowHeight - height);
}

/** The nearest position that exists. */
export function clampPosition(extent: Extent, position: number): number {
    if (Number.isNaN(position)) return 0;
    return Math.min(Math.max(0, position), lowestPosition(extent));
}

/** The rows in sight at a position. */
export function sightAt(extent: Extent, position: number): Sight {
    const top = clampPosition(extent, position);
    const first = Math.floor(top / extent.rowHeight);
    // A row whose upper edge touches the lower edge of the window is out of sight.
    const last = Math.ceil((top + extent.height) / extent.rowHeight) - 1;
    return { first, last: Math.min(last, extent.rows - 1) };
}

/** How many rows are wholly in sight; what Page Up and Page Down move by. At least one. */
export function rowsPerPage({ rowHeight, height }: Extent): number {
    return Math.max(1, Math.floor(height / rowHeight));
}

/** The nearest position at which `row` is wholly in sight, or at the top where it is taller than the window. */
export function revealRow(extent: Extent, position: number, row: number): number {
    const top = row * extent.rowHeight;
    const bottom = top + extent.rowHeight;
    if (top < position || extent.rowHeight > extent.height) return clampPosition(extent, top);
    if (bottom > position + extent.height) return clampPosition(extent, bottom - extent.height);
    return clampPosition(extent, position);
}

/** The thumb for a position on a track of `track` pixels; `null` where everything is in sight. */
export function thumbAt(extent: Extent, position: number, track: number): Thumb | null {
    const lowest = lowestPosition(extent);
    if (lowest === 0 || track <= 0) return null;
    const share = extent.height / (extent.rows * extent.rowHeight);
    const size = Math.min(track, Math.max(SMALLEST_THUMB, track * share));
    return { top: (clampPosition(extent, position) / lowest) * (track - size), size };
}

/** The position that puts the thumb's top at `top`: the inverse of [`thumbAt`], snapped to a whole row. */
export function positionOfThumb(extent: Extent, top: number, track: number): number {
    const thumb = thumbAt(extent, 0, track);
    if (thumb === null || thumb.size >= track) return 0;
    const lowest = lowestPosition(extent);
    const share = Math.min(Math.max(0, top / (track - thumb.size)), 1);
    // At its lower end the thumb must reach the last row, whole row or not.
    if (share === 1) return lowest;
    return clampPosition(extent, Math.round((share * lowest) / extent.rowHeight) * extent.rowHeight);
}

/** How many rows one notch of a wheel moves. */
export const ROWS_PER_NOTCH = 3;

/** What a wheel event says: its distance, and whether in pixels, lines or pages (`WheelEvent.deltaMode`). */
export interface WheelTurn {
    readonly delta: number;
    readonly mode: number;
}

/**
 * How far a turn moves, in pixels. A notched wheel moves by whole rows, so that no row is ever skipped or cut; a
 * touchpad, which reports small and fractional distances, moves by what it says.
 */
export function wheelDistance(extent: Extent, { delta, mode }: WheelTurn): number {
    if (mode === 1) return Math.round(delta) * extent.rowHeight;
    if (mode === 2) return Math.sign(delta) * rowsPerPage(extent) * extent.rowHeight;
    // The engines report a notch as 53 px (WebKitGTK), 100 or 120 px (Chromium), or multiples of it.
    if (Math.abs(delta) < 40) return delta;
    const notches = Math.max(1, Math.round(Math.abs(delta) / 120));
    return Math.sign(delta) * notches * ROWS_PER_NOTCH * extent.rowHeight;
}

/** The position after a turn; whole rows stay whole. */
export function positionAfterWheel(extent: Extent, position: number, turn: WheelTurn): number {
    const distance = wheelDistance(extent, turn);
    const next = position + distance;
    const whole = Number.isInteger(distance / extent.rowHeight);
    return clampPosition(extent, whole ? Math.round(next / extent.rowHeight) * extent.rowHeight : next);
}
