import type { FileLook } from "../bindings/FileLook";
import type { PreviewRow } from "../bindings/PreviewRow";
import type { ReadSettings } from "../bindings/ReadSettings";
import type { SourceLine } from "../bindings/SourceLine";
import type { SourceRole } from "../bindings/SourceRole";

/** Looking at files and taking them into the project. */
export interface SourcesBackend {
    /** Says what is in a file; needs no project. */
    inspectFile(path: string, settings: ReadSettings): Promise<FileLook>;
    /** The rows of a file that a notice speaks of, hidden ones among them. */
    rowsOfFile(path: string, settings: ReadSettings, rows: readonly number[]): Promise<PreviewRow[]>;
    /** Takes a file into the project, or into a new one of its name; gives the source. */
    takeFile(path: string, settings: ReadSettings, role: SourceRole): Promise<number>;
    listSources(): Promise<SourceLine[]>;
    removeSource(source: number): Promise<void>;
}
