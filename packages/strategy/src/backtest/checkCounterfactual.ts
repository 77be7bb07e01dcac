import { ConfigError, instrumentId, isInstrumentName } from "@aftershock/schema";
import { checkLeveragePrior, DEFAULT_LEVERAGE_PRIOR } from "../scenarios/leveragePrior.ts";
import type {
  CounterfactualDefinition,
  CounterfactualSettings,
  ScenarioStandIns,
} from "../scenarios/scenarioOptions.ts";
import { parseBound } from "./parseInstant.ts";

/** Defaults of a study's scenarios. */
const DEFAULTS = { draws: 9, horizonMinutes: [5, 15, 60], stepMillis: 100 } as const;

/** What the settings of a study's scenarios depend on beside themselves. */
export interface CounterfactualContext {
  readonly venue: string;
  readonly coins: readonly string[];
  readonly isNeeded: boolean;
}

const refuse = (what: string, hint: string): ConfigError =>
  new ConfigError(`counterfactual: ${what}`, { hints: [hint] });

function instrumentOf(given: string | undefined, { venue, coins }: CounterfactualContext): string {
  const [coin] = coins;
  const id = given ?? (coin === undefined ? undefined : instrumentId(venue, `${coin}-PERPETUAL`));
  if (id === undefined) {
    throw refuse("no instrument is named", 'Write instrument: "binance-usdm:BTCUSDT".');
  }
  const colon = id.indexOf(":");
  if (colon > 0 && isInstrumentName(id.slice(0, colon), id.slice(colon + 1))) return id;
  throw refuse(`instrument is "${id}"`, 'Write venue:SYMBOL, as "binance-usdm:BTCUSDT".');
}

function kappaOf(
  kappa: CounterfactualDefinition["kappa"],
): readonly [low: number, high: number] | undefined {
  if (kappa === undefined) return undefined;
  const [low, high] = typeof kappa === "number" ? [kappa, kappa] : kappa;
  if (low >= 1 && high >= low && high < Infinity) return [low, high];
  throw refuse(
    `kappa is ${low} … ${high}`,
    "Give how many times larger forced flow was than its prints: 1 or more, the lower bound first.",
  );
}

function horizonsOf(minutes: readonly number[]): readonly number[] {
  if (minutes.every((one, i) => one > (minutes[i - 1] ?? 0) && one < Infinity)) return [...minutes];
  throw refuse(`horizonMinutes are ${minutes.join(", ")}`, "Give minutes above 0, ascending.");
}

function checkStandIns({ mark, index }: ScenarioStandIns): ScenarioStandIns {
  const given: readonly (string | undefined)[] = [mark, index];
  if ((given[0] ?? "mid") !== "mid" || (given[1] ?? "mark") !== "mark") {
    throw refuse(
      `standIns are ${given.join(" and ")}`,
      'The mid may stand in for the mark, and the mark for the index: { mark: "mid", index: "mark" }.',
    );
  }
  return { ...(mark === undefined ? {} : { mark }), ...(index === undefined ? {} : { index }) };
}

/** Who held what: where positions come from, the flow that they are pinned to, and the prior of those who were never liquidated. */
function positionsOf({
  positions = "snapshot",
  flow = "printed",
  leveragePrior,
  kappa,
}: CounterfactualDefinition): Pick<CounterfactualSettings, "positions" | "flow" | "leveragePrior"> {
  const [given, ofFlow]: readonly string[] = [positions, flow];
  if (given !== "snapshot" && given !== "prints" && given !== "shadow") {
    throw refuse(`positions is "${given}"`, "Write snapshot, prints or shadow.");
  }
  if (ofFlow !== "printed" && ofFlow !== "estimated") {
    throw refuse(`flow is "${ofFlow}"`, "Write printed or estimated.");
  }
  if (flow === "estimated" && positions === "snapshot") {
    throw refuse(
      "flow is estimated, and positions of a snapshot are pinned to none",
      'Leave flow out, or pin positions to it: positions: "prints".',
    );
  }
  if (flow === "estimated" && kappa !== undefined) {
    throw refuse(
      "kappa is stated, and estimated flow has no prints that it could be a multiple of",
      'Leave kappa out, or take what was printed: flow: "printed".',
    );
  }
  if (positions !== "shadow" && leveragePrior !== undefined) {
    throw refuse(
      `leveragePrior is stated, and positions is "${positions}"`,
      'Leave it out, or take those who were never liquidated by it: positions: "shadow".',
    );
  }
  return {
    positions,
    flow,
    leveragePrior:
      positions === "shadow"
        ? checkLeveragePrior(leveragePrior ?? DEFAULT_LEVERAGE_PRIOR)
        : undefined,
  };
}

/** Checks how scenarios are run, and fills in defaults; undefined where there are none. Throws ConfigError naming what cannot be. */
export function checkCounterfactual(
  definition: CounterfactualDefinition | undefined,
  context: CounterfactualContext,
): CounterfactualSettings | undefined {
  if (!context.isNeeded) {
    if (definition === undefined) return undefined;
    throw refuse("the study has no scenarios", "List some: scenarios: [noLiquidations()].");
  }
  const {
    calibration,
    draws = DEFAULTS.draws,
    horizonMinutes = DEFAULTS.horizonMinutes,
    onset,
    stepMillis = DEFAULTS.stepMillis,
    standIns = {},
  } = definition ?? {};
  if (calibration === "") {
    throw refuse("calibration is empty", "Name a file that `aftershock calibrate` wrote.");
  }
  if (!Number.isInteger(draws) || draws < 0 || draws > 1_000) {
    throw refuse(`draws is ${draws}`, "Give a whole number from 0 to 1,000.");
  }
  if (!Number.isInteger(stepMillis) || stepMillis < 1 || 1_000 % stepMillis !== 0) {
    throw refuse(`stepMillis is ${stepMillis}`, "Give a whole part of a second: 50, 100, 500.");
  }
  return {
    instrument: instrumentOf(definition?.instrument, context),
    ...positionsOf(definition ?? {}),
    calibration,
    kappa: kappaOf(definition?.kappa),
    draws,
    horizonMinutes: horizonsOf(horizonMinutes),
    onset: onset === undefined ? undefined : parseBound("onset", onset),
    stepMillis,
    standIns: checkStandIns(standIns),
  };
}
