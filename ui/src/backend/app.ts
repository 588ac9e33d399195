import type { AppInfo } from "../bindings/AppInfo";
import type { JobSnapshot } from "../bindings/JobSnapshot";
import type { Language } from "../bindings/Language";
import type { SettingsInfo } from "../bindings/SettingsInfo";
import type { StartRequest } from "../bindings/StartRequest";

/** What a drag of files over the window is doing. */
export type FileDrag =
    { readonly kind: "over" } | { readonly kind: "left" } | { readonly kind: "dropped"; readonly paths: string[] };

/** Ends a subscription. */
export type Unsubscribe = () => void;

/** Which files a dialog offers: a name for people and endings without the dot. */
export interface FileKind {
    readonly name: string;
    readonly endings: readonly string[];
}

/** The window as a whole: projects, dialogs, jobs. */
export interface AppBackend {
    appInfo(): Promise<AppInfo>;
    /** What the program was started for; nothing from the second time on. */
    takeStartRequest(): Promise<StartRequest>;
    chooseLanguage(language: Language): Promise<void>;
    openProject(path: string): Promise<AppInfo>;
    closeProject(): Promise<AppInfo>;
    /** Writes a complete copy of the project. */
    copyProject(path: string): Promise<void>;
    renameProject(name: string): Promise<AppInfo>;
    settingsInfo(): Promise<SettingsInfo>;
    openExample(): Promise<AppInfo>;
    /** Starts the practice server; gives the name of the connection to it. */
    startPracticeServer(): Promise<string>;
    /** Stops it; the connection to it stays. */
    stopPracticeServer(): Promise<void>;
    /** Asks the person for a file to open; `null` where they changed their mind. */
    askForFile(kinds: readonly FileKind[]): Promise<string | null>;
    /** Asks the person where to write a file. */
    askWhereToSave(suggestion: string, kinds: readonly FileKind[]): Promise<string | null>;
    onFileDrag(listener: (drag: FileDrag) => void): Unsubscribe;
    /** Whole snapshots of all jobs that are under way, whenever one of them moves. */
    onJobs(listener: (jobs: readonly JobSnapshot[]) => void): Unsubscribe;
    cancelJob(id: number): Promise<void>;
}
