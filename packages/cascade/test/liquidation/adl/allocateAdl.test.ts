import { decimal, type Instrument } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import {
  adlCandidateOf,
  allocateByQueue,
  allocateInTurn,
  allocateMinMax,
  allocateMirrorDescent,
  allocateProRata,
  byEquity,
  byProfit,
  Currency,
  Ledger,
  markOverEntryTimesLeverage,
  Marks,
  profitTimesEffectiveLeverage,
} from "../../../src/index.ts";
import type { MarginModel } from "../../../src/margin/marginModel.ts";
import { candidateOf } from "./candidates.ts";

const SIZES = [10, 10, 20, 30, 20, 10];
const SCORES = [3, 6, 1, 4, 5, 2];
const longs = SIZES.map((lots, i) => candidateOf({ account: i + 1, lots }));
const given = {
  score: ({ account }: { account: number }) => SCORES[account - 1] ?? Number.NaN,
  unitsPerOne: 1,
};

describe("auto-deleveraging", () => {
  it("closes whom BitMEX's example closes: testnet.bitmex.com/app/autoDeleveragingExamples", () => {
    // Six longs, and a short of 20 that is liquidated: account 2 closes its 10, account 5 loses 10 of 20.
    expect(allocateByQueue({ candidates: longs, lots: 20 }, given)).toEqual({
      shares: [
        { account: 2, lots: 10 },
        { account: 5, lots: 10 },
      ],
      unfilled: 0,
    });
  });

  it("works through the queue as ranked in that example: 2, 5, 4, 1, 6, 3", () => {
    const { shares, unfilled } = allocateByQueue({ candidates: longs, lots: 105 }, given);
    expect(shares.map(({ account }) => account)).toEqual([2, 5, 4, 1, 6, 3]);
    expect(unfilled).toBe(5);
  });

  it("ranks accounts of a ledger by profit and leverage, shorts as well as longs", () => {
    const instrument: Instrument = {
      venue: "v",
      id: "v:BTCUSDT",
      symbol: "BTCUSDT",
      kind: "perpetual",
      contract: "linear",
      multiplier: 1,
      base: "BTC",
      quote: "USDT",
      settle: "USDT",
      tick: decimal("1"),
      lot: decimal("1"),
      gridSource: "table",
    };
    const ledger = new Ledger({ currency: new Currency("USDT"), instruments: [instrument] });
    const marks = new Marks(ledger);
    marks.set(0, 90);
    const [venue, early, late, thin] = ["venue", "early", "late", "thin"].map((name) =>
      ledger.open(name),
    ) as [number, number, number, number];
    for (const [account, price, cash] of [
      [early, 120, 60],
      [late, 100, 80],
      [thin, 100, 20],
    ] as const) {
      ledger.deposit(account, cash * 1e6);
      ledger.exchange({ buyer: venue, seller: account, instrument: 0, lots: 2, price });
    }
    const margin: MarginModel = {
      equity: (account) => ledger.cash(account) + ledger.valueUnits(0, ledger.lots(account, 0), 90),
      maintenance: () => 1e6,
      initial: () => 2e6,
    };
    const candidates = [early, late, thin].map((account) => {
      const candidate = adlCandidateOf({ ledger, marks, margin }, account, 0);
      if (candidate === undefined) throw new Error("no position");
      return candidate;
    });
    // Early: profit 60 of 240 sold, equity 120. Late: 20 of 200, equity 100. Thin: 20 of 200, equity 40.
    expect(candidates[0]).toEqual({
      account: early,
      lots: -2,
      entryValue: -240e6,
      markValue: -180e6,
      equity: 120e6,
      wallet: 60e6,
      maintenance: 1e6,
      bankruptValue: -300e6,
    });
    const orderBy = (score: typeof profitTimesEffectiveLeverage): readonly number[] =>
      allocateByQueue({ candidates, lots: 6 }, { score, unitsPerOne: 1e6 }).shares.map(
        ({ account }) => account,
      );
    // Scores 0.25 × 1.5, 0.1 × 1.8, 0.1 × 4.5.
    expect(orderBy(profitTimesEffectiveLeverage)).toEqual([thin, early, late]);
    // Scores 4/3 × 1.5, 10/9 × 1.8, 10/9 × 4.5: early and late tie, and the lower account is first.
    expect(orderBy(markOverEntryTimesLeverage)[0]).toBe(thin);
    expect(adlCandidateOf({ ledger, marks, margin }, ledger.open(), 0)).toBeUndefined();
  });

  it("pro-rata closes everyone by the same share, and leaves no lot over", () => {
    expect(allocateProRata({ candidates: longs, lots: 50 }).shares).toEqual(
      SIZES.map((lots, i) => ({ account: i + 1, lots: lots / 2 })),
    );
    // 33 of 100: the largest remainders are those of 9.9 and of the two 6.6.
    expect(allocateProRata({ candidates: longs, lots: 33 }).shares.map(({ lots }) => lots)).toEqual(
      [3, 3, 7, 10, 7, 3],
    );
  });

  it("weights by profit or equity, gives nobody more than it holds, and turns to those of no weight last", () => {
    const candidates = [
      candidateOf({ account: 1, lots: 5, entryValue: 10, markValue: 100, equity: 30 }),
      candidateOf({ account: 2, lots: 50, entryValue: 70, markValue: 100, equity: 60 }),
      candidateOf({ account: 3, lots: 50, entryValue: 150, markValue: 100, equity: -10 }),
    ];
    const lotsBy = (lots: number, weight = byProfit): readonly [number, number][] =>
      allocateProRata({ candidates, lots }, { weight }).shares.map(({ account, lots: closed }) => [
        account,
        closed,
      ]);
    expect(lotsBy(4)).toEqual([
      [1, 3],
      [2, 1],
    ]);
    expect(lotsBy(30)).toEqual([
      [1, 5],
      [2, 25],
    ]);
    expect(lotsBy(60)).toEqual([
      [1, 5],
      [2, 50],
      [3, 5],
    ]);
    expect(lotsBy(9, byEquity)).toEqual([
      [1, 3],
      [2, 6],
    ]);
  });

  it("min-max spares the one for whom a lot is the largest burden", () => {
    const candidates = [1, 2, 10].map((profit, i) =>
      candidateOf({ account: i + 1, lots: 10, entryValue: 100 - profit, markValue: 100 }),
    );
    // Largest remainders give the smallest winner a lot, which is its whole profit; min-max gives it none.
    const lots = 12;
    expect(allocateProRata({ candidates, lots }, { weight: byProfit }).shares).toEqual([
      { account: 1, lots: 1 },
      { account: 2, lots: 2 },
      { account: 3, lots: 9 },
    ]);
    expect(allocateMinMax({ candidates, lots: 4 }).shares).toEqual([{ account: 3, lots: 4 }]);
    expect(allocateMinMax({ candidates, lots: 6 }).shares).toEqual([
      { account: 2, lots: 1 },
      { account: 3, lots: 5 },
    ]);
  });

  it("mirror descent without a gradient closes in proportion to squared sizes", () => {
    const candidates = [1, 2, 3].map((size) => candidateOf({ account: size, lots: size * 100 }));
    expect(allocateMirrorDescent({ candidates, lots: 140 }).shares).toEqual([
      { account: 1, lots: 10 },
      { account: 2, lots: 40 },
      { account: 3, lots: 90 },
    ]);
  });

  it("takes dYdX's counterparties in turn from where the draw says, passing over those who cannot", () => {
    const request = { candidates: longs, lots: 45 };
    expect(allocateInTurn(request, { startAt: 4 })).toEqual({
      shares: [
        { account: 5, lots: 20 },
        { account: 6, lots: 10 },
        { account: 1, lots: 10 },
        { account: 2, lots: 5 },
      ],
      unfilled: 0,
    });
    const canClose = ({ account }: { account: number }) => account !== 6;
    expect(allocateInTurn(request, { startAt: 4, atMost: 3, canClose })).toEqual({
      shares: [
        { account: 5, lots: 20 },
        { account: 1, lots: 10 },
      ],
      unfilled: 15,
    });
    expect(() => allocateInTurn(request, { startAt: 6 })).toThrow(/no candidate 6 among 6/);
    expect(allocateInTurn({ candidates: [], lots: 3 }, { startAt: 0 }).unfilled).toBe(3);
  });

  it("refuses half lots, both sides, an account twice, and values and scores that are no numbers", () => {
    const one = candidateOf({ account: 1 });
    const refused: readonly [Parameters<typeof allocateProRata>[0], RegExp][] = [
      [{ candidates: [one], lots: 0.5 }, /0.5 lots cannot be taken over/],
      [{ candidates: [one], lots: -1 }, /-1 lots/],
      [{ candidates: [{ ...one, lots: 1.5 }], lots: 1 }, /account 1 cannot hold 1.5/],
      [{ candidates: [one, candidateOf({ account: 2, lots: -1 })], lots: 1 }, /other side/],
      [{ candidates: [one, one], lots: 1 }, /account 1 is there twice/],
      [{ candidates: [{ ...one, markValue: Number.NaN }], lots: 1 }, /no number/],
      [
        { candidates: [1, 2].map((account) => candidateOf({ account, lots: 2 ** 52 })), lots: 1 },
        /2\^53/,
      ],
    ];
    for (const [request, message] of refused) {
      expect(() => allocateProRata(request)).toThrow(message);
      expect(() => allocateMirrorDescent(request)).toThrow(message);
      expect(() => allocateInTurn(request, { startAt: 0 })).toThrow(message);
      expect(() =>
        allocateByQueue(request, { score: profitTimesEffectiveLeverage, unitsPerOne: 1 }),
      ).toThrow(message);
    }
    const wrong = { score: () => Number.NaN, unitsPerOne: 1 };
    expect(() => allocateByQueue({ candidates: [one], lots: 1 }, wrong)).toThrow(/no score/);
    const weight = () => -1;
    expect(() => allocateProRata({ candidates: [one], lots: 1 }, { weight })).toThrow(
      /weight of -1/,
    );
  });
});
