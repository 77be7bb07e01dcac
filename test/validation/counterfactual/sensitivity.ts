import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { FlowDay } from "@aftershock/cascade";
import { CounterRandom } from "@aftershock/simulator";
import { calibrateDays, flowDay, referenceOf } from "./calibratedResponses.ts";
import { placeboFlow, placeboShare, type PlaceboSide, relabelled } from "./placeboLabels.ts";
import { answerDay, plantedAnswer } from "./plantedAnswer.ts";
import type { PlantedDay } from "./plantedDay.ts";
import { FAMILIES, type Family } from "./plantedRules.ts";
import { changedOutcome, keep, recordedDay } from "./plantedStore.ts";
import { bootstrapped, overWindows, responseDraws } from "./responseErrors.ts";
import { CALIBRATION_SEED, TUNING_SEED } from "./scoreDays.ts";
import {
  type FamilySensitivity,
  type LabelResponse,
  sensitivityPage,
  type ZeroFlowResponse,
} from "./sensitivityPage.ts";
import { throttledScores } from "./throttledPrints.ts";
import { type ZeroFlowRule, zeroFlowDay } from "./zeroFlow.ts";

/** Families whose accounts are closed by transfers alone, and how. */
const ZERO_FLOW: Readonly<Record<string, readonly ZeroFlowRule[]>> = {
  crash: ["backstop", "adl"],
  squeeze: ["backstop"],
};

/** How much is computed. */
interface Effort {
  /** Days of a family on which responses are calibrated. */
  readonly calibration: number;
  /** Days of a family on which the answer is known from the same day without liquidations. */
  readonly answers: number;
  readonly zeroFlow: number;
  readonly throttled: number;
  readonly bootstraps: number;
  readonly kappaDraws: number;
  /** Where simulated days are kept, and where those of zero flow are. */
  readonly folder: string | undefined;
  readonly zeroFolder: string | undefined;
}

/** A name that says what was computed. */
const effortName = (family: Family, effort: Effort): string => {
  const { calibration, answers, zeroFlow, throttled, bootstraps, kappaDraws } = effort;
  const counts = [calibration, answers, zeroFlow, throttled, bootstraps, kappaDraws];
  return `${family.name}-sensitivity-${counts.join("-")}`;
};

const daysFrom = (seed: number, count: number, of: (seed: number) => PlantedDay) =>
  Array.from({ length: count }, (_, i) => of(seed + i));

/** The day with a placebo for its forced flow, and how much of that it reached. */
function withPlacebo(day: PlantedDay, side: PlaceboSide) {
  const random = new CounterRandom(day.options.seed, `placebo ${side}`);
  const placebo = placeboFlow(day, { side, uniform: (step) => random.at(step).uniform(0) });
  return { day: relabelled(day, placebo), share: placeboShare(day, placebo) };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function labelResponses(
  days: readonly PlantedDay[],
  flow: (day: PlantedDay) => FlowDay,
  bootstraps: number,
): readonly LabelResponse[] {
  const placebos = (["same", "either"] as const).map((side): LabelResponse => {
    const made = days.map((day) => withPlacebo(day, side));
    return {
      label: side,
      share: mean(made.map(({ share }) => share)),
      response: responseDraws(
        made.map(({ day }) => flow(day)),
        bootstraps,
      ),
    };
  });
  return [
    { label: "forced", share: 1, response: responseDraws(days.map(flow), bootstraps) },
    ...placebos,
  ];
}

function zeroFlowResponses(
  family: Family,
  days: readonly PlantedDay[],
  flow: (day: PlantedDay) => FlowDay,
  effort: Effort,
): readonly ZeroFlowResponse[] {
  return (ZERO_FLOW[family.name] ?? []).map((rule) => {
    const closed = daysFrom(CALIBRATION_SEED, effort.zeroFlow, (seed) =>
      zeroFlowDay(family, seed, rule, effort.zeroFolder),
    );
    return {
      rule,
      notional: mean(closed.map(({ forced }) => forced.reduce((sum, q) => sum + Math.abs(q), 0))),
      response: responseDraws(closed.map(flow), effort.bootstraps),
      forced: responseDraws(days.slice(0, effort.zeroFlow).map(flow), effort.bootstraps),
    };
  });
}

function familySensitivity(family: Family, effort: Effort): FamilySensitivity {
  const { folder, bootstraps } = effort;
  const note = (what: string): void => void process.stderr.write(`${family.name}: ${what}\n`);
  const days = daysFrom(CALIBRATION_SEED, effort.calibration, (seed) =>
    recordedDay(family, seed, folder),
  );
  const referenceDepth = referenceOf(days);
  const flow = (day: PlantedDay): FlowDay => flowDay(day, referenceDepth, "price");
  const labels = labelResponses(days, flow, bootstraps);
  note("labels");
  const zeroFlow = zeroFlowResponses(family, days, flow, effort);
  note("zero flow");
  const others = daysFrom(TUNING_SEED, effort.answers, (seed) => recordedDay(family, seed, folder));
  const answers = others.map((day) =>
    answerDay(
      day,
      changedOutcome(family, day.options.seed, { rule: "none" }, folder),
      referenceDepth,
    ),
  );
  const answer = {
    calibrated: responseDraws(others.map(flow), bootstraps, overWindows),
    planted: bootstrapped(answers, bootstraps, plantedAnswer),
  };
  note("answers");
  const scored = others.slice(0, effort.throttled);
  const fits = scored.length === 0 ? undefined : calibrateDays(days, 0);
  const throttled = scored.flatMap((day) => {
    if (fits === undefined) return [];
    note(`prints of ${day.options.seed}`);
    return throttledScores({ family, day, fits, draws: effort.kappaDraws, folder });
  });
  return { family: family.name, labels, zeroFlow, answer, throttled };
}

const OPTIONS = {
  calibration: { type: "string", default: "32" },
  answers: { type: "string", default: "12" },
  "zero-flow": { type: "string", default: "10" },
  throttled: { type: "string", default: "2" },
  bootstraps: { type: "string", default: "40" },
  "kappa-draws": { type: "string", default: "4" },
  families: { type: "string", default: FAMILIES.map(({ name }) => name).join(",") },
  folder: { type: "string" },
  "zero-folder": { type: "string" },
  parts: { type: "string" },
  page: { type: "string" },
} as const;

/** Prints docs/validation-sensitivity.md: `node --conditions=@aftershock/source test/validation/counterfactual/sensitivity.ts --page docs/validation-sensitivity.md`. `--folder` keeps simulated days, `--parts` what was found in each family. */
function main(): void {
  const { values } = parseArgs({ options: OPTIONS });
  const effort: Effort = {
    calibration: Number(values.calibration),
    answers: Number(values.answers),
    zeroFlow: Number(values["zero-flow"]),
    throttled: Number(values.throttled),
    bootstraps: Number(values.bootstraps),
    kappaDraws: Number(values["kappa-draws"]),
    folder: values.folder,
    zeroFolder: values["zero-folder"] ?? values.folder,
  };
  const names = values.families.split(",");
  const found = FAMILIES.filter(({ name }) => names.includes(name)).map((family) =>
    keep(values.parts, effortName(family, effort), () => familySensitivity(family, effort)),
  );
  const page = sensitivityPage({ families: found, calibration: effort.calibration });
  if (values.page === undefined) process.stdout.write(page);
  else writeFileSync(values.page, page);
}

if (import.meta.main) main();
