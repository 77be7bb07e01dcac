import { CALL, PUT, type Decimal } from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import { readCells, type CsvHandler } from "../read/csvTable.ts";
import { origin, noteEventTime, readHead, type TardisHead } from "./tardisHead.ts";

/** Exchanges that send implied volatility in percent; the others (Binance, OKX, Bybit) send fractions. */
const IV_IN_PERCENT: ReadonlySet<string> = new Set(["deribit"]);

/** One side of an option quote. */
interface Side {
  readonly price: Decimal | undefined;
  readonly size: Decimal | undefined;
  readonly iv: number | undefined;
}

/** An option row before it is known whether it ends its message; `head.symbol` is the chain's. */
interface OptionUpdate {
  readonly head: TardisHead;
  readonly row: Omit<RawRow<"options">, "flags">;
  /** Sizes given for a side without a price, which are dropped. */
  readonly sizesWithoutPrice: number;
}

/** A price of 0 or an empty one says that nobody quotes on this side; its size and volatility then mean nothing. */
function readSide(row: CsvRow, side: "bid" | "ask", iv: number | undefined): Side {
  const price = row.optionalDecimal(`${side}_price`);
  const size = row.optionalSize(`${side}_amount`);
  if (price !== undefined && price.mantissa < 0) {
    throw row.wrong(`${side}_price`, "a premium of zero or more");
  }
  const quoted = price !== undefined && price.mantissa !== 0;
  return quoted ? { price, size, iv } : { price: undefined, size, iv: undefined };
}

function readChainHead(row: CsvRow): TardisHead {
  const head = readHead(row);
  const dash = head.symbol.indexOf("-");
  if (dash <= 0) throw row.wrong("symbol", "an option's name such as BTC-9JUN20-9875-P");
  return { ...head, symbol: `${head.symbol.slice(0, dash)}-OPTIONS` };
}

function readUpdate(row: CsvRow): OptionUpdate {
  const head = readChainHead(row);
  const readIv = (name: string): number | undefined =>
    IV_IN_PERCENT.has(head.exchange) ? row.percent(name) : row.real(name);
  const bid = readSide(row, "bid", readIv("bid_iv"));
  const ask = readSide(row, "ask", readIv("ask_iv"));
  return {
    head,
    sizesWithoutPrice: [bid, ask].filter((s) => s.price === undefined && s.size?.mantissa).length,
    row: {
      ...origin(head),
      optionSymbol: row.text("symbol"),
      right: row.oneOf("type", { call: CALL, put: PUT }),
      strike: row.real("strike_price"),
      expiry: row.optionalMicros("expiration"),
      bidPrice: bid.price,
      bidSize: bid.price && bid.size,
      bidIv: bid.iv,
      askPrice: ask.price,
      askSize: ask.price && ask.size,
      askIv: ask.iv,
      lastPrice: row.real("last_price"),
      markPrice: row.real("mark_price"),
      markIv: readIv("mark_iv"),
      underlying: row.optionalText("underlying_index"),
      underlyingPrice: row.real("underlying_price"),
      delta: row.real("delta"),
      gamma: row.real("gamma"),
      vega: row.real("vega"),
      theta: row.real("theta"),
      rho: row.real("rho"),
      openInterest: row.real("open_interest"),
    },
  };
}

/**
 * The option chain of each coin as one instrument, `BTC-OPTIONS` for everything before the first `-` of the option's name (so
 * `BTC_USDC-OPTIONS` for linear options). Each line is the update of one option, not a picture of the chain: no row ends a
 * snapshot, and a study that values portfolios at snapshots finds none. Premiums are in the venue's premium currency; Deribit's
 * implied volatilities become fractions; Greeks stay in the venue's units, which for Deribit are those of the stream (vega a
 * volatility point, theta a day, both in quote currency).
 */
export function tardisOptions(sink: RowSink): CsvHandler {
  return {
    row: (line) => {
      const update = readCells(sink, line, readUpdate);
      if (update === undefined) return;
      const { head, row, sizesWithoutPrice } = update;
      noteEventTime(sink, "options", head);
      if (sizesWithoutPrice > 0) {
        sink.note("options", head.venue, head.symbol, "sizeWithoutPrice", sizesWithoutPrice);
      }
      sink.row("options", head.venue, head.symbol, { ...row, flags: 0 });
    },
  };
}
