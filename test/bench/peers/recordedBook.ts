import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ingest, Lake, lakeStream, openDuck, SOURCES } from "@aftershock/ingest";
import { L2Book } from "@aftershock/replay";
import { type Batch, MESSAGE_END } from "@aftershock/schema";
import { type BookRows, emptyBookRows } from "../syntheticBook.ts";

const RECORDINGS = resolve(import.meta.dirname, "../../../../shared/data/orderbook/binance-raw");
const INSTRUMENT = "binance-usdm:BTCUSDT";

/** Captures of Binance's BTCUSDT perpetual, each list one recording: eight minutes over a midnight, and six of another day. */
const CAPTURES: readonly (readonly string[])[] = [
  ["usdm_btcusdt_20240718.gz", "usdm_btcusdt_20240719.gz"],
  ["usdm_btcusdt_20240808.gz"],
];

/** The captures that are not there; the stream is left out then. */
export const missingCaptures = (): readonly string[] =>
  CAPTURES.flat().filter((name) => !existsSync(join(RECORDINGS, name)));

async function batchesOf(folder: string): Promise<readonly Batch<"book">[]> {
  const source = SOURCES.find(({ name }) => name === "binance-raw");
  if (source === undefined) throw new Error("there is no source binance-raw");
  const lake = new Lake(folder);
  for (const names of CAPTURES) {
    await ingest({ lake, source, paths: names.map((name) => join(RECORDINGS, name)), workers: 0 });
  }
  const partitions = (await lake.list()).filter(
    ({ stream, instrument }) => stream === "book" && instrument.id === INSTRUMENT,
  );
  const duck = await openDuck();
  const batches: Batch<"book">[] = [];
  for await (const batch of lakeStream(duck, lake, "book", partitions).batches()) {
    batches.push(batch);
  }
  duck.close();
  return batches;
}

/** A row of the recording: its batch and its place in it. */
type Place = readonly [batch: Batch<"book">, row: number];

/** The rows of the messages that a book applies: what was sent before its snapshot, or is contained in it, is left out. */
function appliedRows(batches: readonly Batch<"book">[]): readonly Place[] {
  const [first] = batches;
  if (first === undefined) throw new Error("the captures hold no book");
  const book = new L2Book(first.instrument);
  const kept: Place[] = [];
  let message: Place[] = [];
  let skippedBefore = 0;
  const skipped = (): number => {
    const { staleMessages, skippedMessages, staleSnapshots, rowsBeforeSnapshot } = book.counts;
    return staleMessages + skippedMessages + staleSnapshots + rowsBeforeSnapshot;
  };
  for (const batch of batches) {
    for (let row = 0; row < batch.length; row++) {
      book.apply(batch, row, row + 1);
      message.push([batch, row]);
      if (((batch.columns.flags[row] ?? 0) & MESSAGE_END) === 0) continue;
      const skippedNow = skipped();
      const levels = message.filter(([{ columns }, own]) => columns.side[own] !== 0);
      if (skippedNow === skippedBefore && levels.length === message.length) kept.push(...message);
      skippedBefore = skippedNow;
      message = [];
    }
  }
  return kept;
}

/** The largest value of a column. */
const largest = (places: readonly Place[], column: "tsRecv" | "updateId"): number =>
  places.reduce((most, [{ columns }, row]) => Math.max(most, columns[column][row] ?? most), 0);

/**
 * The book of real captures, again and again until there are so many updates: each time later, and with higher ids, so that it is one
 * recording. `folder` is for the lake that the captures are put into; it is removed again.
 */
export async function recordedBook(updates: number, folder: string): Promise<BookRows> {
  await rm(folder, { recursive: true, force: true });
  const places = appliedRows(await batchesOf(folder));
  await rm(folder, { recursive: true, force: true });
  const times = Math.ceil(updates / places.length);
  const rows = emptyBookRows(times * places.length);
  const start = places[0]?.[0].columns;
  const later = largest(places, "tsRecv") - (start?.tsRecv[places[0]?.[1] ?? 0] ?? 0) + 1_000_000;
  const higher = largest(places, "updateId");
  for (let time = 0; time < times; time++) {
    for (const [index, [{ columns }, row]] of places.entries()) {
      const to = time * places.length + index;
      rows.side[to] = columns.side[row] ?? 0;
      rows.price[to] = columns.price[row] ?? 0;
      rows.size[to] = columns.size[row] ?? 0;
      rows.flags[to] = columns.flags[row] ?? 0;
      rows.tsRecv[to] = (columns.tsRecv[row] ?? 0) + time * later;
      rows.updateId[to] = (columns.updateId[row] ?? Number.NaN) + time * higher;
      rows.prevUpdateId[to] = (columns.prevUpdateId[row] ?? Number.NaN) + time * higher;
    }
  }
  return rows;
}
