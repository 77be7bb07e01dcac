import { MICROS_PER_MINUTE } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import { readCells, type CsvHandler } from "../read/csvTable.ts";
import { utcCell } from "../read/utcTime.ts";

/** A table of minutes: its column of times, and which columns become which measures. */
export interface MinuteTable {
  readonly time: string;
  readonly measures: readonly (readonly [column: string, measure: string])[];
}

/** The reserve at the minute's end. Rates are fractions a year, indices ratios since the reserve was opened. */
export const AAVE_MINUTES: MinuteTable = {
  time: "block_timestamp",
  measures: [
    ["liquidity_rate", "liquidityRate"],
    ["stable_borrow_rate", "stableBorrowRate"],
    ["variable_borrow_rate", "variableBorrowRate"],
    ["liquidity_index", "liquidityIndex"],
    ["variable_borrow_index", "variableBorrowIndex"],
  ],
};

/**
 * The pool over the minute: swapped amounts in the tokens' smallest units, positive into the pool; ticks, powers of 1.0001 of the
 * price of token 0 in token 1, both in smallest units; the liquidity at the minute's end.
 */
export const UNISWAP_MINUTES: MinuteTable = {
  time: "timestamp",
  measures: [
    ["netAmount0", "netAmount0"],
    ["netAmount1", "netAmount1"],
    ["closeTick", "closeTick"],
    ["openTick", "openTick"],
    ["lowestTick", "lowestTick"],
    ["highestTick", "highestTick"],
    ["inAmount0", "inAmount0"],
    ["inAmount1", "inAmount1"],
    ["currentLiquidity", "currentLiquidity"],
  ],
};

/** The controller's normalisation factor, the price of WETH in USDC and that of oSQTH in WETH. */
export const SQUEETH_MINUTES: MinuteTable = {
  time: "block_timestamp",
  measures: [
    ["norm_factor", "normFactor"],
    ["WETH", "wethPriceUsdc"],
    ["OSQTH", "osqthPriceWeth"],
  ],
};

/** The price that a pool's last tick of the minute gives, cut to cents; that of USDC in itself is always 1. */
export const PRICES: MinuteTable = { time: "", measures: [["WETH", "wethPriceUsdc"]] };

/** Where the rows of a table go. */
export interface DemeterInstrument {
  readonly venue: string;
  readonly symbol: string;
}

interface ReadMinute {
  readonly at: number;
  readonly values: readonly (readonly [measure: string, value: number])[];
}

function readMinute(row: CsvRow, { time, measures }: MinuteTable): ReadMinute {
  const values = measures.flatMap(([column, measure]) => {
    const value = row.real(column);
    return value === undefined ? [] : [[measure, value] as const];
  });
  return { at: utcCell(row, time), values };
}

/** The figures of each minute, which starts at tsEvent: what stands at a minute's end is known a minute after tsEvent. */
export function demeterMinutes(
  sink: RowSink,
  { venue, symbol }: DemeterInstrument,
  table: MinuteTable,
): CsvHandler {
  return {
    row: (row) => {
      const read = readCells(sink, row, (cells) => readMinute(cells, table));
      if (read === undefined) return;
      if (read.values.length === 0) sink.skip(row.line, "minute before the first figure");
      for (const [measure, value] of read.values) {
        sink.row("measures", venue, symbol, {
          tsEvent: read.at,
          measure,
          value,
          intervalMicros: MICROS_PER_MINUTE,
          line: row.line.number,
        });
      }
    },
  };
}
