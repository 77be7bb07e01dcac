import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ADL_SCORES,
  type AdlCandidate,
  type AdlRule,
  adlScoreOf,
  markOverEntryTimesLeverage,
  openProfit,
  profitTimesAccountLeverage,
  profitTimesEffectiveLeverage,
  profitTimesLeverage,
  profitTimesMarginRatio,
} from "../../../src/index.ts";
import { candidateOf, candidatesOn } from "./candidates.ts";

const RULE: AdlRule = {
  ranking: undefined,
  triggers: [],
  price: undefined,
  priceWhenFundExhausted: undefined,
  fee: undefined,
  cancelsOrders: undefined,
  refreshSeconds: undefined,
};

// Bought at 80, marked at 100: a quarter gained. Equity 20: five times leveraged.
const LONG = candidateOf({ account: 1, entryValue: 80, markValue: 100, equity: 20, wallet: 5 });
// Sold at 125, marked at 100: a fifth gained.
const SHORT = candidateOf({
  account: 2,
  lots: -1,
  entryValue: -125,
  markValue: -100,
  equity: 20,
  wallet: -5,
});

describe("scores of auto-deleveraging", () => {
  it("are BitMEX's (support 18589621443357): profit ratio times or over effective leverage", () => {
    expect(profitTimesEffectiveLeverage(LONG, 1)).toBeCloseTo(0.25 * 5);
    expect(profitTimesEffectiveLeverage(SHORT, 1)).toBeCloseTo(0.2 * 5);
    const loser = { ...LONG, entryValue: 125 };
    expect(profitTimesEffectiveLeverage(loser, 1)).toBeCloseTo(-0.2 / 5);
    // Where only one instrument is held and equity has no haircut, OKX's is the same, and Bybit's differs in losses.
    expect(profitTimesAccountLeverage(loser, 1)).toBeCloseTo(-0.2 / 5);
    expect(profitTimesLeverage(loser, 1)).toBeCloseTo(-0.2 * 5);
    expect(profitTimesLeverage(LONG, 1)).toBeCloseTo(0.25 * 5);
  });

  it("are Binance's (FAQ 360033525471): profit over at least one of the wallet, times the margin ratio", () => {
    const one = 2;
    expect(profitTimesMarginRatio({ ...LONG, wallet: 40 }, one)).toBeCloseTo((20 / 40) * (1 / 20));
    expect(profitTimesMarginRatio({ ...LONG, wallet: 0.1 }, one)).toBeCloseTo((20 / 2) * (1 / 20));
    expect(profitTimesMarginRatio({ ...LONG, entryValue: 120 }, one)).toBe(0);
    expect(profitTimesMarginRatio({ ...LONG, equity: 0 }, one)).toBe(0);
  });

  it("are Hyperliquid's with entry over mark for shorts, so that a short with a larger gain is closed before one with a smaller", () => {
    expect(markOverEntryTimesLeverage(LONG, 1)).toBeCloseTo((100 / 80) * 5);
    expect(markOverEntryTimesLeverage(SHORT, 1)).toBeCloseTo((125 / 100) * 5);
    const luckier = { ...SHORT, entryValue: -150 };
    expect(markOverEntryTimesLeverage(luckier, 1)).toBeGreaterThan(
      markOverEntryTimesLeverage(SHORT, 1),
    );
    // An inverse long owes coins: 1/80 at entry, 1/100 at the mark.
    const inverse = { ...LONG, entryValue: -1 / 80, markValue: -1 / 100, equity: 1 / 500 };
    expect(markOverEntryTimesLeverage(inverse, 1)).toBeCloseTo((100 / 80) * 5);
  });

  it("are 0 of a loss at infinite leverage, however large: of one without an entry value and without equity too", () => {
    const lost = { account: 0, lots: 1, entryValue: 0, markValue: -1, wallet: 0, maintenance: 0 };
    for (const score of [profitTimesEffectiveLeverage, profitTimesAccountLeverage]) {
      expect(score({ ...lost, equity: 0, bankruptValue: -1 }, 1)).toBe(0);
    }
  });

  it("put winners without equity first, except Binance's, which puts them last", () => {
    const bankrupt = { ...LONG, equity: -1, bankruptValue: 101 };
    for (const [ranking, score] of Object.entries(ADL_SCORES)) {
      const last = ranking === "profitTimesMarginRatio";
      expect(score(bankrupt, 1)).toBe(last ? 0 : Number.POSITIVE_INFINITY);
    }
  });

  it("are numbers for every candidate, and rise with profit, long or short, at the same mark and equity", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<1 | -1>(1, -1).chain((side) => candidatesOn(side)),
        fc.constantFrom(...Object.values(ADL_SCORES)),
        (candidates, score) => {
          const [first] = candidates as [AdlCandidate];
          const scored = candidates.map(({ account, entryValue }) => {
            const same = { ...first, account, entryValue };
            return { profit: openProfit(same), score: score(same, 1) };
          });
          scored.sort((a, b) => a.profit - b.profit);
          scored.forEach((now, i) => {
            expect(now.score).not.toBeNaN();
            const before = scored[i - 1];
            // To the last bits: quotients of close numbers may round past each other.
            if (before !== undefined) {
              const slack = Number.isFinite(now.score) ? 1e-12 * Math.abs(now.score) : 0;
              expect(now.score).toBeGreaterThanOrEqual(before.score - slack);
            }
          });
        },
      ),
    );
  });

  it("are the same in other units of money", () => {
    fc.assert(
      fc.property(candidatesOn(1), fc.constantFrom(...Object.values(ADL_SCORES)), (some, score) => {
        for (const candidate of some) {
          const scaled = {
            ...candidate,
            entryValue: candidate.entryValue * 1024,
            markValue: candidate.markValue * 1024,
            bankruptValue: candidate.bankruptValue * 1024,
            equity: candidate.equity * 1024,
            wallet: candidate.wallet * 1024,
            maintenance: candidate.maintenance * 1024,
          };
          expect(score(scaled, 1024)).toBe(score(candidate, 1));
        }
      }),
    );
  });

  it("are chosen by a venue's rules, and refused where these name none", () => {
    const rule = { ...RULE, ranking: "profitTimesLeverage" } as const;
    expect(adlScoreOf(rule, "bybit")).toBe(profitTimesLeverage);
    expect(() => adlScoreOf(RULE, "dydx-v4")).toThrow(/dydx-v4 state no ranking/);
  });
});
