import {
  BUY,
  METHOD_ADL,
  PRICE_FILL,
  SELL,
  decimalToNumber,
  type Decimal,
} from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import { readCells, type CsvHandler } from "../read/csvTable.ts";
import { timeOf } from "../read/jsonFields.ts";
import { parseExact } from "../read/parseExact.ts";
import { EVENT_MICROS, EVENT_START } from "./adlFigures.ts";
import { coinSymbol, HYPERLIQUID } from "./hyperliquidCoins.ts";
import { accountOf } from "./hyperliquidFill.ts";

/** No coin of the venue trades in finer steps. Source: Hyperliquid docs, "Tick and lot size" (2026-09). */
const SIZE_DECIMALS = 8;

function realCell(row: CsvRow, column: string): number {
  const value = row.real(column);
  if (value === undefined) throw row.wrong(column, "a number");
  return value;
}

const yesNo = (row: CsvRow, column: string): number => row.oneOf(column, { True: 1, False: 0 });

/** A size that its author summed up in floats: brought back to the grid that all sizes lie on. */
interface SummedSize {
  readonly size: Decimal;
  readonly rounded: boolean;
}

function readSummedSize(row: CsvRow, column: string): SummedSize {
  const value = Math.abs(realCell(row, column));
  const size = parseExact(value.toFixed(SIZE_DECIMALS));
  if (size === undefined) throw row.wrong(column, "a size that fits 2^53");
  return { size, rounded: decimalToNumber(size) !== value };
}

/** What a line of either table becomes. */
interface PositionRows {
  readonly symbol: string;
  readonly position: RawRow<"positions">;
  readonly rounded: boolean;
  readonly liquidation?: RawRow<"liquidations">;
  readonly measures: readonly RawRow<"measures">[];
}

/** Figures of the account of a line. */
const accountMeasures = (
  origin: Omit<RawRow<"measures">, "measure" | "value">,
  figures: Readonly<Record<string, number>>,
): readonly RawRow<"measures">[] =>
  Object.entries(figures).map(([measure, value]) => ({ ...origin, measure, value }));

/** A position that was closed against a bankrupt one: what it was before, and the fill that closed it or a part. */
function readDeleveraged(row: CsvRow): PositionRows {
  const account = accountOf(row.text("user"), "user");
  accountOf(row.text("liquidated_user"), "liquidated_user");
  const isShort = realCell(row, "position_size") < 0;
  const { size, rounded } = readSummedSize(row, "position_size");
  const line = row.line.number;
  const tsEvent = timeOf(row.text("time"), "time", "millis");
  return {
    symbol: coinSymbol(row.text("coin")),
    rounded,
    position: {
      line,
      tsEvent,
      account,
      side: isShort ? SELL : BUY,
      size,
      entryPrice: row.real("entry_price"),
      collateral: row.real("account_value_realtime"),
      leverage: row.real("leverage_realtime"),
      unrealisedPnl: row.real("position_unrealized_pnl"),
    },
    liquidation: {
      line,
      tsEvent,
      account,
      side: isShort ? BUY : SELL,
      price: row.decimal("adl_price"),
      size: row.size("adl_size"),
      method: METHOD_ADL,
      priceKind: PRICE_FILL,
    },
    measures: accountMeasures(
      { line, tsEvent, account },
      {
        accountEquityUsd: realCell(row, "total_equity"),
        adlClosedPnlUsd: realCell(row, "closed_pnl"),
      },
    ),
  };
}

/** A position as it was when the event was over, size 0 where it had been closed, and what its account went through until then. */
function readFinal(row: CsvRow): PositionRows {
  const account = accountOf(row.text("user_address"), "user_address");
  const { size, rounded } = readSummedSize(row, "position_size");
  const line = row.line.number;
  return {
    symbol: coinSymbol(row.text("asset")),
    rounded,
    position: {
      line,
      tsEvent: EVENT_START + EVENT_MICROS,
      account,
      side: row.oneOf("side", { LONG: BUY, SHORT: SELL }),
      size,
      entryPrice: row.real("entry_price"),
      markPrice: row.real("mark_price"),
      unrealisedPnl: row.real("unrealized_pnl"),
    },
    measures: accountMeasures(
      { line, tsEvent: EVENT_START, intervalMicros: EVENT_MICROS, account },
      {
        realisedPnlUsd: realCell(row, "realized_pnl"),
        fills: realCell(row, "trades_count"),
        wasLiquidated: yesNo(row, "was_liquidated"),
        wasDeleveraged: yesNo(row, "was_adl"),
      },
    ),
  };
}

const positionTable = (sink: RowSink, readLine: (row: CsvRow) => PositionRows): CsvHandler => ({
  row: (line) => {
    const read = readCells(sink, line, readLine);
    if (read === undefined) return;
    const { symbol, position, rounded, liquidation, measures } = read;
    if (rounded) sink.note("positions", HYPERLIQUID, symbol, "sizeRounded");
    sink.row("positions", HYPERLIQUID, symbol, position);
    if (liquidation !== undefined) sink.row("liquidations", HYPERLIQUID, symbol, liquidation);
    for (const measure of measures) sink.row("measures", HYPERLIQUID, symbol, measure);
  },
});

/** Reads the deleveraged positions of high leverage, each with the fill that closed it. */
export const deleveragedPositions = (sink: RowSink): CsvHandler =>
  positionTable(sink, readDeleveraged);

/** Reads the positions as they were at the end of the event. */
export const finalPositions = (sink: RowSink): CsvHandler => positionTable(sink, readFinal);
