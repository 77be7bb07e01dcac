import { CALL, MESSAGE_END, PUT, type Decimal } from "@aftershock/schema";
import type { RawRow, RowSink, SourceLine } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import { readCells, type CsvHandler } from "../read/csvTable.ts";
import { parseIsoMicros } from "../read/parseIsoMicros.ts";

const VENUE = "deribit";

/** One option of a snapshot, held until the snapshot is complete. */
interface HeldOption {
  readonly line: SourceLine;
  readonly coin: string;
  readonly strike: number;
  readonly expiry: number;
  readonly row: Omit<RawRow<"options">, "flags">;
}

function readIso(row: CsvRow, name: string): number {
  const at = parseIsoMicros(row.text(name));
  if (at === undefined) throw row.wrong(name, "an ISO 8601 time with an offset");
  return at;
}

/** An empty cell or 0: nobody quotes on this side. */
function readPremium(row: CsvRow, name: string): Decimal | undefined {
  const premium = row.optionalDecimal(name);
  if (premium !== undefined && premium.mantissa < 0) {
    throw row.wrong(name, "a premium of zero or more");
  }
  return premium?.mantissa === 0 ? undefined : premium;
}

function readCoin(row: CsvRow): string {
  const coin = row.text("currency");
  if (!/^[A-Z0-9]+$/.test(coin)) throw row.wrong("currency", "a coin");
  if (!row.text("instrument_name").startsWith(`${coin}-`)) {
    throw row.wrong("instrument_name", `an option on ${coin}`);
  }
  return coin;
}

function readStrike(row: CsvRow): number {
  const strike = row.real("strike");
  if (strike === undefined || strike <= 0) throw row.wrong("strike", "a price above zero");
  return strike;
}

function readOption(row: CsvRow): HeldOption {
  const strike = readStrike(row);
  const expiry = readIso(row, "expiry_datetime");
  return {
    line: row.line,
    coin: readCoin(row),
    strike,
    expiry,
    row: {
      tsRecv: readIso(row, "timestamp"),
      line: row.line.number,
      optionSymbol: row.text("instrument_name"),
      right: row.oneOf("option_type", { call: CALL, put: PUT }),
      strike,
      expiry,
      bidPrice: readPremium(row, "bid_price"),
      askPrice: readPremium(row, "ask_price"),
      markPrice: row.real("mark_price"),
      markIv: row.real("implied_volatility"),
      underlying: row.optionalText("futures_instrument_name"),
      underlyingPrice: row.real("futures_price"),
      indexPrice: row.real("index_price"),
      delta: row.real("delta"),
      vega: row.real("vega"),
      openInterest: row.real("open_interest"),
    },
  };
}

/** By coin, expiry, strike, put before call: the same snapshot gives the same rows, in whatever order its lines lie. */
function byChain(a: HeldOption, b: HeldOption): number {
  if (a.coin !== b.coin) return a.coin < b.coin ? -1 : 1;
  return a.expiry - b.expiry || a.strike - b.strike || a.row.right - b.row.right;
}

/** The options of one recorded instant, each once. */
class ChainSnapshot {
  private readonly options = new Map<string, HeldOption>();

  add(sink: RowSink, option: HeldOption): void {
    const { optionSymbol } = option.row;
    const first = this.options.get(optionSymbol);
    if (first === undefined) this.options.set(optionSymbol, option);
    else if (first.line.text === option.line.text) sink.skip(option.line, "duplicate row");
    else {
      const reason = `conflicting duplicate: ${optionSymbol} is already in line ${first.line.number} with other values`;
      sink.quarantine(option.line, reason);
    }
  }

  emit(sink: RowSink): void {
    const sorted = [...this.options.values()].toSorted(byChain);
    for (const [place, { coin, row }] of sorted.entries()) {
      const chain = `${coin}-OPTIONS`;
      const ends = sorted[place + 1]?.coin !== coin;
      if (row.bidPrice === undefined) sink.note("options", VENUE, chain, "withoutBid");
      if (row.askPrice === undefined) sink.note("options", VENUE, chain, "withoutAsk");
      sink.row("options", VENUE, chain, { ...row, flags: ends ? MESSAGE_END : 0 });
    }
  }
}

/**
 * A snapshot of all options, `timestamp` being one instant of the recorder for the whole file: it becomes `tsRecv`, and the
 * venue's clock is absent. The snapshot took the recorder seconds to collect, so `index_price` differs from row to row and
 * put-call parity holds only to some 1e-4 coin. Both coins come mixed and unsorted; each becomes one message.
 *
 * Units, checked against the recording by Black-76 with F = `futures_price`, K = `strike` and no interest: premiums are in coin;
 * `implied_volatility` is a fraction a year of 365 days, and belongs to the mark (median error 8e-6 coin over the 62,992 rows of
 * 39 snapshots; 19e-6 with the 365.25 days of `time_to_maturity`, which therefore is not read); `vega` is in USD a volatility
 * point; `delta` is that of the undiscounted option on the future. `mid_price`, `bid_ask_spread` and the doubles of the
 * underlying's columns follow from others. Sizes at bid and ask are not recorded.
 */
export function deribitChainOptions(sink: RowSink): CsvHandler {
  let snapshot = new ChainSnapshot();
  let at: number | undefined;
  return {
    row: (line) => {
      const option = readCells(sink, line, readOption);
      if (option === undefined) return;
      if (option.row.tsRecv !== at) {
        snapshot.emit(sink);
        snapshot = new ChainSnapshot();
        at = option.row.tsRecv;
      }
      snapshot.add(sink, option);
    },
    end: () => {
      snapshot.emit(sink);
    },
  };
}
