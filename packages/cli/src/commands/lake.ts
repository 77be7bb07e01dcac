import { isoMicros } from "@aftershock/schema";
import type { Lake, Manifest, Quality } from "@aftershock/ingest";
import { grouped, printJson, printLine, printTable } from "../output.ts";
import { qualityFigures } from "../qualityFigures.ts";

/** The quality figures that are worth a reader's look, in words. */
const qualityWords = (quality: Quality): string =>
  qualityFigures(quality)
    .filter(({ name, suspicious }) => suspicious || SHOWN.has(name))
    .map(({ name, value }) => `${name} ${value}`)
    .join(", ");

/** Figures that are shown whatever they are. */
const SHOWN: ReadonlySet<string> = new Set(["snapshots", "checksums", "latency"]);

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
