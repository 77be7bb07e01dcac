/**
 * What bootstrap draws would give to the middle of an ensemble, and what they give to its spread: how far both are from those of 20 draws with every kernel, and the middle from the truth, on tuning days. The
 * product makes its middle of the kernels' own estimates (0 draws), and each draw with one kernel, in turn ("one"; "each": with all three).
 * `node --conditions=@aftershock/source test/validation/counterfactual/ensembleSize.ts --days 5`
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { responseModels, type ResponseFits } from "@aftershock/cascade";
import { basinsOf, type CascadeDirection, spreadOf } from "@aftershock/strategy";
import { type Figures, figuresOf, runFigures, runRules, TRIED_KERNELS } from "./evaluateDay.ts";
import { comparisonsOf, type MetricName, middleOf } from "./misses.ts";
import { type PlantedDay, snapshotPopulation } from "./plantedDay.ts";
import { FAMILIES, type Family } from "./plantedRules.ts";
import { changedOutcome, outcomeOf, recordedDay } from "./plantedStore.ts";
import { pinnedPrints } from "./printsView.ts";
import { TUNING_SEED } from "./scoreDays.ts";

/** Ensembles that are compared: the number of draws, and whether each has one kernel or all of them. The last has all that there are. */
const SIZES = [
  { draws: 0, kernels: "one" },
  { draws: 3, kernels: "one" },
  { draws: 6, kernels: "one" },
  { draws: 9, kernels: "one" },
  { draws: 20, kernels: "one" },
  { draws: 2, kernels: "each" },
  { draws: 4, kernels: "each" },
  { draws: 7, kernels: "each" },
  { draws: 20, kernels: "each" },
] as const;
type Size = (typeof SIZES)[number];
const ALL = 20;
const METRICS: readonly MetricName[] = ["extreme", "path", "notional"];
const VIEWS = ["snapshot", "prints"] as const;

const { values } = parseArgs({
  options: {
    days: { type: "string", default: "5" },
    /** Where simulated days are kept between runs. */
    folder: { type: "string" },
  },
});
const { folder } = values;

const rootMeanSquare = (of: readonly number[]): number =>
  Math.sqrt(of.reduce((sum, value) => sum + value * value, 0) / Math.max(1, of.length));

/** The ensembles of a size that share no draw: whether a path of a draw (0: the kernel's own estimate) and a kernel is in it. */
const ensemblesOf = ({
  draws,
  kernels,
}: Size): readonly ((bootstrap: number, kernel: number) => boolean)[] =>
  Array.from({ length: draws === 0 ? 1 : Math.floor(ALL / draws) }, (_, part) => {
    const first = 1 + part * draws;
    return (bootstrap, kernel) =>
      bootstrap === 0 ||
      (bootstrap >= first &&
        bootstrap < first + draws &&
        (kernels === "each" || bootstrap % TRIED_KERNELS.length === kernel));
  });

/** What ensembles of a size are off by, all days and rules together, and how wide they are. */
interface Found {
  readonly fromLarge: number[];
  readonly fromTruth: number[];
  readonly unchanged: number[];
  readonly widths: number[];
  /** Of each ensemble, whether its paths end in two outcomes. */
  readonly straddles: boolean[];
}
const found = new Map<string, Found>();
const foundOf = (view: string, metric: MetricName, { draws, kernels }: Size): Found => {
  const key = `${view} ${metric} ${draws} ${kernels}`;
  const one = found.get(key) ?? {
    fromLarge: [],
    fromTruth: [],
    unchanged: [],
    widths: [],
    straddles: [],
  };
  found.set(key, one);
  return one;
};

/** A path of an ensemble. */
interface Run {
  readonly figures: Figures;
  /** The extreme of the same draw without forced flow. */
  readonly unforced: number;
  readonly bootstrap: number;
  readonly kernel: number;
  readonly isAlternative: boolean;
}

/** The middle of some paths, as it would be with all of them in it but for alternatives. */
const middle = (runs: readonly Run[]): Figures =>
  middleOf(
    Object.fromEntries(
      runs.flatMap(({ figures, isAlternative }, i) => (isAlternative ? [] : [[i, figures]])),
    ),
  );

/** Compares ensembles of all sizes of one rule on one day. */
function compare(
  view: string,
  runs: readonly Run[],
  score: Parameters<typeof comparisonsOf>[0],
  direction: CascadeDirection,
): void {
  const large = middle(runs);
  for (const metric of METRICS) {
    const best = comparisonsOf(score, large, metric);
    for (const size of SIZES) {
      const { fromLarge, fromTruth, unchanged, widths, straddles } = foundOf(view, metric, size);
      for (const isIn of ensemblesOf(size)) {
        const own = runs.filter(({ bootstrap, kernel }) => isIn(bootstrap, kernel));
        comparisonsOf(score, middle(own), metric, large).forEach((one, i) => {
          fromLarge.push(one.mid - (best[i]?.mid ?? Number.NaN));
          fromTruth.push(one.mid - one.truth);
          unchanged.push(one.recorded - one.truth);
        });
        if (metric === "extreme") {
          const extremes = own.map(({ figures, unforced }) => ({
            recorded: score.record.extreme,
            unforced,
            changed: figures.extreme,
          }));
          straddles.push(basinsOf(extremes, direction).straddles);
        }
        if (metric === "path") continue;
        const [width, widest] = [own, runs].map((of) => {
          const { low, high } = spreadOf(Float64Array.from(of, ({ figures }) => figures[metric]));
          return high - low;
        });
        if (width !== undefined && widest !== undefined && widest > 0) widths.push(width / widest);
      }
    }
  }
}

/** Runs all rules on a day with all draws, in both views. */
function takeDay(family: Family, day: PlantedDay, fits: ResponseFits): void {
  const models = TRIED_KERNELS.flatMap((name, kernel) =>
    responseModels(name, fits).map((response, bootstrap) => ({ response, bootstrap, kernel })),
  );
  const record = figuresOf(outcomeOf(day), family);
  for (const view of VIEWS) {
    const pins = view === "prints" ? pinnedPrints(day) : undefined;
    const known = snapshotPopulation(day);
    const central = pins?.population(0) ?? known;
    const { scenarios } = runRules(
      day,
      // As in the product: the kernels' own estimates have the central population, each draw another.
      models.map(({ response, bootstrap }, draw) => ({
        response,
        population: bootstrap === 0 ? central : (pins?.population(1 + draw) ?? known),
      })),
    );
    const unforced = scenarios.find(({ name }) => name === "none")?.runs ?? [];
    for (const { name, runs } of scenarios) {
      const outcome = changedOutcome(family, day.options.seed, { rule: name }, folder);
      const paths = runs.flatMap((run, i): Run[] => {
        const { response, bootstrap = 0, kernel = 0 } = models[i] ?? {};
        const isAlternative = response?.isAlternative === true;
        const free = unforced[i];
        if (run.diverged || free === undefined) return [];
        const { extreme } = runFigures(free, family);
        const figures = runFigures(run, family);
        return [{ figures, unforced: extreme, bootstrap, kernel, isAlternative }];
      });
      const score = { family: family.name, record, truth: figuresOf(outcome, family) };
      compare(view, paths, score, family.isUpward === true ? "up" : "down");
    }
  }
}

const fitsByFamily = JSON.parse(
  readFileSync(join(import.meta.dirname, "plantedFits.json"), "utf8"),
) as Readonly<Record<string, ResponseFits>>;
for (let day = 0; day < Number(values.days); day += 1) {
  for (const family of FAMILIES) {
    const fits = fitsByFamily[family.name];
    if (fits === undefined) throw new Error(`There are no fits of ${family.name}`);
    takeDay(family, recordedDay(family, TUNING_SEED + day, folder), fits);
    process.stderr.write(`${family.name} ${TUNING_SEED + day}\n`);
  }
}

process.stdout.write(
  "| positions | metric | draws, with kernels | paths | middle: RMSE over NC | off that of all, over NC | 90 % spread over that of all: mean of days | its deviation | two outcomes, % |\n|---|---|---|---|---|---|---|---|---|\n",
);
for (const view of VIEWS) {
  for (const metric of METRICS) {
    for (const size of SIZES) {
      const { fromLarge, fromTruth, unchanged, widths, straddles } = foundOf(view, metric, size);
      const [rmse, off] = [fromTruth, fromLarge].map((of) =>
        (rootMeanSquare(of) / rootMeanSquare(unchanged)).toFixed(3),
      );
      const mean = widths.reduce((sum, width) => sum + width, 0) / widths.length;
      const deviation = rootMeanSquare(widths.map((width) => width - mean));
      const width = widths.length === 0 ? " | " : `${mean.toFixed(2)} | ${deviation.toFixed(2)}`;
      const paths = 3 + size.draws * (size.kernels === "one" ? 1 : 3);
      const two = straddles.filter(Boolean).length / straddles.length;
      const share = straddles.length === 0 ? "" : (100 * two).toFixed(1);
      process.stdout.write(
        `| ${view} | ${metric} | ${size.draws}, ${size.kernels} | ${paths} | ${rmse} | ${off} | ${width} | ${share} |\n`,
      );
    }
  }
}
