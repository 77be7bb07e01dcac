import { ConfigError } from "@aftershock/schema";
import type { PeriodicFunding } from "./fundingRule.ts";
import type { MarkRule } from "./markRule.ts";
import {
  type AssumedRule,
  type LackingRule,
  type RuleAssumptions,
  RuleTaking,
} from "./ruleAssumptions.ts";
import type { PartName } from "./ruleParts.ts";
import type { RuleSet } from "./ruleSet.ts";
import { type RuleDoubt, type RulesAt, type SymbolRules, unverifiedOf } from "./rulesOf.ts";
import {
  needsOf,
  type StepNeeds,
  wholeAdl,
  wholeForcedTradingFee,
  wholeInsurance,
  wholeLiquidation,
  wholeLiquidationFee,
  whyNot,
} from "./wholeLiquidation.ts";
import { wholeMargin } from "./wholeMargin.ts";

/** Whose rule set is wanted. */
export interface RuleSetRequest {
  /** What holds at the instant: `rulesOf(venue, at, [symbol])`. */
  readonly rules: RulesAt;
  /** The contract. */
  readonly symbol: string;
  /** What stands where the rules say nothing. Default: nothing is assumed. */
  readonly assumptions?: RuleAssumptions;
}

/** What the mark takes where its rule is silent: MarkOptions for a MarkPrice or a Counterfactual. */
export interface MarkTerms {
  readonly of: string;
  readonly averageSeconds?: number;
  readonly sampleSeconds?: number | "continuous";
  readonly fundingPeriodSeconds?: number;
  readonly bandRate?: number | "none";
}

/** A contract's rules of an instant, whole, and what a run has to say of them. */
export interface VenueRuleSet {
  readonly rules: RuleSet;
  readonly mark: MarkTerms;
  /** What was assumed in place of rules: a result shows it. */
  readonly assumed: readonly AssumedRule[];
  /** Of the parts that are used: what is absent, not verified, contradicted or undated. */
  readonly doubts: readonly RuleDoubt[];
}

const FUNDING_TERMS = ["premium", "average", "sampleSeconds", "averageSeconds", "paid"] as const;

/** Funding with payments at the ends of periods, of which nothing is left open but a clamp, which not every venue has. */
function wholeFunding(
  { funding: rule }: SymbolRules,
  taking: RuleTaking,
): PeriodicFunding | undefined {
  const part = "funding";
  const isContinuous = rule.value?.kind === "continuous";
  const lacks = isContinuous
    ? "the venue's funding flows all the time, and a rule set holds payments at the ends of periods"
    : whyNot(rule);
  const periodic = rule.value?.kind === "periodic" ? rule.value : undefined;
  const funding = taking.of(periodic, { part, name: "funding", lacks });
  if (funding === undefined) return undefined;
  const needsImpact = funding.premium !== "mid" && funding.impact === undefined;
  const open: readonly string[] = [
    ...FUNDING_TERMS.filter((name) => funding[name] === undefined),
    ...(needsImpact ? ["impact"] : []),
  ];
  if (open.length === 0) return funding;
  const terms = taking.of(undefined, {
    part,
    name: "fundingTerms",
    lacks: `not stated: ${open.join(", ")}`,
  });
  if (terms === undefined) return undefined;
  const { premium = terms.premium, average = terms.average, paid = terms.paid } = funding;
  const { sampleSeconds = terms.sampleSeconds, averageSeconds = terms.averageSeconds } = funding;
  const impact = funding.impact ?? (premium === "impact" ? terms.impact : undefined);
  return { ...funding, premium, average, sampleSeconds, averageSeconds, impact, paid };
}

/** What the rule of the mark leaves open. */
function markTerms(
  rule: MarkRule,
  request: { readonly of: string; readonly funding: PeriodicFunding | undefined },
  taking: RuleTaking,
): MarkTerms {
  const { of, funding } = request;
  const lack = { part: "mark", lacks: "no source gives it" } as const;
  const given = <K extends keyof MarkTerms>(name: K, value: MarkTerms[K] | undefined): object =>
    value === undefined ? {} : { [name]: value };
  switch (rule.kind) {
    case "medianOfThree": {
      if (rule.sampleSeconds !== undefined) return { of };
      const sample = taking.of(undefined, { ...lack, name: "markSampleSeconds" });
      return { of, ...given("sampleSeconds", sample) };
    }
    case "averageBasis": {
      const sample = taking.of(undefined, { ...lack, name: "markSampleSeconds" });
      const isStated = rule.averageSeconds !== undefined;
      const window = isStated
        ? undefined
        : taking.of(undefined, { ...lack, name: "markAverageSeconds" });
      return { of, ...given("sampleSeconds", sample), ...given("averageSeconds", window) };
    }
    case "emaBasis": {
      if (rule.bandRate !== undefined) return { of };
      return { of, ...given("bandRate", taking.of(undefined, { ...lack, name: "markBandRate" })) };
    }
    case "fairBasis":
      return { of, ...given("fundingPeriodSeconds", funding?.intervalSeconds) };
    case "indexAndFunding":
    case "medianWithVenues":
    case "oracle":
      return { of };
    default:
      return rule satisfies never;
  }
}

/** What no dated rule states: how the engine works, and what its fund held. */
interface EngineTerms extends Pick<RuleSet, "insuranceFund" | "release" | "hiddenLevels"> {
  readonly throttle: number | "none";
  readonly blockSeconds: number | undefined;
}

function engineTerms(
  { hasFund, hasBlocks }: StepNeeds,
  taking: RuleTaking,
): EngineTerms | undefined {
  const lack = { part: "engine", lacks: "no dated rule of any venue states it" } as const;
  const insuranceFund = taking.of(hasFund ? undefined : 0, { ...lack, name: "insuranceFund" });
  const release = taking.of(undefined, { ...lack, name: "release" });
  const throttle = taking.of(undefined, { ...lack, name: "throttlePerSecond" });
  const hiddenLevels = taking.of(undefined, { ...lack, name: "hiddenLevels" });
  const blockSeconds = hasBlocks
    ? taking.of(undefined, { ...lack, name: "blockSeconds" })
    : undefined;
  if (insuranceFund === undefined || release === undefined) return undefined;
  if (throttle === undefined || hiddenLevels === undefined) return undefined;
  return { insuranceFund, release, throttle, hiddenLevels, blockSeconds };
}

/** The parts of the rules that a rule set of these steps rests on. */
const usedParts = ({ sendsOrders, hasFund, hasAdl }: StepNeeds): readonly PartName[] => [
  "margin",
  "fees",
  ...(sendsOrders ? (["liquidationFee", "forcedTradingFee"] as const) : []),
  "mark",
  "funding",
  "fundingCap",
  "liquidation",
  ...(hasFund ? (["insurance"] as const) : []),
  ...(hasAdl ? (["adl"] as const) : []),
];

/** The parts of a rule set as far as they are known. */
type Known<T> = { readonly [K in keyof T]: T[K] | undefined };

const isWhole = <T extends object>(parts: Known<T>): parts is T =>
  Object.values(parts).every((part) => part !== undefined);

interface Read {
  readonly rules: RuleSet | undefined;
  readonly mark: MarkTerms;
  readonly taking: RuleTaking;
  readonly parts: readonly PartName[];
}

function readParts(own: SymbolRules, of: string, taking: RuleTaking) {
  const schedule = taking.of(own.margin.value, {
    part: "margin",
    name: "margin",
    lacks: whyNot(own.margin),
  });
  const margin = schedule === undefined ? undefined : wholeMargin(schedule, taking);
  const liquidation = wholeLiquidation(own, taking);
  const needs = needsOf(liquidation ?? { trigger: { kind: "belowMaintenance" }, steps: [] });
  const fees = taking.of(own.fees.value, { part: "fees", name: "fees", lacks: whyNot(own.fees) });
  const liquidationFee = wholeLiquidationFee(own, needs, taking);
  const forcedTradingFee = wholeForcedTradingFee(own, needs, taking);
  const funding = wholeFunding(own, taking);
  const mark = taking.of(own.mark.value, { part: "mark", name: "mark", lacks: whyNot(own.mark) });
  const terms = mark === undefined ? { of } : markTerms(mark, { of, funding }, taking);
  const fundingCap = taking.of(own.fundingCap.value, {
    part: "fundingCap",
    name: "fundingCap",
    lacks: whyNot(own.fundingCap),
  });
  const insurance = wholeInsurance(own, needs, taking);
  const deleveraging = wholeAdl(own, needs, taking);
  const engine = engineTerms(needs, taking);
  const fee = { fees, liquidationFee, forcedTradingFee };
  const parts = { margin, liquidation, ...fee, funding, mark, fundingCap, insurance };
  return { parts: { ...parts, deleveraging, engine }, terms, needs };
}

function read({ rules: venue, symbol, assumptions = {} }: RuleSetRequest): Read {
  const own = venue.symbols[symbol];
  if (own === undefined) {
    throw new ConfigError(`${venue.venue} has no rules of ${symbol}`, {
      hints: ["Ask rulesOf for the rules of this symbol."],
    });
  }
  const taking = new RuleTaking(assumptions);
  const { parts, terms, needs } = readParts(own, `${venue.venue} ${symbol}`, taking);
  const result = { mark: terms, taking, parts: usedParts(needs), rules: undefined };
  if (!isWhole(parts)) return result;
  const { deleveraging, engine, ...rest } = parts;
  const { adl, adlAllocation, fundThreshold } = deleveraging;
  const { throttle, blockSeconds, ...engineRules } = engine;
  return {
    ...result,
    rules: {
      ...rest,
      ...engineRules,
      adl,
      adlAllocation,
      ...(fundThreshold === undefined ? {} : { fundThreshold }),
      ...(blockSeconds === undefined ? {} : { blockSeconds }),
      throttlePerSecond: throttle === "none" ? undefined : throttle,
      maintenanceFactor: 1,
      volatilityMargin: undefined,
      markTwapSeconds: 0,
      breaker: undefined,
      liquidates: true,
    },
  };
}

/** What the rules of an instant lack for a whole rule set, and no assumption states. Throws ConfigError for a symbol without rules. */
export const lackingRules = (request: RuleSetRequest): readonly LackingRule[] =>
  read(request).taking.lacking;

/**
 * The rules of a contract at an instant, whole: from the dated rules of the venue, and where they say nothing from what is assumed, which is listed. Nothing is
 * filled in silently. What a rule set has
 * beside the parts of dated rules starts at what changes nothing: factor 1, no margin by volatility, no further average of the mark, no breaker.
 *
 * Throws ConfigError naming every value that is in neither, with why it is not known, and for a symbol without rules.
 */
export function ruleSetOf(request: RuleSetRequest): VenueRuleSet {
  const { rules: venue, symbol } = request;
  const { rules, mark, taking, parts } = read(request);
  if (rules === undefined || taking.lacking.length > 0) {
    const list = taking.lacking.map(({ part, name, lacks }) => `${part}, ${name}: ${lacks}`);
    throw new ConfigError(
      `The rules of ${venue.venue} ${symbol} are not whole at that time: ${list.join("; ")}`,
      { hints: ["State these values as assumptions, and the run reports them."] },
    );
  }
  const own = venue.symbols[symbol];
  const used = { ...venue, symbols: own === undefined ? {} : { [symbol]: own } };
  return { rules, mark, assumed: taking.assumed, doubts: unverifiedOf(used, parts) };
}
