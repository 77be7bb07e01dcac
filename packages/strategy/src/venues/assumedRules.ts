import type {
  Assumption,
  FundingTerms,
  LiquidationStep,
  PeriodicFunding,
  RuleAssumptions,
} from "@aftershock/cascade";
import { ASSUMED_MARGINS } from "./assumedMargins.ts";

/** Whose rules are completed. */
export interface AssumedVenue {
  /** As in `data/rules`: `binance-usdm`. */
  readonly venue: string;
  /** The contract. */
  readonly symbol: string;
  /** Its currency of settlement, by which the fund is sized: `USDT`, `BTC`. */
  readonly settle: string;
}

const assume = <T>(value: T, why: string): Assumption<T> => ({ value, why });

const TO_FUND_AND_ADL: readonly LiquidationStep[] = [
  { kind: "takeover" },
  { kind: "insurance" },
  { kind: "adl" },
];

const EIGHT_HOURS = 28_800;

const FUNDING_TERMS: FundingTerms = {
  premium: "impact",
  average: "mean",
  sampleSeconds: 60,
  averageSeconds: EIGHT_HOURS,
  paid: "samePeriod",
  impact: { amount: 10_000, of: "notional", unit: "USD" },
};

/** Binance's formula of USD-M: data/rules/binance-usdm.json. */
const FUNDING: PeriodicFunding = {
  kind: "periodic",
  intervalSeconds: EIGHT_HOURS,
  hoursUtc: [0, 8, 16],
  ...FUNDING_TERMS,
  interestPerDay: 0.0003,
  clampRate: 0.0005,
  ratePeriodSeconds: EIGHT_HOURS,
};

/** Of venues whatever they are; money of the fund apart. */
const EVERYWHERE = {
  marginTail: assume(
    "lastTier",
    "Positions beyond the tiers that are known are charged as those of the last one; venues ask more of them, so that very large accounts are liquidated late here.",
  ),
  marginCharge: assume(
    "marginal",
    "Binance and Hyperliquid charge each tier's rate at the margin.",
  ),
  marginInitialFactor: assume(
    2,
    "Initial margin is twice the maintenance margin in most tiers of Binance's later tables, and by rule at Hyperliquid.",
  ),
  fees: assume(
    { tiers: [{ name: "base", makerRate: 0.0002, takerRate: 0.0005 }] },
    "The base level of Binance and OKX; fees of trading enter OKX's trigger, the fee of who is deleveraged, and forced orders where these pay them.",
  ),
  liquidationFeeRate: assume(
    0,
    "No source names a fee, and none is taken: accounts keep a little more than they may have.",
  ),
  liquidationFeePaidTo: assume(
    "insuranceFund",
    "Where a source says who receives it, it is the insurance fund (Binance, dYdX).",
  ),
  forcedTradingCharge: assume(
    "none",
    "No source says that forced orders pay the fee of a taker beside the liquidation fee; dYdX's do not.",
  ),
  markAverageSeconds: assume(
    60,
    "Windows of other venues' averages lie between 30 s and 5 minutes.",
  ),
  markSampleSeconds: assume(1, "As Bybit samples, and Binance since 2025-09-18."),
  markBandRate: assume(
    "none",
    "The band is not published; with one the mark would be nearer to the index.",
  ),
  fundingTerms: assume(
    FUNDING_TERMS,
    "As most venues have it; funding moves no forced order within a crash.",
  ),
  fundingCap: assume(
    { kind: "rate", rate: 0.005, perSeconds: EIGHT_HOURS },
    "Deribit's older cap; funding moves no forced order within a crash.",
  ),
  furtherSteps: assume(
    TO_FUND_AND_ADL,
    "What is left goes to fund and ADL at BitMEX, Bybit and OKX.",
  ),
  stepDownOrder: assume("market", "As BitMEX cuts positions."),
  takesSurplus: assume(true, "Bybit and OKX say that what is left over goes to the fund."),
  adlAllocation: assume("queue", "Every venue with a published ranking goes by its queue."),
  adlRanking: assume("profitTimesEffectiveLeverage", "BitMEX's, the oldest that is published."),
  adlTriggers: assume([{ kind: "fundCannotPay" }], "As at Binance and BitMEX."),
  adlPrice: assume("bankruptcy", "As at Binance, BitMEX and Bybit."),
  adlFee: assume(
    "none",
    "As at Binance; Bybit's fee of a maker is the only other that is published.",
  ),
  adlCancelsOrders: assume(
    false,
    "Only Binance says that it cancels orders of who is deleveraged; it changes no position.",
  ),
  fundThreshold: assume(
    0,
    "The threshold is not published: deleveraging begins when the fund has nothing left.",
  ),
  release: assume(
    "whenSafeAfterClose",
    "Who is safe after a part was closed keeps the rest, as rules that close in parts imply.",
  ),
  throttlePerSecond: assume("none", "No venue publishes a pace of its engine but Deribit."),
  hiddenLevels: assume(true, "Accounts of this venue are not public."),
} as const satisfies RuleAssumptions;

/** Deribit's funding flows all the time at the premium less a dampener of 0.025 %; here of the premium's mean of an hour, paid at its end. */
const DERIBIT_FUNDING: PeriodicFunding = {
  ...FUNDING,
  intervalSeconds: 3_600,
  hoursUtc: undefined,
  averageSeconds: 3_600,
  interestPerDay: 0,
  clampRate: 0.00025,
};

const ON_CHAIN = assume(false, "Positions are public on the venue's chain.");

/** Of single venues, before those of every venue. */
const OF_VENUE: Readonly<Record<string, RuleAssumptions>> = {
  "binance-coinm": {
    liquidation: assume(
      {
        trigger: { kind: "belowMaintenance" },
        steps: [{ kind: "cancel" }, { kind: "ioc" }, ...TO_FUND_AND_ADL],
      },
      "As USD-M's, of the same house and engine.",
    ),
    funding: assume(FUNDING, "As USD-M's."),
    adlRanking: assume("profitTimesMarginRatio", "As USD-M's."),
    adlCancelsOrders: assume(true, "As USD-M's."),
    liquidationFeeRate: assume(0.003, "As USD-M's of BTCUSDT."),
  },
  bitmex: {
    marginStep: assume(50, "Of ETHUSD in 2020: a step of the size of the base limit."),
  },
  deribit: {
    fees: assume(
      { tiers: [{ name: "base", makerRate: 0, takerRate: 0.0005 }] },
      "As recorded in 2026; the venue keeps that part of its liquidation fee.",
    ),
    funding: assume(
      DERIBIT_FUNDING,
      "The venue's continuous funding as hourly payments of the same premium less the same dampener.",
    ),
  },
  okx: {
    adlRanking: assume("profitTimesAccountLeverage", "OKX's own ranking as of 2020-12."),
  },
  "dydx-v4": {
    adlAllocation: assume(
      "proRata",
      "The venue goes by no ranking, from account to account in turn; a share of all stands for that.",
    ),
    blockSeconds: assume(1, "Blocks of the venue's chain take about a second."),
    hiddenLevels: ON_CHAIN,
  },
  hyperliquid: { hiddenLevels: ON_CHAIN },
};

/** Coins in a fund worth some 100 M USD at prices of the recorded crashes, by order of magnitude. */
const COIN_FUNDS: Readonly<Record<string, number>> = { BTC: 2_000, XBT: 2_000, ETH: 50_000 };
const DOLLAR_FUND = 100_000_000;
/** Of a coin of which no price is known here. */
const OTHER_FUND = 1_000_000;
const DOLLARS: ReadonlySet<string> = new Set(["USD", "USDT", "USDC"]);

/**
 * What a run assumes where the dated rules of a venue say nothing: a value for each, and why. It is used only where a rule is lacking, and a result lists what was
 * used. Change single ones by `{ ...assumedRules(venue),
 * insuranceFund: { value, why } }`.
 *
 * There is none for the margin and the steps of a liquidation of a venue that was not there yet: then `ruleSetOf` says that they are lacking. The fund is an order
 * of magnitude and no record: where fund, bad debt and ADL matter, state
 * what the venue published for the day.
 */
export function assumedRules({ venue, symbol, settle }: AssumedVenue): RuleAssumptions {
  const size = DOLLARS.has(settle) ? DOLLAR_FUND : (COIN_FUNDS[settle] ?? OTHER_FUND);
  const insuranceFund = assume(
    size,
    "The fund of the day is not in the rules: the order of magnitude of large venues' funds.",
  );
  const margin = ASSUMED_MARGINS[venue]?.[symbol];
  const known = margin === undefined ? {} : { margin };
  return { ...EVERYWHERE, insuranceFund, ...OF_VENUE[venue], ...known };
}
