import {
  type Clock,
  DataError,
  type EventStream,
  isoMicros,
  STREAM_NAMES,
} from "@aftershock/schema";
import {
  type DuckConnections,
  duckOnDemand,
  type Lake,
  lakeStream,
  type LakeStreamOptions,
  type Manifest,
} from "@aftershock/ingest/lake";
import {
  type BookCounts,
  type Gap,
  type OrderCounts,
  type OrdersStart,
  replay,
  type ReplayOptions,
  type ReplayResult,
  unknownOrders,
} from "@aftershock/replay";
import type { BarsFile, WrittenBars } from "../barsFile.ts";
import type { BarsRequest } from "../barsRequest.ts";
import {
  partitionsFor,
  partitionsOf,
  quarantinedLines,
  recordedSpan,
  type Window,
} from "../lakeSelection.ts";
import { grouped, printJson, printLine, printTable } from "../output.ts";
import { ProgressLine } from "../progressLine.ts";

/** What a replay of one instrument reads. */
interface InstrumentData {
  readonly id: string;
  readonly streams: readonly EventStream[];
  /** Those that it reads. */
  readonly partitions: readonly Manifest[];
  /** From when to when the lake has the instrument, in words. */
  readonly span: string;
}

/** All streams of an instrument in a window. */
async function openInstrument(
  duck: DuckConnections,
  lake: Lake,
  id: string,
  { readAhead = false, ...window }: Window & LakeStreamOptions,
): Promise<InstrumentData> {
  const all = await partitionsOf(lake, id);
  const byStream = STREAM_NAMES.map((stream) => ({
    stream,
    days: partitionsFor(all, stream, window),
  })).filter(({ days }) => days.length > 0);
  return {
    id,
    streams: byStream.map(({ stream, days }) =>
      lakeStream(duck, lake, stream, days, { readAhead }),
    ),
    partitions: byStream.flatMap(({ days }) => days),
    span: recordedSpan(all),
  };
}

/** Refuses a window in which nothing of an instrument was recorded: zero events would read like a calm market. */
function checkRecorded({ id, span }: InstrumentData, { streams }: ReplayResult): void {
  if (streams.some(({ instrument, events }) => instrument === id && events > 0)) return;
  throw new DataError(`nothing of ${id} in that window: it was recorded ${span}`, {
    hints: ["Choose a window inside the recording; `aftershock lake` lists what the lake holds."],
  });
}

/** The largest memory that the process had, MiB. */
const peakRssMiB = (): number => Math.round(process.resourceUsage().maxRSS / 1_024);

/** What a gap was, in words. */
function gapText({ instrument, at, cause, updateId, expected, found }: Gap): string {
  const where = `gap: ${instrument} at ${isoMicros(at)}`;
  switch (cause) {
    case "sequence":
      return `${where}, update ${updateId} follows ${found}, the book was at ${expected}`;
    case "lostRows":
      return `${where}, bad lines were left out here or just before`;
    case "checksum":
      return `${where}, the venue's checksum is of another book`;
    default:
      return cause satisfies never;
  }
}

/** What the book of a stream met, in words. */
function bookText(book: BookCounts | OrderCounts): string {
  const { messages, snapshots, unknownDeletes, rowsBeforeSnapshot } = book;
  const unknown =
    "unknownModifies" in book
      ? `${grouped(unknownOrders(book))} changes of unknown orders`
      : `${grouped(unknownDeletes)} deletes of unknown levels`;
  return `${grouped(messages)} messages, ${snapshots} snapshots, ${unknown}, ${grouped(rowsBeforeSnapshot)} rows before the first snapshot`;
}

function printResult(result: ReplayResult, seconds: number, quarantined: number): void {
  printTable(
    ["instrument", "stream", "events", "note"],
    result.streams.map(({ instrument, stream, events, simulated, book }) => [
      instrument,
      stream,
      grouped(events),
      [simulated ? "SIMULATED" : "", book === undefined ? "" : bookText(book)]
        .filter((part) => part !== "")
        .join(", "),
    ]),
  );
  const { from, to, events, gaps, crossedMessages, lockedMessages, checksums, stateHash } = result;
  if (from !== undefined && to !== undefined) {
    printLine(`\n${isoMicros(from)} … ${isoMicros(to)} by the ${result.clock} clock`);
  }
  printLine(
    `${grouped(events)} events in ${seconds.toFixed(2)} s; gaps ${gaps.length}, crossed ${grouped(crossedMessages)}, locked ${grouped(lockedMessages)}; state ${stateHash}; peak ${peakRssMiB()} MiB`,
  );
  if (checksums.checked > 0) {
    printLine(
      `checksums of the venue: ${grouped(checksums.matched)} of ${grouped(checksums.checked)} matched`,
    );
  }
  if (quarantined > 0) {
    printLine(`quarantined: ${grouped(quarantined)} bad lines of these partitions were left out`);
  }
  for (const gap of gaps.slice(0, 20)) printLine(gapText(gap));
  if (gaps.length > 20) printLine(`… and ${grouped(gaps.length - 20)} more gaps; --json lists all`);
}

function printBars({ out, rows, bytes }: WrittenBars): void {
  printLine(`bars: ${grouped(rows)} rows, ${grouped(bytes)} bytes, in ${out}`);
}

/** Where the bars go. What makes and writes them is loaded only when there are to be any. */
async function openBars(
  request: BarsRequest,
  partitions: readonly Manifest[],
  options: ReplayOptions,
): Promise<BarsFile> {
  const { BarsFile: File } = await import("../barsFile.ts");
  return File.open(request, partitions, options);
}

/** What `aftershock replay` takes. */
export interface ReplayCommandOptions extends Window, LakeStreamOptions {
  readonly clock: Clock;
  readonly ordersStart: OrdersStart;
  readonly json: boolean;
  /** Bars of features that are written on the way; absent: none. */
  readonly bars?: BarsRequest;
}

/** `aftershock replay ID…` */
export async function replayCommand(
  lake: Lake,
  ids: readonly string[],
  { json, bars, readAhead = false, ...options }: ReplayCommandOptions,
): Promise<void> {
  const duck = duckOnDemand();
  const progress = new ProgressLine("replay");
  let file: BarsFile | undefined;
  try {
    const instruments: InstrumentData[] = [];
    for (const id of ids)
      instruments.push(await openInstrument(duck, lake, id, { ...options, readAhead }));
    const streams = instruments.flatMap((instrument) => instrument.streams);
    const partitions = instruments.flatMap((instrument) => instrument.partitions);
    const replayOptions: ReplayOptions = {
      ...options,
      onProgress: ({ events, at }) => progress.events(events, at),
    };
    if (bars !== undefined) file = await openBars(bars, partitions, replayOptions);
    const started = performance.now();
    const result = await (file?.replay(streams, replayOptions) ?? replay(streams, replayOptions));
    const seconds = (performance.now() - started) / 1_000;
    for (const instrument of instruments) checkRecorded(instrument, result);
    const written = await file?.finish();
    progress.done();
    const quarantined = quarantinedLines(partitions);
    if (json) {
      const told = { ...result, quarantined, seconds, peakRssMiB: peakRssMiB() };
      printJson(written === undefined ? told : { ...told, bars: written });
    } else {
      printResult(result, seconds, quarantined);
      if (written !== undefined) printBars(written);
    }
  } finally {
    await file?.close();
    await duck.close();
  }
}
