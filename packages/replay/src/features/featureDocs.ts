/** How a column of features is stored: text, whole number, real number, or true and false. */
export type FeatureType = "text" | "count" | "real" | "flag";

/** What one column of features holds, or some columns that differ by a number in their names. */
export interface FeatureDoc {
  /** In braces what the name is repeated for: `{1…N}` the levels 1 to N of `depth`, `{1,5,N}` the numbers listed, each once. */
  readonly name: string;
  readonly type: FeatureType;
  readonly unit: string;
  readonly meaning: string;
  /** When there is no value: null in files, NaN in batches. */
  readonly absent: string;
}

/** How far from the mid depth is summed up, 1e-4 of the mid. */
export const BANDS_BPS: readonly number[] = [1, 5, 10, 25, 50, 100];
/** Over how many best levels a side imbalance is taken; N is `depth`. */
export const IMBALANCE_LEVELS = "1,5,N";

const BANDS = `{${BANDS_BPS.join(",")}}`;
const NO_BOOK = "neither `book` nor `orders` that day";
const NOT_BOTH = `a side is empty, or ${NO_BOOK}`;
const NO_TRADES = "no `trades` stream that day";
const NO_TRADE = "no trade in the bar";
const NO_LIQUIDATIONS = "no `liquidations` stream that day";
const NO_TICKER = "not told yet, or no `tickers` stream that day";

const SIZE = "venue's size unit";
const PRICE = "quote currency";
const BPS = "1e-4 of the mid";

/** With these columns every row begins. */
export const ROW_DOCS: readonly FeatureDoc[] = [
  {
    name: "instrument",
    type: "text",
    unit: "text",
    meaning: "`venue:SYMBOL`",
    absent: "never",
  },
  {
    name: "start",
    type: "count",
    unit: "µs since the epoch",
    meaning: "start of the bar, a multiple of its length; the bar ends before `start` + length",
    absent: "never",
  },
];

/** What the book was at the end of the bar and in it. */
export const BOOK_DOCS: readonly FeatureDoc[] = [
  {
    name: "valid",
    type: "flag",
    unit: "true or false",
    meaning: "whether the book was valid at the end",
    absent: NO_BOOK,
  },
  {
    name: "invalidMicros",
    type: "count",
    unit: "µs",
    meaning:
      "time in the bar without a valid book; up to the first message of the replay it is not known to be valid",
    absent: NO_BOOK,
  },
  {
    name: "twoSidedMicros",
    type: "count",
    unit: "µs",
    meaning: "time in the bar with a bid and an ask: the weight of the time-weighted columns",
    absent: NO_BOOK,
  },
  {
    name: "mid",
    type: "real",
    unit: PRICE,
    meaning: "half-way between best bid and best ask, at the end",
    absent: NOT_BOTH,
  },
  {
    name: "spread",
    type: "real",
    unit: PRICE,
    meaning: "best ask less best bid, at the end; negative when crossed, 0 when locked",
    absent: NOT_BOTH,
  },
  {
    name: "spreadBps",
    type: "real",
    unit: BPS,
    meaning: "`spread` over `mid`",
    absent: `${NOT_BOTH}, or the mid not above 0`,
  },
  {
    name: "microprice",
    type: "real",
    unit: PRICE,
    meaning: "(bid × ask size + ask × bid size) / (bid size + ask size) of the best levels",
    absent: NOT_BOTH,
  },
  {
    name: "timeWeightedSpread",
    type: "real",
    unit: PRICE,
    meaning: "mean of the spread over `twoSidedMicros`",
    absent: `\`twoSidedMicros\` is 0, or ${NO_BOOK}`,
  },
  {
    name: "timeWeightedSpreadBps",
    type: "real",
    unit: BPS,
    meaning: "mean of the spread over the mid, over `twoSidedMicros`",
    absent: "as `timeWeightedSpread`, or a mid in the bar not above 0",
  },
  {
    name: `bidWithin${BANDS}Bps`,
    type: "real",
    unit: SIZE,
    meaning: "bids at or above mid × (1 − bps × 1e-4), at the end",
    absent: `${NOT_BOTH}, or the mid not above 0`,
  },
  {
    name: `askWithin${BANDS}Bps`,
    type: "real",
    unit: SIZE,
    meaning: "asks at or below mid × (1 + bps × 1e-4), at the end",
    absent: `${NOT_BOTH}, or the mid not above 0`,
  },
  {
    name: `imbalance{${IMBALANCE_LEVELS}}`,
    type: "real",
    unit: "−1 … 1",
    meaning: "(bid size − ask size) / (bid size + ask size) of so many best levels a side",
    absent: `both sides are empty, or ${NO_BOOK}`,
  },
  {
    name: "bidPrice{1…N}",
    type: "real",
    unit: PRICE,
    meaning: "prices of the bids at the end, 1 is the best",
    absent: `no such level, or ${NO_BOOK}`,
  },
  {
    name: "bidSize{1…N}",
    type: "real",
    unit: SIZE,
    meaning: "their sizes",
    absent: "as their prices",
  },
  {
    name: "askPrice{1…N}",
    type: "real",
    unit: PRICE,
    meaning: "prices of the asks at the end, 1 is the best",
    absent: `no such level, or ${NO_BOOK}`,
  },
  {
    name: "askSize{1…N}",
    type: "real",
    unit: SIZE,
    meaning: "their sizes",
    absent: "as their prices",
  },
  {
    name: "bookMessages",
    type: "count",
    unit: "number",
    meaning: "messages of the book",
    absent: NO_BOOK,
  },
  {
    name: "bookUpdates",
    type: "count",
    unit: "number",
    meaning: "rows of the book",
    absent: NO_BOOK,
  },
  {
    name: "crossedMessages",
    type: "count",
    unit: "number",
    meaning: "ends of applied messages with the bid above the ask",
    absent: NO_BOOK,
  },
  {
    name: "lockedMessages",
    type: "count",
    unit: "number",
    meaning: "ends of applied messages with the bid equal to the ask",
    absent: NO_BOOK,
  },
  {
    name: "gaps",
    type: "count",
    unit: "number",
    meaning: "gaps found in the book: it is not valid from each to the next snapshot",
    absent: NO_BOOK,
  },
];

/** What was traded in the bar. */
export const TRADE_DOCS: readonly FeatureDoc[] = [
  { name: "trades", type: "count", unit: "number", meaning: "trades", absent: NO_TRADES },
  {
    name: "buyVolume",
    type: "real",
    unit: SIZE,
    meaning: "size bought by aggressors",
    absent: NO_TRADES,
  },
  {
    name: "sellVolume",
    type: "real",
    unit: SIZE,
    meaning: "size sold by aggressors",
    absent: NO_TRADES,
  },
  {
    name: "unknownVolume",
    type: "real",
    unit: SIZE,
    meaning: "size of trades without an aggressor's side",
    absent: NO_TRADES,
  },
  {
    name: "notional",
    type: "real",
    unit: PRICE,
    meaning:
      "Σ size × multiplier × price; of inverse contracts, whose size is money, Σ size × multiplier",
    absent: NO_TRADES,
  },
  {
    name: "vwap",
    type: "real",
    unit: PRICE,
    meaning: "`notional` over the base currency traded: the mean price of a unit of base",
    absent: NO_TRADE,
  },
  {
    name: "open",
    type: "real",
    unit: PRICE,
    meaning: "price of the first trade",
    absent: NO_TRADE,
  },
  { name: "high", type: "real", unit: PRICE, meaning: "highest price traded", absent: NO_TRADE },
  { name: "low", type: "real", unit: PRICE, meaning: "lowest price traded", absent: NO_TRADE },
  {
    name: "close",
    type: "real",
    unit: PRICE,
    meaning: "price of the last trade",
    absent: NO_TRADE,
  },
];

const forced = (side: string, what: string): readonly FeatureDoc[] => [
  {
    name: `forced${side}Count`,
    type: "count",
    unit: "number",
    meaning: `forced orders that ${what}`,
    absent: NO_LIQUIDATIONS,
  },
  {
    name: `forced${side}Size`,
    type: "real",
    unit: SIZE,
    meaning: "their size",
    absent: NO_LIQUIDATIONS,
  },
  {
    name: `forced${side}Notional`,
    type: "real",
    unit: PRICE,
    meaning: "their `notional`, at the price printed",
    absent: NO_LIQUIDATIONS,
  },
];

/** What was liquidated in the bar, by the side of the forced order; all methods together. */
export const LIQUIDATION_DOCS: readonly FeatureDoc[] = [
  ...forced("Buy", "buy, by any method: shorts are liquidated"),
  ...forced("Sell", "sell, by any method: longs are liquidated"),
  ...forced("Unknown", "do not say their side"),
];

/** What the venue told last, up to the end of the bar. */
export const TICKER_DOCS: readonly FeatureDoc[] = [
  {
    name: "markPrice",
    type: "real",
    unit: PRICE,
    meaning: "mark price told last",
    absent: NO_TICKER,
  },
  {
    name: "indexPrice",
    type: "real",
    unit: PRICE,
    meaning: "index price told last",
    absent: NO_TICKER,
  },
  {
    name: "fundingRate",
    type: "real",
    unit: "fraction of notional",
    meaning: "funding rate told last; positive: longs pay shorts",
    absent: NO_TICKER,
  },
  {
    name: "openInterest",
    type: "real",
    unit: SIZE,
    meaning: "open interest told last",
    absent: NO_TICKER,
  },
];

/** With these columns every row ends. */
export const ORIGIN_DOCS: readonly FeatureDoc[] = [
  {
    name: "simulated",
    type: "flag",
    unit: "true or false",
    meaning: "whether any stream of the instrument comes from the simulator and not from a market",
    absent: "never",
  },
];

/** All columns, in order. */
export const FEATURE_DOCS: readonly FeatureDoc[] = [
  ...ROW_DOCS,
  ...BOOK_DOCS,
  ...TRADE_DOCS,
  ...LIQUIDATION_DOCS,
  ...TICKER_DOCS,
  ...ORIGIN_DOCS,
];
