import {
  type Clock,
  DataError,
  type EventStream,
  isoMicros,
  STREAM_NAMES,
} from "@aftershock/schema";
import { type Duck, type Lake, lakeStream, openDuck } from "@aftershock/ingest";
import { replay, type ReplayResult } from "@aftershock/replay";
import { partitionsFor, partitionsOf, type Window } from "../lakeSelection.ts";
import { grouped, printJson, printLine, printTable } from "../output.ts";
import { ProgressLine } from "../progressLine.ts";

/** All streams of some instruments in a window. Throws DataError when an instrument has none there. */
export async function streamsOf(
  duck: Duck,
  lake: Lake,
  ids: readonly string[],
  window: Window,
): Promise<readonly EventStream[]> {
  const streams: EventStream[] = [];
  for (const id of ids) {
    const partitions = await partitionsOf(lake, id);
    const found = STREAM_NAMES.flatMap((stream) => {
      const days = partitionsFor(partitions, stream, window);
      return days.length === 0 ? [] : [lakeStream(duck, lake, stream, days)];
    });
    if (found.length === 0) {
      throw new DataError(`the lake holds nothing of ${id} in that window`, {
        hints: ["`aftershock lake` lists what it holds, and from when to when."],
      });
    }
    streams.push(...found);
  }
  return streams;
}

/** The largest memory that the process had, MiB. */
const peakRssMiB = (): number => Math.round(process.resourceUsage().maxRSS / 1_024);

function printResult(result: ReplayResult, seconds: number): void {
  printTable(
    ["instrument", "stream", "events", "note"],
    result.streams.map(({ instrument, stream, events, simulated, book }) => [
      instrument,
      stream,
      grouped(events),
      [
        simulated ? "SIMULATED" : "",
        book === undefined
          ? ""
          : `${grouped(book.messages)} messages, ${book.snapshots} snapshots, ${grouped(book.unknownDeletes)} deletes of unknown levels, ${grouped(book.rowsBeforeSnapshot)} rows before the first snapshot`,
      ]
        .filter((part) => part !== "")
        .join(", "),
    ]),
  );
  const { from, to, events, gaps, crossedMessages, lockedMessages, stateHash } = result;
  if (from !== undefined && to !== undefined) {
    printLine(`\n${isoMicros(from)} … ${isoMicros(to)} by the ${result.clock} clock`);
  }
  printLine(
    `${grouped(events)} events in ${seconds.toFixed(2)} s; gaps ${gaps.length}, crossed ${grouped(crossedMessages)}, locked ${grouped(lockedMessages)}; state ${stateHash}; peak ${peakRssMiB()} MiB`,
  );
  for (const gap of gaps.slice(0, 20)) {
    printLine(
      `gap: ${gap.instrument} at ${isoMicros(gap.at)}, update ${gap.updateId} follows ${gap.found}, the book was at ${gap.expected}`,
    );
  }
  if (gaps.length > 20) printLine(`… and ${grouped(gaps.length - 20)} more gaps; --json lists all`);
}

/** `aftershock replay ID…` */
export async function replayCommand(
  lake: Lake,
  ids: readonly string[],
  options: Window & { readonly clock: Clock; readonly json: boolean },
): Promise<void> {
  const { json, ...replayOptions } = options;
  const duck = await openDuck();
  const progress = new ProgressLine("replay");
  try {
    const streams = await streamsOf(duck, lake, ids, options);
    const started = performance.now();
    const result = await replay(streams, {
      ...replayOptions,
      onProgress: ({ events, at }) => progress.events(events, at),
    });
    const seconds = (performance.now() - started) / 1_000;
    progress.done();
    if (json) printJson({ ...result, seconds, peakRssMiB: peakRssMiB() });
    else printResult(result, seconds);
  } finally {
    duck.close();
  }
}
