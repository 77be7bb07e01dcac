/**
 * What liquidations make of the same news: how far the price goes with them, without them, and without the accounts that could be liquidated, on the same seed,
 * value, news and crowds. Prints the table of packages/simulator/README.md.
 *
 *     node --conditions=@aftershock/source test/validation/cascadeFall.ts [--runs crash-hour:24,short-squeeze:12,depeg:4,slow-bleed:3]
 *
 * A run is a preset and how many seeds, from 1. Three markets a seed: about 2 s of CPU time for an hour of a crash, ten times as much for a long preset.
 */
import { parseArgs } from "node:util";
import { type MarketTruth, type PresetName, presetOf, simulateTruth } from "@aftershock/simulator";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "crash-hour:24,short-squeeze:12,depeg:4,slow-bleed:3" },
  },
});

/** A preset and its number of seeds. Throws ConfigError where there is no such preset, and Error where the number is none. */
function runOf(text: string): { readonly preset: PresetName; readonly seeds: number } {
  const [preset = "", seeds = ""] = text.trim().split(":");
  if (/^[1-9]\d*$/.test(seeds)) return { preset: presetOf(preset).name, seeds: Number(seeds) };
  throw new Error(`"${text}" is no PRESET:SEEDS; seeds are counted from 1`);
}

/** Which way the news of a preset go: −1 down, 1 up. */
function directionOf(preset: PresetName): -1 | 1 {
  const [first] = presetOf(preset).preset.market.value.news;
  if (first === undefined) throw new Error(`${preset} has no news: nothing crashes in it`);
  return first.dropFrom < 0 ? 1 : -1;
}

/** What one seed gives, in percent. */
interface SeedFigures {
  readonly full: number;
  readonly neverLiquidated: number;
  readonly withoutAccounts: number;
  /** Forced share of what takers traded in the direction of the crash. */
  readonly forcedShare: number;
}

/** The furthest mid from the open in the direction of the news, in percent of the open. */
const furthest = (truth: MarketTruth, direction: number): number =>
  100 * ((direction < 0 ? truth.lowUsd : truth.highUsd) / truth.openUsd - 1);

function figuresOf(preset: PresetName, seed: number, direction: number): SeedFigures {
  const full = simulateTruth({ preset, seed });
  const never = simulateTruth({ preset, seed, liquidations: false });
  const nobody = simulateTruth({ preset, seed, market: { accounts: { count: 0 } } });
  const share =
    direction < 0
      ? full.crashForcedSoldUsd / full.crashSoldUsd
      : full.crashForcedBoughtUsd / full.crashBoughtUsd;
  return {
    full: furthest(full, direction),
    neverLiquidated: furthest(never, direction),
    withoutAccounts: furthest(nobody, direction),
    forcedShare: 100 * share,
  };
}

/** Mean, and the least and the most by size, with so many decimals. */
function spread(found: readonly number[], decimals: number): string {
  const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
  const bySize = found.toSorted((a, b) => Math.abs(a) - Math.abs(b));
  const [mid, least, most] = [mean, bySize[0] ?? Number.NaN, bySize.at(-1) ?? Number.NaN].map(
    (value) => value.toFixed(decimals).replace("-", "−"),
  );
  return `${mid} (${least} … ${most})`;
}

console.log(
  "| furthest from the open, % (mean, least … most) | as it is | nobody is liquidated | no leveraged accounts | forced share of taker volume in the crash, % | further with liquidations than without |",
);
console.log("|---|---|---|---|---|---|");
for (const { preset, seeds } of values.runs.split(",").map(runOf)) {
  const direction = directionOf(preset);
  const found = Array.from({ length: seeds }, (_, index) =>
    figuresOf(preset, index + 1, direction),
  );
  const further = found.filter(
    ({ full, neverLiquidated, withoutAccounts }) =>
      direction * full > direction * neverLiquidated &&
      direction * full > direction * withoutAccounts,
  ).length;
  const cells = [
    `\`${preset}\`, ${direction < 0 ? "low" : "high"}, seeds 1–${seeds}`,
    spread(
      found.map(({ full }) => full),
      2,
    ),
    spread(
      found.map(({ neverLiquidated }) => neverLiquidated),
      2,
    ),
    spread(
      found.map(({ withoutAccounts }) => withoutAccounts),
      2,
    ),
    spread(
      found.map(({ forcedShare }) => forcedShare),
      0,
    ),
    `${further} of ${seeds}`,
  ];
  console.log(`| ${cells.join(" | ")} |`);
}
