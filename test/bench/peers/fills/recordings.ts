import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  type Duck,
  exportLake,
  ingest,
  Lake,
  lakeStream,
  type Manifest,
  SOURCES,
  storeStreams,
} from "@aftershock/ingest";
import {
  type Batch,
  columnsOf,
  type ColumnsOf,
  type EventStream,
  type Instrument,
  METHOD_MARKET,
  PRICE_FILL,
  type StreamName,
} from "@aftershock/schema";
import { DEMO_SEED, simulate, SIMULATOR_VERSION } from "@aftershock/simulator";

const CAPTURES = resolve(import.meta.dirname, "../../../../../shared/data/orderbook");

/** What both programs are given: the streams of a lake, and the file that was exported of the same partitions. */
export interface Recording {
  readonly name: string;
  readonly instrument: Instrument;
  /** Book, trades, and liquidations where there are any. */
  readonly streams: readonly EventStream[];
  /** The event file for hftbacktest. */
  readonly events: string;
}

/** A recording that may be made here. */
export interface RecordingPlan {
  readonly name: string;
  readonly id: string;
  /** A capture, by its path, and the source that reads it. */
  readonly capture?: { readonly path: string; readonly source: string };
  /** Streams that are made here. */
  readonly made?: () => readonly EventStream[];
  /** Where the recording has no liquidations: trades of so many lots or more stand in for them. */
  readonly standInLots?: number;
}

const binance = (name: string): NonNullable<RecordingPlan["capture"]> => ({
  path: join(CAPTURES, "binance-raw", name),
  source: "binance-raw",
});

/**
 * - Six minutes of two Binance futures in a calm hour, without liquidations.
 * - 17 seconds of Lighter, with the 50 liquidations that it sent when the connection opened, 11 to 14 minutes old.
 * - The simulated crash hour of the demo.
 */
export const RECORDINGS: readonly RecordingPlan[] = [
  {
    name: "BTCUSDT",
    id: "binance-usdm:BTCUSDT",
    capture: binance("usdm_btcusdt_20240808.gz"),
    standInLots: 2_000,
  },
  {
    name: "ETHUSDT",
    id: "binance-usdm:ETHUSDT",
    capture: binance("usdm_ethusdt_20240808.gz"),
    standInLots: 20_000,
  },
  {
    name: "LIGHTER",
    id: "lighter:BTC",
    capture: {
      path: join(CAPTURES, "lighter_BTC_20251210_l2_trades_liqs.json.gz"),
      source: "lighter",
    },
  },
  {
    name: "SIMULATED",
    id: "sim:BTC-PERPETUAL",
    made: () =>
      simulate({ seed: DEMO_SEED }).streams.filter(
        ({ instrument }) => instrument.id === "sim:BTC-PERPETUAL",
      ),
  },
];

/** Whether a recording can be made: its capture is there. */
export const isThere = ({ capture }: RecordingPlan): boolean =>
  capture === undefined || existsSync(capture.path);

async function fillLake(lake: Lake, { name, capture, made }: RecordingPlan): Promise<void> {
  if (made !== undefined) {
    const loader = { name: "fills", version: SIMULATOR_VERSION };
    await storeStreams({ lake, streams: made(), loader, simulated: { name } });
    return;
  }
  const source = SOURCES.find(({ name: own }) => own === capture?.source);
  if (source === undefined || capture === undefined) throw new Error(`no source reads ${name}`);
  await ingest({ lake, source, paths: [capture.path], workers: 0 });
}

/** Trades of so many lots or more, as if they were liquidations. */
function largeTrades(trades: EventStream, leastLots: number): EventStream {
  return {
    stream: "liquidations",
    instrument: trades.instrument,
    simulated: true,
    async *batches() {
      for await (const batch of trades.batches()) {
        const { size } = batch.columns as ColumnsOf<"trades">;
        const rows = Array.from(size.keys()).filter((row) => (size[row] ?? 0) >= leastLots);
        yield forcedBatch(batch as Batch<"trades">, rows);
      }
    },
  };
}

function forcedBatch({ instrument, columns }: Batch<"trades">, rows: readonly number[]): Batch {
  const given: Readonly<Record<string, ArrayLike<unknown>>> = { ...columns };
  const codes: Readonly<Record<string, number>> = { method: METHOD_MARKET, priceKind: PRICE_FILL };
  const column = (name: string, type: string): unknown => {
    const of = (row: number): unknown => given[name]?.[row];
    if (type === "text") return rows.map(() => undefined);
    if (type === "code") return Int8Array.from(rows, (row) => codes[name] ?? Number(of(row) ?? 0));
    return Float64Array.from(rows, (row) => Number(of(row) ?? Number.NaN));
  };
  const all = columnsOf("liquidations").map(([name, { type }]) => [name, column(name, type)]);
  const made = Object.fromEntries(all) as ColumnsOf<"liquidations">;
  return { stream: "liquidations", instrument, length: rows.length, columns: made };
}

/** Puts a recording into a lake of its own in `folder`, and exports it from there. */
export async function makeRecording(
  plan: RecordingPlan,
  { folder, duck }: { readonly folder: string; readonly duck: Duck },
): Promise<Recording> {
  const { name, id, standInLots } = plan;
  const own = join(folder, name);
  await mkdir(own, { recursive: true });
  const lake = new Lake(join(own, "lake"));
  await fillLake(lake, plan);
  const partitions = (await lake.list()).filter(({ instrument }) => instrument.id === id);
  const of = (stream: StreamName): readonly Manifest[] =>
    partitions.filter((partition) => partition.stream === stream);
  const events = join(own, "events.npz");
  const traded = [...of("book"), ...of("trades")];
  await exportLake({ lake, partitions: traded, format: "hftbacktest", out: events });
  const streams = (["book", "trades", "liquidations"] as const)
    .filter((stream) => of(stream).length > 0)
    .map((stream) => lakeStream(duck, lake, stream, of(stream)));
  const [book, trades] = streams;
  if (book === undefined) throw new Error(`the lake holds nothing of ${id}`);
  const standIn =
    standInLots === undefined || trades === undefined ? [] : [largeTrades(trades, standInLots)];
  return { name, instrument: book.instrument, streams: [...streams, ...standIn], events };
}
