/**
 * The impact of forced orders on simulated days, as truths state it, from more draws than the default of `aftershock simulate`. Prints the table of
 * packages/simulator/README.md.
 *
 *     node --conditions=@aftershock/source test/validation/impactFigures.ts [--days crash-hour:1,crash-hour:2,short-squeeze:1] [--draws 16]
 *
 * A draw of an hour of a crash takes about 3 s of CPU time.
 */
import { parseArgs } from "node:util";
import {
  type Estimate,
  type ImpactState,
  type LagEstimate,
  measureImpact,
  presetOf,
} from "@aftershock/simulator";

const { values } = parseArgs({
  options: {
    days: { type: "string", default: "crash-hour:1,crash-hour:2,short-squeeze:1" },
    draws: { type: "string", default: "16" },
  },
});

const BPS = 1e4;

/** A figure and its error with so many decimals, times a factor. */
function told({ value, standardError }: Estimate, decimals: number, factor = 1): string {
  return `${(factor * value).toFixed(decimals)} ± ${(factor * standardError).toFixed(decimals)}`.replace(
    /^-/,
    "−",
  );
}

const row = (cells: readonly string[]): void => console.log(`| ${cells.join(" | ")} |`);

/** Figures at all lags, a dash where one cannot be told. */
const atLags = (
  lags: readonly number[],
  found: readonly LagEstimate[],
  decimals: number,
  factor: number,
): readonly string[] =>
  lags.map((lag) => {
    const own = found.find(({ lagSeconds }) => lagSeconds === lag);
    return own === undefined ? "–" : told(own, decimals, factor);
  });

const shapeOf = ({ state, depthUsd, peak, decaySeconds }: ImpactState): string =>
  `${state}: depth ${told(depthUsd, 2, 1e-6)} M USD a side within 25 bps; peak ${told(peak, 1, BPS)} bps after ${peak.lagSeconds} s; then falls to 1/e in ` +
  (decaySeconds === undefined ? "a time that cannot be told" : `${told(decaySeconds, 0)} s`);

for (const name of values.days.split(",")) {
  const [preset = "", seed = ""] = name.trim().split(":");
  if (!/^\d+$/.test(seed)) throw new Error(`"${name}" is no PRESET:SEED`);
  const { states, parameters, lagSeconds, draws } = measureImpact(
    { preset: presetOf(preset).name, seed: Number(seed) },
    Number(values.draws),
  );
  console.log(`\n${preset}, seed ${seed}, ${draws} draws\n`);
  row(["after", ...lagSeconds.map((lag) => (lag < 60 ? `${lag} s` : `${lag / 60} min`))]);
  row(["---", ...lagSeconds.map(() => "---")]);
  for (const { state, sizes } of states) {
    for (const { sizeUsd, response, bought, sold } of sizes) {
      const what = `${state}, ${sizeUsd / 1e6} M USD, bps`;
      row([what, ...atLags(lagSeconds, response, 1, BPS)]);
      if (sizeUsd !== parameters.referenceSizeUsd) continue;
      row([`${what}: bought`, ...atLags(lagSeconds, bought, 1, BPS)]);
      row([`${what}: sold`, ...atLags(lagSeconds, sold, 1, BPS)]);
    }
  }
  row(["slope in calm, bps a M USD", ...atLags(lagSeconds, parameters.slopePerUsd, 2, BPS * 1e6)]);
  row(["exponent of size in calm", ...atLags(lagSeconds, parameters.sizeExponent, 2, 1)]);
  row(["power of depth, calm to stress", ...atLags(lagSeconds, parameters.depthPower, 2, 1)]);
  console.log(`\n${states.map(shapeOf).join("\n")}`);
}
