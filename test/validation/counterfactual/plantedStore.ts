import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { type EngineFigures, EngineRun, PathFigures, type PathResult } from "@aftershock/cascade";
import type { SimulateOptions } from "@aftershock/simulator";
import {
  type PlantedDay,
  plantedDay,
  recordedSteps,
  snapshotPopulation,
  STEP_MICROS,
  tickOf,
} from "./plantedDay.ts";
import { type Family, PLANTED_RULES, rulesOf } from "./plantedRules.ts";

/** What is compared of a day. */
export interface Outcome {
  readonly path: PathResult;
  /** Sold and bought by force, quote currency. */
  readonly notional: number;
  readonly count: number;
  readonly badDebt: number;
  /** What the fund paid, settle currency. */
  readonly insurancePaid: number;
  /** Signed forced flow a step. */
  readonly forced: Float64Array;
  /** What the engine does on this day's path by its rules: its difference from the above is the engine's own error. */
  readonly engine: EngineFigures;
}

/** A day under the recorded rules, and what became of it under each of the others. */
export interface PlantedTruth {
  readonly day: PlantedDay;
  readonly recorded: Outcome;
  readonly changed: Readonly<Record<string, Outcome>>;
}

/** The outcome of a simulated day. */
export function outcomeOf(day: PlantedDay): Outcome {
  const path = new PathFigures(STEP_MICROS);
  const tick = tickOf(day);
  let engine: EngineRun | undefined;
  for (const step of recordedSteps(day)) {
    const mid = (step.bid + step.ask) / 2;
    path.take(step.at, Math.log(mid));
    engine ??= new EngineRun(day.rules, snapshotPopulation(day), mid * tick);
    engine.step({ ...step, mid, quoteMid: mid * tick });
  }
  if (engine === undefined) throw new Error("A planted day without a book");
  return {
    path: path.result,
    notional: day.forced.reduce((sum, flow) => sum + Math.abs(flow), 0),
    count: day.liquidated,
    badDebt: day.badDebt,
    insurancePaid: day.insurancePaid,
    forced: day.forced,
    engine: engine.figures,
  };
}

/** What was made before, from a file of the folder; else makes it, and keeps it there. */
export const keep = <T>(folder: string | undefined, name: string, make: () => T): T => {
  if (folder === undefined) return make();
  const file = join(folder, `${name.replaceAll(/[^a-z0-9.-]+/gi, "_")}.v8`);
  if (existsSync(file)) return deserialize(readFileSync(file)) as T;
  const made = make();
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, serialize(made));
  renameSync(`${file}.${process.pid}`, file);
  return made;
};

/** The options that a day of a family is simulated by. */
export const optionsOf = (family: Family, seed: number): SimulateOptions => ({
  preset: family.preset,
  seed,
  rules: rulesOf(family),
  ...(family.market === undefined ? {} : { market: family.market }),
  ...(family.minutes === undefined ? {} : { minutes: family.minutes }),
});

/** A day of the recorded rules. `folder` keeps what was simulated for the next time. */
export const recordedDay = (family: Family, seed: number, folder?: string): PlantedDay =>
  keep(folder, `${family.name}-${seed}-A`, () => plantedDay(optionsOf(family, seed)));

/** The outcome of the same day under one of the planted rules, or with other luck. */
export const changedOutcome = (
  family: Family,
  seed: number,
  change: { readonly rule?: string; readonly noiseSeed?: number; readonly nudge?: boolean },
  folder?: string,
): Outcome => {
  const { rule, noiseSeed, nudge } = change;
  return keep(
    folder,
    `${family.name}-${seed}-${rule ?? "again"}${noiseSeed === undefined ? "" : `-noise${noiseSeed}`}${nudge === true ? "-nudge" : ""}`,
    () => {
      const rules = rulesOf(family);
      return outcomeOf(
        plantedDay({
          ...optionsOf(family, seed),
          ...(rule === undefined ? {} : { rules: PLANTED_RULES[rule]?.(rules) ?? rules }),
          ...(noiseSeed === undefined ? {} : { noiseSeed }),
          ...(nudge === undefined ? {} : { nudge }),
        }),
      );
    },
  );
};
