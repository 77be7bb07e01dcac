import type { AdlRule } from "./adlRule.ts";
import type { ForcedTradingFee, LiquidationFee } from "./feeSchedule.ts";
import type { InsuranceRule } from "./insuranceRule.ts";
import type { LiquidationRule, LiquidationStep } from "./liquidationRule.ts";
import type { LackingRule, RuleTaking } from "./ruleAssumptions.ts";
import type { AdlAllocationRule } from "./ruleSet.ts";
import { isHeld, type RuleAt, type SymbolRules } from "./rulesOf.ts";

/** Why a rule, or a value within it, is not known. */
export const whyNot = (rule: RuleAt<unknown>, otherwise = "no source gives it"): string =>
  isHeld(rule) ? otherwise : rule.reason;

/** Steps that send orders to the market, and so may be charged a fee. */
const ORDER_STEPS: readonly LiquidationStep["kind"][] = [
  "ioc",
  "market",
  "tranche",
  "stepDown",
  "increments",
  "fillable",
];
/** Steps by which a fund pays or takes over. */
const FUND_STEPS: readonly LiquidationStep["kind"][] = ["takeover", "insurance", "fillable"];
/** Steps that alone do not end a position. */
const PARTIAL_STEPS: readonly LiquidationStep["kind"][] = [
  "cancel",
  "tranche",
  "stepDown",
  "insurance",
  "socialised",
];

/** What the steps of a rule call for. */
export interface StepNeeds {
  readonly sendsOrders: boolean;
  readonly hasFund: boolean;
  readonly hasAdl: boolean;
  readonly hasBlocks: boolean;
}

/** What the steps of a rule call for. */
export function needsOf({ steps }: LiquidationRule): StepNeeds {
  const has = (kinds: readonly LiquidationStep["kind"][]): boolean =>
    steps.some(({ kind }) => kinds.includes(kind));
  return {
    sendsOrders: has(ORDER_STEPS),
    hasFund: has(FUND_STEPS),
    hasAdl: has(["adl"]),
    hasBlocks: has(["fillable"]),
  };
}

function wholeStep(
  step: LiquidationStep,
  { liquidation }: SymbolRules,
  taking: RuleTaking,
): LiquidationStep {
  const where = { part: "liquidation", lacks: whyNot(liquidation) } as const;
  if (step.kind === "stepDown") {
    return { ...step, order: taking.of(step.order, { ...where, name: "stepDownOrder" }) };
  }
  if (step.kind !== "increments") return step;
  const { contractsPerOrder, ordersPerSecond } = step;
  return {
    ...step,
    contractsPerOrder: taking.of(contractsPerOrder, { ...where, name: "contractsPerOrder" }),
    ordersPerSecond: taking.of(ordersPerSecond, { ...where, name: "ordersPerSecond" }),
  };
}

/** Trigger and steps with nothing left open; undefined, and noted, where something for it is lacking. */
export function wholeLiquidation(
  rules: SymbolRules,
  taking: RuleTaking,
): LiquidationRule | undefined {
  const part = "liquidation";
  const lacks = whyNot(rules.liquidation);
  const rule = taking.of(rules.liquidation.value, { part, name: "liquidation", lacks });
  if (rule === undefined) return undefined;
  const kinds = rule.steps.map(({ kind }) => kind);
  const isOpen = kinds.every((kind) => PARTIAL_STEPS.includes(kind));
  const further = taking.of(isOpen ? undefined : [], {
    part,
    name: "furtherSteps",
    lacks: `what follows ${kinds.join(", ")} is not recorded`,
  });
  const steps = [...rule.steps, ...(further ?? [])];
  return { trigger: rule.trigger, steps: steps.map((step) => wholeStep(step, rules, taking)) };
}

/** The fee of a forced close; none where no orders are sent. */
export function wholeLiquidationFee(
  { liquidationFee: rule }: SymbolRules,
  { sendsOrders }: StepNeeds,
  taking: RuleTaking,
): LiquidationFee | undefined {
  const part = "liquidationFee";
  const isMaximum = rule.value?.isMaximum ?? false;
  if (!sendsOrders) return { rate: 0, isMaximum, paidTo: "venue" };
  const rate = taking.of(rule.value?.rate, {
    part,
    name: "liquidationFeeRate",
    lacks: whyNot(rule),
  });
  if (rate === undefined) return undefined;
  if (rate === 0) return { rate, isMaximum, paidTo: "venue" };
  const lacks = whyNot(rule, "no source says who receives it");
  const paidTo = taking.of(rule.value?.paidTo, { part, name: "liquidationFeePaidTo", lacks });
  return paidTo === undefined ? undefined : { rate, isMaximum, paidTo };
}

/** Whether forced orders pay the fee of a taker; none where no orders are sent. */
export function wholeForcedTradingFee(
  { forcedTradingFee: rule }: SymbolRules,
  { sendsOrders }: StepNeeds,
  taking: RuleTaking,
): ForcedTradingFee | undefined {
  const charge = taking.of(sendsOrders ? rule.value?.charge : "none", {
    part: "forcedTradingFee",
    name: "forcedTradingCharge",
    lacks: whyNot(rule, "no source says whether forced orders pay the fee of a taker"),
  });
  return charge === undefined ? undefined : { charge };
}

/** What the fund does. Where a fund is named without rules its bound on notional is none. */
export function wholeInsurance(
  { insurance }: SymbolRules,
  { sendsOrders, hasFund }: StepNeeds,
  taking: RuleTaking,
): InsuranceRule {
  const {
    funds = [{ name: "insurance fund", covers: "rest" }],
    maximumNotionalShare,
    takesSurplus: ruled,
    refreshedAtHourUtc,
  } = insurance.value ?? {};
  const takesSurplus = taking.of(hasFund && sendsOrders ? ruled : (ruled ?? false), {
    part: "insurance",
    name: "takesSurplus",
    lacks: whyNot(insurance, "no source says where it goes"),
  });
  return { funds, maximumNotionalShare, takesSurplus, refreshedAtHourUtc };
}

/** No rule of ADL: what stands where no step asks for one. */
const NO_ADL: AdlRule = {
  ranking: undefined,
  triggers: [],
  price: undefined,
  priceWhenFundExhausted: undefined,
  fee: undefined,
  cancelsOrders: undefined,
  refreshSeconds: undefined,
};

/** A rule of ADL, who gives up how much, and the fund's threshold where a trigger asks for one. */
export interface WholeAdl {
  readonly adl: AdlRule;
  readonly adlAllocation: AdlAllocationRule;
  readonly fundThreshold: number | undefined;
}

const hasThreshold = ({ triggers }: AdlRule): boolean =>
  triggers.some(({ kind }) => kind === "fundBelowThreshold" || kind === "poolProfitRatio");

/** The rule of ADL with nothing left open that its step needs; a venue with a ranking goes by its queue. */
export function wholeAdl(
  rules: SymbolRules,
  { hasAdl }: StepNeeds,
  taking: RuleTaking,
): WholeAdl | undefined {
  const rule = rules.adl.value ?? NO_ADL;
  if (!hasAdl) return { adl: rule, adlAllocation: "queue", fundThreshold: undefined };
  const where: Pick<LackingRule, "part" | "lacks"> = { part: "adl", lacks: whyNot(rules.adl) };
  const adlAllocation = taking.of(rule.ranking === undefined ? undefined : "queue", {
    ...where,
    name: "adlAllocation",
  });
  const ranking =
    adlAllocation === "queue"
      ? taking.of(rule.ranking, { ...where, name: "adlRanking" })
      : rule.ranking;
  const stated = rule.triggers.length === 0 ? undefined : rule.triggers;
  const triggers = taking.of(stated, { ...where, name: "adlTriggers" }) ?? [];
  const price = taking.of(rule.price, { ...where, name: "adlPrice" });
  const fee = taking.of(rule.fee, { ...where, name: "adlFee" });
  const cancelsOrders = taking.of(rule.cancelsOrders, { ...where, name: "adlCancelsOrders" });
  const adl: AdlRule = { ...rule, ranking, triggers, price, fee, cancelsOrders };
  const lacks = whyNot(rules.adl, "the venue has a threshold and does not state it");
  const fundThreshold = hasThreshold(adl)
    ? taking.of(undefined, { part: "adl", name: "fundThreshold", lacks })
    : undefined;
  return adlAllocation === undefined ? undefined : { adl, adlAllocation, fundThreshold };
}
