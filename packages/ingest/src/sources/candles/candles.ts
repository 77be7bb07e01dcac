import { DataError } from "@aftershock/schema";
import type {
  FileHead,
  RawRow,
  ReadHints,
  RowSink,
  Source,
  SourceFile,
  SourceLine,
} from "../../source.ts";
import { formatInterval, StepCounter } from "../read/barInterval.ts";
import { CsvColumns, CsvRow } from "../read/csvRow.ts";
import { emitRecord, type Emit } from "../read/emitRecords.ts";
import { firstCharacter, linesOrElements } from "../read/fileRecords.ts";
import { RecentLines } from "../read/recentLines.ts";
import {
  candleInstrument,
  isFreqtradeName,
  isPercentFundingName,
  readCandleName,
  type CandleInstrument,
  type CandleName,
} from "./candleName.ts";
import { readBar, readRate, timeOfRecord, type Bar } from "./candleRecords.ts";
import { BAR_COLUMNS, barRow, timeOfLine } from "./candleTable.ts";
import { percentToFraction, settlementHour } from "./fundingRate.ts";
import { seriesTerms } from "./seriesTerms.ts";

/** The key under which an object holds its list of bars. */
const LIST_KEY = "data";
const HEADER = BAR_COLUMNS.join(",");

/** Venues whose bars count volume in the quote currency. Source: FTX API, "Get historical prices" (2022). */
const QUOTE_VOLUME: ReadonlySet<string> = new Set(["ftx"]);

const recordsOf = (file: SourceFile): AsyncIterable<readonly SourceLine[]> =>
  linesOrElements(file, LIST_KEY);

/** What reads the records of a file. */
interface Opened extends CandleInstrument {
  readonly name: CandleName;
  readonly sink: RowSink;
  readonly interval: number | undefined;
}

type Read = (record: SourceLine) => Emit;

const skipRepeated = (sink: RowSink, seen: RecentLines, record: SourceLine): boolean => {
  const repeats = seen.repeats(record.text);
  if (repeats) sink.skip(record, "duplicate record");
  return repeats;
};

/** Funding rates that were exchanged, as fractions. */
function rates({ sink, venue, symbol, name }: Opened): Read {
  const seen = new RecentLines();
  return (record) => {
    const { at, rate } = readRate(record.text);
    const fundingRate = name.funding === "percent" ? percentToFraction(rate) : rate;
    return () => {
      if (skipRepeated(sink, seen, record)) return;
      const fundingTime = settlementHour(at);
      sink.row("tickers", venue, symbol, {
        line: record.number,
        tsEvent: at,
        fundingRate,
        fundingTime,
      });
    };
  };
}

/** Of what a venue counts volume; bars of a price that nobody traded at have none. */
function volumesOf(
  { venue, name }: Opened,
  volume: number | undefined,
): Pick<RawRow<"candles">, "volume" | "quoteVolume"> {
  if (name.series !== undefined) return {};
  return QUOTE_VOLUME.has(venue) ? { quoteVolume: volume } : { volume };
}

/** Bars; each is as long as it says itself, else as the file's are. */
function bars(opened: Opened, read: (record: SourceLine) => Bar): Read {
  const { sink, venue, symbol, name, interval } = opened;
  const instrument = name.series === undefined ? symbol : `${symbol}@${name.series}`;
  const seen = new RecentLines();
  return (record) => {
    const { at, interval: own, volume, ...bar } = read(record);
    const volumes = volumesOf(opened, volume);
    return () => {
      if (skipRepeated(sink, seen, record)) return;
      const times = { line: record.number, tsEvent: at, intervalMicros: own ?? interval };
      sink.row("candles", venue, instrument, { ...times, ...bar, ...volumes });
    };
  };
}

const TABLE = new CsvColumns(BAR_COLUMNS);

const tableBar = (record: SourceLine): Bar => barRow(new CsvRow(TABLE, record));

/** How long a bar is, µs: as the name says, or as most records are apart; undefined where one record has no other to tell it. */
async function intervalOf(file: SourceFile, name: CandleName): Promise<number | undefined> {
  if (name.interval !== undefined) return name.interval;
  const steps = new StepCounter();
  for await (const records of recordsOf(file)) {
    for (const { text } of records) {
      const at = timeOfLine(text) ?? timeOfRecord(text);
      if (at !== undefined) steps.add(at);
    }
  }
  return steps.mostCommon();
}

async function open(
  file: SourceFile,
  sink: RowSink,
  hints: ReadHints,
  isTable: boolean,
): Promise<Read> {
  const name = readCandleName(file.name);
  const instrument = candleInstrument(file.name, name, hints);
  if (name.funding !== undefined) {
    sink.dataset("fundingRate");
    return rates({ ...instrument, name, sink, interval: undefined });
  }
  const interval = await intervalOf(file, name);
  sink.dataset(interval === undefined ? "candles" : `candles-${formatInterval(interval)}`);
  return bars(
    { ...instrument, name, sink, interval },
    isTable ? tableBar : (record) => readBar(record.text),
  );
}

/** The header of a table, its repetitions and blank lines hold no bar. */
function skipReason({ text }: SourceLine): string | undefined {
  if (text === HEADER) return "header";
  return text.trim() === "" ? "blank line" : undefined;
}

const isJson = async (file: SourceFile): Promise<boolean> =>
  ["[", "{"].includes(await firstCharacter(file));

async function checkHeader(file: SourceFile): Promise<void> {
  for await (const [first] of file.lines()) {
    if (first?.text === HEADER) return;
    throw new DataError(
      `${file.name}:1: "${first?.text.slice(0, 200) ?? ""}" is neither a JSON list of bars nor the header ${HEADER}`,
      { hints: ["Check that the source named is the one this file comes from."] },
    );
  }
  throw new DataError(`${file.name}: the file holds no line`, { hints: ["Fetch it again."] });
}

async function readFile(file: SourceFile, sink: RowSink, hints: ReadHints): Promise<void> {
  const isTable = !(await isJson(file));
  if (isTable) await checkHeader(file);
  const reader = { read: await open(file, sink, hints, isTable) };
  for await (const records of recordsOf(file)) {
    for (const record of records) {
      const reason = isTable ? skipReason(record) : undefined;
      if (reason === undefined) emitRecord(sink, record, reader);
      else sink.skip(record, reason);
    }
  }
}

const LIST_OF_SIX = /^\s*\[\s*\[\s*\d{12,13}\s*(?:,\s*-?[\d.eE+-]+\s*){5}\]/;
const LIST_OF_TWO = /^\s*\[\s*\[\s*\d{12,13}\s*,\s*-?[\d.eE+-]+\s*\]/;
const PERIODS = /^\s*\[\s*\{\s*"time_period_start"\s*:/;
const SHORT = /^\s*(?:\{[^[]*"data"\s*:\s*)?\[\s*\{\s*"dt"\s*:\s*"[^"]*"\s*,\s*"o"\s*:/;

/** Field names and a header are certain by themselves, lists of numbers together with a name that says what they are. */
function recognises({ name, text }: FileHead): boolean {
  if (PERIODS.test(text) || SHORT.test(text) || /^[^\r\n]*/.exec(text)?.[0] === HEADER) return true;
  if (isFreqtradeName(name)) return LIST_OF_SIX.test(text);
  return isPercentFundingName(name) && LIST_OF_TWO.test(text);
}

/**
 * Bars, and funding rates filed like bars, in formats that no vendor owns. The venue is what the user says (`--venue`); the symbol
 * stands in the name, or the user says it (`--symbol`); the length of a bar stands in the record, in the name, or is how far apart
 * most bars are.
 *
 * | format | rows |
 * |---|---|
 * | freqtrade's JSON `[[ms, open, high, low, close, volume], …]`, `BTC_USDT-1m.json`, `BTC_USDT_USDT-5m-futures.json` | `candles` |
 * | the same, `…-8h-mark.json` (index, premiumIndex) | `candles` of `BTCUSDT@mark` (`@index`, `@premium`), without volume |
 * | the same, `…-8h-funding_rate.json`: the rate stands second | `tickers`: `fundingRate`, exchanged at that time |
 * | `[[ms, percent], …]`, `funding_rate_….json` | the same, as a fraction |
 * | CoinAPI's OHLCV, `[{time_period_start, …}, …]` | `candles` |
 * | `[{dt, o, h, l, c, v}, …]`, also under `data` | `candles` |
 * | CSV `timestamp,open,high,low,close,volume`, UTC or ms | `candles` |
 *
 * `tsEvent` is when a bar opens: nothing of it is known before it closes. Volume is in the base currency, except for venues that
 * count the quote currency. Bars that contradict themselves are stored as recorded; the quality of their partition counts them, and
 * the bars that lack between two others.
 */
export const candles: Source = {
  name: "candles",
  version: 1,
  recognises,
  createReader: (hints) => ({ read: (file, sink) => readFile(file, sink, hints) }),
  records: recordsOf,
  terms: seriesTerms,
};
