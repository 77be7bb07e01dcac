import { MICROS_PER_MINUTE } from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import { readCells, type CsvHandler } from "../read/csvTable.ts";
import { timeOf } from "../read/jsonFields.ts";
import { utcCell } from "../read/utcTime.ts";
import { ADL_LAYOUTS, type AdlFigures, type AdlLayout } from "./adlTables.ts";
import { ALL_MARKETS, ACCOUNTS, coinSymbol, HYPERLIQUID } from "./hyperliquidCoins.ts";
import { accountOf } from "./hyperliquidFill.ts";

/** 2025-10-10 21:15 UTC, µs: where the analyses let the event begin. Source: HyperReplay, "Methodology" (2025). */
export const EVENT_START = 1_760_130_900_000_000;
/** How long they let it last: to 21:27 UTC, µs. */
export const EVENT_MICROS: number = 12 * MICROS_PER_MINUTE;

/** When figures begin, and how long they sum up; an instant has no length. */
type Span = Pick<RawRow<"measures">, "tsEvent" | "intervalMicros">;

function readSpan(row: CsvRow, { time }: AdlLayout): Span {
  if (time.kind === "event") return { tsEvent: EVENT_START, intervalMicros: EVENT_MICROS };
  const read = (column: string): number =>
    time.kind === "calendar" ? utcCell(row, column) : timeOf(row.text(column), column, "millis");
  const start = read(time.start);
  const length = read(time.end) - start;
  if (length < 0) throw row.wrong(time.end, `a time after ${time.start}`);
  return { tsEvent: start, intervalMicros: length === 0 ? undefined : length };
}

/** A figure; an empty cell is none, and yes is 1. */
function readFigure(row: CsvRow, column: string): number | undefined {
  const text = row.text(column);
  if (text === "True" || text === "False") return text === "True" ? 1 : 0;
  return row.real(column);
}

function readSymbol(row: CsvRow, { coin, account }: AdlLayout): string {
  if (coin !== undefined) return coinSymbol(row.text(coin));
  return account === undefined ? ALL_MARKETS : ACCOUNTS;
}

interface Figures {
  readonly symbol: string;
  readonly rows: readonly RawRow<"measures">[];
}

function readFigures(row: CsvRow, layout: AdlLayout): Figures {
  const origin = {
    line: row.line.number,
    ...readSpan(row, layout),
    account:
      layout.account === undefined
        ? undefined
        : accountOf(row.text(layout.account), layout.account),
  };
  const rows = layout.measures.flatMap(([column, measure]): RawRow<"measures">[] => {
    const value = readFigure(row, column);
    return value === undefined ? [] : [{ ...origin, measure, value }];
  });
  const [first] = layout.measures;
  if (rows.length === 0)
    throw row.wrong(first?.[0] ?? "", "a figure, and no other column holds one");
  return { symbol: readSymbol(row, layout), rows };
}

/** Reads a table of figures into `measures`. */
export function adlFigures(sink: RowSink, table: AdlFigures): CsvHandler {
  const layout = ADL_LAYOUTS[table];
  return {
    row: (line) => {
      const read = readCells(sink, line, (row) => readFigures(row, layout));
      if (read === undefined) return;
      for (const row of read.rows) sink.row("measures", HYPERLIQUID, read.symbol, row);
    },
  };
}
