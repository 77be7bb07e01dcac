import type { CsvKind } from "../read/csvTable.ts";

/** The columns with which every Tardis file starts. */
const HEAD = ["exchange", "symbol", "timestamp", "local_timestamp"];

const levelColumns = (depth: number): string[] =>
  Array.from({ length: depth }, (_, level) => [
    `asks[${level}].price`,
    `asks[${level}].amount`,
    `bids[${level}].price`,
    `bids[${level}].amount`,
  ]).flat();

/** A type of Tardis file, as far as its header tells: two pairs of types have the same columns. */
export type TardisType =
  | "incremental_book_L2"
  | "book_snapshot_5"
  | "book_snapshot_25"
  | "trades or liquidations"
  | "quotes or book_ticker"
  | "derivative_ticker"
  | "options_chain";

const REST: readonly (readonly [TardisType, readonly string[]])[] = [
  ["incremental_book_L2", ["is_snapshot", "side", "price", "amount"]],
  ["book_snapshot_5", levelColumns(5)],
  ["book_snapshot_25", levelColumns(25)],
  ["trades or liquidations", ["id", "side", "price", "amount"]],
  ["quotes or book_ticker", ["ask_amount", "ask_price", "bid_price", "bid_amount"]],
  [
    "derivative_ticker",
    [
      "funding_timestamp",
      "funding_rate",
      "predicted_funding_rate",
      "open_interest",
      "last_price",
      "index_price",
      "mark_price",
    ],
  ],
  [
    "options_chain",
    [
      "type",
      "strike_price",
      "expiration",
      "open_interest",
      "last_price",
      "bid_price",
      "bid_amount",
      "bid_iv",
      "ask_price",
      "ask_amount",
      "ask_iv",
      "mark_price",
      "mark_iv",
      "underlying_index",
      "underlying_price",
      "delta",
      "gamma",
      "vega",
      "theta",
      "rho",
    ],
  ],
];

/** The exact header of every type. Source: docs.tardis.dev, "Downloadable CSV files". */
export const TARDIS_TYPES: readonly CsvKind<TardisType>[] = REST.map(([name, rest]) => ({
  name,
  columns: [...HEAD, ...rest],
}));
