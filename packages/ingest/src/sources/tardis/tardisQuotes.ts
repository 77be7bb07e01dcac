import type { Decimal } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { CsvHandler } from "../read/csvTable.ts";
import { origin, rowPerLine, type TardisHead } from "./tardisHead.ts";

/** One side of a quote: both cells, or neither. */
interface Side {
  readonly price: Decimal | undefined;
  readonly size: Decimal | undefined;
}

/** A size of 0 or an empty price says that nobody quotes on this side; a price without a size is a bad row. */
function readSide(row: CsvRow, priceColumn: string, sizeColumn: string): Side {
  const price = row.optionalDecimal(priceColumn);
  const size = row.optionalSize(sizeColumn);
  if (price !== undefined && size === undefined) throw row.wrong(sizeColumn, "a size");
  const quoted = price !== undefined && size?.mantissa !== 0;
  return quoted ? { price, size } : { price: undefined, size: undefined };
}

/**
 * Best bid and ask, as the venue's own feed sends them (`book_ticker`) or as Tardis derives them from the book (`quotes`): the
 * columns are the same. Either side may be absent. `claim` refuses one instrument's quotes of both kinds.
 */
export const tardisQuotes = (sink: RowSink, claim: (head: TardisHead) => void): CsvHandler =>
  rowPerLine(
    sink,
    "quotes",
    (row, head) => {
      const bid = readSide(row, "bid_price", "bid_amount");
      const ask = readSide(row, "ask_price", "ask_amount");
      return {
        ...origin(head),
        bidPrice: bid.price,
        bidSize: bid.size,
        askPrice: ask.price,
        askSize: ask.size,
      };
    },
    claim,
  );

/**
 * Derivative tickers: prices in quote currency, rates as fractions, open interest in the venue's size unit. Tardis repeats what
 * did not change; an empty cell is absent.
 */
export const tardisTickers = (sink: RowSink): CsvHandler =>
  rowPerLine(sink, "tickers", (row, head) => ({
    ...origin(head),
    markPrice: row.real("mark_price"),
    indexPrice: row.real("index_price"),
    lastPrice: row.real("last_price"),
    fundingRate: row.real("funding_rate"),
    predictedFundingRate: row.real("predicted_funding_rate"),
    fundingTime: row.optionalMicros("funding_timestamp"),
    openInterest: row.real("open_interest"),
  }));
