import { type Duck, type Lake, lakeStream, type Manifest } from "@aftershock/ingest";
import { micros, MICROS_PER_MINUTE, MICROS_PER_SECOND, type StreamName } from "@aftershock/schema";
import { type MarketBars, marketBars } from "@aftershock/replay";
import type { Study } from "@aftershock/strategy";
import { partitionsFor } from "./lakeSelection.ts";
import { ProgressLine } from "./progressLine.ts";

/** What bars are made of. */
const MARKET_STREAMS: readonly StreamName[] = ["book", "trades", "liquidations", "tickers"];

/** Half-width of the band in which depth is counted, 1e-4 of the mid. */
export const DEPTH_BAND_BPS = 25;

/** Bars of a figure: enough to show a crash, few enough for a page. */
const MOST_BARS = 720;

/** The market that a study's report shows: bars of one instrument's book, and the partitions behind them. */
export interface MarketData extends MarketBars {
  readonly instrument: string;
  readonly partitions: readonly Manifest[];
}

/** The length of a bar for a window: the shortest of these that gives at most MOST_BARS. */
function barLength(spanMicros: number): number {
  const lengths = [5, 10, 15, 30, 60, 300, 900, 3_600].map(
    (seconds) => seconds * MICROS_PER_SECOND,
  );
  return lengths.find((length) => spanMicros / length <= MOST_BARS) ?? 24 * 60 * MICROS_PER_MINUTE;
}

/**
 * Replays the contract of the study's scenarios, else the perpetual of its first coin, into bars, when the lake holds its book within the study's window; undefined
 * when it does not.
 */
export async function readMarket(
  duck: Duck,
  lake: Lake,
  study: Study,
): Promise<MarketData | undefined> {
  const [coin] = Object.keys(study.portfolio);
  const instrument = study.counterfactual?.instrument ?? `${study.venue}:${coin}-PERPETUAL`;
  const own = (await lake.list()).filter((day) => day.instrument.id === instrument);
  const byStream = MARKET_STREAMS.map((stream) => partitionsFor(own, stream, study)).filter(
    (days) => days.length > 0,
  );
  const partitions = byStream.flat();
  const books = partitions.filter((day) => day.stream === "book");
  const [first, last] = [books[0], books.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const streams = byStream.flatMap((days) => {
    const [day] = days;
    return day === undefined ? [] : [lakeStream(duck, lake, day.stream, days)];
  });
  const from = Math.max(first.firstTime, study.from);
  const progress = new ProgressLine(`replay ${instrument}`);
  const bars = await marketBars(streams, {
    every: micros(barLength(Math.min(last.lastTime, study.to) - from)),
    bandBps: DEPTH_BAND_BPS,
    from: micros(from),
    to: study.to,
    onProgress: ({ events, at }) => progress.events(events, at),
  });
  progress.done();
  return { ...bars, instrument, partitions };
}
