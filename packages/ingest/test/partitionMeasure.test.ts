import {
  CHECKSUM_FAILED,
  CHECKSUM_MATCHED,
  MESSAGE_END,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { PartitionMeasure } from "../src/quality/partitionMeasure.ts";
import type { Quality } from "../src/quality/quality.ts";

const MINUTE = 60_000_000;

/** Rows as columns, given in pieces of two rows, as a file is read in chunks. */
function measure(
  stream: ConstructorParameters<typeof PartitionMeasure>[0],
  columns: Readonly<Record<string, readonly number[]>>,
): Partial<Quality> {
  const measured = new PartitionMeasure(stream);
  const rows = Object.values(columns)[0]?.length ?? 0;
  for (let from = 0; from < rows; from += 2) {
    const to = Math.min(from + 2, rows);
    const piece: Record<string, Float64Array> = {};
    for (const [name, values] of Object.entries(columns)) {
      piece[name] = Float64Array.from(values.slice(from, to));
    }
    measured.add(piece, to - from);
  }
  return measured.result();
}

describe("the quality of candles", () => {
  it("counts bars that contradict themselves, and bars that are missing, by the length of the bar", () => {
    expect(
      measure("candles", {
        tsEvent: [0, MINUTE, 4 * MINUTE, 4 * MINUTE, 9 * MINUTE],
        tsRecv: [NaN, NaN, NaN, NaN, NaN],
        intervalMicros: [MINUTE, MINUTE, MINUTE, 5 * MINUTE, 5 * MINUTE],
        open: [10, 10, 10, 10, 10],
        high: [11, 9, 10, 11, 11],
        low: [9, 8, 10, 9, 10],
        close: [10, 9, 10, 10, 9],
      }),
    ).toMatchObject({
      badOhlc: 2,
      missingBars: 2,
      longestSilenceMicros: 5 * MINUTE,
      longestSilenceFrom: 4 * MINUTE,
    });
  });
});

describe("the quality of quotes", () => {
  it("counts crossed and locked ones, and how long they stood crossed", () => {
    expect(
      measure("quotes", {
        tsEvent: [1, 2, 3, 4, 5],
        tsRecv: [10, 20, 50, 60, 70],
        bidPrice: [100, 102, 103, 101, NaN],
        askPrice: [101, 101, 101, 101, 99],
      }),
    ).toMatchObject({
      crossed: 2,
      crossedMicros: 40,
      locked: 1,
      latencyMicros: { min: 9, median: 47, max: 65 },
      eventClockRegressions: 0,
    });
  });
});

describe("the quality of liquidations", () => {
  it("tells how many prints a second has at most: a throttled feed has one", () => {
    expect(
      measure("liquidations", { tsEvent: [1e6, 1.2e6, 5e6, 1.9e6], tsRecv: [1, 2, 3, 4] }),
    ).toMatchObject({ printsPerSecond: { max: 3, mean: 2 } });
  });
});

describe("the quality of a book", () => {
  it("counts snapshots, breaks of the chain, checksums, crossed ends and unknown deletes", () => {
    expect(
      measure("book", {
        tsEvent: [1, 1, 2, 3, 4, 5],
        tsRecv: [11, 11, 12, 13, 14, 15],
        side: [1, -1, 1, -1, 1, 1],
        price: [100, 102, 103, 90, 99, 98],
        size: [1, 1, 1, 0, 1, 1],
        updateId: [7, 7, 8, 9, 12, 13],
        prevUpdateId: [NaN, NaN, 7, 8, 11, 12],
        flags: [
          SNAPSHOT | SNAPSHOT_START,
          SNAPSHOT | MESSAGE_END | CHECKSUM_MATCHED,
          MESSAGE_END | CHECKSUM_MATCHED,
          MESSAGE_END | CHECKSUM_FAILED,
          MESSAGE_END,
          MESSAGE_END,
        ],
      }),
    ).toMatchObject({
      messages: 5,
      snapshots: 1,
      firstSnapshotTime: 11,
      sequenceGaps: 1,
      checksums: { checked: 3, matched: 2 },
      crossed: 1,
      crossedIntervals: 1,
      locked: 0,
      unknownDeletes: 0,
      bookGaps: 1,
    });
  });
});
