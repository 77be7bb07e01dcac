import { createHash } from "node:crypto";
import {
  BUY,
  ConfigError,
  MESSAGE_END,
  METHOD_MARKET,
  PRICE_FILL,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
  type StreamName,
  columnsOf,
  micros,
} from "@aftershock/schema";
import { replay } from "@aftershock/replay";
import { describe, expect, test } from "vitest";
import {
  DEMO_SEED,
  SIMULATED_FROM,
  type SimulatedDay,
  simulate,
  simulateTruth,
} from "../src/index.ts";
import { batchesOf, numberIn, rowsOf } from "./rowsOf.ts";

const NAMES: readonly StreamName[] = ["book", "trades", "liquidations", "tickers", "options"];

/** A hash of every byte of every column. */
async function hashOf(day: SimulatedDay): Promise<string> {
  const hash = createHash("sha256");
  for (const name of NAMES) {
    for (const { columns, length } of await batchesOf(day, name)) {
      hash.update(`${name} ${length}`);
      for (const values of Object.values(columns)) {
        hash.update(ArrayBuffer.isView(values) ? values : JSON.stringify(values));
      }
    }
  }
  return hash.digest("hex");
}

const day = simulate({ seed: DEMO_SEED });
const { truth } = day;
const fall = (usd: number): number => usd / truth.openUsd - 1;

describe("the demo day", () => {
  test("is simulated, and says so in every stream and instrument", () => {
    expect(day.streams.map(({ stream }) => stream)).toEqual(NAMES);
    expect(day.streams.every(({ simulated }) => simulated)).toBe(true);
    for (const { venue, gridSource } of day.instruments) {
      expect([venue, gridSource]).toEqual(["sim", "simulated"]);
    }
  });

  test("crashes by 10 to 14 % and gets back between a quarter and three quarters of it", () => {
    expect(fall(truth.lowUsd)).toBeGreaterThan(-0.14);
    expect(fall(truth.lowUsd)).toBeLessThan(-0.1);
    const back = (truth.closeUsd - truth.lowUsd) / (truth.openUsd - truth.lowUsd);
    expect(back).toBeGreaterThan(0.25);
    expect(back).toBeLessThan(0.75);
    expect(truth.lowAt).toBeGreaterThan(truth.newsFrom);
  });

  test("cascades: the engine sells between 15 and 70 % of what is sold in the crash", () => {
    expect(truth.liquidatedLongs).toBeGreaterThan(100);
    const share = truth.crashForcedSoldUsd / truth.crashSoldUsd;
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.7);
  });

  test("falls less without liquidations, from the same open, on the same news and accounts", () => {
    const without = simulateTruth({ seed: DEMO_SEED, liquidations: false });
    expect(without.forcedSoldUsd).toBe(0);
    expect(without.openUsd).toBe(truth.openUsd);
    expect(without.newsDrop).toBe(truth.newsDrop);
    expect(without.accounts.map(({ triggerUsd }) => triggerUsd)).toEqual(
      truth.accounts.map(({ triggerUsd }) => triggerUsd),
    );
    expect(without.lowUsd).toBeGreaterThan(truth.lowUsd * 1.01);
  });

  test("conserves positions and cash to the satoshi", () => {
    expect(truth.ledger.positionSumLots).toBe(0);
    expect(truth.ledger.cashSumSats).toBe(truth.ledger.depositedSats);
    expect(truth.ledger.depositedSats).toBeGreaterThan(0);
  });

  test("has a truth that is JSON", () => {
    expect(JSON.parse(JSON.stringify(truth))).toEqual(truth);
  });

  test("has not changed", () => {
    // Whoever changes the market on purpose writes the new figures here and in the changelog.
    expect(truth.openUsd).toBeCloseTo(64_058.75, 2);
    expect(truth.lowUsd).toBeCloseTo(56_891.25, 2);
    expect(truth.closeUsd).toBeCloseTo(60_016.75, 2);
    expect(truth.forcedSoldUsd).toBe(54_487_750);
    expect(truth.liquidatedLongs).toBe(1_241);
  });
});

describe("a simulated recording", () => {
  test.each(NAMES)(
    "has the columns of the layout in %s, numbered rows and whole numbers",
    async (name) => {
      const batches = await batchesOf(day, name);
      let seq = 0;
      for (const { columns, length } of batches) {
        const layout = columnsOf(name);
        expect(Object.keys(columns)).toEqual(layout.map(([column]) => column));
        for (const [column, { type, nullable }] of layout) {
          const values = Object.entries(columns).find(([key]) => key === column)?.[1] ?? [];
          expect(values).toHaveLength(length);
          if (type === "text") continue;
          const absent = Array.from(values, Number).filter((value) => Number.isNaN(value)).length;
          if (!nullable) expect(absent).toBe(0);
          if (type === "real") continue;
          const whole = Array.from(values, Number).filter((value) =>
            Number.isInteger(value),
          ).length;
          expect(whole + absent).toBe(length);
        }
        for (const number of columns.seq) {
          expect(number).toBe(seq);
          seq += 1;
        }
      }
      expect(seq).toBeGreaterThan(0);
    },
  );

  test.each(NAMES)(
    "has clocks in %s that never run back, lie within the hour and are 1 to 8 ms apart",
    async (name) => {
      let event = 0;
      let recv = 0;
      let wrong = 0;
      for (const { columns, length } of await batchesOf(day, name)) {
        for (let row = 0; row < length; row += 1) {
          const tsEvent = columns.tsEvent[row] ?? Number.NaN;
          const tsRecv = columns.tsRecv[row] ?? Number.NaN;
          const late = tsRecv - tsEvent;
          const fine = tsEvent >= event && tsRecv >= recv && late >= 1_000 && late <= 8_000;
          if (!fine || tsEvent < truth.from || tsRecv >= truth.to) wrong += 1;
          event = tsEvent;
          recv = tsRecv;
        }
      }
      expect(wrong).toBe(0);
    },
  );

  test("has a book that another reader finds neither crossed, locked, broken nor stale", async () => {
    const result = await replay(day.streams);
    expect(result.crossedMessages).toBe(0);
    expect(result.lockedMessages).toBe(0);
    expect(result.unknownDeletes).toBe(0);
    expect(result.staleMessages).toBe(0);
    expect(result.gaps).toEqual([]);
    expect(result.bookUpdates).toBeGreaterThan(100_000);
    expect(result.bookUpdates).toBeLessThan(500_000);
  });

  test("has two snapshots, and between them messages that each follow the one before", async () => {
    const starts: number[] = [];
    let updateId = Number.NaN;
    let atEnd = true;
    for (const { columns, length } of await batchesOf(day, "book")) {
      if (!("prevUpdateId" in columns)) throw new Error("the book has update ids");
      for (let row = 0; row < length; row += 1) {
        const flags = columns.flags[row] ?? 0;
        const isSnapshot = (flags & SNAPSHOT) !== 0;
        const starting = (flags & SNAPSHOT_START) !== 0;
        if (starting) starts.push(columns.tsEvent[row] ?? 0);
        if (atEnd) expect(starting || columns.prevUpdateId[row] === updateId).toBe(true);
        else expect(starting).toBe(false);
        if (isSnapshot) expect(columns.prevUpdateId[row]).toBeNaN();
        atEnd = (flags & MESSAGE_END) !== 0;
        if (atEnd) updateId = columns.updateId[row] ?? Number.NaN;
      }
    }
    expect(atEnd).toBe(true);
    expect(starts).toHaveLength(2);
    expect(starts[0]).toBe(truth.from);
    expect(Math.floor(((starts[1] ?? 0) - truth.from) / 60e6)).toBe(40);
  });

  test("has a gap that shows when a message is left out", async () => {
    const [book] = day.streams;
    if (book === undefined) throw new Error("the day has a book");
    const cut = {
      ...book,
      async *batches() {
        for await (const batch of book.batches()) {
          // The second half of the first batch is lost.
          const isFirst = batch.columns.seq[0] === 0;
          yield isFirst ? { ...batch, length: Math.floor(batch.length / 2) } : batch;
        }
      },
    };
    const { gaps } = await replay([cut]);
    expect(gaps).not.toEqual([]);
  });

  test("has liquidation prints that are its trades, at fill prices", async () => {
    const trades = new Map((await rowsOf(day, "trades")).map((row) => [row["tradeId"], row]));
    const prints = await rowsOf(day, "liquidations");
    let soldLots = 0;
    for (const print of prints) {
      const trade = trades.get(print["liquidationId"]);
      for (const column of ["tsEvent", "tsRecv", "side", "price", "size"]) {
        expect(print[column]).toBe(trade?.[column]);
      }
      expect([print["method"], print["priceKind"]]).toEqual([METHOD_MARKET, PRICE_FILL]);
      if (print["side"] === SELL) soldLots += numberIn(print, "size");
    }
    expect(soldLots * 10).toBe(truth.forcedSoldUsd);
    expect(trades.size).toBe((await rowsOf(day, "trades")).length);
    expect(new Set([...trades.values()].map(({ side }) => side))).toEqual(new Set([BUY, SELL]));
  });

  test("has a ticker each second, and open interest that falls", async () => {
    const tickers = await rowsOf(day, "tickers");
    expect(tickers).toHaveLength(3_600);
    expect(numberIn(tickers[1], "tsEvent") - numberIn(tickers[0], "tsEvent")).toBe(1_000_000);
    const first = numberIn(tickers[0], "openInterest");
    const last = numberIn(tickers.at(-1), "openInterest");
    expect(first - last).toBeGreaterThan(truth.forcedSoldUsd / 10);
    expect(numberIn(tickers[0], "fundingTime")).toBe(truth.from + 4 * 3_600e6);
  });

  test("has an option chain each minute whose last row ends the message, dearer and with fewer bids in the crash", async () => {
    const rows = await rowsOf(day, "options");
    const times = [...new Set(rows.map((row) => numberIn(row, "tsEvent")))];
    expect(times).toEqual(Array.from({ length: 60 }, (_, minute) => truth.from + minute * 60e6));
    const figures = times.map((time) => {
      const chain = rows.filter((row) => row["tsEvent"] === time);
      const ends = chain.map((row) => row["flags"] === MESSAGE_END);
      expect(ends.indexOf(true)).toBe(chain.length - 1);
      const noBid = chain.filter((row) => Number.isNaN(numberIn(row, "bidPrice"))).length;
      const ivs = chain.map((row) => numberIn(row, "markIv")).sort((a, b) => a - b);
      return { noBid, iv: ivs[Math.floor(ivs.length / 2)] ?? Number.NaN };
    });
    const calm = figures[10];
    const crash = figures[26];
    expect(crash?.noBid).toBeGreaterThan((calm?.noBid ?? 0) + 10);
    expect(crash?.iv).toBeGreaterThan((calm?.iv ?? 0) * 1.3);
  });
});

describe("simulating", () => {
  test("gives the same bytes for the same seed, and others for another", async () => {
    const short = { minutes: 3, market: { value: { newsMinute: 1 } } };
    const one = await hashOf(simulate({ seed: 5, ...short }));
    expect(await hashOf(simulate({ seed: 5, ...short }))).toBe(one);
    expect(await hashOf(simulate({ seed: 6, ...short }))).not.toBe(one);
  });

  test("gives the same bytes each time a stream is read", async () => {
    expect(await hashOf(day)).toBe(await hashOf(day));
  });

  test("tells the same truth with and without a recording", () => {
    const options = { seed: 5, minutes: 3, market: { value: { newsMinute: 1 } } };
    expect(simulateTruth(options)).toEqual(simulate(options).truth);
  });

  test("crashes on other seeds too, and conserves there", () => {
    for (const seed of [2, 3, 4]) {
      const other = simulateTruth({ seed });
      expect(other.lowUsd / other.openUsd - 1).toBeLessThan(-0.06);
      expect(other.lowUsd / other.openUsd - 1).toBeGreaterThan(-0.2);
      expect(other.crashForcedSoldUsd).toBeGreaterThan(1e6);
      expect(other.ledger.positionSumLots).toBe(0);
      expect(other.ledger.cashSumSats).toBe(other.ledger.depositedSats);
    }
  });

  test("records no liquidation when there are none", async () => {
    const calm = simulate({ seed: 1, minutes: 2 });
    expect(await rowsOf(calm, "liquidations")).toEqual([]);
    expect(calm.truth.forcedSoldUsd).toBe(0);
  });

  test.each([0, 1.5, 241, Number.NaN])("refuses %d minutes", (minutes) => {
    expect(() => simulate({ seed: 1, minutes })).toThrow(ConfigError);
  });

  test("refuses to cross a funding time, and ends exactly at one", () => {
    const from = micros(SIMULATED_FROM + (3 * 60 + 59) * 60e6);
    expect(() => simulate({ seed: 1, from, minutes: 2 })).toThrow(/funding time 2001-01-01T16:00/u);
    expect(simulate({ seed: 1, from, minutes: 1 }).truth.to).toBe(from + 60e6);
  });

  test("gives up on a market that comes apart", () => {
    const fragile = { sizeUsd: 300, widest: 1e9, sizeFloor: 0.001, followValuePerSecond: 0 };
    const market = { makers: fragile, value: { newsMinute: 1 } };
    expect(() => simulateTruth({ seed: 1, minutes: 30, market })).toThrow(/come apart/u);
  });
});
