import { checkOption } from "../checkOption.ts";
import { checkSettings, type FieldNames } from "../settings.ts";
import type { Mitigation } from "./mitigation.ts";
import { inPercent } from "./wording.ts";

/** How much maintenance margin there is. */
export interface ScaledMaintenanceOptions {
  /** On the maintenance margin of every position, above 0: 0.7 is 30 % less. */
  readonly factor: number;
  /** Default says the change. */
  readonly name?: string;
}

const OPTIONS: FieldNames<ScaledMaintenanceOptions> = { factor: true, name: true };

/**
 * All maintenance margin is so many times the schedule's, from the beginning; initial rates are raised where they would lie below it.
 *
 * Sources: BitMEX cut that of XBTUSD from 0.50 to 0.45 and 0.40 % in April and May 2020; Deribit raised that of BTC from 0.525 to 1 % on 2022-01-11 (data/rules,
 * both verified).
 *
 * Assumes that accounts hold the positions and the margin that they held under the rules of the day. Wrong over longer times: who must put up more takes smaller
 * positions, and who may put up less takes larger ones (Brunnermeier and
 * Pedersen 2009).
 *
 * Backfires: less margin lets accounts live longer and leaves less when they fall, so that bad debt rises once the fall is deep enough; more margin liquidates
 * sooner and more of them, which may set off what it was to
 * prevent. Accounts that the record never liquidated are needed for that and are not in its prints: from prints alone the answer for a factor above 1 is a bound.
 *
 * It multiplies what the rules have: two of them in one composition multiply. Throws ConfigError for a factor that is none.
 */
export function scaledMaintenance(options: ScaledMaintenanceOptions): Mitigation {
  checkSettings("scaledMaintenance", options, OPTIONS);
  const { factor } = options;
  checkOption("scaledMaintenance: factor", factor);
  const change = factor < 1 ? `${inPercent(1 - factor)} lower` : `${inPercent(factor - 1)} higher`;
  return {
    name: options.name ?? `Maintenance margin ${change}`,
    kind: factor < 1 ? "lowerMaintenance" : "higherMaintenance",
    parameters: { factor },
    describe: () => `Maintenance margin is ${change} for every position.`,
    apply: (rules) => ({ ...rules, maintenanceFactor: factor * rules.maintenanceFactor }),
  };
}
