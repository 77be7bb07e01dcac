import { ConfigError } from "@aftershock/schema";
import type { ReadHints, RowSink, SourceFile } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import { countCell, realCell, unixCell } from "./visionCells.ts";
import { barMicros, isSampled, visionKlines, type BarFile } from "./visionKlines.ts";
import { visionSymbol, visionVenue } from "./visionMarket.ts";
import { BAR_MICROS, type VisionName } from "./visionName.ts";
import { visionTerms } from "./visionTerms.ts";

/** What bars are of where it is not trades, by the archive's name for their set, which stands only in its folders. */
const SERIES: Readonly<Record<string, string | undefined>> = {
  markPriceKlines: "mark",
  indexPriceKlines: "index",
  premiumIndexKlines: "premium",
};
const KNOWN_SERIES: readonly string[] = ["mark", "index", "premium"];

const NAME_SERIES =
  "Files of mark, index and premium bars have the names of files of traded bars: add --symbol, e.g. --symbol BTCUSDT@mark (or @index, @premium).";

function seriesOf(
  file: SourceFile,
  name: VisionName | undefined,
  given: string | undefined,
): string | undefined {
  const named = name === undefined ? undefined : SERIES[name.tag];
  const series = given ?? named;
  if (series !== undefined && !KNOWN_SERIES.includes(series)) {
    throw new ConfigError(`--symbol …@${series}: bars are of ${KNOWN_SERIES.join(", ")} prices`, {
      hints: [NAME_SERIES],
    });
  }
  if (given !== undefined && named !== undefined && given !== named) {
    throw new ConfigError(`--symbol …@${given}: ${file.name} is of ${named} prices by its name`, {
      hints: ["Leave --symbol out."],
    });
  }
  return series;
}

/** The interval whose bars are this long; a month is none of the fixed ones. */
const intervalOf = (length: number): string | undefined =>
  Object.entries(BAR_MICROS).find(([, micros]) => micros === length)?.[0] ??
  (length > 27 * 86_400_000_000 && length < 32 * 86_400_000_000 ? "1mo" : undefined);

/** What the user, the file's name and its first good bar together say of the bars of a file. Throws ConfigError where they do not. */
function barFile(
  file: SourceFile,
  name: VisionName | undefined,
  hints: ReadHints,
  row: CsvRow,
): BarFile {
  const openTime = row.text("open_time");
  const open = unixCell(row, "open_time");
  const length = barMicros(openTime, open, unixCell(row, "close_time"));
  const interval = name?.interval ?? intervalOf(length);
  const { symbol, series: given } = visionSymbol(file.name, name, hints);
  const series = seriesOf(file, name, given);
  const sampled = isSampled(realCell(row, "volume"), countCell(row, "count"));
  if (sampled && series === undefined) {
    throw new ConfigError(
      `${file.name}: the bars are of mark, index or premium prices, and nothing says which: --symbol is needed`,
      { hints: [NAME_SERIES] },
    );
  }
  const spot = openTime.length > 14 || interval === "1s";
  const futures = series === undefined ? "any" : "futures";
  const venue = visionVenue(file.name, spot ? "spot" : futures, symbol, hints);
  const contract = visionTerms(venue, symbol, open);
  return {
    venue,
    symbol: series === undefined ? symbol : `${symbol}@${series}`,
    series,
    interval,
    contractUsd: contract.contract === "inverse" ? contract.multiplier : undefined,
  };
}

/**
 * Reads a file of bars. Spot and USD-M files look the same unless their times are in µs, which only spot has; then, and for bars
 * of prices that nobody traded at, the user says what the file is.
 */
export function visionBars(
  file: SourceFile,
  sink: RowSink,
  name: VisionName | undefined,
  hints: ReadHints,
): (row: CsvRow) => Emit {
  let bars: ((row: CsvRow) => Emit) | undefined;
  return (row) => {
    if (bars === undefined) {
      const opened = barFile(file, name, hints, row);
      sink.dataset(opened.interval === undefined ? "klines" : `klines-${opened.interval}`);
      bars = visionKlines(sink, opened);
    }
    return bars(row);
  };
}
