import { EVERY_PRINT, type KappaBand, kappaOf, rulesOf } from "@aftershock/cascade";
import { ConfigError } from "@aftershock/schema";
import type { ScenarioRecord } from "./scenarioRecord.ts";
import { loadVenueRules, ruledVenues } from "./shippedRules.ts";

/** A band of κ as it is stated, its middle the geometric one. */
export const statedKappa = ([low, high]: readonly [low: number, high: number]): KappaBand => ({
  ...EVERY_PRINT,
  low,
  high,
  mid: Math.sqrt(low * high),
});

/** Whether a simulated day prints every forced order, by what its manifests say of the simulator's settings. */
const printsAll = ({ partitions }: ScenarioRecord): boolean =>
  partitions.every(({ simulated }) => simulated?.["prints"] !== "one a second");

/**
 * How many times larger forced flow was than its prints: as stated, else as is known of the venue on that day; of a simulated day that prints everything 1. Throws ConfigError where nobody says.
 */
export async function kappaFor(
  record: ScenarioRecord,
  stated: readonly [low: number, high: number] | undefined,
): Promise<KappaBand> {
  const { instrument, simulated, from } = record;
  if (stated !== undefined) return statedKappa(stated);
  const { venue, symbol } = instrument;
  if (simulated && printsAll(record)) return EVERY_PRINT;
  const hint = "State how many times larger forced flow was than its prints: kappa, or --kappa.";
  if (simulated || !(await ruledVenues()).includes(venue)) {
    throw new ConfigError(`How much of its forced orders ${venue} prints is not known`, {
      hints: [hint],
    });
  }
  const rule = rulesOf(await loadVenueRules(venue), from, [symbol]).symbols[symbol]?.prints;
  if (rule === undefined) {
    throw new ConfigError(`How much of its forced orders ${venue} prints is not known`, {
      hints: [hint],
    });
  }
  return kappaOf(rule, venue);
}
