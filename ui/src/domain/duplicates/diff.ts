// Where two texts differ, sign by sign, as a person would mark it with a pen. Knows nothing of leads.

/** A piece of a text. */
export interface Piece {
    readonly text: string;
    /** The other text does not have it there. */
    readonly differs: boolean;
}

/** Beyond this many signs only what both begin and end with is looked for: nobody reads single signs in so much text. */
const LONG = 600;

/** Texts that share less than this are two texts: marks on every second sign would only be noise. */
const ALIKE = 0.55;

const signsOf = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** What differs in `a` from `b`, and in `b` from `a`. The pieces of each put together are the text. */
export function compare(a: string, b: string): readonly [readonly Piece[], readonly Piece[]] {
    if (a === b) return [whole(a, false), whole(b, false)];
    if (a === "" || b === "") return [whole(a, true), whole(b, true)];
    const left = split(a);
    const right = split(b);
    let start = 0;
    while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
    let end = 0;
    while (
        end < left.length - start &&
        end < right.length - start &&
        left[left.length - 1 - end] === right[right.length - 1 - end]
    ) {
        end += 1;
    }
    const [inLeft, inRight] = middles(left.slice(start, left.length - end), right.slice(start, right.length - end));
    const shared = start + end + inLeft.filter((differs) => !differs).length;
    if ((2 * shared) / (left.length + right.length) < ALIKE) return [whole(a, true), whole(b, true)];
    const marks = (inside: readonly boolean[]) => [
        ...Array<boolean>(start).fill(false),
        ...inside,
        ...Array<boolean>(end).fill(false),
    ];
    return [join(left, marks(inLeft)), join(right, marks(inRight))];
}

/** For each sign whether it is in no longest common subsequence of the two. */
function middles(a: readonly string[], b: readonly string[]): readonly [boolean[], boolean[]] {
    const inA = Array<boolean>(a.length).fill(true);
    const inB = Array<boolean>(b.length).fill(true);
    if (a.length === 0 || b.length === 0 || a.length > LONG || b.length > LONG) return [inA, inB];
    const wide = b.length + 1;
    const lengths = new Uint16Array((a.length + 1) * wide);
    const at = (i: number, j: number) => lengths[i * wide + j] ?? 0;
    for (let i = a.length - 1; i >= 0; i--) {
        for (let j = b.length - 1; j >= 0; j--) {
            lengths[i * wide + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
        }
    }
    let i = 0;
    let j = 0;
    while (i < a.length && j < b.length) {
        if (a[i] === b[j]) {
            inA[i++] = false;
            inB[j++] = false;
        } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
        else j += 1;
    }
    return [inA, inB];
}

function split(text: string): string[] {
    return [...signsOf.segment(text)].map(({ segment }) => segment);
}

function whole(text: string, differs: boolean): Piece[] {
    return text === "" ? [] : [{ text, differs }];
}

function join(signs: readonly string[], marks: readonly boolean[]): Piece[] {
    const pieces: { text: string; differs: boolean }[] = [];
    signs.forEach((sign, index) => {
        const differs = marks[index] === true;
        const last = pieces.at(-1);
        if (last?.differs === differs) last.text += sign;
        else pieces.push({ text: sign, differs });
    });
    return pieces;
}
