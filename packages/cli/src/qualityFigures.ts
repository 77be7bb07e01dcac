import { isoMicros } from "@aftershock/schema";
import type { Quality } from "@aftershock/ingest";
import { grouped } from "./output.ts";

/** One thing that a partition tells of itself. */
export interface QualityFigure {
  readonly name: string;
  /** As it is shown. */
  readonly value: string;
  /** What it means, where the name does not say all. */
  readonly meaning: string;
  /** Whether a reader should look twice. */
  readonly suspicious: boolean;
}

const seconds = (micros: number): string => `${(micros / 1_000_000).toFixed(1)} s`;

const count = (
  name: string,
  value: number | undefined,
  meaning: string,
): readonly QualityFigure[] =>
  value === undefined ? [] : [{ name, value: grouped(value), meaning, suspicious: value !== 0 }];

const fact = (name: string, value: string, meaning: string, suspicious = false): QualityFigure => ({
  name,
  value,
  meaning,
  suspicious,
});

function bookFigures(quality: Quality): readonly QualityFigure[] {
  const { messages, snapshots, firstSnapshotTime, checksums } = quality;
  return [
    ...(messages === undefined ? [] : [fact("messages", grouped(messages), "complete messages")]),
    ...(snapshots === undefined
      ? []
      : [fact("snapshots", grouped(snapshots), "whole books", snapshots === 0)]),
    ...(firstSnapshotTime === undefined
      ? []
      : [
          fact(
            "firstSnapshot",
            isoMicros(firstSnapshotTime),
            "nothing is known of the book before",
          ),
        ]),
    ...count("sequenceGaps", quality.sequenceGaps, "places where the venue's ids do not follow"),
    ...count("rowsLost", quality.rowsLost, "messages before which rows are missing"),
    ...count(
      "bookGaps",
      quality.bookGaps,
      "messages from which a replay's book is unknown until a snapshot",
    ),
    ...(checksums === undefined
      ? []
      : [
          fact(
            "checksums",
            `${grouped(checksums.matched)} of ${grouped(checksums.checked)}`,
            "of the venue, verified at their messages",
            checksums.matched !== checksums.checked,
          ),
        ]),
    ...count(
      "unknownDeletes",
      quality.unknownDeletes,
      "deletes of levels that the book does not have",
    ),
  ];
}

function priceFigures(quality: Quality): readonly QualityFigure[] {
  const { crossedMicros, printsPerSecond } = quality;
  return [
    ...count("crossed", quality.crossed, "quotes or message ends with bid above ask"),
    ...count("crossedIntervals", quality.crossedIntervals, "stretches of them"),
    ...(crossedMicros === undefined || crossedMicros === 0
      ? []
      : [fact("crossedTime", seconds(crossedMicros), "for how long", true)]),
    ...count("locked", quality.locked, "quotes or message ends with bid equal to ask"),
    ...count("lockedIntervals", quality.lockedIntervals, "stretches of them"),
    ...count(
      "badOhlc",
      quality.badOhlc,
      "bars whose low or high does not hold their open and close",
    ),
    ...count("missingBars", quality.missingBars, "bars missing between bars of the same length"),
    ...(printsPerSecond === undefined
      ? []
      : [
          fact(
            "printsPerSecond",
            `${grouped(printsPerSecond.max)} at most, ${printsPerSecond.mean.toFixed(2)} in seconds with any`,
            "a feed that is throttled shows 1",
            printsPerSecond.max === 1,
          ),
        ]),
  ];
}

/** What a partition tells of itself, in the order in which it is read. */
export function qualityFigures(quality: Quality): readonly QualityFigure[] {
  const { latencyMicros, longestSilenceMicros, longestSilenceFrom, notes } = quality;
  return [
    ...bookFigures(quality),
    ...count("duplicates", quality.duplicates, "rows dropped because an equal one was there"),
    ...count("outOfOrder", quality.outOfOrder, "rows that came late and were sorted into place"),
    ...count("quarantined", quality.quarantined, "bad lines, in quarantine.jsonl beside the rows"),
    ...count(
      "eventClockRegressions",
      quality.eventClockRegressions,
      "rows whose venue clock goes back",
    ),
    ...priceFigures(quality),
    ...(latencyMicros === undefined
      ? []
      : [
          fact(
            "latency",
            `${(latencyMicros.median / 1_000).toFixed(1)} ms (${(latencyMicros.min / 1_000).toFixed(1)} … ${(latencyMicros.max / 1_000).toFixed(1)})`,
            "recorder's clock after the venue's, median and range; below 0: the clocks disagree",
            latencyMicros.min < 0,
          ),
        ]),
    fact(
      "longestSilence",
      longestSilenceFrom === undefined
        ? seconds(longestSilenceMicros)
        : `${seconds(longestSilenceMicros)} from ${isoMicros(longestSilenceFrom)}`,
      "longest time without a row",
      // Bars come at their interval; that one is missing is counted.
      quality.missingBars === undefined && longestSilenceMicros >= 60_000_000,
    ),
    ...Object.entries(notes).map(([name, value]) =>
      fact(name, grouped(value), "noted by the source", true),
    ),
  ];
}
