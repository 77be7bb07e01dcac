import type { LiquidationStep } from "../../rules/liquidationRule.ts";
import { takeAdlStep } from "./adlStep.ts";
import { takeBackstopStep } from "./backstopStep.ts";
import { takeCancelStep } from "./cancelStep.ts";
import { takeFillableStep } from "./fillableStep.ts";
import { takeIncrementsStep } from "./incrementsStep.ts";
import { takeMarketStep } from "./marketStep.ts";
import { takeStepDownStep } from "./stepDownStep.ts";
import type { StepResult, StepRun } from "./stepContext.ts";
import { takeTakeoverStep } from "./takeoverStep.ts";
import { takeTrancheStep } from "./trancheStep.ts";

/**
 * Takes a step of a rule for a latched account, or goes on with it. `insurance` and `socialised` say who pays what is lacking once the
 * account is closed (LossWaterfall): they do nothing to open positions.
 */
export function takeStep(run: StepRun, step: LiquidationStep): StepResult {
  switch (step.kind) {
    case "cancel":
      return takeCancelStep(run);
    case "ioc":
    case "market":
      return takeMarketStep(run, step);
    case "tranche":
      return takeTrancheStep(run, step);
    case "stepDown":
      return takeStepDownStep(run, step);
    case "increments":
      return takeIncrementsStep(run, step);
    case "takeover":
      return takeTakeoverStep(run);
    case "backstop":
      return takeBackstopStep(run, step);
    case "fillable":
      return takeFillableStep(run, step);
    case "adl":
      return takeAdlStep(run);
    case "insurance":
    case "socialised":
      return undefined;
    default:
      return step satisfies never;
  }
}
