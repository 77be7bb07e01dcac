import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { detectSource, type Duck, ingest, Lake, lakeStream, openDuck } from "@aftershock/ingest";
import type { EventStream, StreamName } from "@aftershock/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bookIds, bookStream, readCaptures } from "./capturedStreams.ts";
import {
  identityGrid,
  isRecord,
  markRange,
  MARK_RULES,
  oneTickOff,
  placedAccounts,
  type Recording,
  recordingOf,
  RESPONSES,
  runUnchanged,
} from "./identityGrid.ts";

const DATA = join(import.meta.dirname, "../../../shared/data/orderbook");

interface Case {
  readonly files: readonly string[];
  /** Which streams make the record; default book or quotes, with trades and tickers. */
  readonly streams?: readonly StreamName[];
  readonly clock?: "event" | "recv";
  /** Default 500 ms. */
  readonly stepMicros?: number;
}

const LIGHTER = "lighter_BTC_20251210_l2_trades_liqs.json.gz";

/** Captures that go through a lake: those with marks, prints, several days or formats of their own. */
const IN_LAKES: readonly Case[] = [
  {
    files: ["binance-raw/cm_ethusd_perp_20240808.gz", "binance-raw/cm_ethusd_perp_20240809.gz"],
    stepMicros: 2_000_000,
  },
  ...[
    "spot_btcusdt_20240808",
    "spot_ethusdt_20240808",
    "usdm_btcusdt_20240718",
    "usdm_btcusdt_20240808",
    "usdm_ethusdt_20240808",
  ].map((name) => ({ files: [`binance-raw/${name}.gz`], stepMicros: 2_000_000 })),
  { files: ["bybit_xrpusdt_ob500_20241201.data.zip"], stepMicros: 100_000 },
  { files: ["hyperliquid/btcusd_20250126.gz"], stepMicros: 100_000 },
  { files: [LIGHTER], stepMicros: 100_000 },
  // Its prints are of ten minutes before its book: prices are those of the trades.
  { files: [LIGHTER], streams: ["trades", "liquidations"], clock: "event", stepMicros: 2_000_000 },
  { files: ["multivenue-raw/BIT.COM.ws.2.0.gz"], stepMicros: 100_000 },
  {
    files: ["tardis-schema-samples/binance-futures_book_snapshot_5_BTCUSDT.csv"],
    stepMicros: 100_000,
  },
  { files: ["tardis-schema-samples/deltas_with_snapshot.csv"], stepMicros: 500_000 },
  { files: ["tardis-schema-samples/huobi-dm-swap_quotes_BTC-USD.csv"], stepMicros: 100_000 },
];

/** Captures of many books: of each the three whose best prices change most often. */
const IN_MEMORY: readonly Case[] = [
  "BINANCE-b38f7c.0",
  "BINANCE_FUTURES-1125a2.0",
  "BIT.COM.ws.1.0",
  "BITFINEX-58bafb.0",
  "BITMEX-d944be.0",
  "BITSTAMP-b88f8b.0",
  "BYBIT.ws.25.0",
  "BYBIT.ws.26.0",
  "COINBASE.ws.28.0",
  "DERIBIT-5dd9ce.0",
  "DERIBIT.ws.1.0",
  "DYDX.ws.1.0",
  "FTX-6d2b81.0",
  "GEMINI.ws.36.0",
  "KRAKEN-c197c0.0",
  "KRAKEN_FUTURES.ws.1.0",
  "OKEX.ws.1.0",
  "OKX.ws.1.0_20220227",
  "PHEMEX.ws.1.0",
]
  .map((name): Case => ({ files: [`multivenue-raw/${name}.gz`] }))
  .concat({
    files: [
      "multivenue-raw/BINANCE_DELIVERY.http.0.0.gz",
      "multivenue-raw/BINANCE_DELIVERY.ws.1.0.gz",
    ],
  });
const BOOKS = 3;
/** A record of fewer steps than this says nothing. */
const FEWEST_STEPS = 5;

/** Files that no record of several steps can be made of. */
const EXCLUDED: Readonly<Record<string, string>> = {
  "binance-raw/spot_btcusdt_20240809.gz": "goes on from the day before, without a snapshot",
  "binance-raw/spot_ethusdt_20240809.gz": "goes on from the day before, without a snapshot",
  "binance-raw/usdm_btcusdt_20240719.gz": "goes on from the day before, without a snapshot",
  "bitfinex_L3_BTCUSD_2021.json.gz": "has no times: all of it is one instant",
  "coinbase_BTC-USD_l2_snapshot_20260807.json.gz": "one snapshot",
  "coinbase_BTC-USD_l3_snapshot_20260807.json.gz": "one snapshot",
  "databento_ESH4_mbo_20231224.dbn.zst": "one snapshot",
  "hyperliquid/ws_all_dexs_asset_ctxs.json.gz":
    "tickers of one instant, without prices to trade at",
  "kraken_XBTUSDT_trades_20251110.json.gz": "trades alone",
  "tardis-schema-samples/binance-futures_book_snapshot_25_BTCUSDT.csv": "a third of a second",
  "tardis-schema-samples/bitmex_trades_XBTUSD.csv": "trades alone",
  "tardis-schema-samples/derivative_ticker_1.csv": "tickers alone",
  "tardis-schema-samples/deribit_incremental_book_L2_BTC-PERPETUAL.csv":
    "never has both sides of the book",
  "tardis-schema-samples/options_chain.csv": "option chains, without a book",
  "tardis_binance-futures_BTCUSDT_trades_20200222.csv.gz": "trades alone",
};

const PRICED: readonly StreamName[] = ["book", "quotes"];
const OTHERS: readonly StreamName[] = ["trades", "tickers"];

let folder: string;
let duck: Duck;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-captured-identity-"));
  duck = await openDuck();
});
afterAll(async () => {
  duck.close();
  await rm(folder, { recursive: true, force: true });
});

async function lakeRecordings({
  files,
  streams,
  clock = "recv",
  stepMicros = 500_000,
}: Case): Promise<readonly Recording[]> {
  const lake = new Lake(await mkdtemp(join(folder, "lake-")));
  const paths = files.map((file) => join(DATA, file));
  await ingest({ lake, source: await detectSource(paths[0] ?? ""), paths, hints: {} });
  const all = await lake.list();
  const byId = Map.groupBy(all, ({ instrument }) => instrument.id);
  return Promise.all(
    [...byId.values()].map((own) => {
      const priced = PRICED.find((name) => own.some(({ stream }) => stream === name));
      const names = streams ?? [...(priced === undefined ? [] : [priced]), ...OTHERS];
      const found = names.flatMap((name): readonly EventStream[] => {
        const days = own
          .filter(({ stream }) => stream === name)
          .toSorted((a, b) => (a.date < b.date ? -1 : 1));
        return days.length === 0 ? [] : [lakeStream(duck, lake, name, days)];
      });
      return recordingOf(found, { stepMicros, clock });
    }),
  );
}

async function bookRecordings({ files }: Case): Promise<readonly Recording[]> {
  const memory = await readCaptures(files.map((file) => join(DATA, file)));
  const all: Recording[] = [];
  for (const id of bookIds(memory)) {
    const recording = await recordingOf([bookStream(memory, id)], { stepMicros: 500_000 });
    if (recording.steps.length >= FEWEST_STEPS) all.push(recording);
  }
  return all.toSorted((a, b) => b.events.length - a.events.length).slice(0, BOOKS);
}

/** Checks the grid of a record, and that a tick anywhere would be seen. */
function expectIdentity(recording: Recording): void {
  const { id } = recording.instrument;
  expect(recording.steps.length, `on ${id}`).toBeGreaterThanOrEqual(FEWEST_STEPS);
  const grid = identityGrid(recording);
  expect(grid.wrong, `on ${id}`).toEqual([]);
  expect(grid.runs).toBe(Object.keys(MARK_RULES).length * 2 * RESPONSES.length);
  expect(grid.hashes.size).toBe(1);
  const [low, high] = markRange(recording);
  // Where the mark never moved nobody can have been liquidated on the way.
  if (high > low) {
    expect(grid.liquidated.snapshot, `on ${id}`).toBeGreaterThan(0);
    expect(grid.liquidated.pinned, `on ${id}`).toBeGreaterThan(0);
    expect(grid.liquidatedOtherwise, `on ${id}`).toBeGreaterThan(0);
  }
  const response = RESPONSES[0]!;
  const rules = Object.values(MARK_RULES)[0]!;
  for (const place of [0, 0.5, 1]) {
    const off = runUnchanged(oneTickOff(recording, place), {
      rules,
      population: placedAccounts(recording),
      response,
    });
    expect(isRecord(off), `on ${id}`).toBe(true);
    expect(grid.hashes.has(off.record.recordHash), `on ${id}`).toBe(false);
    expect(grid.hashes.has(off.scenarios[0]?.pathHash ?? ""), `on ${id}`).toBe(false);
  }
}

describe.skipIf(!existsSync(DATA))(
  "nothing changed, on every captured book, under every kernel, mark rule and position source",
  () => {
    it("leaves out no file but those with a reason", async () => {
      const files = (await readdir(DATA, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => relative(DATA, join(entry.parentPath, entry.name)));
      const used = [...IN_LAKES, ...IN_MEMORY].flatMap((one) => one.files);
      expect(files.toSorted()).toEqual(
        [...new Set([...used, ...Object.keys(EXCLUDED)])].toSorted(),
      );
    });

    it.each(
      IN_LAKES.map((one) => [[...one.files, ...(one.streams ?? [])].join(", "), one] as const),
    )(
      "is the record of %s, bit for bit, and a tick would be seen",
      async (_, one) => {
        const recordings = await lakeRecordings(one);
        expect(recordings.length).toBeGreaterThan(0);
        for (const recording of recordings) expectIdentity(recording);
      },
      120_000,
    );

    it.each(IN_MEMORY.map((one) => [one.files.join(", "), one] as const))(
      "is the record of the busiest books of %s, bit for bit, and a tick would be seen",
      async (_, one) => {
        const recordings = await bookRecordings(one);
        expect(recordings.length).toBeGreaterThan(0);
        for (const recording of recordings) expectIdentity(recording);
      },
      120_000,
    );
  },
);
