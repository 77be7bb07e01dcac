import type { RawRow, RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import { readCells, type CsvHandler, type CsvKind } from "../read/csvTable.ts";
import { utcCell } from "../read/utcTime.ts";
import { coinSymbol, HYPERLIQUID } from "./hyperliquidCoins.ts";

/** The header of the archive of asset contexts. */
export const ASSET_CONTEXTS: CsvKind<"asset contexts"> = {
  name: "asset contexts",
  columns: [
    "time",
    "coin",
    "funding",
    "open_interest",
    "prev_day_px",
    "day_ntl_vlm",
    "premium",
    "oracle_px",
    "mark_px",
    "mid_px",
    "impact_bid_px",
    "impact_ask_px",
  ],
};

/** Figures that no column of `tickers` takes. A price of 0 says that there was no book. */
const FIGURES: readonly (readonly [column: string, measure: string, price: boolean])[] = [
  ["premium", "premium", false],
  ["mid_px", "midPrice", true],
  ["impact_bid_px", "impactBidPrice", true],
  ["impact_ask_px", "impactAskPrice", true],
  ["day_ntl_vlm", "dayNotionalUsd", false],
];

function realCell(row: CsvRow, column: string): number | undefined {
  return row.text(column) === "null" ? undefined : row.real(column);
}

const priceCell = (row: CsvRow, column: string): number | undefined => {
  const price = realCell(row, column);
  return price === 0 ? undefined : price;
};

interface Context {
  readonly symbol: string;
  readonly ticker: RawRow<"tickers">;
  readonly figures: readonly { readonly measure: string; readonly value: number }[];
}

function readContext(row: CsvRow): Context {
  return {
    symbol: coinSymbol(row.text("coin")),
    ticker: {
      line: row.line.number,
      tsEvent: utcCell(row, "time"),
      markPrice: priceCell(row, "mark_px"),
      indexPrice: priceCell(row, "oracle_px"),
      fundingRate: realCell(row, "funding"),
      openInterest: realCell(row, "open_interest"),
    },
    figures: FIGURES.flatMap(([column, measure, price]) => {
      const value = price ? priceCell(row, column) : realCell(row, column);
      return value === undefined ? [] : [{ measure, value }];
    }),
  };
}

/**
 * What the venue says of each coin about once a minute: mark and oracle price, funding rate (a fraction for one hour) and open
 * interest (coins) into `tickers`; premium, mid price, the prices of a trade of impact size and the notional of a day into
 * `measures`. When a line became known is not recorded.
 */
export const assetContexts = (sink: RowSink): CsvHandler => ({
  row: (line) => {
    const context = readCells(sink, line, readContext);
    if (context === undefined) return;
    const { symbol, ticker, figures } = context;
    sink.row("tickers", HYPERLIQUID, symbol, ticker);
    for (const figure of figures) {
      const { line: number, tsEvent } = ticker;
      sink.row("measures", HYPERLIQUID, symbol, { line: number, tsEvent, ...figure });
    }
  },
});
