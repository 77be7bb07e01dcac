import { ConfigError, DataError, JsonPlace } from "@aftershock/schema";
import { readAdlRule } from "./adlRule.ts";
import { readFeeSchedule, readForcedTradingFee, readLiquidationFee } from "./feeSchedule.ts";
import { readFundingCap, readFundingRule } from "./fundingRule.ts";
import { readInsuranceRule } from "./insuranceRule.ts";
import { readLiquidationRule } from "./liquidationRule.ts";
import { readMarginSchedule } from "./marginSchedule.ts";
import { readMarkRule } from "./markRule.ts";
import type { RuleSet } from "./ruleSet.ts";

const REQUIRED = [
  "margin",
  "maintenanceFactor",
  "fees",
  "liquidationFee",
  "forcedTradingFee",
  "mark",
  "funding",
  "fundingCap",
  "liquidation",
  "release",
  "insurance",
  "adl",
  "adlAllocation",
  "insuranceFund",
  "markTwapSeconds",
  "hiddenLevels",
  "liquidates",
] as const;
/** What may be undefined, and is then not there. */
const OPTIONAL = [
  "volatilityMargin",
  "throttlePerSecond",
  "breaker",
  "fundThreshold",
  "blockSeconds",
] as const;

function readVolatilityMargin(place: JsonPlace): void {
  const fields = place.fields([
    "halfLifeSeconds",
    "referenceVolatility",
    "least",
    "most",
    "everySeconds",
  ]);
  fields.halfLifeSeconds.number({ above: 0 });
  fields.referenceVolatility.number({ above: 0 });
  fields.most.number({ from: fields.least.number({ above: 0 }) });
  fields.everySeconds.number({ above: 0 });
}

function readBreaker(place: JsonPlace): void {
  const fields = place.fields(
    ["move", "withinSeconds", "pauseSeconds", "stops"],
    ["throttleShare"],
  );
  fields.move.number({ above: 0 });
  fields.withinSeconds.number({ above: 0 });
  fields.pauseSeconds.number({ above: 0 });
  const stops = fields.stops.oneOf(["liquidations", "throttle", "trading"]);
  if (stops === "throttle") place.at("throttleShare").number({ above: 0, to: 1 });
}

function readParts(place: JsonPlace): void {
  const fields = place.fields(REQUIRED, OPTIONAL);
  readMarginSchedule(fields.margin);
  readFeeSchedule(fields.fees);
  readLiquidationFee(fields.liquidationFee);
  readForcedTradingFee(fields.forcedTradingFee);
  readMarkRule(fields.mark);
  readFundingRule(fields.funding);
  readFundingCap(fields.fundingCap);
  readLiquidationRule(fields.liquidation);
  readInsuranceRule(fields.insurance);
  readAdlRule(fields.adl);
  fields.maintenanceFactor.number({ above: 0 });
  fields.release.oneOf(["whenSafeAfterClose", "never"]);
  fields.adlAllocation.oneOf(["queue", "proRata"]);
  fields.insuranceFund.number({ from: 0 });
  fields.markTwapSeconds.number({ from: 0 });
  fields.hiddenLevels.flag();
  fields.liquidates.flag();
  fields.throttlePerSecond?.number({ above: 0 });
  fields.fundThreshold?.number({ from: 0 });
  fields.blockSeconds?.number({ above: 0 });
  if (fields.volatilityMargin !== undefined) readVolatilityMargin(fields.volatilityMargin);
  if (fields.breaker !== undefined) readBreaker(fields.breaker);
}

/**
 * Refuses a rule set with a part that is missing, of another shape, or out of range: what a mitigation of one's own may give. `of` is whose rules they are, for the
 * message. Throws
 * ConfigError naming the place, what is there and what should be.
 */
export function checkRuleSet(rules: RuleSet, of: string): void {
  try {
    // As JSON has no NaN and no Infinity they become null, which is no number either.
    readParts(new JsonPlace(of, JSON.parse(JSON.stringify(rules))));
  } catch (cause) {
    if (!(cause instanceof DataError)) throw cause;
    throw new ConfigError(cause.message, {
      cause,
      hints: ["Change the rules by { ...rules, part: … }, with values in the units of RuleSet."],
    });
  }
}
