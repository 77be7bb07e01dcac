import type { KappaBand } from "@aftershock/cascade";
import {
  type BandModel,
  type BandTable,
  type CounterfactualSettings,
  noBands,
  plantedBands,
} from "@aftershock/strategy";
import type { Calibration } from "./calibrationFile.ts";
import { shippedBands } from "./shippedBands.ts";

/** A calibration may have so much fewer days than those with which bands were measured. */
const LEAST_OF_DAYS = 0.75;

/** What the bands of scenarios depend on. */
export interface BandsRequest {
  readonly settings: Pick<CounterfactualSettings, "positions" | "flow" | "stepMillis">;
  readonly instrument: string;
  /** Of the prints that positions are pinned to; undefined where they are not. */
  readonly kappa: KappaBand | undefined;
  /** Undefined where there is none. */
  readonly calibration: Pick<Calibration, "days"> | undefined;
  /** Whether the day itself was left out of it. */
  readonly isLeftOut: boolean;
}

/** Why bands that were measured otherwise say nothing of a run; undefined where they were measured so. */
function whyNone(table: BandTable, request: BandsRequest): string | undefined {
  const { settings, instrument, kappa, calibration, isLeftOut } = request;
  if (calibration === undefined) {
    return "without a calibration there are bounds, and no bands around an estimate";
  }
  if (kappa !== undefined && (kappa.low !== 1 || kappa.high !== 1)) {
    return `bands were measured with every forced order printed, and here there were ${kappa.low} to ${kappa.high} times as many as prints`;
  }
  const other = calibration.days.find((day) => day.instrument !== instrument);
  if (other !== undefined) {
    return `bands were measured with calibrations of the instrument itself, and this one has days of ${other.instrument}`;
  }
  const days = calibration.days.length - (isLeftOut ? 1 : 0);
  if (days < LEAST_OF_DAYS * table.calibrationDays) {
    return `bands were measured with calibrations of ${table.calibrationDays} days, and this one has ${days}`;
  }
  return settings.stepMillis === table.stepMillis
    ? undefined
    : `bands were measured with steps of ${table.stepMillis} ms, and these are of ${settings.stepMillis}`;
}

/** The bands of a study's scenarios: those that come with the program, where the run is as it was when they were measured, else none and why. */
export async function scenarioBands(request: BandsRequest): Promise<BandModel> {
  const { positions, flow } = request.settings;
  if (flow === "estimated") {
    return noBands("bands were not measured for positions pinned from estimated forced flow");
  }
  if (positions === "shadow") {
    return noBands("bands were not measured for positions of a prior of leverage (shadow)");
  }
  const table = await shippedBands(positions);
  if (table === undefined) return noBands("not validated");
  const none = whyNone(table, request);
  return none === undefined ? plantedBands(table) : noBands(none);
}
