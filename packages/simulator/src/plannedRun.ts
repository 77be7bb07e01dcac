import { ConfigError, type Micros } from "@aftershock/schema";
import { STEPS_PER_MINUTE, STEPS_PER_SECOND, STEP_MICROS } from "./clock.ts";
import { marketWith } from "./config/marketConfig.ts";
import { presetOf } from "./config/presetOf.ts";
import type { Preset, PresetName } from "./config/presets.ts";
import { recordingStart } from "./config/recordingDay.ts";
import { Market } from "./market/market.ts";
import type { SimulateOptions } from "./simulateOptions.ts";

/** A recording is not longer than this: a week. */
const MOST_MINUTES = 7 * 24 * 60;

/** A run with its defaults filled in. */
export interface PlannedRun {
  readonly options: SimulateOptions;
  readonly name: PresetName;
  readonly preset: Preset;
  readonly from: Micros;
  readonly steps: number;
  readonly reconnectStep: number;
}

/** Plans a run. Throws ConfigError on a preset or a length that cannot be. */
export function plannedRun(options: SimulateOptions): PlannedRun {
  const { name, preset } = presetOf(options.preset ?? "crash-hour");
  const { from = recordingStart(preset, options.seed), minutes = preset.minutes } = options;
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > MOST_MINUTES) {
    throw new ConfigError(`A simulation of ${minutes} minutes is not possible`, {
      hints: [`Give a whole number of minutes from 1 to ${MOST_MINUTES}.`],
    });
  }
  const { reconnectMinute = (minutes * 2) / 3 } = options;
  return {
    options,
    name,
    preset,
    from,
    steps: minutes * STEPS_PER_MINUTE,
    reconnectStep: Math.round(reconnectMinute * STEPS_PER_MINUTE),
  };
}

/** A market at the start of the recording, its warm-up behind it. */
export function openMarket({ options, preset, from }: PlannedRun, watchLevels: boolean): Market {
  const { seed, liquidations, agents = [], noiseSeed = seed, nudge = false } = options;
  const config = marketWith(options.market ?? {}, preset.market);
  const warmUpSteps = Math.round(config.warmUpSeconds * STEPS_PER_SECOND);
  const market = new Market({
    seed,
    noiseSeed,
    config,
    rules: {
      ...preset.rules,
      ...options.rules,
      ...(liquidations === undefined ? {} : { liquidates: liquidations }),
    },
    populationRules: preset.rules,
    traded: preset.traded,
    from: from - warmUpSteps * STEP_MICROS,
    watchLevels,
    agents,
    isNudged: nudge,
  });
  for (let step = 0; step < warmUpSteps; step += 1) market.advance();
  return market;
}
