import {
  type Batch,
  BUY,
  type Instrument,
  METHOD_ADL,
  METHOD_BACKSTOP,
  type Micros,
  micros,
  PRICE_FILL,
  SELL,
} from "@aftershock/schema";
import { quoteNotional } from "./notional.ts";

/**
 * Where a forced close went. `market`: to the book. `backstop`, `adl`: to a vault or fund, or to a winner's position: no flow that the book has seen, and so none that an impact
 * kernel may be given.
 */
export type ForcedMethod = "market" | "backstop" | "adl";

/** A liquidation as the venue printed it. */
export interface ForcedPrint {
  /** When it was heard of, by the clock of the replay, µs. */
  readonly at: Micros;
  /** Side of the forced order: −1 where a long was closed. */
  readonly side: 1 | -1;
  /** Whole, above 0, as printed: before any factor for prints that the feed leaves out. */
  readonly lots: number;
  /**
   * Quote currency, above 0: lots at the fill price; where the print gives a limit or a bankruptcy price instead, at the mid as last known (at the printed price before there
   * is one), as such a price may be percents away from what was filled.
   */
  readonly notional: number;
  readonly method: ForcedMethod;
  /** Whose position it was, where the venue says. */
  readonly account: string | undefined;
}

const methodOf = (method: number | undefined): ForcedMethod => {
  if (method === METHOD_BACKSTOP) return "backstop";
  return method === METHOD_ADL ? "adl" : "market";
};

/**
 * Reads a row of the stream `liquidations`. `mid`: ticks, as last known; NaN for none. Undefined for a row without a side or a size: it says nothing of any flow.
 */
export function forcedPrintOf(
  { columns, instrument }: Pick<Batch<"liquidations">, "columns" | "instrument">,
  row: number,
  at: { readonly time: number; readonly mid: number },
): ForcedPrint | undefined {
  const side = columns.side[row];
  const lots = columns.size[row] ?? Number.NaN;
  if ((side !== BUY && side !== SELL) || !(lots > 0)) return undefined;
  return {
    at: micros(at.time),
    side,
    lots,
    notional: printedNotional(instrument, columns, row, at.mid),
    method: methodOf(columns.method[row]),
    account: columns.account[row],
  };
}

function printedNotional(
  instrument: Instrument,
  { price, priceKind, size }: Batch<"liquidations">["columns"],
  row: number,
  mid: number,
): number {
  const printed = price[row] ?? Number.NaN;
  const used = priceKind[row] === PRICE_FILL || !(mid > 0) ? printed : mid;
  return Math.abs(quoteNotional(instrument, size[row] ?? Number.NaN, used));
}
