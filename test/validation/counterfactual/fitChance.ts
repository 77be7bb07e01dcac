import { cascadeChance, type ChanceCurve } from "@aftershock/strategy";
import type { ReachedCase } from "./validationTables.ts";

/** What is tried: the reach of an even chance, and widths from all but certain to all but unknown. */
const MIDDLES = Array.from({ length: 181 }, (_, i) => Number((-1 + i / 60).toFixed(4)));
const WIDTHS = Array.from({ length: 41 }, (_, i) =>
  Number((0.02 * 100 ** (i / 40)).toPrecision(4)),
);
/** No chance is counted as nearer to 0 or 1 than this. */
const LEAST = 1e-6;

/** The curve under which what happened was most likely. */
export function fitChance(
  rule: string,
  cases: readonly Pick<ReachedCase, "reach" | "happened">[],
): ChanceCurve {
  const logLikelihood = (curve: Pick<ChanceCurve, "middle" | "width">): number =>
    cases.reduce((sum, { reach, happened }) => {
      const chance = cascadeChance(curve, reach);
      return sum + Math.log(Math.max(LEAST, happened ? chance : 1 - chance));
    }, 0);
  let best = { middle: 0.5, width: 1, likelihood: Number.NEGATIVE_INFINITY };
  for (const middle of MIDDLES) {
    for (const width of WIDTHS) {
      const likelihood = logLikelihood({ middle, width });
      if (likelihood > best.likelihood) best = { middle, width, likelihood };
    }
  }
  return { rule, middle: best.middle, width: best.width, cases: cases.length };
}
