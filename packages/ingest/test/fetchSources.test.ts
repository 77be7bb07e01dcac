import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DATA_SETS } from "../src/fetch/archives.ts";
import type { FetchedFile } from "../src/fetch/fetchRaw.ts";
import { holdsOtherDays, ingestGroups } from "../src/fetch/ingestGroups.ts";
import { onlyAsked } from "../src/fetch/onlyAsked.ts";
import { pagePath, planFetch } from "../src/fetch/planFetch.ts";
import { ingest } from "../src/ingest.ts";
import { SOURCES } from "../src/sources.ts";
import { Lake } from "../src/store/lake.ts";
import { zipOf } from "./fetch/zipOf.ts";
import { samples as bitmex } from "./samples/bitmex.ts";
import { samples as bybit } from "./samples/bybit.ts";
import { samples as deribit } from "./samples/deribit.ts";
import { samples as gate } from "./samples/gate.ts";
import { samples as hyperliquid } from "./samples/hyperliquid.ts";
import { samples as okx } from "./samples/okx.ts";
import type { Sample } from "./samples/sample.ts";
import { samples as vision } from "./samples/binanceVision.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-fetch-sources-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A tar of one file: its header, its content in blocks of 512 bytes, two empty blocks. */
function tarOf(name: string, content: string): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write("0000644\0", 100);
  header.write(`${bytes.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\u000000", 257, "latin1");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const padding = Buffer.alloc((512 - (bytes.length % 512)) % 512);
  return Buffer.concat([header, bytes, padding, Buffer.alloc(1_024)]);
}

/** An lz4 frame of one stored block. */
function lz4Of(content: string): Buffer {
  const bytes = Buffer.from(content);
  const size = Buffer.alloc(4);
  size.writeUInt32LE((bytes.length | 0x8000_0000) >>> 0);
  const head = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73]);
  return Buffer.concat([head, size, bytes, Buffer.alloc(4)]);
}

/** Packs a text as the archive does, which the name of the file says. */
function packed(path: string, text: string): Buffer {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (name.endsWith(".zip")) return zipOf({ name: name.replace(".zip", ".csv"), content: text });
  if (name.endsWith(".tar.gz")) return gzipSync(tarOf(name.replace(".tar.gz", ".data"), text));
  if (name.endsWith(".gz")) return gzipSync(text);
  return name.endsWith(".lz4") ? lz4Of(text) : Buffer.from(text);
}

const textOf = (samples: readonly Sample[], name: string): string => {
  const sample = samples.find((one) => one.name === name);
  if (sample === undefined) throw new Error(`no sample ${name}`);
  return Buffer.from(sample.content).toString("utf8");
};

/**
 * Puts a small file where a fetch would, and ingests it as a fetch would. Returns `stream instrument date` of the partitions. `slice`:
 * in which of the planned files it is; the others are as good as missing.
 */
async function ingested(
  id: string,
  day: string,
  set: string,
  text: string,
  slice = 0,
): Promise<readonly string[]> {
  const [venue = "", instrument = ""] = id.split(":");
  const { files } = planFetch({ venue, instrument, days: [day], streams: [set] });
  const fetched = await Promise.all(
    files.map(async (planned, at): Promise<FetchedFile> => {
      const path = planned.dataSet.pages === undefined ? planned.path : pagePath(planned.path, 1);
      const file = join(folder, "raw", path);
      const told = { planned, url: "", path, file, bytes: 1, sha256: path, empty: false };
      if (at !== slice) return { ...told, status: "missing" };
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, packed(path, text));
      return { ...told, status: "fetched" };
    }),
  );
  const lake = new Lake(join(folder, "lake"));
  const { groups } = ingestGroups(fetched, { continues: () => false, partDays: true });
  for (const { dataSet, symbol, files: paths, days } of groups) {
    const source = SOURCES.find(({ name }) => name === dataSet.source);
    if (source === undefined) throw new Error(`no source ${dataSet.source}`);
    const asked = {
      ...(holdsOtherDays(dataSet) ? { days: new Set(days) } : {}),
      ...(dataSet.manyInstruments === undefined ? {} : { symbol }),
    };
    const hints = { venue: dataSet.venue, symbol };
    await ingest({ lake, source: onlyAsked(source, asked), paths, hints });
  }
  const partitions = await lake.list();
  const streams = files.flatMap(({ dataSet }) => dataSet.streams);
  for (const { stream } of partitions) expect(streams).toContain(stream);
  return partitions.map(({ stream, instrument: of, date }) => `${stream} ${of.id} ${date}`);
}

const day = (date: string, ...partitions: readonly string[]): readonly string[] =>
  partitions.map((partition) => `${partition} ${date}`);

describe("what is fetched is read by the source that the table names", () => {
  it.each([
    [
      "binance:BTCUSDT",
      "2025-01-01",
      "trades",
      textOf(vision, "BTCUSDT-trades-2025-01-01.csv"),
      ["trades binance:BTCUSDT"],
    ],
    [
      "binance-usdm:BTCUSDT",
      "2024-08-05",
      "aggTrades",
      textOf(vision, "BTCUSDT-aggTrades-2024-08-05.csv"),
      ["trades binance-usdm:BTCUSDT"],
    ],
    [
      "binance:LUNAUSDT",
      "2022-05-01",
      "klines",
      textOf(vision, "LUNAUSDT-1m-2022-05.csv"),
      ["candles binance:LUNAUSDT"],
    ],
    [
      "binance-usdm:LUNAUSDT",
      "2022-05-01",
      "klines",
      textOf(vision, "LUNAUSDT-1m-2022-05.csv"),
      ["candles binance-usdm:LUNAUSDT"],
    ],
    [
      "binance-usdm:BTCUSDT",
      "2024-08-05",
      "markPriceKlines",
      textOf(vision, "BTCUSDT-1m-2024-08-05.csv"),
      ["candles binance-usdm:BTCUSDT@mark"],
    ],
    [
      "binance-usdm:BTCUSDT",
      "2024-08-05",
      "premiumIndexKlines",
      textOf(vision, "BTCUSDT-1m-2024-08-05.csv"),
      ["candles binance-usdm:BTCUSDT@premium"],
    ],
    [
      "binance-coinm:BTCUSD_PERP",
      "2024-08-05",
      "indexPriceKlines",
      textOf(vision, "BTCUSDT-1m-2024-08-05.csv"),
      ["candles binance-coinm:BTCUSD@index"],
    ],
    [
      "binance-usdm:BTCUSDT",
      "2024-08-05",
      "fundingRate",
      textOf(vision, "BTCUSDT-fundingRate-2024-08.csv"),
      ["measures binance-usdm:BTCUSDT", "tickers binance-usdm:BTCUSDT"],
    ],
    [
      "binance-coinm:BTCUSD_PERP",
      "2024-08-05",
      "metrics",
      textOf(vision, "BTCUSD_PERP-metrics-2024-08-05.csv"),
      ["measures binance-coinm:BTCUSD_PERP", "tickers binance-coinm:BTCUSD_PERP"],
    ],
    [
      "binance-usdm:BTCUSDT",
      "2024-03-01",
      "bookTicker",
      textOf(vision, "BTCUSDT-bookTicker-2024-03-01.csv"),
      ["quotes binance-usdm:BTCUSDT"],
    ],
    [
      "binance-usdm:BTCUSDT",
      "2024-08-05",
      "bookDepth",
      textOf(vision, "BTCUSDT-bookDepth-2024-08-05.csv"),
      ["measures binance-usdm:BTCUSDT"],
    ],
    [
      "binance-coinm:BTCUSD_PERP",
      "2024-08-05",
      "liquidationSnapshot",
      textOf(vision, "BTCUSD_PERP-liquidationSnapshot-2024-08-05.csv"),
      ["liquidations binance-coinm:BTCUSD_PERP"],
    ],
    [
      "bybit:BTCUSDT",
      "2024-08-05",
      "trading",
      textOf(bybit, "BTCUSDT2024-08-05.csv"),
      ["trades bybit:BTCUSDT"],
    ],
    [
      "bybit-spot:BTCUSDT",
      "2024-08-05",
      "spot",
      textOf(bybit, "BTCUSDT_2024-08-05.csv"),
      ["trades bybit-spot:BTCUSDT"],
    ],
    [
      "bybit-spot:XRPUSDT",
      "2025-09-01",
      "orderbook",
      textOf(bybit, "2025-09-01_XRPUSDT_ob200.data"),
      ["book bybit-spot:XRPUSDT"],
    ],
    [
      "bybit:XRPUSDT",
      "2025-09-01",
      "orderbook",
      textOf(bybit, "2025-09-01_XRPUSDT_ob200.data"),
      ["book bybit:XRPUSDT"],
    ],
    [
      "okx:BTC-USDT-SWAP",
      "2025-10-10",
      "books",
      textOf(okx, "BTC-USDT-SWAP-L2orderbook-400lv-2025-10-10.data"),
      ["book okex-swap:BTC-USDT-SWAP"],
    ],
    [
      "bitmex:XBTUSD",
      "2020-03-12",
      "trade",
      textOf(bitmex, "20200312.csv"),
      ["trades bitmex:XBTUSD"],
    ],
    [
      "bitmex:BXBT@index",
      "2020-03-12",
      "trade",
      textOf(bitmex, "20200312.csv"),
      ["tickers bitmex:BXBT@index"],
    ],
    [
      "bitmex:XBTH20",
      "2020-03-13",
      "quote",
      textOf(bitmex, "20200313.csv"),
      ["quotes bitmex:XBTH20"],
    ],
    [
      "deribit:BTC-PERPETUAL",
      "2024-08-05",
      "candles",
      textOf(deribit, "BTC-PERPETUAL-candles-1m-2024-08-05.json"),
      ["candles deribit:BTC-PERPETUAL"],
    ],
    [
      "deribit:BTC-PERPETUAL",
      "2024-08-05",
      "dvol",
      textOf(deribit, "BTC-dvol-2024-08-05-00.json"),
      ["candles deribit:BTC-DVOL"],
    ],
    [
      "deribit:BTC-PERPETUAL",
      "2024-08-05",
      "funding",
      textOf(deribit, "BTC-PERPETUAL-funding.json"),
      ["measures deribit:BTC-PERPETUAL", "tickers deribit:BTC-PERPETUAL"],
    ],
    [
      "hyperliquid:BTC",
      "2025-10-10",
      "asset_ctxs",
      textOf(hyperliquid, "20251010.csv.lz4"),
      ["measures hyperliquid:BTC", "tickers hyperliquid:BTC"],
    ],
    [
      "gate:BTC_USDT",
      "2026-08-01",
      "deals",
      textOf(gate, "BTC_USDT-202608.csv"),
      ["trades gate:BTC_USDT"],
    ],
    [
      "gate-futures:BTC_USD",
      "2026-08-01",
      "trades",
      textOf(gate, "BTC_USD-202608.csv"),
      ["trades gate-futures:BTC_USD"],
    ],
    [
      "gate:ETH_USDT",
      "2026-08-01",
      "candlesticks",
      textOf(gate, "ETH_USDT-202608.csv"),
      ["candles gate:ETH_USDT"],
    ],
  ] as const)("%s of %s, %s", async (id, date, set, text, partitions) => {
    expect(await ingested(id, date, set, text)).toEqual(day(date, ...partitions));
  });

  it.each([
    [
      "okx:BTC-USDT-SWAP",
      "2025-10-10",
      "trades",
      textOf(okx, "BTC-USDT-SWAP-trades-2025-10-11.csv"),
      1,
      ["trades okex-swap:BTC-USDT-SWAP"],
    ],
    [
      "okx:ETH-USDT",
      "2025-10-10",
      "candlesticks",
      textOf(okx, "ETH-USDT-candlesticks-2025-10-11.csv"),
      1,
      ["candles okex:ETH-USDT"],
    ],
    [
      "okx:ETH-USDT-SWAP",
      "2025-10-11",
      "fundingRates",
      textOf(okx, "allswap-fundingrates-2025-10-11.csv"),
      0,
      ["tickers okex-swap:ETH-USDT-SWAP"],
    ],
    [
      "hyperliquid:BTC",
      "2025-10-10",
      "fills",
      textOf(hyperliquid, "21.lz4"),
      21,
      ["fills hyperliquid:BTC", "trades hyperliquid:BTC"],
    ],
    [
      "hyperliquid:AAVE",
      "2025-05-25",
      "fills",
      textOf(hyperliquid, "13.lz4"),
      13,
      ["fills hyperliquid:AAVE", "liquidations hyperliquid:AAVE", "trades hyperliquid:AAVE"],
    ],
    [
      "hyperliquid:ETH",
      "2025-10-10",
      "l2Book",
      textOf(hyperliquid, "ETH.lz4"),
      21,
      ["book hyperliquid:ETH"],
    ],
    [
      "gate:BTC_USDT",
      "2026-09-01",
      "orderbooks",
      textOf(gate, "BTC_USDT-2026090100.csv"),
      0,
      ["book gate:BTC_USDT"],
    ],
    [
      "gate-futures:BTC_USD",
      "2026-09-07",
      "orderbooks",
      textOf(gate, "BTC_USD-2026090700.csv"),
      0,
      ["book gate-futures:BTC_USD"],
    ],
  ] as const)(
    "%s of %s, %s, from a piece of the day",
    async (id, date, set, text, slice, partitions) => {
      expect(await ingested(id, date, set, text, slice)).toEqual(day(date, ...partitions));
    },
  );

  it("is one of the formats that can be ingested, for every set", () => {
    const known = new Set(SOURCES.map(({ name }) => name));
    expect(DATA_SETS.filter(({ source }) => !known.has(source))).toEqual([]);
  });
});
