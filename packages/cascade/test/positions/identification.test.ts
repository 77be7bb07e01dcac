import { describe, expect, it } from "vitest";
import {
  EVERY_PRINT,
  type EngineFigures,
  type ForcedFlow,
  type Identification,
  identifiedFigure,
  pinnedPositions,
  printedFlow,
  type RuleSet,
  type ShadowPrior,
  snapshotPositions,
  UNKNOWN_FLOW,
  worstIdentification,
} from "../../src/index.ts";
import { longs, PERPETUAL, populationOf, RULES } from "../counterfactual/world.ts";
import { gapOf, type KnownRecord, pinned, recordOf, uniform } from "./recordedWorld.ts";

const FALL = Array.from({ length: 300 }, (_, i) => 100_000 - 40 * Math.min(i, 200));
const RECORD: KnownRecord = recordOf(FALL, {
  rules: RULES,
  population: populationOf(longs(30, 2_000)),
});

const MARKS: EngineFigures = {
  ...gapOf(RECORD, { rules: RULES, population: populationOf([]) }).figures,
};
const seen = (change: Partial<EngineFigures>): EngineFigures => ({ ...MARKS, ...change });

describe("what a record identifies", () => {
  const { identify } = pinned(RECORD, RULES);
  const of = (change: Partial<RuleSet>, marks: Partial<EngineFigures> = {}): Identification =>
    identify({ ...RULES, ...change }, { recorded: MARKS, changed: seen(marks) });

  it("is the answer to milder rules whose marks stay within those of the record", () => {
    expect(MARKS).toMatchObject({ lowestMark: 9_200, highestMark: 10_000 });
    const milder: readonly Partial<RuleSet>[] = [
      {},
      { maintenanceFactor: 0.5 },
      { markTwapSeconds: 30 },
      { liquidates: false },
      { throttlePerSecond: 1_000 },
      { insuranceFund: 0 },
    ];
    for (const change of milder) expect(of(change)).toEqual({ identified: "estimate" });
    expect(of({}, { lowestMark: 9_300, highestMark: 9_999 })).toEqual({ identified: "estimate" });
  });

  it("is a bound where marks go beyond those of the record, on either side", () => {
    expect(of({}, { lowestMark: 9_199.9 })).toEqual({
      identified: "bound",
      why: ["markBeyondRecord"],
    });
    expect(of({}, { highestMark: 10_000.1 })).toEqual({
      identified: "bound",
      why: ["markBeyondRecord"],
    });
  });

  it("is a bound under rules that ask for more margin, for all or at times", () => {
    expect(of({ maintenanceFactor: 1.01 })).toEqual({ identified: "bound", why: ["higherMargin"] });
    const trigger = { kind: "ratio", threshold: 1.1, withLiquidationFee: false } as const;
    expect(of({ liquidation: { ...RULES.liquidation, trigger } })).toMatchObject({
      why: ["higherMargin"],
    });
    const volatilityMargin = {
      halfLifeSeconds: 60,
      referenceVolatility: 1,
      least: 0.5,
      most: 2,
      everySeconds: 1,
    };
    expect(of({ volatilityMargin })).toEqual({ identified: "bound", why: ["marginByVolatility"] });
    expect(of({ volatilityMargin: { ...volatilityMargin, most: 1 } })).toEqual({
      identified: "estimate",
    });
  });

  it("has a middle only where it is an estimate: a bound says on which side the rest lies", () => {
    const figure = { low: 1, mid: 2, high: 3 };
    expect(identifiedFigure({ identified: "estimate" }, figure, "higher")).toEqual({
      identified: "estimate",
      ...figure,
    });
    const bound: Identification = { identified: "bound", why: ["higherMargin"] };
    expect(identifiedFigure(bound, figure, "higher")).toEqual({
      ...bound,
      atLeast: 1,
      atMost: undefined,
    });
    expect(identifiedFigure(bound, figure, "lower")).toEqual({
      ...bound,
      atLeast: undefined,
      atMost: 3,
    });
    const either = identifiedFigure(bound, figure, "either");
    expect(either).toEqual({ ...bound, atLeast: undefined, atMost: undefined });
    if (either.identified === "bound") {
      // @ts-expect-error -- a bound has no middle that could be shown.
      expect(either.mid).toBeUndefined();
    }
  });

  it("is for several draws together what the worst of them is, with every reason once", () => {
    const bound = (...why: ("higherMargin" | "markBeyondRecord")[]): Identification => ({
      identified: "bound",
      why,
    });
    expect(worstIdentification([{ identified: "estimate" }, { identified: "estimate" }])).toEqual({
      identified: "estimate",
    });
    expect(
      worstIdentification([
        bound("markBeyondRecord"),
        { identified: "estimate" },
        bound("higherMargin", "markBeyondRecord"),
      ]),
    ).toEqual(bound("higherMargin", "markBeyondRecord"));
  });
});

describe("positions that were never liquidated", () => {
  const prior: ShadowPrior = {
    openInterest: 3_000_000,
    leveragedLongs: 0.5,
    leveragedShorts: 0.25,
    leverages: [
      { leverage: 10, weight: 1 },
      { leverage: 20, weight: 2 },
    ],
    entrySpread: 0.02,
    source: "a made-up prior of this test",
  };
  const withShadow = (shadow: ShadowPrior = prior) =>
    pinnedPositions({
      instrument: PERPETUAL,
      rules: RULES,
      columns: RECORD.columns,
      flow: printedFlow(RECORD.prints),
      uniform,
      lagMicros: 0,
      shadow,
    });

  it("are what of the open interest is leveraged and not pinned, to the lot", () => {
    const { plan } = withShadow();
    const [printed, shadows] = [true, false].map((isPin) =>
      plan(0).filter(({ name }) => name.startsWith("pin") === isPin),
    );
    const sum = (of: typeof shadows = [], side: number): number =>
      of.reduce((all, { lots }) => all + Math.max(0, side * lots), 0);
    // A lot is worth 10 at the first mark.
    expect(sum(printed, 1) + sum(shadows, 1)).toBe(150_000);
    expect(sum(shadows, -1)).toBe(75_000);
  });

  it("have triggers beyond all marks of the record, and are not closed on it", () => {
    const { plan, population } = withShadow();
    const shadows = plan(0).filter(({ name }) => name.startsWith("shadow"));
    expect(shadows.length).toBeGreaterThan(20);
    for (const { lots, trigger } of shadows) {
      if (lots > 0) expect(trigger).toBeLessThan(92_000);
      else expect(trigger).toBeGreaterThan(100_000);
    }
    const [with_, without] = [population(0), pinned(RECORD, RULES).population(0)].map((of) =>
      gapOf(RECORD, { rules: RULES, population: of }),
    );
    expect(with_?.engineSold).toBe(without?.engineSold);
    expect(with_?.figures.liquidated).toBe(without?.figures.liquidated);
  });

  it("are closed where margin is higher, and the answer is then a bound", () => {
    const { population, identify } = withShadow();
    const rules = { ...RULES, maintenanceFactor: 3 };
    const harsher = gapOf(RECORD, { rules, population: population(0) });
    const recorded = gapOf(RECORD, { rules: RULES, population: population(0) });
    expect(harsher.engineSold).toBeGreaterThan(1.1 * recorded.engineSold);
    expect(identify(rules, { recorded: recorded.figures, changed: harsher.figures })).toMatchObject(
      {
        identified: "bound",
      },
    );
  });

  const shadowsOf = (flow: ForcedFlow, shadow: ShadowPrior) =>
    pinnedPositions({
      instrument: PERPETUAL,
      rules: RULES,
      columns: RECORD.columns,
      flow,
      uniform,
      lagMicros: 0,
      shadow,
    });

  it("come in positions of the stated size, and in fewer larger ones where those were too many", () => {
    const lots = (shadow: ShadowPrior): readonly number[] =>
      withShadow(shadow)
        .plan(0)
        .flatMap((one) => (one.name.startsWith("shadow") ? [Math.abs(one.lots)] : []));
    const whole = lots(prior);
    const sized = lots({ ...prior, accountNotional: 1_000 });
    const all = (of: readonly number[]): number => of.reduce((sum, one) => sum + one, 0);
    expect(all(sized)).toBe(all(whole));
    // A lot is worth 10 at the first mark.
    expect(all(sized) / sized.length).toBeCloseTo(100, -1);
    expect(Math.max(...sized)).toBeLessThan(200);
    const most = lots({ ...prior, accountNotional: 0.01 });
    expect(all(most)).toBe(all(whole));
    expect(most.length).toBeGreaterThan(9_500);
    expect(most.length).toBeLessThan(10_500);
    expect(() => withShadow({ ...prior, accountNotional: 0 })).toThrow(/prior of leverage/);
  });

  it("are without prints those whom the record has not liquidated by the prior either, and a bound under any rules", () => {
    const { plan, counts, identify, assumptions, evidence } = shadowsOf(UNKNOWN_FLOW, prior);
    expect(evidence).toBe("nothing");
    expect(counts).toMatchObject({ pins: 0, shadows: plan(0).length });
    const sum = (side: number): number =>
      plan(0).reduce((all, { lots }) => all + Math.max(0, side * lots), 0);
    // Some of the longs had triggers that the fall of 8 % reached.
    expect(sum(1)).toBeLessThan(140_000);
    expect(sum(1)).toBeGreaterThan(30_000);
    expect(sum(-1)).toBe(75_000);
    for (const rules of [RULES, { ...RULES, maintenanceFactor: 0.5 }]) {
      expect(identify(rules, { recorded: MARKS, changed: MARKS })).toEqual({
        identified: "bound",
        why: ["unknownFlow"],
      });
    }
    expect(assumptions.join()).toMatch(/nobody is taken to have been.*3,000,000 .* on either side/);
    expect(pinned(RECORD, RULES).evidence).toBe("prints");
  });

  it("are refused as well as pins where neither flow nor a prior says who held what", () => {
    expect(() =>
      pinnedPositions({
        instrument: PERPETUAL,
        rules: RULES,
        columns: RECORD.columns,
        flow: UNKNOWN_FLOW,
        uniform,
      }),
    ).toThrow(/neither forced flow nor a prior/);
  });

  it("leave pins of estimated flow a bound, for milder rules and the recorded ones too", () => {
    const flow = {
      kind: "estimate",
      prints: RECORD.prints,
      kappa: EVERY_PRINT,
      assumptions: ["Forced flow is an estimate."],
    } as const;
    const { identify, assumptions, evidence, counts } = shadowsOf(flow, prior);
    expect(evidence).toBe("estimate");
    expect(counts.pins).toBeGreaterThan(0);
    expect(assumptions.join()).toMatch(/pinned from estimated forced flow.*is an estimate/);
    const milder = { ...RULES, maintenanceFactor: 0.5 };
    expect(identify(milder, { recorded: MARKS, changed: MARKS })).toEqual({
      identified: "bound",
      why: ["estimatedFlow"],
    });
    expect(
      identify({ ...RULES, maintenanceFactor: 2 }, { recorded: MARKS, changed: MARKS }),
    ).toMatchObject({ why: ["estimatedFlow", "higherMargin"] });
  });

  it("are named as a prior, and refused where they say what cannot be", () => {
    expect(withShadow().assumptions.join()).toMatch(/a prior \(a made-up prior of this test\)/);
    expect(() => withShadow({ ...prior, leverages: [] })).toThrow(/prior of leverage/);
    expect(() => withShadow({ ...prior, leveragedLongs: 2 })).toThrow(/prior of leverage/);
  });
});

describe("positions of a snapshot", () => {
  const rows = [
    {
      account: "a",
      instrument: 0,
      lots: 5_000,
      entryPrice: 10_000,
      markPrice: undefined,
      accountValue: 4_000,
      leverage: undefined,
    },
    {
      account: "b",
      instrument: 0,
      lots: -2_000,
      entryPrice: 10_100,
      markPrice: 10_000,
      accountValue: undefined,
      leverage: 8,
    },
    {
      account: "c",
      instrument: 0,
      lots: 700,
      entryPrice: 10_000,
      markPrice: 10_000,
      accountValue: undefined,
      leverage: undefined,
    },
  ];

  it("are its accounts with what they were worth, against the rest of the world", () => {
    const source = snapshotPositions({
      instrument: PERPETUAL,
      rows,
      mark: 10_000,
      closings: [
        { account: "b", at: 7 },
        { account: "x", at: 8 },
      ],
    });
    const { ledger, world, fund, closings } = source.population(0)(RULES);
    expect(source.population(3)).toBe(source.population(0));
    expect(ledger.lots(world, 0)).toBe(-3_000);
    expect(ledger.currency.amount(ledger.cash(fund))).toBe(RULES.insuranceFund);
    expect(source.accounts.skipped).toEqual([{ name: "c", why: "noWorth" }]);
    expect(closings).toMatchObject([{ at: 7 }]);
    ledger.check();
    expect(source.assumptions.join()).toMatch(/1 accounts are left out/);
  });

  it("give estimates under any rules, as those who would be liquidated are among them", () => {
    const { identify, population } = snapshotPositions({
      instrument: PERPETUAL,
      rows,
      mark: 10_000,
    });
    const changed = seen({ lowestMark: 1 });
    expect(identify({ ...RULES, maintenanceFactor: 9 }, { recorded: MARKS, changed })).toEqual({
      identified: "estimate",
    });
    expect(gapOf(RECORD, { rules: RULES, population: population(0) }).engineSold).toBeGreaterThan(
      0,
    );
  });
});
