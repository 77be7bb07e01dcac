import { DataError } from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import { RecentLines } from "../read/recentLines.ts";
import { countCell, realCell, unixCell } from "./visionCells.ts";
import { BAR_MICROS } from "./visionName.ts";

/** What the bars of a file are. */
export interface BarFile {
  readonly venue: string;
  /** With the series where the bars are not of trades: `BTCUSDT@mark`. */
  readonly symbol: string;
  readonly series: string | undefined;
  /** `1m` …; undefined where nothing says it. */
  readonly interval: string | undefined;
  /** USD in one COIN-M contract; undefined elsewhere. */
  readonly contractUsd: number | undefined;
}

/**
 * True when a bar is of sampled prices and not of trades: `count` is then the number of samples, and nothing was traded. So are
 * the bars of mark, index and premium, whose files have the names and columns of traded ones.
 */
export const isSampled = (volume: number, count: number): boolean => volume === 0 && count > 0;

/** Length of a bar from its times, µs: `close_time` is the last ms, or µs, that belongs to it. */
export function barMicros(openTime: string, open: number, close: number): number {
  const unit = openTime.length > 14 ? 1 : 1_000;
  return close + unit - open;
}

function readVolumes(row: CsvRow, file: BarFile): Partial<RawRow<"candles">> {
  const volume = realCell(row, "volume");
  const trades = countCell(row, "count");
  const sampled = isSampled(volume, trades);
  if (file.series !== undefined) {
    if (volume === 0) return {};
    throw row.wrong("volume", `0, as bars of ${file.series} prices have it`);
  }
  if (sampled) {
    throw new DataError(
      `columns volume and count: a bar of ${trades} trades without volume is one of mark, index or premium prices`,
    );
  }
  const other = realCell(row, "quote_volume");
  const taker = realCell(row, "taker_buy_volume");
  const takerOther = realCell(row, "taker_buy_quote_volume");
  if (file.contractUsd === undefined) {
    return { volume, quoteVolume: other, trades, takerBuyVolume: taker };
  }
  // COIN-M: `volume` counts contracts, and what the header calls quote volume is in the base currency.
  return {
    volume: other,
    quoteVolume: volume * file.contractUsd,
    trades,
    takerBuyVolume: takerOther,
  };
}

function readBar(row: CsvRow, file: BarFile): RawRow<"candles"> {
  const open = unixCell(row, "open_time");
  const close = unixCell(row, "close_time");
  const length = barMicros(row.text("open_time"), open, close);
  if (length <= 0) throw row.wrong("close_time", "a time after open_time");
  return {
    line: row.line.number,
    tsEvent: open,
    intervalMicros: (file.interval === undefined ? undefined : BAR_MICROS[file.interval]) ?? length,
    open: row.decimal("open"),
    high: row.decimal("high"),
    low: row.decimal("low"),
    close: row.decimal("close"),
    ...readVolumes(row, file),
  };
}

/**
 * Reads bars. A bar that a file holds twice is counted as a duplicate; one whose high is not the highest or low not the lowest
 * is kept and counted as `badOhlc`; one that ends at another time than its interval says is kept and counted as
 * `irregularCloseTime`.
 */
export function visionKlines(sink: RowSink, file: BarFile): (row: CsvRow) => Emit {
  const { venue, symbol } = file;
  const seen = new RecentLines();
  return (row) => {
    const bar = readBar(row, file);
    const openTime = row.text("open_time");
    const actual = barMicros(openTime, unixCell(row, "open_time"), unixCell(row, "close_time"));
    const [open, high, low, close] = ["open", "high", "low", "close"].map((name) =>
      realCell(row, name),
    );
    const ordered = isOrdered(open ?? 0, high ?? 0, low ?? 0, close ?? 0);
    return () => {
      if (seen.repeats(row.line.text)) {
        sink.skip(row.line, "duplicate row");
        return;
      }
      if (!ordered) sink.note("candles", venue, symbol, "badOhlc");
      if (actual !== bar.intervalMicros) {
        sink.note("candles", venue, symbol, "irregularCloseTime");
      }
      sink.row("candles", venue, symbol, bar);
    };
  };
}

const isOrdered = (open: number, high: number, low: number, close: number): boolean =>
  low <= Math.min(open, close) && high >= Math.max(open, close);
