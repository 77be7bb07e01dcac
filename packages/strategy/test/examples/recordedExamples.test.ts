import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ProbabilityQueue,
  NO_PARTIAL_FILLS,
  powerWeight,
  relativeShare,
  type OrderUpdate,
  type StudyVenueOptions,
} from "@aftershock/replay";
import type { EventStream } from "@aftershock/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  Lake,
  SOURCES,
  ingest,
  lakeStream,
  openDuck,
  type Duck,
} from "../../../ingest/src/index.ts";
import { FEES, playFollower, playMaker, type Played } from "./playExamples.ts";

const DATA = join(import.meta.dirname, "../../../../../shared/data/orderbook");
const LATENCIES = { orderMicros: 3_300, responseMicros: 2_200 };
const MODELS: readonly (readonly [string, Pick<StudyVenueOptions, "queue" | "fills">])[] = [
  ["the careful queue, fills in parts", {}],
  [
    "a probable queue, whole fills",
    { queue: new ProbabilityQueue(relativeShare(powerWeight(3))), fills: NO_PARTIAL_FILLS },
  ],
];

let folder: string;
let duck: Duck;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-examples-"));
  duck = await openDuck();
});
afterAll(async () => {
  duck.close();
  await rm(folder, { recursive: true, force: true });
});

/** Book, trades and liquidations of an instrument, as a lake holds them after a capture was read. */
async function streamsOf(
  path: string,
  sourceName: string,
  id: string,
): Promise<readonly EventStream[]> {
  const source = SOURCES.find(({ name }) => name === sourceName);
  if (source === undefined) throw new Error(`there is no source ${sourceName}`);
  const lake = new Lake(join(folder, sourceName));
  await ingest({ lake, source, paths: [path], workers: 0 });
  const partitions = (await lake.list()).filter(({ instrument }) => instrument.id === id);
  return (["book", "trades", "liquidations"] as const).flatMap((stream) => {
    const own = partitions.filter((partition) => partition.stream === stream);
    return own.length === 0 ? [] : [lakeStream(duck, lake, stream, own)];
  });
}

type Filled = Extract<OrderUpdate, { kind: "filled" }>;
const fillsOf = ({ heard }: Played): readonly Filled[] =>
  heard.filter((update) => update.kind === "filled");

/** Ticks × lots are whole, so that what the fills cost is exact until it becomes money. */
function expectConserved(played: Played): void {
  const { venue, middle } = played;
  const { account, instrument } = venue;
  const unit =
    (instrument.tick.mantissa / 10 ** instrument.tick.decimals) *
    (instrument.lot.mantissa / 10 ** instrument.lot.decimals);
  const fills = fillsOf(played);
  let position = 0;
  let steps = 0;
  let fees = 0;
  for (const { side, size, price, fee, liquidity } of fills) {
    position += side * size;
    steps += side * size * price;
    fees += fee;
    expect(fee).toBeCloseTo(FEES.fee(size * price * unit, liquidity), 9);
  }
  expect(fills.length).toBeGreaterThan(0);
  expect(account.position).toBe(position);
  expect(account.cash).toBeCloseTo(-steps * unit - fees, 6);
  const mark = middle * (instrument.tick.mantissa / 10 ** instrument.tick.decimals);
  expect(account.equity(mark)).toBeCloseTo((position * middle - steps) * unit - fees, 6);
}

/** The largest position on the way, lots, without its sign. */
function largestPosition(played: Played): number {
  let position = 0;
  let largest = 0;
  for (const { side, size } of fillsOf(played)) {
    position += side * size;
    largest = Math.max(largest, Math.abs(position));
  }
  return largest;
}

const bytesOf = ({ heard, requests }: Played): string => JSON.stringify({ heard, requests });

const BTCUSDT = join(DATA, "binance-raw/usdm_btcusdt_20240808.gz");
describe.skipIf(!existsSync(BTCUSDT))("the examples on usdm_btcusdt_20240808.gz", () => {
  let streams: readonly EventStream[];
  beforeAll(async () => {
    streams = await streamsOf(BTCUSDT, "binance-raw", "binance-usdm:BTCUSDT");
  });

  it.each(MODELS)("the market maker keeps its limit and its money: %s", async (_name, models) => {
    const options = { quoteLots: 20, maxPositionLots: 100, halfSpreadTicks: 0.5, skewTicks: 0.5 };
    const played = await playMaker({ streams, latencies: LATENCIES, models }, options);
    expectConserved(played);
    expect(largestPosition(played)).toBeLessThanOrEqual(100);
    expect(fillsOf(played).every(({ liquidity }) => liquidity === -1)).toBe(true);
    const again = await playMaker({ streams, latencies: LATENCIES, models }, options);
    expect(bytesOf(again)).toBe(bytesOf(played));
  });

  it("the follower keeps its size and its money, with large trades for liquidations", async () => {
    const options = {
      windowMicros: 1_000_000,
      triggerLots: 2_000,
      orderLots: 500,
      holdMicros: 3_000_000,
      slippageTicks: 5,
    };
    const played = await playFollower({ streams, latencies: LATENCIES }, options, 2_000);
    expectConserved(played);
    expect(largestPosition(played)).toBeLessThanOrEqual(500);
    expect(fillsOf(played).every(({ liquidity }) => liquidity === 1)).toBe(true);
    const again = await playFollower({ streams, latencies: LATENCIES }, options, 2_000);
    expect(bytesOf(again)).toBe(bytesOf(played));
  });
});

const LIGHTER = join(DATA, "lighter_BTC_20251210_l2_trades_liqs.json.gz");
describe.skipIf(!existsSync(LIGHTER))(
  "the examples on lighter_BTC_20251210_l2_trades_liqs.json.gz",
  () => {
    let streams: readonly EventStream[];
    beforeAll(async () => {
      streams = await streamsOf(LIGHTER, "lighter", "lighter:BTC");
    });

    // They are 11 to 14 minutes old when the book begins.
    const options = {
      windowMicros: 900_000_000,
      triggerLots: 1,
      orderLots: 50_000,
      holdMicros: 1_000_000,
      slippageTicks: 500,
    };

    it("the follower follows its liquidations once, and keeps its money", async () => {
      const played = await playFollower({ streams, latencies: LATENCIES }, options);
      expectConserved(played);
      const sides = played.requests.map((request) => request.split(" ")[3]);
      expect(sides).toEqual(["sell", ...sides.slice(1).fill("buy")]);
      expect(largestPosition(played)).toBe(50_000);
      expect(played.venue.account.position).toBe(0);
      const again = await playFollower({ streams, latencies: LATENCIES }, options);
      expect(bytesOf(again)).toBe(bytesOf(played));
    });

    it("the follower does nothing where old liquidations do not count", async () => {
      const played = await playFollower(
        { streams, latencies: LATENCIES },
        { ...options, windowMicros: 60_000_000 },
      );
      expect(played.requests).toEqual([]);
    });
  },
);
