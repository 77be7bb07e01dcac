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
export function takeStep({ context, latched, step, at }: StepRun<LiquidationStep>): StepResult {
  switch (step.kind) {
    case "cancel":
      return takeCancelStep({ context, latched, step, at });
    case "ioc":
    case "market":
      return takeMarketStep({ context, latched, step, at });
    case "tranche":
      return takeTrancheStep({ context, latched, step, at });
    case "stepDown":
      return takeStepDownStep({ context, latched, step, at });
    case "increments":
      return takeIncrementsStep({ context, latched, step, at });
    case "takeover":
      return takeTakeoverStep({ context, latched, step, at });
    case "backstop":
      return takeBackstopStep({ context, latched, step, at });
    case "fillable":
      return takeFillableStep({ context, latched, step, at });
    case "adl":
      return takeAdlStep({ context, latched, step, at });
    case "insurance":
    case "socialised":
      return undefined;
    default:
      return step satisfies never;
  }
}
