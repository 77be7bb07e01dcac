import { isInstrumentName, MICROS_PER_MINUTE } from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import { timeOf } from "../read/jsonFields.ts";
import { shiftPoint } from "../read/shiftPoint.ts";
import { utcCell } from "../read/utcTime.ts";
import { TIME_COLUMN, type TokenFlows } from "./curveTables.ts";

/** The venue of the pools. */
export const POOL_VENUE = "curve";
/** What prices and returns of tokens are filed under: their own venue is not recorded. */
export const PRICE_VENUE = "curve-lp-metrics";

function realCell(row: CsvRow, column: string): number {
  const value = row.real(column);
  if (value === undefined) throw row.wrong(column, "a number");
  return value;
}

/** A number of a token's smallest units, in tokens. */
function tokensCell(row: CsvRow, column: string, decimals: number): number {
  realCell(row, column);
  return shiftPoint(row.text(column), -decimals);
}

type Measure = Pick<RawRow<"measures">, "measure" | "value" | "intervalMicros">;

function poolMeasures(row: CsvRow, tokens: readonly TokenFlows[]): readonly Measure[] {
  const intervalMicros = MICROS_PER_MINUTE;
  return [
    { measure: "giniCoefficient", value: realCell(row, "giniCoefficient"), intervalMicros },
    { measure: "shannonEntropyBits", value: realCell(row, "shannonsEntropy"), intervalMicros },
    ...tokens.flatMap(({ token, decimals }) => [
      {
        measure: `netSwapFlow${token}`,
        value: realCell(row, `${token}.netSwapFlow`),
        intervalMicros,
      },
      {
        measure: `netLiquidityFlow${token}`,
        value: tokensCell(row, `${token}.netLPFlow`, decimals),
        intervalMicros,
      },
    ]),
  ];
}

/** A minute of a pool: means of its balance, and what flowed. */
export function poolRows(
  sink: RowSink,
  pool: string,
  tokens: readonly TokenFlows[],
): (row: CsvRow) => Emit {
  return (row) => {
    const tsEvent = utcCell(row, TIME_COLUMN);
    const measures = poolMeasures(row, tokens);
    const line = row.line.number;
    return () => {
      for (const measure of measures) {
        sink.row("measures", POOL_VENUE, pool, { line, tsEvent, ...measure });
      }
    };
  };
}

/**
 * The natural logarithm of a token's price over that of a minute ago, stamped with the later price: the interval starts a minute
 * before the stamp. The first line compares with nothing that was recorded and is skipped.
 */
export function returnRows(sink: RowSink, token: string): (row: CsvRow) => Emit {
  let first = true;
  return (row) => {
    const tsEvent = utcCell(row, TIME_COLUMN) - MICROS_PER_MINUTE;
    const value = realCell(row, "logReturn");
    return () => {
      if (first) sink.skip(row.line, "first return of the file: an artefact");
      else {
        sink.row("measures", PRICE_VENUE, token, {
          line: row.line.number,
          tsEvent,
          measure: "logReturn",
          value,
          intervalMicros: MICROS_PER_MINUTE,
        });
      }
      first = false;
    };
  };
}

/** Prices of a token as an oracle reported them, in no even steps. Only the close is recorded. */
export function priceRows(sink: RowSink): (row: CsvRow) => Emit {
  return (row) => {
    const symbol = row.text("symbol").replaceAll("/", "-");
    if (!isInstrumentName(PRICE_VENUE, symbol)) throw row.wrong("symbol", "the name of a pair");
    const tsEvent = timeOf(row.text("timestamp"), "timestamp", "seconds");
    const lastPrice = realCell(row, "close");
    if (lastPrice <= 0) throw row.wrong("close", "a price above zero");
    for (const column of ["open", "high", "low", "volume"]) {
      if (row.optionalText(column) !== undefined) throw row.wrong(column, "empty, as in every row");
    }
    const line = row.line.number;
    return () => sink.row("tickers", PRICE_VENUE, symbol, { line, tsEvent, lastPrice });
  };
}
