/** A data set of the archive, as far as its rows tell: mark, index and premium bars have the columns of `klines`. */
export type VisionSet =
  | "aggTrades"
  | "spotAggTrades"
  | "listedAggTrades"
  | "trades"
  | "spotTrades"
  | "klines"
  | "fundingRate"
  | "metrics"
  | "bookTicker"
  | "bookDepth"
  | "liquidationSnapshot"
  | "depth"
  | "chainedDepth"
  | "BVOLIndex"
  | "EOHSummary";

/** How the rows of a set look. */
export interface VisionLayout {
  readonly set: VisionSet;
  /** As the archive writes it into file names; klines have their interval there. */
  readonly tag: string;
  readonly columns: readonly string[];
  /** What each cell of a row looks like, by which a file without a header is known; absent where all files have one. */
  readonly shape?: readonly RegExp[];
}

const WHOLE = /^\d+$/;
const UNIX = /^\d{12,16}$/;
const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const YES_NO = /^(?:true|false)$/i;
const CALENDAR = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}/;
const WORD = /^\p{L}[\p{L}\p{Nd}_]*$/u;
const MAYBE_NUMBER = /^(?:"")?$|^-?\d/;

const AGGREGATES =
  "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker";
const AGGREGATE_SHAPE = [WHOLE, NUMBER, NUMBER, WHOLE, WHOLE, UNIX, YES_NO];
const TRADES = "id,price,qty,quote_qty,time,is_buyer_maker";
const TRADE_SHAPE = [WHOLE, NUMBER, NUMBER, NUMBER, UNIX, YES_NO];
const DEPTH = "symbol,timestamp,first_update_id,last_update_id,side,update_type,price,qty";
const DEPTH_SHAPE = [WORD, UNIX, WHOLE, WHOLE, /^[ab]$/, /^(?:snap|set)$/, NUMBER, NUMBER];

const layout = (
  set: VisionSet,
  tag: string,
  columns: string,
  shape?: readonly RegExp[],
): VisionLayout => ({
  set,
  tag,
  columns: columns.split(","),
  ...(shape === undefined ? {} : { shape }),
});

/**
 * The columns of every set. Sources: github.com/binance/binance-public-data, README of 2025-01-09; the headers of files that
 * public tools read, where the README has none.
 */
export const VISION_LAYOUTS: readonly VisionLayout[] = [
  layout("aggTrades", "aggTrades", AGGREGATES, AGGREGATE_SHAPE),
  layout("spotAggTrades", "aggTrades", `${AGGREGATES},is_best_match`, [...AGGREGATE_SHAPE, YES_NO]),
  layout("trades", "trades", TRADES, TRADE_SHAPE),
  layout("spotTrades", "trades", `${TRADES},is_best_match`, [...TRADE_SHAPE, YES_NO]),
  layout(
    "klines",
    "klines",
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore",
    [UNIX, NUMBER, NUMBER, NUMBER, NUMBER, NUMBER, UNIX, NUMBER, WHOLE, NUMBER, NUMBER, NUMBER],
  ),
  layout("fundingRate", "fundingRate", "calc_time,funding_interval_hours,last_funding_rate", [
    UNIX,
    WHOLE,
    NUMBER,
  ]),
  layout(
    "metrics",
    "metrics",
    "create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio",
    [CALENDAR, WORD, ...Array.from({ length: 6 }, () => MAYBE_NUMBER)],
  ),
  layout(
    "bookTicker",
    "bookTicker",
    "update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time",
    [WHOLE, NUMBER, NUMBER, NUMBER, NUMBER, UNIX, UNIX],
  ),
  layout("bookDepth", "bookDepth", "timestamp,percentage,depth,notional", [
    CALENDAR,
    NUMBER,
    NUMBER,
    NUMBER,
  ]),
  layout(
    "liquidationSnapshot",
    "liquidationSnapshot",
    "time,side,order_type,time_in_force,original_quantity,price,average_price,order_status,last_fill_quantity,accumulated_fill_quantity",
    [UNIX, WORD, WORD, WORD, NUMBER, NUMBER, NUMBER, WORD, NUMBER, NUMBER],
  ),
  layout("depth", "T_DEPTH", DEPTH, DEPTH_SHAPE),
  layout("chainedDepth", "T_DEPTH", `${DEPTH},pu`),
  layout("depth", "T_DEPTH", DEPTH.replace("timestamp,", "timestamp,trans_id,"), [
    ...DEPTH_SHAPE.slice(0, 2),
    WHOLE,
    ...DEPTH_SHAPE.slice(2),
  ]),
  layout("BVOLIndex", "BVOLIndex", "calc_time,symbol,base_asset,quote_asset,index_value"),
  layout(
    "EOHSummary",
    "EOHSummary",
    "date,hour,symbol,underlying,type,strike,open,high,low,close,volume_contracts,volume_usdt,best_bid_price,best_ask_price,best_bid_qty,best_ask_qty,best_buy_iv,best_sell_iv,mark_price,mark_iv,delta,gamma,vega,theta,openinterest_contracts,openinterest_usdt",
  ),
];

/** The columns of aggregate trades in the listing of a sweep that studies of 2025-10-10 pass around, by their own names. */
const LISTED_HEADER =
  /^aggregate_trade_id,price,quantity_[a-z0-9]+,first_trade_id,last_trade_id,time_utc,buyer_is_maker$/;
const LISTED: VisionLayout = layout("listedAggTrades", "aggTrades", AGGREGATES);

/** The layout whose header a line is. COIN-M files call the fourth column of trades `base_qty`, which is what it is. */
export function layoutOfHeader(line: string): VisionLayout | undefined {
  if (LISTED_HEADER.test(line)) return LISTED;
  const header = line.replace("id,price,qty,base_qty,", "id,price,qty,quote_qty,");
  return VISION_LAYOUTS.find(({ columns }) => columns.join(",") === header);
}

/** The layout of a row without a header: the one whose every cell looks so. */
export function layoutOfRow(line: string): VisionLayout | undefined {
  const cells = line.split(",");
  return VISION_LAYOUTS.find(
    ({ shape }) =>
      shape?.length === cells.length && shape.every((cell, i) => cell.test(cells[i] ?? "")),
  );
}
