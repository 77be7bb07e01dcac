import {
  CALL,
  MESSAGE_END,
  MICROS_PER_HOUR,
  PUT,
  isInstrumentName,
  type Decimal,
} from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { PlainTable } from "../read/plainTable.ts";
import { parseUtcTime } from "../read/utcTime.ts";
import { countCell } from "./visionCells.ts";

/** One option at the end of one hour. */
interface HourEnd {
  readonly chain: string;
  readonly strike: number;
  readonly expiry: number;
  readonly row: Omit<RawRow<"options">, "flags"> & { readonly tsEvent: number };
}

const OPTION = /^([A-Z0-9]+)-(\d{2})(\d{2})(\d{2})-(\d+(?:\.\d+)?)-([CP])$/;

interface Contract {
  readonly chain: string;
  readonly expiry: number;
  readonly strike: number;
  readonly right: number;
}

/** `BTC-231027-33000-C`: options of Binance expire at 08:00 UTC. */
function readContract(row: CsvRow, venue: string): Contract {
  const [, base, year, month, day, strike, right] = OPTION.exec(row.text("symbol")) ?? [];
  const expiry = parseUtcTime(`20${year}-${month}-${day} 08:00:00`);
  if (base === undefined || expiry === undefined || !isInstrumentName(venue, base)) {
    throw row.wrong("symbol", "an option such as BTC-231027-33000-C");
  }
  const chain = `${base}-OPTIONS`;
  return { chain, expiry, strike: Number(strike), right: right === "C" ? CALL : PUT };
}

function readHourEnd(row: CsvRow): number {
  const midnight = parseUtcTime(`${row.text("date")} 00:00:00`);
  if (midnight === undefined) throw row.wrong("date", "a day YYYY-MM-DD");
  const hour = countCell(row, "hour");
  if (hour > 23) throw row.wrong("hour", "an hour 0 … 23");
  return midnight + (hour + 1) * MICROS_PER_HOUR;
}

/** An empty cell or 0: nobody quotes on this side. */
function readPremium(row: CsvRow, name: string): Decimal | undefined {
  const premium = row.optionalSize(name);
  return premium?.mantissa === 0 ? undefined : premium;
}

/** A volatility, a fraction a year; the venue writes −1, or 0, where there is none. */
function readVolatility(row: CsvRow, name: string): number | undefined {
  const volatility = row.real(name);
  return volatility === undefined || volatility <= 0 ? undefined : volatility;
}

function readOption(row: CsvRow, venue: string): HourEnd {
  const { chain, expiry, strike, right } = readContract(row, venue);
  const bidPrice = readPremium(row, "best_bid_price");
  const askPrice = readPremium(row, "best_ask_price");
  const [bidSize, askSize] = [row.optionalSize("best_bid_qty"), row.optionalSize("best_ask_qty")];
  return {
    chain,
    strike,
    expiry,
    row: {
      line: row.line.number,
      tsEvent: readHourEnd(row),
      optionSymbol: row.text("symbol"),
      right,
      strike,
      expiry,
      bidPrice,
      bidSize: bidPrice && bidSize,
      askPrice,
      askSize: askPrice && askSize,
      lastPrice: row.real("close"),
      markPrice: row.real("mark_price"),
      bidIv: bidPrice && readVolatility(row, "best_buy_iv"),
      askIv: askPrice && readVolatility(row, "best_sell_iv"),
      markIv: readVolatility(row, "mark_iv"),
      underlying: row.optionalText("underlying"),
      delta: row.real("delta"),
      gamma: row.real("gamma"),
      vega: row.real("vega"),
      theta: row.real("theta"),
      openInterest: row.real("openinterest_contracts"),
    },
  };
}

function byChain(a: HourEnd, b: HourEnd): number {
  if (a.row.tsEvent !== b.row.tsEvent) return a.row.tsEvent - b.row.tsEvent;
  if (a.chain !== b.chain) return a.chain < b.chain ? -1 : 1;
  return a.expiry - b.expiry || a.strike - b.strike || b.row.right - a.row.right;
}

const sameSnapshot = (a: HourEnd, b: HourEnd | undefined): boolean =>
  a.row.tsEvent === b?.row.tsEvent && a.chain === b.chain;

/**
 * Binance Options, each option once an hour. The file's name for it is "end of hour": quotes, marks and Greeks are taken to be of
 * the end of the hour that `hour` names, and are put there, one hour later than a reader who takes the label would: the file
 * says no more, and this way nothing is known early. Premiums are in USDT, volatilities fractions a year, open interest in
 * contracts. Rows are sorted by hour, expiry, strike and right, and each hour is one message. What is traded within the hour
 * (open, high, low, volumes) is not kept.
 */
export function visionOptions(sink: RowSink, venue: string): Pick<PlainTable, "read" | "end"> {
  const options: HourEnd[] = [];
  return {
    read: (row) => {
      const option = readOption(row, venue);
      return () => {
        options.push(option);
      };
    },
    end: () => {
      options.sort(byChain);
      for (const [place, option] of options.entries()) {
        const flags = sameSnapshot(option, options[place + 1]) ? 0 : MESSAGE_END;
        sink.row("options", venue, option.chain, { ...option.row, flags });
      }
    },
  };
}
