import {
  MICROS_PER_DAY,
  MICROS_PER_MILLI,
  MICROS_PER_MINUTE,
  type Decimal,
} from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import { RecentLines } from "../read/recentLines.ts";
import type { LeanInstrument } from "./leanName.ts";

/** The columns of a trade bar; the file has no header. */
export const TRADE_COLUMNS: readonly string[] = [
  "millis",
  "open",
  "high",
  "low",
  "close",
  "volume",
];

const SIDE_PARTS = ["open", "high", "low", "close"] as const;

const sideColumns = (side: string): string[] => [
  ...SIDE_PARTS.map((part) => `${side}_${part}`),
  `${side}_size`,
];

/** The columns of a quote bar; the file has no header. */
export const QUOTE_COLUMNS: readonly string[] = [
  "millis",
  ...sideColumns("bid"),
  ...sideColumns("ask"),
];

/** What the rows of a file of bars are of. */
export interface LeanBars extends LeanInstrument {
  /** 00:00 UTC of the day, µs. */
  readonly midnight: number;
  /** Quote currency in one contract, where volume counts contracts of an inverse perpetual; undefined elsewhere. */
  readonly contractValue: number | undefined;
}

function readOpenTime(row: CsvRow, midnight: number): number {
  const text = row.text("millis");
  const micros = /^\d{1,8}$/.test(text) ? Number(text) * MICROS_PER_MILLI : MICROS_PER_DAY;
  if (micros >= MICROS_PER_DAY) throw row.wrong("millis", "a time of day in ms");
  return midnight + micros;
}

function readVolume(row: CsvRow): number {
  const volume = row.real("volume");
  if (volume === undefined || volume < 0) throw row.wrong("volume", "a volume of zero or more");
  return volume;
}

/**
 * One-minute bars of trades. Volume is in the base currency; of an inverse perpetual it counts contracts, and is given in the quote
 * currency that they are worth.
 */
export function leanTradeBars(sink: RowSink, bars: LeanBars): (row: CsvRow) => Emit {
  const seen = new RecentLines();
  return (row) => {
    const volume = readVolume(row);
    const candle: RawRow<"candles"> = {
      line: row.line.number,
      tsEvent: readOpenTime(row, bars.midnight),
      intervalMicros: MICROS_PER_MINUTE,
      open: row.decimal("open"),
      high: row.decimal("high"),
      low: row.decimal("low"),
      close: row.decimal("close"),
      ...(bars.contractValue === undefined
        ? { volume }
        : { quoteVolume: volume * bars.contractValue }),
    };
    return () => {
      if (seen.repeats(row.line.text)) sink.skip(row.line, "duplicate row");
      else sink.row("candles", bars.venue, bars.symbol, candle);
    };
  };
}

/** One side of a quote bar. */
interface Side {
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  /** At the close. */
  readonly size: Decimal;
}

/** A side that was not quoted in the minute is empty cells. */
function readSide(row: CsvRow, side: "bid" | "ask"): Side | undefined {
  const parts = SIDE_PARTS.map((part) => row.optionalText(`${side}_${part}`));
  if (parts.every((part) => part === undefined)) return undefined;
  return {
    open: row.decimal(`${side}_open`),
    high: row.decimal(`${side}_high`),
    low: row.decimal(`${side}_low`),
    close: row.decimal(`${side}_close`),
    size: row.size(`${side}_size`),
  };
}

/**
 * One-minute bars of the best bid and ask: `candles` of `…@bid` and `…@ask`, and a row of `quotes` with the prices and sizes at the
 * close, at the end of the minute, when they were first all known. Minutes without a change of the quote have no bar.
 */
export function leanQuoteBars(sink: RowSink, bars: LeanBars): (row: CsvRow) => Emit {
  const { venue, symbol } = bars;
  const seen = new RecentLines();
  return (row) => {
    const line = row.line.number;
    const tsEvent = readOpenTime(row, bars.midnight);
    const bid = readSide(row, "bid");
    const ask = readSide(row, "ask");
    if (bid === undefined && ask === undefined) throw row.wrong("bid_open", "a bid or an ask");
    const writeSide = (name: string, side: Side | undefined): void => {
      if (side === undefined) return;
      const { open, high, low, close } = side;
      const bar = { line, tsEvent, intervalMicros: MICROS_PER_MINUTE, open, high, low, close };
      sink.row("candles", venue, `${symbol}@${name}`, bar);
    };
    return () => {
      if (seen.repeats(row.line.text)) {
        sink.skip(row.line, "duplicate row");
        return;
      }
      writeSide("bid", bid);
      writeSide("ask", ask);
      sink.row("quotes", venue, symbol, {
        line,
        tsEvent: tsEvent + MICROS_PER_MINUTE,
        bidPrice: bid?.close,
        bidSize: bid?.size,
        askPrice: ask?.close,
        askSize: ask?.size,
      });
    };
  };
}
