/** How the next push goes, as it is set on the screen. */
export interface PushSettings {
    skipOnError: boolean;
    skipDuplicates: boolean;
    /** The connection's where it is `null`. */
    batchSize: number | null;
    /** The person was asked whether production may begin, and has not answered yet. */
    asks: boolean;
}
