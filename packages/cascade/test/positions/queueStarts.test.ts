import { micros } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { type ForcedPrint, printedFlow, type RuleSet } from "../../src/index.ts";
import { liquidationMarks } from "../../src/positions/liquidationMarks.ts";
import { queueStarts } from "../../src/positions/queueStarts.ts";
import { PERPETUAL, populationOf, RULES, STEP } from "../counterfactual/world.ts";
import { recordOf } from "./recordedWorld.ts";

/** Everything at once: no throttle, and a taken account is closed whole. */
const AT_ONCE: RuleSet = { ...RULES, throttlePerSecond: undefined };

/** Longs closed in a step, a coin of 10 dollars a lot. */
const printAt = (step: number, lots: number): ForcedPrint => ({
  at: micros((step + 1) * STEP),
  side: -1,
  lots,
  notional: lots * 10,
  method: "market",
  account: undefined,
});

/** For each step of a record the one in which its queue began. */
function startsOf(
  rules: RuleSet,
  prints: readonly ForcedPrint[],
  { at, mark }: Readonly<Record<"at" | "mark", Float64Array>>,
): readonly number[] {
  const { kappa } = printedFlow([]);
  const marks = liquidationMarks(rules, { at, mark });
  return [...queueStarts({ instrument: PERPETUAL, rules, prints, kappa, at, ...marks })];
}

describe("the queue of a throttled engine", () => {
  it("began with the first of the steps in which all was sent that the throttle lets through", () => {
    const { columns } = recordOf(
      Array.from({ length: 8 }, () => 100_000),
      { rules: RULES, population: populationOf([]) },
    );
    const [at, mark] = [columns.column("at"), columns.column("mark")];
    // 20,000 dollars a step: two coins at 10,000.
    const prints = (
      [
        [2, 2_000],
        [3, 1_900],
        [4, 500],
        [6, 2_000],
      ] as const
    ).map(([step, lots]) => printAt(step, lots));
    expect(startsOf(RULES, prints, { at, mark })).toEqual([0, 1, 2, 2, 2, 5, 6, 6]);
    expect(startsOf(AT_ONCE, prints, { at, mark })).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("goes on over steps that the record lacks", () => {
    const whole = recordOf(
      Array.from({ length: 40 }, () => 100_000),
      { rules: RULES, population: populationOf([]) },
    );
    // The book had an empty side from the sixth step to the thirtieth: nobody knows a price there, and hardly anything is sold.
    const isThere = (_: number, step: number): boolean => step < 5 || step >= 30;
    const [at, mark] = [
      whole.columns.column("at").filter(isThere),
      whole.columns.column("mark").filter(isThere),
    ];
    const prints = [2, 3, 4, 17, 30, 31].map((step) => printAt(step, 2_000));
    const starts = startsOf(RULES, prints, { at, mark });
    // Steps 30 and 31 are the sixth and seventh of the record.
    expect(starts.slice(0, 9)).toEqual([0, 1, 2, 2, 2, 2, 2, 2, 8]);
  });

  it("goes on while a breaker stops liquidations", () => {
    const breaker = {
      move: 0.05,
      withinSeconds: 1,
      pauseSeconds: 0.2,
      stops: "liquidations",
    } as const;
    const rules = { ...AT_ONCE, breaker };
    const { columns } = recordOf([100_000, 90_000, 90_000, 90_000, 90_000], {
      rules,
      population: populationOf([]),
    });
    const [at, mark] = [columns.column("at"), columns.column("mark")];
    const marks = liquidationMarks(rules, { at, mark });
    expect([...marks.pace]).toEqual([1, 0, 0, 1, 1]);
    expect(startsOf(rules, [], { at, mark })).toEqual([0, 1, 1, 1, 4]);
  });
});
