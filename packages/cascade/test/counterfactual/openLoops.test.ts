import { describe, expect, it } from "vitest";
import { AnsweredPath, type SharedStep } from "../../src/counterfactual/answeredPath.ts";
import { type EngineFigures, EngineRun } from "../../src/counterfactual/engineRun.ts";
import { MarkResponse, RebuiltMark } from "../../src/counterfactual/markResponse.ts";
import { OpenLoops } from "../../src/counterfactual/openLoops.ts";
import type { RuleSet } from "../../src/rules/ruleSet.ts";
import { longs, populationOf, responses, RULES, stepsOf, TICK } from "./world.ts";

/** A fall of 12 % in 20 s and half of it back, during which the record's engine sells for 30,000 a step. */
const MIDS = Array.from({ length: 500 }, (_, i) =>
  i < 50 ? 100_000 : i < 250 ? 100_000 - (i - 50) * 60 : 88_000 + (i - 250) * 20,
);
const mark = { of: "v BTCUSDT", sampleSeconds: "continuous" } as const;
const recordedMark = new RebuiltMark(RULES.mark, mark);
const STEPS = stepsOf(MIDS).map((step): SharedStep => {
  const mid = (step.bid + step.ask) / 2;
  const logMid = Math.log(mid);
  const quoteMid = mid * TICK;
  const rebuiltMark = recordedMark.at(step.at, quoteMid, step.index);
  return { ...step, mid, quoteMid, logMid, logMedian: logMid, rebuiltMark };
});
const RECORDED_FLOW = MIDS.map((_, i) => (i >= 50 && i < 250 ? -30_000 : 0));
const population = populationOf(longs(60, 400));
const SETS: readonly RuleSet[] = [
  RULES,
  { ...RULES, maintenanceFactor: 2 },
  { ...RULES, mark: { kind: "oracle" } },
  { ...RULES, liquidates: false },
];

describe("OpenLoops", () => {
  it("run each engine as it would run by itself, on a path that no engine's flow moves", () => {
    for (const response of responses()) {
      const common = { population, response, mark, startPrice: 10_000, tick: TICK };
      const all = new OpenLoops({ ...common, rules: SETS });
      for (const [i, step] of STEPS.entries()) all.step(step, RECORDED_FLOW[i] ?? 0);
      const alone = SETS.map((rules): EngineFigures => {
        const path = new AnsweredPath(response, TICK);
        const engine = new EngineRun(rules, population, 10_000);
        const marks = new MarkResponse(new RebuiltMark(rules.mark, mark));
        for (const [i, step] of STEPS.entries()) {
          if (!path.take(step)) break;
          path.mark = marks.take(step.at, step, path);
          engine.step(path);
          path.answer(step, RECORDED_FLOW[i] ?? 0, 0);
        }
        return engine.figures;
      });
      expect(all.figures).toEqual(alone);
      const [same, harsh, , none] = all.figures;
      expect(harsh?.liquidated).toBeGreaterThan(same?.liquidated ?? Infinity);
      expect(none?.liquidated).toBe(0);
    }
  });
});
