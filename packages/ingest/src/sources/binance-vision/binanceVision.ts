import { DataError } from "@aftershock/schema";
import type { FileHead, ReadHints, RowSink, Source, SourceFile } from "../../source.ts";
import { readPlainTable, type PlainTable } from "../read/plainTable.ts";
import { visionBars } from "./visionBars.ts";
import { visionDepth } from "./visionDepth.ts";
import { visionDepthBands, visionVolatility } from "./visionDepthBands.ts";
import { visionFunding } from "./visionFunding.ts";
import { visionLiquidations } from "./visionLiquidations.ts";
import { visionSymbol, visionVenue, type VisionMarkets } from "./visionMarket.ts";
import { visionMetrics } from "./visionMetrics.ts";
import { visionName, type VisionName } from "./visionName.ts";
import { visionOptions } from "./visionOptions.ts";
import { visionQuotes } from "./visionQuotes.ts";
import { layoutOfHeader, layoutOfRow, VISION_LAYOUTS, type VisionLayout } from "./visionSets.ts";
import { visionTerms } from "./visionTerms.ts";
import { AGGREGATE_COLUMNS, TRADE_COLUMNS, visionTrades } from "./visionTrades.ts";

/** Options have a market of their own; it is called as other recordings call it. */
const OPTIONS_VENUE = "binance-european-options";

/** What reads the rows of a table. */
type Rows = Pick<PlainTable, "read" | "lost" | "end">;

/** A file whose first line was seen. */
interface Opened {
  readonly file: SourceFile;
  readonly sink: RowSink;
  readonly hints: ReadHints;
  readonly name: VisionName | undefined;
}

/** Where the rows of a file go whose rows name no symbol. */
function owner(
  { file, name, hints }: Opened,
  markets: VisionMarkets,
): { venue: string; symbol: string } {
  const { symbol } = visionSymbol(file.name, name, hints);
  return { venue: visionVenue(file.name, markets, symbol, hints), symbol };
}

function openTrades(
  opened: Opened,
  markets: VisionMarkets,
  columns: typeof AGGREGATE_COLUMNS,
): Rows {
  const { venue, symbol } = owner(opened, markets);
  // Two forms of one set: aggregates and single trades of a day are the same trades.
  opened.sink.dataset(columns === TRADE_COLUMNS ? "trades:single" : "trades:aggregated");
  return { read: visionTrades(opened.sink, venue, symbol, columns) };
}

function openOwned(
  opened: Opened,
  dataset: string,
  open: (sink: RowSink, venue: string, symbol: string) => Rows["read"],
): Rows {
  const { venue, symbol } = owner(opened, "futures");
  opened.sink.dataset(dataset);
  return { read: open(opened.sink, venue, symbol) };
}

function openNamed(opened: Opened, dataset: string, rows: Rows): Rows {
  opened.sink.dataset(dataset);
  return rows;
}

function openRows({ set }: VisionLayout, opened: Opened): Rows {
  const { file, sink, name, hints } = opened;
  switch (set) {
    case "aggTrades":
      return openTrades(opened, "futures", AGGREGATE_COLUMNS);
    case "spotAggTrades":
      return openTrades(opened, "spot", AGGREGATE_COLUMNS);
    case "listedAggTrades":
      return openTrades(opened, "any", { ...AGGREGATE_COLUMNS, calendar: true });
    case "trades":
      return openTrades(opened, "futures", TRADE_COLUMNS);
    case "spotTrades":
      return openTrades(opened, "spot", TRADE_COLUMNS);
    case "klines":
      return { read: visionBars(file, sink, name, hints) };
    case "fundingRate":
      return openOwned(opened, set, visionFunding);
    case "metrics":
      return openNamed(opened, set, { read: visionMetrics(sink, name?.date) });
    case "bookTicker":
      return openOwned(opened, set, visionQuotes);
    case "bookDepth":
      return openOwned(opened, set, visionDepthBands);
    case "liquidationSnapshot":
      return openOwned(opened, set, visionLiquidations);
    case "depth":
    case "chainedDepth":
      return visionDepth(sink, set === "chainedDepth");
    case "BVOLIndex":
      return openNamed(opened, set, { read: visionVolatility(sink, OPTIONS_VENUE) });
    case "EOHSummary":
      return openNamed(opened, set, visionOptions(sink, OPTIONS_VENUE));
    default:
      return set satisfies never;
  }
}

const isOfTag = ({ tag }: VisionLayout, name: VisionName): boolean =>
  name.interval === undefined ? tag === name.tag : tag === "klines";

/** A row that is damaged, but of the set that the file's name says, as far as its number of columns tells. */
function layoutOfDamaged(line: string, name: VisionName | undefined): VisionLayout | undefined {
  if (name === undefined || !/^\d/.test(line)) return undefined;
  const cells = line.split(",").length;
  const [found, another] = VISION_LAYOUTS.filter(
    (layout) => isOfTag(layout, name) && layout.shape?.length === cells,
  );
  return another === undefined ? found : undefined;
}

function unknownFile(file: SourceFile, line: string): DataError {
  const sets = [...new Set(VISION_LAYOUTS.map(({ tag }) => tag))].join(", ");
  return new DataError(
    `${file.name}:1: "${line.slice(0, 200)}" is neither the header nor a row of a set of Binance's archive; expected one of ${sets}`,
    { hints: ["Check that the source named is the one this file comes from."] },
  );
}

function openFile(file: SourceFile, sink: RowSink, hints: ReadHints, line: string): PlainTable {
  const name = visionName(file.name);
  const headed = layoutOfHeader(line);
  const layout = headed ?? layoutOfRow(line) ?? layoutOfDamaged(line, name);
  if (layout === undefined) throw unknownFile(file, line);
  if (headed === undefined && name !== undefined && !isOfTag(layout, name)) {
    throw new DataError(
      `${file.name}:1: the row "${line.slice(0, 200)}" is one of ${layout.tag}, not of ${name.tag} as the file's name says`,
      { hints: ["Give the file the name that the archive gave it."] },
    );
  }
  return {
    columns: layout.columns,
    headed: headed !== undefined,
    ...openRows(layout, { file, sink, hints, name }),
  };
}

/** A header is certain by itself; rows without one are so together with the archive's own name for the file. */
function recognises({ name: fileName, text }: FileHead): boolean {
  const [line = ""] = text.split(/\r?\n/, 1);
  if (layoutOfHeader(line) !== undefined) return true;
  const name = visionName(fileName);
  const layout = layoutOfRow(line);
  return name !== undefined && layout !== undefined && isOfTag(layout, name);
}

/**
 * Binance's public archive (data.binance.vision): one CSV a file, with a header or without; sets are known by the header, or by
 * what every cell of the first row looks like. Times are ms, on spot µs since 2025-01-01, decided for each value by its size.
 *
 * | set | rows | tsEvent |
 * |---|---|---|
 * | `aggTrades`, `trades` | `trades`; the two of one day displace each other | `transact_time`, `time`: the trade |
 * | klines of any interval | `candles` | `open_time` |
 * | mark, index and premium klines | `candles` of `BTCUSDT@mark`, `@index`, `@premium`, without volumes | `open_time` |
 * | `fundingRate` | `tickers`; `measures`: the interval | `calc_time`: the settlement |
 * | `metrics` | `tickers`: open interest; `measures`: ratios | the instant that a figure is of, see `visionMetrics` |
 * | `bookTicker` | `quotes` | `transaction_time` |
 * | `bookDepth` | `measures`: depth in bands | `timestamp` |
 * | `liquidationSnapshot` | `liquidations` | `time`, that of the order |
 * | T_DEPTH | `book` | `timestamp` |
 * | `BVOLIndex` | `measures` | `calc_time` |
 * | `EOHSummary` | `options`, each hour one message | end of the hour |
 *
 * The market does not stand in a file. COIN-M has its own form of symbol; spot trades have one column more than futures'; the
 * other sets exist on one side only. Traded klines in ms could be of spot or USD-M: `--venue` says which. Nobody recorded when
 * a row was received: `tsRecv` is absent.
 */
export const binanceVision: Source = {
  name: "binance-vision",
  version: 1,
  recognises,
  createReader: (hints) => ({
    read: (file, sink) =>
      readPlainTable(file, sink, ({ text }) => openFile(file, sink, hints, text)),
  }),
  terms: visionTerms,
};
