import { MESSAGE_END, type Decimal } from "@aftershock/schema";
import type { RawRow, RowSink, SourceLine } from "../../source.ts";
import type { Emit } from "../read/emitRecords.ts";
import {
  decimalOf,
  optionalReal,
  timeField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import {
  fractionOf,
  instrumentField,
  optionName,
  VENUE,
  type OptionName,
} from "./deribitMarket.ts";

/** An option of the document, held until all are read. */
interface HeldOption {
  readonly record: SourceLine;
  readonly name: OptionName;
  readonly row: Omit<RawRow<"options">, "flags" | "tsRecv"> & { readonly tsEvent: number };
}

/** null or 0: nobody quotes on this side. */
function readPremium(object: JsonObject, name: string): Decimal | undefined {
  const value = object[name];
  if (value === undefined || value === null) return undefined;
  const premium = decimalOf(value, name);
  if (premium.mantissa < 0) throw wrongField(name, value, "a premium of zero or more");
  return premium.mantissa === 0 ? undefined : premium;
}

function readVolatility(object: JsonObject, name: string): number | undefined {
  const percent = optionalReal(object, name);
  return percent === undefined ? undefined : fractionOf(percent);
}

function readOption(
  object: JsonObject,
  record: SourceLine,
  symbol: string,
  name: OptionName,
): HeldOption {
  const underlying = object["underlying_index"];
  return {
    record,
    name,
    row: {
      line: record.number,
      tsEvent: timeField(object, "creation_timestamp", "millis"),
      optionSymbol: symbol,
      right: name.right,
      strike: name.strike,
      expiry: name.expiry,
      bidPrice: readPremium(object, "bid_price"),
      askPrice: readPremium(object, "ask_price"),
      lastPrice: optionalReal(object, "last"),
      markPrice: optionalReal(object, "mark_price"),
      markIv: readVolatility(object, "mark_iv"),
      underlying: typeof underlying === "string" ? underlying : undefined,
      underlyingPrice: optionalReal(object, "underlying_price"),
      indexPrice: optionalReal(object, "estimated_delivery_price"),
      openInterest: optionalReal(object, "open_interest"),
    },
  };
}

function byChain(a: HeldOption, b: HeldOption): number {
  if (a.name.chain !== b.name.chain) return a.name.chain < b.name.chain ? -1 : 1;
  return (
    a.name.expiry - b.name.expiry || a.name.strike - b.name.strike || a.name.right - b.name.right
  );
}

/**
 * The book summaries of a currency (get_book_summary_by_currency). Options become one snapshot of their chain, `BTC-OPTIONS`:
 * sorted by expiry, strike, put before call, ended once. Each option has the venue's own time; the snapshot was known when the last
 * of them was, which is every row's `tsRecv`. Premiums are in the chain's premium currency, volatilities fractions a year;
 * `underlying_index` is the future that an option is priced on. Futures, perpetuals and spot go to `tickers`; their open
 * interest is in the venue's size unit. `estimated_delivery_price` is the index.
 */
export class DeribitSummaries {
  private readonly sink: RowSink;
  private readonly options = new Map<string, HeldOption>();

  constructor(sink: RowSink) {
    this.sink = sink;
  }

  read(object: JsonObject, record: SourceLine): Emit {
    const symbol = instrumentField(object);
    const name = optionName(symbol);
    if (name === undefined) return this.readTicker(object, record, symbol);
    const option = readOption(object, record, symbol, name);
    return () => {
      const first = this.options.get(symbol);
      if (first === undefined) this.options.set(symbol, option);
      else if (first.record.text === record.text) this.sink.skip(record, "duplicate record");
      else {
        const reason = `conflicting duplicate: ${symbol} is already record ${first.record.number} with other values`;
        this.sink.quarantine(record, reason);
      }
    };
  }

  private readTicker(object: JsonObject, record: SourceLine, symbol: string): Emit {
    const ticker = {
      line: record.number,
      tsEvent: timeField(object, "creation_timestamp", "millis"),
      markPrice: optionalReal(object, "mark_price"),
      indexPrice: optionalReal(object, "estimated_delivery_price"),
      lastPrice: optionalReal(object, "last"),
      fundingRate: optionalReal(object, "current_funding"),
      openInterest: optionalReal(object, "open_interest"),
    };
    return () => this.sink.row("tickers", VENUE, symbol, ticker);
  }

  /** Writes the snapshot of each chain. */
  end(): void {
    const sorted = [...this.options.values()].toSorted(byChain);
    const tsRecv = sorted.reduce((latest, { row }) => Math.max(latest, row.tsEvent), 0);
    for (const [place, { name, row }] of sorted.entries()) {
      const ends = sorted[place + 1]?.name.chain !== name.chain;
      const { chain } = name;
      if (row.bidPrice === undefined) this.sink.note("options", VENUE, chain, "withoutBid");
      if (row.askPrice === undefined) this.sink.note("options", VENUE, chain, "withoutAsk");
      this.sink.row("options", VENUE, chain, { ...row, tsRecv, flags: ends ? MESSAGE_END : 0 });
    }
  }
}
