import { type KernelName, lastingResponse, noResponse, responseModels } from "@aftershock/cascade";
import { ConfigError, DataError, utcDate } from "@aftershock/schema";
import type { CounterfactualSettings, ScenarioResponses } from "@aftershock/strategy";
import {
  type CalibratedDay,
  type Calibration,
  type ReadCalibration,
  type StoredFits,
} from "./calibrationFile.ts";
import type { ScenarioRecord } from "./scenarioRecord.ts";

/** The kernels of an ensemble, the central one first. The walk of the book is not among them: it diverges under feedback. */
const KERNELS: readonly KernelName[] = ["mixture", "exponential", "powerLaw"];

/** Without a calibration: no answer of prices, and the whole move where forced flow can have made it. */
export const boundResponses = (slope: number | undefined): ScenarioResponses => {
  const models = [noResponse(), ...(slope === undefined ? [] : [lastingResponse(slope)])];
  return {
    models,
    kernels: models.length,
    calibration: {
      none:
        slope === undefined
          ? "no calibration: prices are taken to answer to nothing, and how far they might is not known"
          : "no calibration: between prices that answer to nothing and forced flow that made all of the move",
    },
  };
};

/** Whether a day of the record is one that was calibrated on: for simulated days the same rows, as another seed is another day. */
function isSameDay(
  day: CalibratedDay,
  { instrument, partitions, simulated }: ScenarioRecord,
  dataHash: string,
): boolean {
  if (day.instrument !== instrument.id) return false;
  if (simulated) return day.dataHash === dataHash;
  return partitions.some(({ date }) => date === day.date);
}

/** The fits that may be used for a record: without its own day where that was calibrated on. Throws ConfigError where there are none. */
function fitsFor(
  calibration: Calibration,
  { record, dataHash, file }: { record: ScenarioRecord; dataHash: string; file: string },
): { readonly fits: StoredFits; readonly leftOut: string | null } {
  const own = calibration.days.flatMap((day, i) => (isSameDay(day, record, dataHash) ? [i] : []));
  const [place, another] = own;
  if (place === undefined) return { fits: calibration.total, leftOut: null };
  const fits = calibration.without[place];
  const { instrument = "", date = "" } = calibration.days[place] ?? {};
  if (another === undefined && fits !== undefined) {
    return { fits, leftOut: `${instrument}/${date}` };
  }
  throw new ConfigError(
    `${file} was calibrated on ${own.length === 1 ? `the very day, ${instrument}/${date}` : `${own.length} days of this record`}`,
    {
      hints: [
        own.length === 1
          ? "Calibrate on other days, or with --leave-one-out, and the fit without it is used."
          : "Calibrate on other days, or run one day at a time with --leave-one-out.",
      ],
    },
  );
}

/**
 * Bootstrap draws, each with one of the kernels in turn: what calibration, kernel and positions leave open is drawn at once, which takes a third of the paths that all kernels with each draw would. `kernels`: of each
 * its own estimate and then its bootstraps. Where more draws are asked for than there are bootstraps they are taken again with another kernel, and each with each kernel once at most.
 */
export function drawnResponses<Model>(
  kernels: readonly (readonly Model[])[],
  draws: number,
): readonly Model[] {
  const bootstraps = Math.max(0, ...kernels.map(({ length }) => length - 1));
  return Array.from({ length: Math.min(draws, bootstraps * kernels.length) }, (_, draw) => {
    const [round, bootstrap] = [Math.floor(draw / bootstraps), draw % bootstraps];
    return kernels[(bootstrap + round) % kernels.length]?.slice(bootstrap + 1, bootstrap + 2) ?? [];
  }).flat();
}

/** How prices answer, by a calibration. Throws DataError where it is of another kind of market, ConfigError where it holds the day itself. */
export function calibratedScenarioResponses(
  calibration: ReadCalibration,
  settings: Pick<CounterfactualSettings, "draws" | "stepMillis">,
  of: { readonly record: ScenarioRecord; readonly dataHash: string; readonly file: string },
): ScenarioResponses {
  const { record, file } = of;
  if (calibration.simulated !== record.simulated) {
    const [has, is] = calibration.simulated ? ["simulated", "recorded"] : ["recorded", "simulated"];
    throw new DataError(`${file} is of ${has} days, and ${record.instrument.id} is ${is}`, {
      hints: ["Calibrate on days of the same kind."],
    });
  }
  const { fits, leftOut } = fitsFor(calibration, of);
  const unit = calibration.unit * (settings.stepMillis / 1_000 / calibration.stepSeconds);
  const { depthPower, sizePower } = calibration;
  const lists = KERNELS.map((name) =>
    responseModels(name, { ...fits, depthPower, sizePower, unit }),
  );
  const kernels = lists.filter((models) => models.length > 0);
  const points = kernels.flatMap(([point]) => point ?? []);
  if (points.length === 0) {
    throw new DataError(`${file}: prices did not follow forced flow on its days`, {
      hints: ["Calibrate on more days, or leave the calibration out and take the bounds."],
    });
  }
  const dates = calibration.days.map(({ date }) => date).toSorted();
  return {
    models: [...points, ...drawnResponses(kernels, settings.draws)],
    kernels: points.length,
    calibration: {
      file,
      sha256: calibration.sha256,
      days: calibration.days.length - (leftOut === null ? 0 : 1),
      from: dates[0] ?? utcDate(record.from),
      to: dates.at(-1) ?? utcDate(record.from),
      simulated: calibration.simulated,
      leftOut,
    },
  };
}
