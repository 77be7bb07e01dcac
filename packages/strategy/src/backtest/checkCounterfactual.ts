import { ConfigError, instrumentId, isInstrumentName } from "@aftershock/schema";
import { checkLeveragePrior, DEFAULT_LEVERAGE_PRIOR } from "../scenarios/leveragePrior.ts";
import type {
  CounterfactualDefinition,
  CounterfactualSettings,
  ScenarioStandIns,
} from "../scenarios/scenarioOptions.ts";
import { checkSettings, type FieldNames, shown } from "../settings.ts";
import { parseBound } from "./parseInstant.ts";

const SETTINGS: FieldNames<CounterfactualDefinition> = {
  instrument: true,
  positions: true,
  flow: true,
  leveragePrior: true,
  calibration: true,
  kappa: true,
  draws: true,
  horizonMinutes: true,
  onset: true,
  stepMillis: true,
  standIns: true,
};

const STAND_INS: FieldNames<ScenarioStandIns> = { mark: true, index: true };

/** What the settings of a study's scenarios depend on beside themselves. */
export interface CounterfactualContext {
  readonly venue: string;
  readonly coins: readonly string[];
  readonly isNeeded: boolean;
}

const refuse = (what: string, hint: string): ConfigError =>
  new ConfigError(`counterfactual: ${what}`, { hints: [hint] });

function instrumentOf(given: unknown, { venue, coins }: CounterfactualContext): string {
  const [coin] = coins;
  if (given === undefined && coin !== undefined) return instrumentId(venue, `${coin}-PERPETUAL`);
  if (given === undefined) {
    throw refuse("no instrument is named", 'Write instrument: "binance-usdm:BTCUSDT".');
  }
  if (typeof given === "string") {
    const [name = "", ...symbol] = given.split(":");
    if (symbol.length > 0 && isInstrumentName(name, symbol.join(":"))) return given;
  }
  throw refuse(`instrument is ${shown(given)}`, 'Write venue:SYMBOL, as "binance-usdm:BTCUSDT".');
}

function calibrationOf(given: unknown): string | undefined {
  const hint = "Name a file that `aftershock calibrate` wrote, or shipped:NAME.";
  if (given === "") throw refuse("calibration is empty", hint);
  if (given === undefined || typeof given === "string") return given;
  throw refuse(`calibration is ${shown(given)}, which is no text`, hint);
}

function kappaOf(kappa: unknown): readonly [low: number, high: number] | undefined {
  if (kappa === undefined) return undefined;
  const band: readonly unknown[] = Array.isArray(kappa) ? kappa : [kappa, kappa];
  const [low, high] = band;
  const areNumbers = typeof low === "number" && typeof high === "number" && band.length === 2;
  if (areNumbers && low >= 1 && high >= low && high < Infinity) return [low, high];
  throw refuse(
    `kappa is ${areNumbers && low !== high ? `${low} … ${high}` : shown(kappa)}`,
    "Give how many times larger forced flow was than its prints: 1 or more, or a band [1, 6.3], the lower bound first.",
  );
}

function horizonsOf(given: unknown): readonly number[] {
  const hint = "Give a list of minutes above 0, ascending: [5, 15, 60].";
  if (!Array.isArray(given)) throw refuse(`horizonMinutes is ${shown(given)}`, hint);
  const minutes: readonly unknown[] = given;
  const inOrder = minutes.filter(
    (one, i): one is number =>
      typeof one === "number" && one > Number(minutes[i - 1] ?? 0) && one < Infinity,
  );
  if (inOrder.length === minutes.length) return inOrder;
  throw refuse(`horizonMinutes are ${minutes.map(shown).join(", ")}`, hint);
}

function wholeOf(
  given: unknown,
  { name, isGood, hint }: { name: string; isGood: (value: number) => boolean; hint: string },
): number {
  if (typeof given === "number" && Number.isInteger(given) && isGood(given)) return given;
  throw refuse(`${name} is ${shown(given)}`, hint);
}

function standInsOf(given: ScenarioStandIns): ScenarioStandIns {
  checkSettings("counterfactual: standIns", given, STAND_INS);
  const { mark, index } = given;
  const texts: readonly unknown[] = [mark, index];
  if ((mark !== undefined && mark !== "mid") || (index !== undefined && index !== "mark")) {
    throw refuse(
      `standIns are ${texts.map(shown).join(" and ")}`,
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
  const [given, ofFlow]: readonly unknown[] = [positions, flow];
  if (given !== "snapshot" && given !== "prints" && given !== "shadow") {
    throw refuse(`positions is ${shown(given)}`, 'Write "snapshot", "prints" or "shadow".');
  }
  if (ofFlow !== "printed" && ofFlow !== "estimated") {
    throw refuse(`flow is ${shown(ofFlow)}`, 'Write "printed" or "estimated".');
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
  if (definition !== undefined) checkSettings("counterfactual", definition, SETTINGS);
  const {
    instrument,
    calibration,
    kappa,
    draws = 9,
    horizonMinutes = [5, 15, 60],
    onset,
    stepMillis = 100,
    standIns = {},
  } = definition ?? {};
  return {
    instrument: instrumentOf(instrument, context),
    ...positionsOf(definition ?? {}),
    calibration: calibrationOf(calibration),
    kappa: kappaOf(kappa),
    draws: wholeOf(draws, {
      name: "draws",
      isGood: (count) => count >= 0 && count <= 1_000,
      hint: "Give a whole number from 0 to 1,000.",
    }),
    horizonMinutes: horizonsOf(horizonMinutes),
    onset: onset === undefined ? undefined : parseBound("counterfactual: onset", onset),
    stepMillis: wholeOf(stepMillis, {
      name: "stepMillis",
      isGood: (millis) => millis >= 1 && 1_000 % millis === 0,
      hint: "Give a whole part of a second: 50, 100, 500.",
    }),
    standIns: standInsOf(standIns),
  };
}
