// The way from the mapping to the check: every row is read, checked and compared, then the table is shown.

import type { Desk } from "./desk.svelte";

export async function checkProject(desk: Desk): Promise<void> {
    if (desk.jobs.some((job) => job.state === "running" && (job.kind === "check" || job.kind === "duplicates"))) return;
    const summary = await desk.attempt(() => desk.backend.checkProject());
    desk.counts = null;
    await desk.refresh();
    if (summary !== undefined) desk.step = "check";
}
