import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { at, shipped, valueOf } from "../../packages/cascade/test/shipped.ts";
import {
  bestLag,
  compareMarks,
  FrozenFeed,
  impactPremium,
  IndexPrice,
  LastPrice,
  type MarkComparison,
  type MarkOptions,
  MarkPrice,
  type MarkRule,
  type PriceSeries,
} from "../../packages/cascade/src/index.ts";
import { openFile } from "../../packages/ingest/src/files/openFile.ts";
import type { Source } from "../../packages/ingest/src/source.ts";
import { binanceVision } from "../../packages/ingest/src/sources/binance-vision/binanceVision.ts";
import { chainlink } from "../../packages/ingest/src/sources/chainlink/chainlink.ts";
import { cryptofeed } from "../../packages/ingest/src/sources/cryptofeed/cryptofeed.ts";
import { lighter } from "../../packages/ingest/src/sources/lighter/lighter.ts";
import { memorySink, type MemorySink } from "../../packages/ingest/test/memorySink.ts";
import { L2Book } from "../../packages/replay/src/index.ts";
import { decimalToNumber } from "../../packages/schema/src/index.ts";
import { bookStream } from "./capturedStreams.ts";

const DATA = join(import.meta.dirname, "../../../shared/data");
const FRAME = join(DATA, "orderbook/hyperliquid/ws_all_dexs_asset_ctxs.json.gz");
const LIGHTER = join(DATA, "orderbook/lighter_BTC_20251210_l2_trades_liqs.json.gz");
const BITCOM = join(DATA, "orderbook/multivenue-raw/BIT.COM.ws.2.0.gz");
const BINANCE = join(DATA, "crash-2025-10-10/binance-usdm");
const ROUNDS = join(DATA, "onchain/chainlink/ETHUSD_rounds.csv.gz");
const LUNA = join(DATA, "crash-2022-05-luna/LUNAUSDT-1m-2022-05.zip");
const POOL = join(DATA, "crash-2023-08-17/price_weth_usdc_0813_0817.csv.gz");

const textOf = (path: string): string => gunzipSync(readFileSync(path)).toString();

const series = (rows: readonly (readonly [at: number, price: number])[]): PriceSeries => ({
  at: Float64Array.from(rows, ([when]) => when),
  price: Float64Array.from(rows, ([, price]) => price),
});

/** Figures as they are written in the package's README. */
const figures = ({ count, absent, biasBps, rmseBps, maxBps }: MarkComparison): string =>
  `${count} of ${count + absent}: bias ${biasBps.toFixed(2)}, RMSE ${rmseBps.toFixed(2)}, most ${maxBps.toFixed(2)} bp`;

async function ingest(source: Source, path: string): Promise<MemorySink> {
  const memory = memorySink();
  await source.createReader({}).read(await openFile(path), memory.sink);
  return memory;
}

const FUNDING_PERIOD = 28_800e6;

interface Happening {
  readonly at: number;
  apply(mark: MarkPrice): void;
}

/** What a recording says of a mark's inputs, in the order of receipt: book before ticker where they came together. */
async function happeningsOf(memory: MemorySink, id: string): Promise<readonly Happening[]> {
  const happenings: Happening[] = [];
  const stream = bookStream(memory, id);
  const tick = decimalToNumber(stream.instrument.tick);
  const book = new L2Book(stream.instrument);
  for await (const batch of stream.batches()) {
    book.apply(batch, 0, batch.length, () => {
      const when = book.at ?? Number.NaN;
      const [bid, ask] = [book.bestBid?.price, book.bestAsk?.price];
      happenings.push({
        at: when,
        apply: (mark) => {
          for (const [input, price] of [
            ["bid", bid],
            ["ask", ask],
          ] as const) {
            if (price === undefined) mark.lose(input, when);
            else mark.update(input, price * tick, when);
          }
        },
      });
    });
  }
  for (const { tsRecv = Number.NaN, indexPrice, lastPrice, fundingRate } of memory.of(
    "tickers",
    id,
  )) {
    happenings.push({
      at: tsRecv,
      apply: (mark) => {
        if (indexPrice !== undefined) mark.update("index", indexPrice, tsRecv);
        if (lastPrice !== undefined) mark.update("last", lastPrice, tsRecv);
        if (fundingRate === undefined) return;
        const nextAt = Math.ceil(tsRecv / FUNDING_PERIOD) * FUNDING_PERIOD;
        mark.updateFunding({ rate: fundingRate, nextAt }, tsRecv);
      },
    });
  }
  return happenings.toSorted((a, b) => a.at - b.at);
}

/** The path of a mark over a recording. */
function rebuilt(
  rule: MarkRule,
  options: Partial<MarkOptions>,
  happenings: readonly Happening[],
): PriceSeries {
  const mark = new MarkPrice(rule, { of: "a recording", ...options });
  return series(
    happenings.map((happening) => {
      happening.apply(mark);
      return [happening.at, mark.price(happening.at)] as const;
    }),
  );
}

const recordedMarks = (memory: MemorySink, id: string): PriceSeries =>
  series(
    memory
      .of("tickers", id)
      .map(({ tsRecv = Number.NaN, markPrice = Number.NaN }) => [tsRecv, markPrice] as const),
  );

const HYPERLIQUID: MarkRule = valueOf("hyperliquid", {
  part: "mark",
  symbol: "BTC",
  at: at("2025-10-10"),
});
const DERIBIT: MarkRule = valueOf("deribit", {
  part: "mark",
  symbol: "BTC-PERPETUAL",
  at: at("2025-10-10"),
});
const BINANCE_RULE: MarkRule = valueOf("binance-usdm", {
  part: "mark",
  symbol: "BTCUSDT",
  at: at("2025-10-10"),
});

/** Rules of other venues, for recordings of venues whose own rule no source gives. */
const CANDIDATES: readonly (readonly [name: string, MarkRule, Partial<MarkOptions>])[] = [
  ["index alone", { kind: "oracle" }, {}],
  ["Deribit's, with the mid", DERIBIT, { bandRate: "none", fairPrice: "mid" }],
  ["Binance's", BINANCE_RULE, {}],
  ["Hyperliquid's, without other venues", HYPERLIQUID, {}],
];

async function compared(source: Source, path: string, id: string): Promise<Record<string, string>> {
  const memory = await ingest(source, path);
  const happenings = await happeningsOf(memory, id);
  const recorded = recordedMarks(memory, id);
  return Object.fromEntries(
    CANDIDATES.map(([name, rule, options]) => [
      name,
      figures(compareMarks(rebuilt(rule, options, happenings), recorded)),
    ]),
  );
}

interface Context {
  readonly premium: string | null;
  readonly oraclePx: string;
  readonly markPx: string;
  readonly midPx: string | null;
  readonly impactPxs: readonly [string, string] | null;
}

/** The markets of Hyperliquid's own list in a recorded frame that have a book. */
function frameContexts(): readonly (Context & {
  readonly midPx: string;
  readonly impactPxs: readonly [string, string];
})[] {
  const { data } = JSON.parse(textOf(FRAME)) as {
    data: { ctxs: readonly (readonly [string, readonly Context[]])[] };
  };
  const own = data.ctxs.find(([dex]) => dex === "")?.[1] ?? [];
  return own.flatMap((context) => {
    const { midPx, impactPxs } = context;
    return midPx === null || impactPxs === null ? [] : [{ ...context, midPx, impactPxs }];
  });
}

describe.skipIf(!existsSync(FRAME))(
  "a frame of all of Hyperliquid's markets (ws_all_dexs_asset_ctxs)",
  () => {
    it("has the premium of every market as the impact premium of its prices, to the last digit told", () => {
      const contexts = frameContexts();
      const wrong = contexts.filter(({ premium, oraclePx, impactPxs }) => {
        const [impactBid, impactAsk] = [Number(impactPxs[0]), Number(impactPxs[1])];
        const rebuiltPremium = impactPremium({ impactBid, impactAsk, index: Number(oraclePx) });
        return !(Math.abs(rebuiltPremium - Number(premium)) < 1e-9);
      });
      expect([contexts.length, wrong]).toEqual([179, []]);
    });

    it("lacks what the mark needs over time, so that there is none: last trades, averages and other venues", () => {
      const mark = new MarkPrice(HYPERLIQUID, { of: "hyperliquid" });
      mark.update("index", 77_605, 0);
      mark.update("bid", 77_558, 0);
      mark.update("ask", 77_559, 0);
      expect(mark.read(0)).toMatchObject({ price: undefined, missing: ["last", "venues"] });
    });

    it("has marks within some basis points of the mid", () => {
      const contexts = frameContexts();
      const marks = series(contexts.map(({ markPx }, i) => [i, Number(markPx)]));
      const mids = series(contexts.map(({ midPx }, i) => [i, Number(midPx)]));
      const oracles = series(contexts.map(({ oraclePx }, i) => [i, Number(oraclePx)]));
      expect({
        mid: figures(compareMarks(mids, marks)),
        oracle: figures(compareMarks(oracles, marks)),
      }).toMatchInlineSnapshot(`
        {
          "mid": "179 of 179: bias -0.35, RMSE 6.05, most 62.11 bp",
          "oracle": "179 of 179: bias 3.56, RMSE 16.27, most 134.80 bp",
        }
      `);
    });
  },
);

describe.skipIf(!existsSync(LIGHTER))(
  "17 s of Lighter's BTC (lighter_BTC_20251210), a venue without a dated rule",
  () => {
    it("has marks that rules of other venues come near to", async () => {
      expect(shipped().map(({ venue }) => venue)).not.toContain("lighter");
      expect(await compared(lighter, LIGHTER, "lighter:BTC")).toMatchInlineSnapshot(`
        {
          "Binance's": "192 of 204: bias 2.36, RMSE 2.48, most 3.45 bp",
          "Deribit's, with the mid": "203 of 204: bias 1.40, RMSE 1.50, most 2.15 bp",
          "Hyperliquid's, without other venues": "203 of 204: bias 1.39, RMSE 1.49, most 2.13 bp",
          "index alone": "204 of 204: bias 3.36, RMSE 3.36, most 3.90 bp",
        }
      `);
    });
  },
);

describe.skipIf(!existsSync(BITCOM))(
  "29 s of Bit.com's NEAR (BIT.COM.ws.2), a venue without a dated rule",
  () => {
    it("has marks that rules of other venues come near to", async () => {
      expect(shipped().map(({ venue }) => venue)).not.toContain("bitcom");
      expect(await compared(cryptofeed, BITCOM, "bitcom:NEAR-USDT-PERPETUAL"))
        .toMatchInlineSnapshot(`
        {
          "Binance's": "60 of 65: bias 2.10, RMSE 2.16, most 2.92 bp",
          "Deribit's, with the mid": "64 of 65: bias 1.51, RMSE 1.88, most 5.71 bp",
          "Hyperliquid's, without other venues": "64 of 65: bias 1.52, RMSE 1.88, most 5.71 bp",
          "index alone": "65 of 65: bias 1.20, RMSE 1.33, most 2.22 bp",
        }
      `);
    });
  },
);

type Candle = readonly [ms: number, open: number, high: number, low: number, close: number];

const candlesOf = (name: string): readonly Candle[] =>
  JSON.parse(textOf(join(BINANCE, name))) as readonly Candle[];

describe.skipIf(!existsSync(BINANCE))(
  "Binance's recorded marks around 2025-10-10 (candles of 8 h)",
  () => {
    const closes = (name: string, minutes: number): PriceSeries =>
      series(candlesOf(name).map((candle) => [candle[0] + minutes * 60_000, candle[4]]));

    it("end their candles close to the last trade, one of the three that the median is of", () => {
      const compare = (coin: string): string =>
        figures(
          compareMarks(
            closes(`${coin}_USDT_USDT-5m-futures.json.gz`, 5),
            closes(`${coin}_USDT_USDT-8h-mark.json.gz`, 480),
          ),
        );
      expect({ BTC: compare("BTC"), ETH: compare("ETH") }).toMatchInlineSnapshot(`
        {
          "BTC": "115 of 115: bias -0.21, RMSE 0.70, most 3.79 bp",
          "ETH": "91 of 91: bias -0.32, RMSE 0.94, most 4.55 bp",
        }
      `);
    });

    it("did not fall as low as the last trade", () => {
      const from = Date.parse("2025-10-10T16:00Z");
      const lowOf = (name: string): number =>
        Math.min(
          ...candlesOf(name)
            .filter(([ms]) => ms >= from && ms < from + 28_800_000)
            .map((candle) => candle[3]),
        );
      const [mark, last] = ["8h-mark", "5m-futures"].map((kind) =>
        lowOf(`BTC_USDT_USDT-${kind}.json.gz`),
      );
      expect([mark, last]).toEqual([101_877.68981743, 101_516.5]);
    });
  },
);

describe.skipIf(!existsSync(ROUNDS) || !existsSync(POOL))(
  "Chainlink's ETH/USD on 2023-08-17 (ETHUSD_rounds)",
  () => {
    /** The price of a pool on Polygon by the minute: another market than those the feed is of. */
    const pool = (): readonly (readonly [number, number])[] =>
      textOf(POOL)
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => line.split(","))
        .map(([time = "", price]): readonly [number, number] => [
          Date.parse(`${time.replace(" ", "T")}Z`) * 1_000,
          Number(price),
        ])
        .filter(([when]) => when >= at("2023-08-17") && when < at("2023-08-18"))
        .toSorted(([a], [b]) => a - b);

    it("is followed by an index that takes over changes of 0.5 % of a pool, and fell lower than that pool", async () => {
      const index = new IndexPrice(
        {
          sources: [{ name: "pool", weight: undefined }],
          combination: "median",
          deviationLimit: undefined,
          ifSeveralDeviate: undefined,
          staleAfterSeconds: undefined,
          updateSeconds: undefined,
          minimumSources: undefined,
          minimumChange: 0.005,
        },
        { of: "pool" },
      );
      const path = series(
        pool().map(([when, price]) => {
          index.update(0, price, when);
          return [when, index.price(when)] as const;
        }),
      );
      const rounds = (await ingest(chainlink, ROUNDS))
        .of("oracles")
        .map(({ tsEvent = Number.NaN, answer = Number.NaN }) => [tsEvent, answer] as const)
        .filter(([when]) => when >= at("2023-08-17") && when < at("2023-08-18"))
        .toSorted(([a], [b]) => a - b);
      const recorded = series(rounds);
      const lags = [-180, -120, -60, 0, 60, 120, 180].map((seconds) => seconds * 1e6);
      const best = bestLag(path, recorded, lags);
      expect({
        lagSeconds: best.lagMicros / 1e6,
        best: figures(best),
        lows: [Math.min(...recorded.price), Math.min(...pool().map(([, price]) => price))],
      }).toMatchInlineSnapshot(`
        {
          "best": "69 of 69: bias 11.11, RMSE 52.60, most 238.54 bp",
          "lagSeconds": 0,
          "lows": [
            1557.99625094,
            1595.16,
          ],
        }
      `);
    });
  },
);

describe.skipIf(!existsSync(LUNA))(
  "LUNA on 2022-05-12 (LUNAUSDT-1m-2022-05), whose Chainlink feed stood at 0.107",
  () => {
    it("traded below the frozen price from 08:26 UTC on, at a ninth of it by 14:00 and less than a 200th by midnight", async () => {
      const memory = memorySink();
      const reader = binanceVision.createReader({ venue: "binance" });
      await reader.read(await openFile(LUNA), memory.sink);
      const minutes = memory
        .of("candles")
        .map(({ tsEvent = Number.NaN, close }) => [tsEvent + 60e6, decimalToNumber(close)] as const)
        .filter(([when]) => when >= at("2022-05-12") && when <= at("2022-05-13T00:39Z"));
      const from = minutes.find(([, close]) => close < 0.107)?.[0] ?? Number.NaN;
      expect(from).toBe(at("2022-05-12T08:27Z"));
      const feed = new FrozenFeed(new LastPrice(), { from, to: at("2022-05-31") });
      const ratioAt = new Map<number, number>();
      for (const [when, close] of minutes) {
        feed.update(close, when);
        ratioAt.set(when, feed.price(when) / close);
      }
      const ratios = ["2022-05-12T08:26Z", "2022-05-12T14:01Z", "2022-05-13T00:01Z"].map((when) =>
        Math.floor(ratioAt.get(at(when)) ?? Number.NaN),
      );
      expect(ratios).toEqual([1, 9, 229]);
      expect(feed.price(at("2022-05-13"))).toBeCloseTo(0.107, 2);
    });
  },
);
