import {
  ConfigError,
  DataError,
  IntegrityError,
  type Micros,
  MICROS_PER_SECOND,
} from "@aftershock/schema";
import { AccountSet } from "../account/accountSet.ts";
import type { AccountId, Ledger } from "../account/ledger.ts";
import { Marks } from "../account/marks.ts";
import { ADL_SCORES } from "../liquidation/adl/adlScore.ts";
import { allocateProRata } from "../liquidation/adl/allocateAdl.ts";
import { type AdlAllocator, allocatorBy, queueAllocator } from "../liquidation/adlAllocator.ts";
import { LiquidationEngine } from "../liquidation/liquidationEngine.ts";
import type { LiquidationEventKind, OnLiquidationEvent } from "../liquidation/liquidationEvent.ts";
import type { LiquidationMarket } from "../liquidation/liquidationMarket.ts";
import {
  type AdlTerms,
  type InstrumentTerms,
  type LiquidationFeeTerms,
  plainTerms,
} from "../liquidation/liquidationTerms.ts";
import type { OrderThrottleOptions } from "../liquidation/orderThrottle.ts";
import type { MarginModel } from "../margin/marginModel.ts";
import type { FirstLook } from "../margin/triggerIndex.fast.ts";
import { TimeAverage } from "../oracle/timeAverage.ts";
import type { AdlRule } from "../rules/adlRule.ts";
import type { RuleSet } from "../rules/ruleSet.ts";
import { CurrentMargin } from "./currentMargin.ts";
import { MarkBreaker } from "./markBreaker.ts";
import { VolatilityFactor } from "./volatilityFactor.ts";

/** How long a window of the engine's throttle is, µs. */
const THROTTLE_WINDOW_MICROS = 100_000;

/** Accounts of the ledger with a part to play. */
export interface EngineAccounts {
  readonly fund: AccountId;
  readonly venue: AccountId;
  /** For rules with a backstop. */
  readonly vault?: AccountId;
  /** Never liquidated, deleveraged or asked for a share of a loss. */
  readonly exempt: readonly AccountId[];
}

/** What an engine by a RuleSet works with. */
export interface RuledEngineOptions {
  readonly rules: RuleSet;
  readonly ledger: Ledger;
  /** Number of the contract in the ledger. */
  readonly instrument: number;
  readonly market: LiquidationMarket;
  readonly accounts: EngineAccounts;
  /** Price of the contract at the start, quote currency: by it the throttle is turned into the settle currency. */
  readonly startPrice: number;
  readonly onEvent: OnLiquidationEvent;
  /** The kinds of events that `onEvent` is called with; default all. */
  readonly events?: ReadonlySet<LiquidationEventKind>;
  /** Shared with engines that begin with the same rules, ledger and marks; default: none. */
  readonly firstLook?: FirstLook | undefined;
}

/** What a breaker has stopped: nothing, liquidations, or all trading but makers'. */
export type EngineHalt = "none" | "liquidations" | "trading";

function adlTermsOf(rules: RuleSet, ledger: Ledger): AdlTerms {
  const { adl, adlAllocation, fees, fundThreshold } = rules;
  const lacks = (what: keyof AdlRule): ConfigError =>
    new ConfigError(`The rules have a step of auto-deleveraging and do not say its ${what}`, {
      hints: ["State it in the rule `adl`."],
    });
  const { ranking, price, priceWhenFundExhausted, triggers, fee, cancelsOrders } = adl;
  if (price === undefined) throw lacks("price");
  if (fee === undefined) throw lacks("fee");
  if (cancelsOrders === undefined) throw lacks("cancelsOrders");
  const threshold = triggers.find(
    ({ kind }) => kind === "fundBelowThreshold" || kind === "poolProfitRatio",
  );
  if (threshold !== undefined && fundThreshold === undefined) {
    throw new ConfigError(
      `ADL is set off by ${threshold.kind}, and the rules state no threshold of the fund`,
      {
        hints: [
          "State fundThreshold, or take the trigger fundCannotPay, fundDrawdown, poolEmpty or accountValueNegative.",
        ],
      },
    );
  }
  if (ranking === undefined && adlAllocation === "queue") throw lacks("ranking");
  const { unitsPerOne } = ledger.currency;
  const allocate: AdlAllocator =
    ranking === undefined || adlAllocation === "proRata"
      ? allocatorBy((request) => allocateProRata(request))
      : queueAllocator(ADL_SCORES[ranking], unitsPerOne);
  return {
    triggers,
    price,
    priceWhenFundExhausted,
    feeRate: fee === "maker" ? Math.max(0, fees.tiers[0]?.makerRate ?? 0) : 0,
    cancelsOrders,
    fundThresholdUnits:
      fundThreshold === undefined ? undefined : ledger.currency.units(fundThreshold),
    allocate,
  };
}

/** What of the fee of a taker forced orders pay. Throws ConfigError where they do and the rules have no fees. */
function tradingFeeOf({
  forcedTradingFee: { charge },
  fees,
}: RuleSet): Pick<LiquidationFeeTerms, "tradingRate" | "includesTrading"> {
  if (charge === "none") return { tradingRate: 0, includesTrading: false };
  const takerRate = fees.tiers[0]?.takerRate;
  if (takerRate !== undefined) {
    return { tradingRate: Math.max(0, takerRate), includesTrading: charge === "included" };
  }
  throw new ConfigError("Forced orders pay the fee of a taker, and the rules state none", {
    hints: ["State a tier of fees, or that they pay none."],
  });
}

function termsOf({
  rules,
  ledger,
  instrument,
  accounts,
}: RuledEngineOptions): readonly InstrumentTerms[] {
  const { liquidationFee, insurance, liquidation, margin } = rules;
  const hasAdl = liquidation.steps.some(({ kind }) => kind === "adl");
  return ledger.instruments.map((each, number) =>
    number !== instrument
      ? plainTerms(each)
      : {
          ...plainTerms(each),
          fund: accounts.fund,
          maximumNotionalShare: insurance.maximumNotionalShare,
          takesSurplus: insurance.takesSurplus ?? false,
          fee: {
            rate: liquidationFee.rate,
            isMaximum: liquidationFee.isMaximum,
            paidTo: liquidationFee.paidTo ?? "venue",
            ...tradingFeeOf(rules),
          },
          adl: hasAdl ? adlTermsOf(rules, ledger) : undefined,
          schedule: margin,
        },
  );
}

/** The rule's pace in quote currency as a budget in the settle currency. Throws ConfigError for a quanto contract, whose two currencies no price relates. */
function throttleOf({ rules, ledger, instrument, startPrice }: RuledEngineOptions): {
  throttle?: OrderThrottleOptions;
} {
  const { throttlePerSecond } = rules;
  if (throttlePerSecond === undefined) return {};
  const traded = ledger.instruments[instrument];
  if (traded?.contract !== "linear" && traded?.contract !== "inverse") {
    throw new ConfigError(
      `The throttle is in quote currency, and ${traded?.id ?? `instrument ${instrument}`} is ${traded?.contract ?? "none of the ledger's"}`,
      { hints: ["Leave throttlePerSecond out, or take a linear or an inverse contract."] },
    );
  }
  const perWindow = (throttlePerSecond * THROTTLE_WINDOW_MICROS) / MICROS_PER_SECOND;
  return {
    throttle: {
      notionalPerWindow: perWindow / (traded.contract === "inverse" ? startPrice : 1),
      windowMicros: THROTTLE_WINDOW_MICROS,
    },
  };
}

/**
 * A venue's liquidations of one contract by a RuleSet: mark by mark, the average that liquidations go by, the breaker, margin that rises with volatility, then
 * the liquidation engine. The simulator and the counterfactual run this very class, so that a rule means the same in both.
 *
 * Assumes one contract a venue; see the parts for what each of them assumes. The same calls give the same events.
 */
export class RuledEngine {
  /** The marks that liquidations go by. */
  readonly marks: Marks;
  readonly #options: RuledEngineOptions;
  readonly #engine: LiquidationEngine;
  readonly #margin: CurrentMargin;
  readonly #twap: TimeAverage | undefined;
  readonly #breaker: MarkBreaker | undefined;
  readonly #volatility: VolatilityFactor | undefined;
  readonly #changed: readonly number[];
  #halt: EngineHalt = "none";
  #mark = Number.NaN;
  #at = Number.NEGATIVE_INFINITY;

  /** Throws ConfigError naming what the rules lack. */
  constructor(options: RuledEngineOptions) {
    const { rules, ledger, instrument, market, accounts, onEvent } = options;
    const { liquidation, markTwapSeconds, breaker, volatilityMargin, throttlePerSecond } = rules;
    const exempt = new AccountSet([accounts.fund, accounts.venue, ...accounts.exempt]);
    if (accounts.vault !== undefined) exempt.add(accounts.vault);
    this.#options = options;
    this.marks = new Marks(ledger);
    this.#changed = [instrument];
    if (breaker?.stops === "throttle" && throttlePerSecond === undefined) {
      throw new ConfigError("A breaker slows forced orders down, and the rules state no pace", {
        hints: ["State throttlePerSecond."],
      });
    }
    this.#margin = new CurrentMargin(
      {
        ledger,
        marks: this.marks,
        instrument,
        schedule: rules.margin,
        trigger: liquidation.trigger,
        takerRate: Math.max(0, rules.fees.tiers[0]?.takerRate ?? 0),
        isExempt: (account) => exempt.has(account),
        firstLook: options.firstLook,
      },
      rules.maintenanceFactor,
    );
    this.#engine = new LiquidationEngine({
      ledger,
      marks: this.marks,
      model: this.#margin,
      isLiquidatable: (account, marks) => this.#margin.isLiquidatable(account, marks),
      dangerBand: (account, marks) => this.#margin.dangerBand(account, marks),
      triggers: this.#margin,
      market,
      steps: liquidation.steps,
      terms: termsOf(options),
      venue: accounts.venue,
      ...(accounts.vault === undefined ? {} : { vault: accounts.vault }),
      exempt: accounts.exempt,
      release: rules.release,
      ...throttleOf(options),
      ...(rules.blockSeconds === undefined
        ? {}
        : { blockMicros: Math.round(rules.blockSeconds * MICROS_PER_SECOND) }),
      onEvent,
      events: options.events,
    });
    this.#twap =
      markTwapSeconds === 0
        ? undefined
        : new TimeAverage({ windowMicros: Math.round(markTwapSeconds * MICROS_PER_SECOND) });
    this.#breaker = breaker === undefined ? undefined : new MarkBreaker(breaker);
    this.#volatility =
      volatilityMargin === undefined ? undefined : new VolatilityFactor(volatilityMargin);
  }

  /**
   * Takes the venue's mark at an instant, quote currency, and does all that is due by then. Times ascend. Throws DataError for a mark that is none and
   * IntegrityError for a time before the last one, with nothing done.
   */
  step(at: Micros, mark: number): void {
    const { rules, instrument } = this.#options;
    this.#checkStep(at, mark);
    this.#at = at;
    this.#twap?.update(mark, at);
    const used = this.#twap?.price(at) ?? mark;
    this.marks.set(instrument, used);
    this.#mark = used;
    if (!rules.liquidates) return;
    const factor = this.#volatility?.take(at, mark) ?? 1;
    if (this.#margin.scale(factor * rules.maintenanceFactor)) this.#engine.rescaled();
    this.#halt = this.#haltAt(at, mark);
    if (this.#halt !== "none") {
      this.#engine.noteMarks(this.#changed, at);
      return;
    }
    this.#engine.onMarks(this.#changed, at);
    this.#engine.advance(at);
  }

  /** Before the average, the volatility or the breaker have taken anything. */
  #checkStep(at: Micros, mark: number): void {
    const { ledger, instrument } = this.#options;
    if (!(mark > 0 && mark < Number.POSITIVE_INFINITY)) {
      throw new DataError(
        `The mark of ${ledger.instruments[instrument]?.id} at ${at} µs is ${mark}`,
        {
          hints: [
            "Marks are finite and above 0: leave a missing one out, and the last one stands.",
          ],
        },
      );
    }
    if (Number.isSafeInteger(at) && at >= this.#at) return;
    throw new IntegrityError(`The engine is at ${this.#at} µs and cannot go to ${at}`, {
      hints: ["Times are whole µs and never run backwards."],
    });
  }

  #haltAt(at: Micros, mark: number): EngineHalt {
    const { breaker } = this.#options.rules;
    const isOpen = this.#breaker?.take(at, mark) ?? false;
    const isSlow = isOpen && breaker?.stops === "throttle";
    this.#engine.pace(isSlow ? (breaker.throttleShare ?? 1) : 1);
    if (!isOpen || breaker === undefined || breaker.stops === "throttle") return "none";
    return breaker.stops;
  }

  /** The mark that liquidations go by, quote currency; NaN before the first. */
  get liquidationMark(): number {
    return this.#mark;
  }

  /** What the breaker has stopped as of the last step. */
  get halt(): EngineHalt {
    return this.#halt;
  }

  /** How often the breaker has opened. */
  get breakerOpened(): number {
    return this.#breaker?.opened ?? 0;
  }

  /** Margin as it is taken now. */
  get margin(): MarginModel {
    return this.#margin;
  }

  /** How many accounts are latched: taken over and not yet closed. */
  get latchedCount(): number {
    return this.#engine.latchedCount;
  }

  /** Accounts that have been latched, each once, in the order in which they first were. */
  get everLatched(): readonly AccountId[] {
    return this.#engine.everLatched;
  }

  /** Whether an account is latched. */
  isLatched(account: AccountId): boolean {
    return this.#engine.isLatched(account);
  }

  /** An account has traded, been paid or paid outside of the engine. */
  changed(account: AccountId): void {
    this.#margin.changed(account);
    this.#engine.changed(account);
  }
}
