import type { CsvKind } from "../read/csvTable.ts";

/** The kinds of table that are told by an exact header. */
export type DemeterTable =
  | "aave minutes"
  | "aave actions"
  | "uniswap minutes"
  | "squeeth minutes"
  | "prices"
  | "gas prices";

/** The header of every kind. */
export const DEMETER_TABLES: readonly CsvKind<DemeterTable>[] = [
  {
    name: "aave minutes",
    columns: [
      "block_timestamp",
      "liquidity_rate",
      "stable_borrow_rate",
      "variable_borrow_rate",
      "liquidity_index",
      "variable_borrow_index",
    ],
  },
  {
    name: "aave actions",
    columns: [
      "block_number",
      "block_timestamp",
      "tx_type",
      "transaction_hash",
      "transaction_index",
      "log_index",
      "reserve",
      "owner",
      "amount",
      "liquidator",
      "debt_asset",
      "debt_amount",
      "atoken",
    ],
  },
  {
    name: "uniswap minutes",
    columns: [
      "timestamp",
      "netAmount0",
      "netAmount1",
      "closeTick",
      "openTick",
      "lowestTick",
      "highestTick",
      "inAmount0",
      "inAmount1",
      "currentLiquidity",
    ],
  },
  { name: "squeeth minutes", columns: ["block_timestamp", "norm_factor", "WETH", "OSQTH"] },
  { name: "prices", columns: ["", "WETH", "USDC"] },
  { name: "gas prices", columns: ["block_timestamp", "gas_price"] },
];
