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
  type ObservedMetaorder,
  PRESETS,
  recordingStart,
  type SimulateOptions,
  SIMULATED_FROM,
  type SimulatedDay,
  simulate,
  simulateTruth,
} from "../src/index.ts";
import { batchesOf, heldDay, numberIn, rowsOf } from "./rowsOf.ts";

const NAMES: readonly StreamName[] = [
  "book",
  "trades",
  "liquidations",
  "tickers",
  "positions",
  "options",
];

/** A hash of every byte of every column, stream by stream. */
function hashOf(day: SimulatedDay): string {
  const hashes = new Map<string, ReturnType<typeof createHash>>();
  for (const { stream, instrument, columns, length } of day.batches()) {
    const name = `${stream} ${instrument.id}`;
    const hash = hashes.get(name) ?? createHash("sha256");
    hashes.set(name, hash);
    hash.update(`${length}`);
    for (const values of Object.values(columns)) {
      hash.update(ArrayBuffer.isView(values) ? values : JSON.stringify(values));
    }
  }
  const all = [...hashes].map(([name, hash]) => `${name} ${hash.digest("hex")}`);
  return all.toSorted().join("\n");
}

/** Three minutes with news after one: quick, and with everything in it. */
const SHORT: Omit<SimulateOptions, "seed"> = {
  minutes: 3,
  market: {
    warmUpSeconds: 20,
    value: {
      annualVolatility: 0.5,
      burstSigma: 0,
      news: [{ ...PRESETS["crash-hour"].market.value.news[0]!, minute: 0.5, minutes: 1.5 }],
    },
  },
};

const day = heldDay(simulate({ seed: DEMO_SEED }));
const { truth } = day;
const fall = (usd: number): number => usd / truth.openUsd - 1;

describe("the demo day", () => {
  test("is simulated, and says so in every stream and instrument", () => {
    expect(new Set(day.streams.map(({ stream }) => stream))).toEqual(new Set(NAMES));
    expect(day.streams.every(({ simulated }) => simulated)).toBe(true);
    for (const { venue, gridSource } of day.instruments) {
      expect(["sim", "sim-spot"]).toContain(venue);
      expect(gridSource).toBe("simulated");
    }
  });

  test("crashes by 10 to 16 % and gets back between a quarter and three quarters of it", () => {
    expect(fall(truth.lowUsd)).toBeGreaterThan(-0.16);
    expect(fall(truth.lowUsd)).toBeLessThan(-0.1);
    const back = (truth.closeUsd - truth.lowUsd) / (truth.openUsd - truth.lowUsd);
    expect(back).toBeGreaterThan(0.25);
    expect(back).toBeLessThan(0.75);
    expect(truth.lowAt).toBeGreaterThan(truth.news[0]!.from);
  });

  test("cascades: the engine sells between 15 and 70 % of what is sold in the crash", () => {
    expect(truth.liquidatedLongs).toBeGreaterThan(100);
    const share = truth.crashForcedSoldUsd / truth.crashSoldUsd;
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.7);
  });

  test("tells of every forced order, and they add up", () => {
    const sold = truth.forcedOrders.filter(({ side }) => side === "sell");
    expect(sold.reduce((sum, { sizeUsd }) => sum + sizeUsd, 0)).toBe(truth.forcedSoldUsd);
    const known = new Set(truth.accounts.map(({ account }) => account));
    expect(truth.forcedOrders.every(({ account }) => known.has(account))).toBe(true);
  });

  test("tells how deep the book was, minute by minute: it thins out in the crash and comes back", () => {
    const { bidDepthUsd, at } = truth.minutes;
    expect(at).toHaveLength(60);
    const calm = bidDepthUsd[15]!;
    expect(Math.min(...bidDepthUsd)).toBeLessThan(calm / 2);
    expect(bidDepthUsd.at(-1)!).toBeGreaterThan(calm / 2);
  });

  test("conserves positions and cash to the last unit, on both venues", () => {
    for (const { lots, depositedLots, cash, deposited } of truth.ledgers) {
      expect(lots).toBe(depositedLots);
      expect(cash).toBe(deposited);
    }
  });

  test("has a truth that is JSON", () => {
    expect(JSON.parse(JSON.stringify(truth))).toEqual(JSON.parse(JSON.stringify(truth)));
    expect(JSON.stringify(truth)).not.toContain("null");
  });

  test("has not changed", () => {
    // Whoever changes the market on purpose writes the new figures here and in the changelog.
    expect([truth.openUsd, truth.lowUsd, truth.closeUsd]).toEqual([64_096.25, 56_476.5, 59_975.25]);
    expect([truth.forcedSoldUsd, truth.liquidatedLongs]).toEqual([88_485_450, 1_305]);
  });
});

describe("a cascade", () => {
  /** The low of the crash hour on a seed, as a fraction of the open. */
  const low = (options: Omit<SimulateOptions, "preset">): number => {
    const { lowUsd, openUsd } = simulateTruth(options);
    return lowUsd / openUsd - 1;
  };

  test("is what liquidations make of news: without them, or without leveraged accounts, every seed falls less", () => {
    const seeds = [1, 2, 3, 4];
    const falls = seeds.map((seed) => ({
      full: low({ seed }),
      never: low({ seed, liquidations: false }),
      nobody: low({ seed, market: { accounts: { count: 0 } } }),
    }));
    for (const { full, never, nobody } of falls) {
      expect(full).toBeLessThan(never - 0.005);
      expect(full).toBeLessThan(nobody - 0.005);
    }
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(falls.map(({ full, never }) => full - never))).toBeLessThan(-0.02);
  }, 120_000);

  test("goes up where the market is short and the news are good", () => {
    const full = simulateTruth({ seed: 1, preset: "short-squeeze" });
    const never = simulateTruth({ seed: 1, preset: "short-squeeze", liquidations: false });
    expect(full.liquidatedShorts).toBeGreaterThan(100);
    expect(full.highUsd / full.openUsd).toBeGreaterThan(1.06);
    expect(full.highUsd).toBeGreaterThan(never.highUsd);
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
    expect(result.bookUpdates).toBeLessThan(1_000_000);
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
    expect(first - last).toBeGreaterThan(truth.forcedSoldUsd / 20);
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
  test("gives the same bytes for the same seed, and others for another", () => {
    const one = hashOf(simulate({ seed: 5, ...SHORT }));
    expect(hashOf(simulate({ seed: 5, ...SHORT }))).toBe(one);
    expect(hashOf(simulate({ seed: 6, ...SHORT }))).not.toBe(one);
  });

  test("gives a stream that is read alone the rows that it has among all", async () => {
    const short = simulate({ seed: 5, ...SHORT });
    const together = [...short.batches()];
    for (const { stream, instrument, batches } of short.streams) {
      const alone = [];
      for await (const batch of batches()) alone.push(batch);
      const among = together.filter(
        (batch) => batch.stream === stream && batch.instrument.id === instrument.id,
      );
      expect(alone).toEqual(among);
    }
  });

  test("is not changed, not by a bit, by an agent who never trades", () => {
    const silent = { act: (): void => undefined };
    const opened: number[] = [];
    const agents = [
      (market: { ledger: { open(name: string): number } }): typeof silent => {
        opened.push(market.ledger.open("somebody who watches"));
        return silent;
      },
    ];
    const plain = hashOf(simulate({ seed: 5, ...SHORT }));
    expect(hashOf(simulate({ seed: 5, ...SHORT, agents }))).toBe(plain);
    expect(opened).toHaveLength(1);
  });

  test("has the same luck under other rules: until somebody would be liquidated, everything is the same", () => {
    const options = { seed: 5, minutes: 10, market: { warmUpSeconds: 20 } };
    const rules = { insuranceFund: 1, throttlePerSecond: 1_000, hiddenLevels: true };
    const [a, b] = [simulateTruth(options), simulateTruth({ ...options, rules })];
    expect(b.minutes).toEqual(a.minutes);
    expect(b.accounts).toEqual(a.accounts);
  });

  test("tells the same truth with and without a recording", () => {
    const recorded = simulate({ seed: 5, ...SHORT });
    const steps = recorded.batches();
    let last = steps.next();
    while (last.done !== true) last = steps.next();
    expect(simulateTruth({ seed: 5, ...SHORT })).toEqual(last.value);
    expect(recorded.truth).toBe(last.value);
  });

  test.each(Object.keys(PRESETS) as (keyof typeof PRESETS)[])(
    "conserves lots and money in %s",
    (preset) => {
      const { ledgers, to, from } = simulateTruth({ seed: 2, preset, minutes: 45 });
      expect(to - from).toBe(45 * 60e6);
      for (const { lots, depositedLots, cash, deposited } of ledgers) {
        expect(lots).toBe(depositedLots);
        expect(cash).toBe(deposited);
      }
    },
  );

  test("exchanges funding when it crosses a funding time", () => {
    const from = micros(SIMULATED_FROM + (3 * 60 + 58) * 60e6);
    const options = { ...SHORT, seed: 1, from, minutes: 4 };
    const crossing = simulate(options);
    const [row] = [...crossing.batches()].flatMap(({ stream, columns }) =>
      stream === "tickers" && "fundingTime" in columns ? [columns.fundingTime] : [],
    );
    const times = new Set(row ?? []);
    const due = SIMULATED_FROM + 4 * 3_600e6;
    expect(times).toEqual(new Set([due, due + 8 * 3_600e6]));
    for (const { cash, deposited } of crossing.truth.ledgers) expect(cash).toBe(deposited);
  });

  test("lets an observer see every step, every liquidation and the accounts at the start", () => {
    let [steps, forced, others] = [0, 0, 0];
    const kinds = new Set<string>();
    let held = 0;
    const seen = simulateTruth(
      { seed: 1, minutes: 32 },
      {
        start: (accounts) => {
          held = accounts.length;
        },
        step: ({ at, bid, ask, depthBid, depthAsk, forcedSigned, othersSigned }) => {
          steps += 1;
          forced += forcedSigned;
          others += othersSigned;
          if (!(ask > bid) || !(depthBid >= 0) || !(depthAsk >= 0) || at % 100_000 !== 0)
            steps = NaN;
        },
        liquidation: ({ kind }) => kinds.add(kind),
      },
    );
    expect(steps).toBe(32 * 600);
    expect(forced).toBe(seen.forcedBoughtUsd - seen.forcedSoldUsd);
    expect(Number.isFinite(others)).toBe(true);
    expect(held).toBeGreaterThan(2_000);
    for (const kind of ["triggered", "forcedOrder", "fill", "closed"])
      expect(kinds).toContain(kind);
  });

  test("lets an observer see every metaorder, and what the price did while it was worked, and changes nothing by it", () => {
    const options: SimulateOptions = { preset: "calm-day", seed: 1, minutes: 5 };
    const orders: ObservedMetaorder[] = [];
    const mids: number[] = [];
    const from = recordingStart(PRESETS["calm-day"], 1);
    const seen = simulateTruth(options, {
      metaorder: (order) => orders.push(order),
      step: ({ bid, ask }) => mids.push(Math.log((bid + ask) / 2)),
    });
    expect(seen).toEqual(simulateTruth(options));
    expect(orders.length).toBeGreaterThan(50);
    expect(new Set(orders.map(({ side }) => side))).toEqual(new Set(["buy", "sell"]));
    const between = orders.filter((order) => order.from > from);
    for (const order of between) {
      const [first, last] = [order.from, order.to].map((at) => (at - from) / 100_000);
      expect(order.logMove).toBeCloseTo(mids[last! - 1]! - mids[first! - 1]!, 9);
      // Parts come at an even pace.
      expect((last! - 1 - first!) % Math.max(1, order.parts - 1)).toBe(0);
      expect(order.sizeUsd).toBeGreaterThan(0);
    }
    const sent = orders.reduce((sum, { sizeUsd }) => sum + sizeUsd, 0);
    const traded = [...seen.minutes.boughtUsd, ...seen.minutes.soldUsd];
    expect(sent).toBeLessThan(traded.reduce((sum, usd) => sum + usd, 0));
  });

  test("gives fresh noise, or a nudge, on the same accounts and news", () => {
    const options = { seed: 3, minutes: 30 };
    const plain = simulateTruth(options);
    for (const change of [{ noiseSeed: 4 }, { nudge: true }]) {
      const other = simulateTruth({ ...options, ...change });
      expect(other.news).toEqual(plain.news);
      expect(other.accounts.map(({ entryUsd, stopUsd }) => [entryUsd, stopUsd])).toEqual(
        plain.accounts.map(({ entryUsd, stopUsd }) => [entryUsd, stopUsd]),
      );
      expect(other.minutes.midUsd).not.toEqual(plain.minutes.midUsd);
    }
    // The nudge comes 20 s before the news: what was before is the same.
    const nudged = simulateTruth({ ...options, nudge: true });
    expect(nudged.minutes.midUsd.slice(0, 19)).toEqual(plain.minutes.midUsd.slice(0, 19));
  });

  test("prints at most one forced order a second when it is told to", async () => {
    const minutes = 30;
    const throttled = simulate({ seed: 1, minutes, throttlePrints: true });
    const prints = await rowsOf(throttled, "liquidations");
    const seconds = prints.map((print) => Math.floor(numberIn(print, "tsEvent") / 1e6));
    expect(new Set(seconds).size).toBe(seconds.length);
    const all = await rowsOf(simulate({ seed: 1, minutes }), "liquidations");
    const allSeconds = new Set(all.map((print) => Math.floor(numberIn(print, "tsEvent") / 1e6)));
    expect(new Set(seconds)).toEqual(allSeconds);
    const lots = (rows: typeof prints): number =>
      rows.reduce((sum, row) => sum + numberIn(row, "size"), 0);
    expect(lots(prints)).toBeLessThan(lots(all));
  });

  test("records no liquidation when there are none", async () => {
    const calm = simulate({ seed: 1, minutes: 2 });
    expect(await rowsOf(calm, "liquidations")).toEqual([]);
    expect(calm.truth.forcedSoldUsd).toBe(0);
  });

  test.each([0, 1.5, 10_081, Number.NaN])("refuses %d minutes", (minutes) => {
    expect(() => simulate({ seed: 1, minutes })).toThrow(ConfigError);
  });

  test("refuses a preset that there is not, naming those that there are", () => {
    const preset = "crash" as never;
    expect(() => simulate({ seed: 1, preset })).toThrow(/no preset "crash"/u);
  });

  test("gives up on a market that comes apart", () => {
    const news = [{ ...SHORT.market!.value!.news![0]!, dropFrom: 0.9, dropTo: 0.95 }];
    const market = { ...SHORT.market, value: { annualVolatility: 0.5, burstSigma: 0, news } };
    expect(() => simulateTruth({ seed: 1, minutes: 30, market })).toThrow(/come apart/u);
  });
});
