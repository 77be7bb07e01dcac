import { ConfigError, type Instrument } from "@aftershock/schema";
import type { AccountId } from "../account/ledger.ts";
import type { AdlRanking, AdlRule } from "../rules/adlRule.ts";
import type { LiquidationStep } from "../rules/liquidationRule.ts";
import type { PartName } from "../rules/ruleParts.ts";
import {
  isHeld,
  type RuleAt,
  type RuleDoubt,
  type RulesAt,
  type SymbolRules,
  unverifiedOf,
} from "../rules/rulesOf.ts";
import type { AdlAllocator } from "./adlAllocator.ts";
import {
  type AdlTerms,
  type InstrumentTerms,
  type LiquidationFeeTerms,
  plainTerms,
} from "./liquidationTerms.ts";
import {
  type MissingRule,
  RuleChoice,
  type StatedLiquidation,
  type StatedRule,
} from "./statedLiquidation.ts";

/** What the terms of an engine are read from. */
export interface VenueLiquidationInputs {
  readonly rules: RulesAt;
  /** Those of the ledger, in its order; their symbols are the rules'. */
  readonly instruments: readonly Instrument[];
  /** The account of a fund, by the name that the rules give it; `insurance fund` where they name none. Asked once for each. */
  readonly fundAccount: (name: string) => AccountId;
  /** Who is deleveraged, by the venue's ranking. */
  readonly allocatorOf: (ranking: AdlRanking) => AdlAllocator;
  /** Default: nothing is stated. */
  readonly stated?: StatedLiquidation;
}

/** What a venue's rules of a day make of an engine: its steps and terms, and what a run has to say of them. */
export interface VenueLiquidation {
  readonly steps: readonly LiquidationStep[];
  readonly terms: readonly InstrumentTerms[];
  /** Of the parts that are used: what is not verified, contradicted or undated. */
  readonly doubts: readonly RuleDoubt[];
  /** What was stated in place of rules. */
  readonly stated: readonly StatedRule[];
}

/** Steps that send orders to the market, and so may be charged a fee. */
const ORDER_STEPS: ReadonlySet<LiquidationStep["kind"]> = new Set([
  "ioc",
  "market",
  "tranche",
  "stepDown",
  "increments",
  "fillable",
]);
/** Steps that alone do not end a position. */
const PARTIAL_STEPS: ReadonlySet<LiquidationStep["kind"]> = new Set([
  "cancel",
  "tranche",
  "stepDown",
  "insurance",
  "socialised",
]);

const reasonOf = (rule: RuleAt<unknown>, otherwise: string): string =>
  isHeld(rule) ? otherwise : rule.reason;

/** A symbol with its rules. */
interface Listed {
  readonly instrument: Instrument;
  readonly symbol: string;
  readonly rules: SymbolRules;
}

function completed(
  choice: RuleChoice,
  { symbol, rules }: Listed,
  step: LiquidationStep,
): LiquidationStep {
  const where = { symbol, part: "liquidation" } as const;
  const reason = reasonOf(rules.liquidation, "no source gives it");
  if (step.kind === "stepDown") {
    return { ...step, order: choice.of(step.order, { ...where, value: "stepDownOrder", reason }) };
  }
  if (step.kind !== "increments") return step;
  const { contractsPerOrder, ordersPerSecond } = step;
  return {
    ...step,
    contractsPerOrder: choice.of(contractsPerOrder, {
      ...where,
      value: "contractsPerOrder",
      reason,
    }),
    ordersPerSecond: choice.of(ordersPerSecond, { ...where, value: "ordersPerSecond", reason }),
  };
}

/** The steps of a symbol, with nothing left open. */
function stepsOf(choice: RuleChoice, listed: Listed): readonly LiquidationStep[] {
  const { symbol, rules } = listed;
  const own = rules.liquidation.value?.steps ?? [];
  const where = { symbol, part: "liquidation", value: "steps" } as const;
  const isOpen = own.every(({ kind }) => PARTIAL_STEPS.has(kind));
  const kinds = own.map(({ kind }) => kind).join(", ");
  const reason = reasonOf(rules.liquidation, `what follows ${kinds} is not recorded`);
  const rest = isOpen ? (choice.of(undefined, { ...where, reason }) ?? []) : [];
  return [...own, ...rest].map((step) => completed(choice, listed, step));
}

/** What of the fee of a taker is charged for forced orders; undefined where that is not known. */
function tradingFeeOf(
  choice: RuleChoice,
  { symbol, rules }: Listed,
): Pick<LiquidationFeeTerms, "tradingRate" | "includesTrading"> | undefined {
  const { forcedTradingFee: rule, fees } = rules;
  const charge = choice.of(rule.value?.charge, {
    symbol,
    part: "forcedTradingFee",
    value: "tradingCharge",
    reason: reasonOf(rule, "no source says whether forced orders pay the fee of a taker"),
  });
  if (charge === undefined) return undefined;
  if (charge === "none") return { tradingRate: 0, includesTrading: false };
  const rate = choice.of(fees.value?.tiers[0]?.takerRate, {
    symbol,
    part: "fees",
    value: "takerRate",
    reason: reasonOf(fees, ""),
  });
  if (rate === undefined) return undefined;
  return { tradingRate: Math.max(0, rate), includesTrading: charge === "included" };
}

function feeOf(choice: RuleChoice, listed: Listed): LiquidationFeeTerms | undefined {
  const { symbol, rules } = listed;
  const { liquidationFee: rule } = rules;
  const trading = tradingFeeOf(choice, listed);
  const where = { symbol, part: "liquidationFee" } as const;
  const rate = choice.of(rule.value?.rate, {
    ...where,
    value: "feeRate",
    reason: reasonOf(rule, ""),
  });
  if (rate === undefined) return undefined;
  if (rate === 0) return trading && { rate, isMaximum: false, paidTo: "venue", ...trading };
  const reason = reasonOf(rule, "no source says who receives it");
  const paidTo = choice.of(rule.value?.paidTo, { ...where, value: "feePaidTo", reason });
  const isMaximum = rule.value?.isMaximum ?? false;
  return paidTo === undefined ? undefined : trading && { rate, isMaximum, paidTo, ...trading };
}

/** What the one who is deleveraged pays. */
function adlFeeOf(choice: RuleChoice, { symbol, rules }: Listed): number | undefined {
  const fee = rules.adl.value?.fee;
  const makerRate = rules.fees.value?.tiers[0]?.makerRate;
  const ruled = fee === "none" ? 0 : fee === "maker" ? makerRate : undefined;
  const isMaker = fee === "maker";
  return choice.of(ruled === undefined ? undefined : Math.max(0, ruled), {
    symbol,
    part: isMaker ? "fees" : "adl",
    value: "adlFeeRate",
    reason: isMaker
      ? reasonOf(rules.fees, "")
      : reasonOf(rules.adl, "no source says what the one who is deleveraged pays"),
  });
}

const hasThreshold = ({ triggers }: Pick<AdlRule, "triggers">): boolean =>
  triggers.some(({ kind }) => kind === "fundBelowThreshold" || kind === "poolProfitRatio");

/** By the venue's ranking, else as is stated. */
function allocatorFor(
  choice: RuleChoice,
  { symbol, rules }: Listed,
  allocatorOf: VenueLiquidationInputs["allocatorOf"],
): AdlAllocator | undefined {
  const where = { symbol, part: "adl", reason: reasonOf(rules.adl, "no source gives it") } as const;
  const ruled = rules.adl.value?.ranking;
  if (ruled === undefined && choice.has("adlAllocate")) {
    return choice.of(undefined, { ...where, value: "adlAllocate" });
  }
  const ranking = choice.of(ruled, { ...where, value: "adlRanking" });
  return ranking === undefined ? undefined : allocatorOf(ranking);
}

function adlOf(
  choice: RuleChoice,
  listed: Listed,
  allocatorOf: VenueLiquidationInputs["allocatorOf"],
): AdlTerms | undefined {
  const { symbol, rules } = listed;
  const rule = rules.adl.value;
  const where = { symbol, part: "adl" } as const;
  const because = (otherwise: string): string => reasonOf(rules.adl, otherwise);
  const recorded = rule?.triggers.length === 0 ? undefined : rule?.triggers;
  const reason = because("no source gives it");
  const triggers = choice.of(recorded, { ...where, value: "adlTriggers", reason });
  const allocate = allocatorFor(choice, listed, allocatorOf);
  const price = choice.of(rule?.price, { ...where, value: "adlPrice", reason });
  const cancels = { ...where, value: "adlCancelsOrders", reason } as const;
  const cancelsOrders = choice.of(rule?.cancelsOrders, cancels);
  const feeRate = adlFeeOf(choice, listed);
  const fundThresholdUnits =
    triggers !== undefined && hasThreshold({ triggers })
      ? choice.of(undefined, {
          ...where,
          value: "fundThresholdUnits",
          reason: because("the venue has a threshold and does not state it"),
        })
      : undefined;
  if (triggers === undefined || allocate === undefined || price === undefined) return undefined;
  if (cancelsOrders === undefined || feeRate === undefined) return undefined;
  const { priceWhenFundExhausted } = rule ?? { priceWhenFundExhausted: undefined };
  return {
    triggers,
    price,
    priceWhenFundExhausted,
    feeRate,
    cancelsOrders,
    fundThresholdUnits,
    allocate,
  };
}

/** The name of the fund that pays for a symbol. */
function fundNameOf({ symbol, rules }: Listed): string {
  const funds = rules.insurance.value?.funds ?? [];
  const own = funds.find(({ covers }) => covers !== "rest" && covers.includes(symbol));
  return (own ?? funds.find(({ covers }) => covers === "rest"))?.name ?? "insurance fund";
}

/** Reads the terms of one instrument; what is missing is noted, and stands as if there were none. */
function termsOf(
  choice: RuleChoice,
  listed: Listed,
  inputs: { kinds: ReadonlySet<string>; fundOf: (name: string) => AccountId } & Pick<
    VenueLiquidationInputs,
    "allocatorOf"
  >,
): InstrumentTerms {
  const { symbol, rules, instrument } = listed;
  const { kinds } = inputs;
  const plain = plainTerms(instrument);
  const sendsOrders = [...ORDER_STEPS].some((kind) => kinds.has(kind));
  const hasFund = kinds.has("takeover") || kinds.has("insurance");
  const { margin, insurance } = rules;
  if (margin.value === undefined && (kinds.has("stepDown") || kinds.has("fillable"))) {
    choice.missing.push({ symbol, part: "margin", value: "margin", reason: reasonOf(margin, "") });
  }
  const takesSurplus =
    hasFund && sendsOrders
      ? choice.of(insurance.value?.takesSurplus, {
          symbol,
          part: "insurance",
          value: "takesSurplus",
          reason: reasonOf(insurance, "no source says where it goes"),
        })
      : false;
  return {
    ...plain,
    fund: hasFund ? inputs.fundOf(fundNameOf(listed)) : undefined,
    maximumNotionalShare: insurance.value?.maximumNotionalShare,
    takesSurplus: takesSurplus ?? false,
    fee: (sendsOrders ? feeOf(choice, listed) : undefined) ?? plain.fee,
    adl: kinds.has("adl") ? adlOf(choice, listed, inputs.allocatorOf) : undefined,
    schedule: margin.value,
  };
}

/** The parts of the rules that an engine of these steps rests on. */
function partsOf(kinds: ReadonlySet<string>): readonly PartName[] {
  const parts: PartName[] = ["margin", "liquidation"];
  if ([...ORDER_STEPS].some((kind) => kinds.has(kind)))
    parts.push("liquidationFee", "forcedTradingFee");
  if (kinds.has("takeover") || kinds.has("insurance")) parts.push("insurance");
  if (kinds.has("adl")) parts.push("adl");
  return parts;
}

interface Read {
  readonly steps: readonly LiquidationStep[];
  readonly terms: readonly InstrumentTerms[];
  readonly choice: RuleChoice;
  readonly parts: readonly PartName[];
}

function read(inputs: VenueLiquidationInputs): Read {
  const { rules, instruments, stated = {} } = inputs;
  const choice = new RuleChoice(stated);
  const funds = new Map<string, AccountId>();
  const fundOf = (name: string): AccountId => {
    const fund = funds.get(name) ?? inputs.fundAccount(name);
    funds.set(name, fund);
    return fund;
  };
  const listed = instruments.map((instrument): Listed => {
    const { symbol } = instrument;
    const own = rules.symbols[symbol];
    if (own !== undefined) return { instrument, symbol, rules: own };
    throw new ConfigError(`${rules.venue} has no rules of ${symbol}`, {
      hints: ["Ask rulesOf for the rules of all symbols of the ledger."],
    });
  });
  const contracts = listed.filter(({ instrument }) => instrument.kind !== "spot");
  const first = contracts[0];
  if (first === undefined) throw new ConfigError("There is no contract to liquidate");
  const isSame = (one: Listed): boolean =>
    JSON.stringify(one.rules.liquidation.value) === JSON.stringify(first.rules.liquidation.value);
  const other = contracts.find((one) => !isSame(one));
  if (other !== undefined) {
    throw new ConfigError(
      `${rules.venue} liquidates ${other.symbol} by other steps than ${first.symbol}`,
      { hints: ["Keep instruments that are liquidated apart in ledgers of their own."] },
    );
  }
  const steps = stepsOf(choice, first);
  const kinds = new Set(steps.map(({ kind }) => kind));
  const { allocatorOf } = inputs;
  const terms = listed.map((one) =>
    one.instrument.kind === "spot"
      ? plainTerms(one.instrument)
      : termsOf(choice, one, { kinds, fundOf, allocatorOf }),
  );
  return { steps, terms, choice, parts: partsOf(kinds) };
}

/** What an engine of these rules lacks, each value once for each symbol; none where it can be built. Throws ConfigError as venueLiquidation does for symbols. */
export const missingLiquidationRules = (inputs: VenueLiquidationInputs): readonly MissingRule[] =>
  read(inputs).choice.missing;

/**
 * The steps and terms of a liquidation engine by a venue's rules of a day. What the rules leave open is taken from what is stated, and never
 * guessed: throws ConfigError naming every value that is in neither, and where a symbol has no rules, or symbols of one ledger are
 * liquidated by different steps.
 */
export function venueLiquidation(inputs: VenueLiquidationInputs): VenueLiquidation {
  const { rules, instruments } = inputs;
  const { steps, terms, choice, parts } = read(inputs);
  if (choice.missing.length > 0) {
    const list = choice.missing.map(
      ({ symbol, part, value, reason }) => `${symbol} ${part}, ${value}: ${reason}`,
    );
    throw new ConfigError(`${rules.venue} cannot be liquidated by its rules: ${list.join("; ")}`, {
      hints: ["State these values, and the run reports that they were stated."],
    });
  }
  const symbols = instruments.map(({ symbol }) => symbol);
  const used = { ...rules, symbols: picked(rules.symbols, symbols) };
  return { steps, terms, doubts: unverifiedOf(used, parts), stated: choice.used };
}

const picked = (
  all: Readonly<Record<string, SymbolRules>>,
  symbols: readonly string[],
): Readonly<Record<string, SymbolRules>> =>
  Object.fromEntries(Object.entries(all).filter(([symbol]) => symbols.includes(symbol)));
