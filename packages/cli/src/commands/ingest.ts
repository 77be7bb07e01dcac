import { CliError } from "@aftershock/schema";
import { ingest, type IngestResult, type Lake, SOURCES } from "@aftershock/ingest";
import { userPath } from "../lakeArgument.ts";
import { grouped, printJson, printLine, printTable } from "../output.ts";
import { ProgressLine, say } from "../progressLine.ts";

/** Says of which files the lake no longer has the rows. */
function warnOfDisplaced({ partitions }: IngestResult): void {
  for (const { stream, instrument, date, displaced } of partitions) {
    if (displaced.length === 0) continue;
    say(
      `warning: replaced in ${stream} of ${instrument} on ${date}: the rows of ${displaced.join(", ")}`,
    );
  }
}

/** `aftershock ingest SOURCE FILE…` */
export async function ingestCommand(
  lake: Lake,
  name: string,
  paths: readonly string[],
  options: { readonly maxQuarantine?: number; readonly json: boolean },
): Promise<void> {
  const source = SOURCES.find((known) => known.name === name);
  if (source === undefined) {
    throw new CliError(`there is no source "${name}"`, {
      hints: [`Known sources: ${SOURCES.map((known) => known.name).join(", ")}.`],
    });
  }
  const progress = new ProgressLine(`ingest ${name}`);
  const result = await ingest({
    lake,
    source,
    paths: paths.map(userPath),
    ...(options.maxQuarantine === undefined ? {} : { maxQuarantine: options.maxQuarantine }),
    onProgress: ({ file, bytesRead, bytesTotal, rows }) =>
      progress.file(file, bytesRead, bytesTotal, rows),
  });
  progress.done();
  warnOfDisplaced(result);
  if (options.json) {
    printJson(result);
    return;
  }
  printTable(
    ["stream", "instrument", "date", "rows", "status", "sha256"],
    result.partitions.map((one) => [
      one.stream,
      one.instrument,
      one.date,
      grouped(one.rows),
      one.status,
      one.sha256.slice(0, 12),
    ]),
  );
  const { files, rows, quarantined, duplicates, outOfOrder } = result;
  printLine(
    `\n${grouped(files)} files, ${grouped(rows)} rows; quarantined ${grouped(quarantined)}, duplicates dropped ${grouped(duplicates)}, out of order and sorted ${grouped(outOfOrder)}`,
  );
}
