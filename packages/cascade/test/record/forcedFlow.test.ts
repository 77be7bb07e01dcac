import { micros } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import {
  EVERY_PRINT,
  estimateForcedFlow,
  type ForcedPrint,
  kappaAt,
  kappaOf,
  printedFlow,
  RecordColumns,
} from "../../src/index.ts";
import { PERPETUAL, STEP } from "../counterfactual/world.ts";
import { at, ruleOf } from "../shipped.ts";

/** A step of a record with what takers did in it, quote currency. */
interface TradedStep {
  readonly mid: number;
  readonly bought?: number;
  readonly sold?: number;
  readonly open?: number;
  readonly depth?: number;
}

const columnsOf = (
  steps: readonly (TradedStep | undefined)[],
  micro: number = STEP,
): RecordColumns => {
  const columns = new RecordColumns();
  steps.forEach((step, i) => {
    if (step === undefined) return;
    const { mid, bought = 0, sold = 0, open = Number.NaN, depth = 1e6 } = step;
    const price = mid * 0.1;
    columns.take(
      {
        at: micros((i + 1) * micro),
        bid: mid - 1,
        ask: mid + 1,
        mark: price,
        index: price,
        bidDepth: depth,
        askDepth: depth,
      },
      { taken: bought - sold, traded: bought + sold, printed: 0, bought, sold, openInterest: open },
    );
  });
  return columns;
};

const printAt = (time: number, signed: number): ForcedPrint => ({
  at: micros(time),
  side: signed > 0 ? 1 : -1,
  lots: Math.max(1, Math.round(Math.abs(signed))),
  notional: Math.abs(signed),
  method: "market",
  account: undefined,
});

describe("the share of liquidations that a feed prints", () => {
  it("is that of the venue's dated rule, with its doubts", () => {
    const before = kappaOf(
      ruleOf("binance-usdm", { symbol: "BTCUSDT", part: "prints", at: at("2021-04-18") }),
      "Binance",
    );
    expect(before).toMatchObject({ low: 1, mid: 1, high: 1, everySeconds: undefined });
    expect(before.doubts.join()).toMatch(/not verified/);
    const after = kappaOf(
      ruleOf("binance-usdm", { symbol: "BTCUSDT", part: "prints", at: at("2021-05-19") }),
      "Binance",
    );
    expect(after).toMatchObject({ low: 1, high: 6.3, everySeconds: 1 });
    expect(after.mid).toBeCloseTo(2.51, 3);
    // Bybit's own total of 2025-02-03 was 6.3 times that of its feed; since then it has a feed of all.
    const bybit = (on: string): unknown =>
      kappaOf(ruleOf("bybit", { symbol: "BTCUSDT", part: "prints", at: at(on) }), "Bybit").high;
    expect([bybit("2025-02-03"), bybit("2025-10-10")]).toEqual([6.3, 1]);
    expect(
      kappaOf(
        ruleOf("hyperliquid", { symbol: "BTC", part: "prints", at: at("2025-10-10") }),
        "Hyperliquid",
      ).high,
    ).toBe(1);
  });

  it("is refused where no rule says it", () => {
    const rule = ruleOf("bitmex", { symbol: "XBTUSD", part: "prints", at: at("2020-03-12") });
    expect(() => kappaOf(rule, "BitMEX")).toThrow(/how much of its liquidations BitMEX printed/i);
  });

  it("runs over its band in proportion", () => {
    const band = { low: 1, mid: 2, high: 8, everySeconds: 1, doubts: [] };
    expect([0, 0.25, 0.5, 0.75, 1].map((quantile) => kappaAt(band, quantile))).toEqual([
      1,
      Math.SQRT2,
      2,
      4,
      8,
    ]);
  });
});

describe("forced flow of prints", () => {
  it("leaves out what went to a vault, a fund or a winner", () => {
    const market = printAt(1, -5);
    const flow = printedFlow([
      market,
      { ...market, method: "adl" },
      { ...market, method: "backstop" },
    ]);
    expect(flow).toEqual({ kind: "prints", prints: [market], kappa: EVERY_PRINT });
  });
});

describe("forced flow that nobody printed", () => {
  /** Ten quiet minutes, then one in which the mark falls by 3 % and takers sell ten times as much, then ten quiet ones. */
  const crash = (fallen: number, sign: 1 | -1 = 1): RecordColumns =>
    columnsOf(
      Array.from({ length: 1_260 }, (_, second) => {
        const gone = Math.min(60, Math.max(0, second - 600));
        const isCrash = second >= 600 && second < 660;
        const heavy = isCrash ? 10_000 : 1_000;
        return {
          mid: Math.round(100_000 * (1 - sign * 0.0005 * gone)),
          [sign > 0 ? "sold" : "bought"]: heavy,
          [sign > 0 ? "bought" : "sold"]: 1_000,
          open: 100 - (fallen * gone) / 60,
        };
      }),
      1_000_000,
    );

  it("is what takers trade beyond the usual at new extremes, as far as open interest falls", () => {
    const { prints, kind, assumptions } = estimateForcedFlow({
      instrument: PERPETUAL,
      columns: crash(20),
    });
    expect(kind).toBe("estimate");
    expect(assumptions).toHaveLength(3);
    expect(prints.every((one) => one.side === -1 && one.at > 600e6 && one.at <= 730e6)).toBe(true);
    const all = prints.reduce((sum, { notional }) => sum + notional, 0);
    // 20 coins of open interest at 9,700 to 10,000, less what had fallen before the move was large enough.
    expect(all).toBeGreaterThan(120_000);
    expect(all).toBeLessThan(200_000);
  });

  it("is nothing where open interest does not fall, at most the burst, and bought where the mark rises", () => {
    expect(estimateForcedFlow({ instrument: PERPETUAL, columns: crash(0) }).prints).toEqual([]);
    const all = estimateForcedFlow({ instrument: PERPETUAL, columns: crash(90) }).prints;
    expect(all.reduce((sum, { notional }) => sum + notional, 0)).toBeLessThan(60 * 9_001);
    const bought = estimateForcedFlow({ instrument: PERPETUAL, columns: crash(20, -1) }).prints;
    expect(bought.length).toBeGreaterThan(0);
    expect(bought.every(({ side }) => side === 1)).toBe(true);
  });

  it("needs open interest, or a share of bursts that is stated", () => {
    const columns = columnsOf([{ mid: 1_000 }, { mid: 900, sold: 500 }]);
    expect(() => estimateForcedFlow({ instrument: PERPETUAL, columns })).toThrow(
      /Open interest was not recorded/,
    );
    const { assumptions } = estimateForcedFlow({
      instrument: PERPETUAL,
      columns,
      shareOfBursts: 0.5,
    });
    expect(assumptions.join()).toMatch(/50 % of it, as stated/);
    expect(() => estimateForcedFlow({ instrument: PERPETUAL, columns, shareOfBursts: 2 })).toThrow(
      /a share 2 of bursts/,
    );
  });
});
