import { ConfigError, DataError } from "@aftershock/schema";
import type { FileHead, ReadHints, RowSink, Source, SourceFile, SourceLine } from "../../source.ts";
import { settlementHour } from "../candles/fundingRate.ts";
import { seriesTerms } from "../candles/seriesTerms.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import { readPlainTable, type PlainTable } from "../read/plainTable.ts";
import { parseUtcTime } from "../read/utcTime.ts";
import {
  leanQuoteBars,
  leanTradeBars,
  QUOTE_COLUMNS,
  TRADE_COLUMNS,
  type LeanBars,
} from "./leanBars.ts";
import {
  leanInstrument,
  readLeanName,
  type LeanInstrument,
  type LeanName,
  type LeanSet,
} from "./leanName.ts";

const COLUMNS: Readonly<Record<LeanSet, readonly string[]>> = {
  trade: TRADE_COLUMNS,
  quote: QUOTE_COLUMNS,
  funding: ["time", "rate"],
};

const LEAN_SETS: readonly LeanSet[] = ["trade", "quote", "funding"];

const cells = (line: string): number => line.split(",").length;

/** Whether a first line can be one of the set that the file's name says. */
const fits = (line: string, set: LeanSet): boolean =>
  cells(line) === COLUMNS[set].length && /^\d/.test(line);

function midnightOf(file: SourceFile, date: string | undefined): number {
  const at = parseUtcTime(`${date ?? ""} 00:00:00`);
  if (at !== undefined) return at;
  throw new ConfigError(`${file.name}: the bars have times of day, and nothing says the day`, {
    hints: ["Say it with --date, e.g. --date 2022-12-13."],
  });
}

/** Funding that was exchanged, a fraction: `20221213 08:00:00,-0.00001869`, UTC. */
function leanFunding(sink: RowSink, { venue, symbol }: LeanInstrument): (row: CsvRow) => Emit {
  return (row) => {
    const text = row.text("time");
    const tsEvent = parseUtcTime(text.replace(/^(\d{4})(\d{2})(\d{2}) /, "$1-$2-$3 "));
    if (tsEvent === undefined || text.includes("-")) {
      throw row.wrong("time", "a time YYYYMMDD HH:MM:SS");
    }
    const fundingRate = row.real("rate");
    if (fundingRate === undefined) throw row.wrong("rate", "a number");
    const fundingTime = settlementHour(tsEvent);
    return () => {
      sink.row("tickers", venue, symbol, {
        line: row.line.number,
        tsEvent,
        fundingRate,
        fundingTime,
      });
    };
  };
}

function openBars(
  file: SourceFile,
  sink: RowSink,
  name: LeanName,
  hints: ReadHints,
): PlainTable["read"] {
  const instrument = leanInstrument(file.name, name, hints);
  if (name.set === "funding") {
    sink.dataset("fundingRate");
    return leanFunding(sink, instrument);
  }
  const midnight = midnightOf(file, name.date ?? hints.date);
  const { contract, multiplier } = seriesTerms(instrument.venue, instrument.symbol, midnight);
  const contractValue = contract === "inverse" ? multiplier : undefined;
  const bars: LeanBars = { ...instrument, midnight, contractValue };
  sink.dataset(name.set === "quote" ? "quoteBars-1m" : "candles-1m");
  return name.set === "quote" ? leanQuoteBars(sink, bars) : leanTradeBars(sink, bars);
}

/** The set where the name does not tell it: the number of cells does. */
function nameOf(file: SourceFile, first: SourceLine): LeanName {
  const named = readLeanName(file.name);
  if (named !== undefined) return named;
  const set = LEAN_SETS.find((known) => fits(first.text, known));
  if (set !== undefined) return { set, market: undefined, symbol: undefined, date: undefined };
  throw new DataError(
    `${file.name}:1: "${first.text.slice(0, 200)}" is no line of Lean's: expected ${LEAN_SETS.map((known) => COLUMNS[known].join(",")).join(" or ")}, without a header`,
    { hints: ["Check that the source named is the one this file comes from."] },
  );
}

function open(file: SourceFile, sink: RowSink, hints: ReadHints, first: SourceLine): PlainTable {
  const name = nameOf(file, first);
  return { columns: COLUMNS[name.set], headed: false, read: openBars(file, sink, name, hints) };
}

/** Lines of bare numbers could be anyone's; together with a name that Lean writes they are certain. */
function recognises({ name, text }: FileHead): boolean {
  const found = readLeanName(name);
  const [line = ""] = text.split(/\r?\n/, 1);
  return found !== undefined && fits(line, found.set);
}

/**
 * Files of QuantConnect Lean's data folder for crypto: zipped one-minute bars without a header, `ms since 00:00 UTC` first, and
 * funding rates. The day and the instrument stand in the name; in Lean's own folders, where the name holds only the day, the user
 * says which instrument it is. Known perpetuals are called as their venue calls them (`btcusd` of binance is
 * `binance-coinm:BTCUSD_PERP`).
 *
 * | file | rows | tsEvent |
 * |---|---|---|
 * | `…_trade.zip` | `candles` | the minute's start |
 * | `…_quote.zip` | `candles` of `…@bid` and `…@ask`; `quotes`: prices and sizes at the close | the minute's start; its end |
 * | `…margin_interest….csv` | `tickers`: the funding rate exchanged | the settlement |
 *
 * Source: QuantConnect Lean repository, Data/cryptofuture (2026-09).
 */
export const lean: Source = {
  name: "lean",
  version: 1,
  recognises,
  createReader: (hints) => ({
    read: (file, sink) => readPlainTable(file, sink, (first) => open(file, sink, hints, first)),
  }),
  terms: seriesTerms,
};
