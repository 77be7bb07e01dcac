import { isoMicros } from "@aftershock/schema";
import type { Lake, Manifest, Quality } from "@aftershock/ingest";
import { grouped, printJson, printLine, printTable } from "../output.ts";

/** The quality figures that are worth a reader's look: those that are not zero, in words. */
export function qualityWords(quality: Quality): string {
  const { notes, latencyMicros, longestSilenceMicros, messages, snapshots, ...counts } = quality;
  void messages;
  const parts = Object.entries({ ...counts, ...notes })
    .filter(([name, count]) => count !== 0 && name !== "firstSnapshotTime")
    .map(([name, count]) => `${name} ${grouped(count)}`);
  if (snapshots !== undefined) parts.unshift(`snapshots ${snapshots}`);
  if (latencyMicros !== undefined) {
    parts.push(`latency ${(latencyMicros.median / 1_000).toFixed(1)} ms`);
  }
  if (longestSilenceMicros >= 60_000_000) {
    parts.push(`silence ${Math.round(longestSilenceMicros / 1_000_000)} s`);
  }
  return parts.join(", ");
}

const clock = (at: number): string => isoMicros(at).slice(11, 19);

function tableRow(day: Manifest): string[] {
  return [
    `${day.instrument.id}${day.simulated === null ? "" : " SIMULATED"}`,
    day.stream,
    day.date,
    `${clock(day.firstTime)}–${clock(day.lastTime)}`,
    grouped(day.rows),
    day.rowsSha256.slice(0, 12),
    qualityWords(day.quality),
  ];
}

/** `aftershock lake` */
export async function lakeCommand(lake: Lake, options: { readonly json: boolean }): Promise<void> {
  const partitions = await lake.list();
  if (options.json) {
    printJson({ lake: lake.paths.root, partitions });
    return;
  }
  if (partitions.length === 0) {
    printLine(`The lake ${lake.paths.root} is empty.`);
    return;
  }
  const head = ["instrument", "stream", "date", "time", "rows", "sha256", "quality"];
  printTable(head, partitions.map(tableRow));
}
