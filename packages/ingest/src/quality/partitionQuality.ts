import { MESSAGE_END, SNAPSHOT_START, type StreamName } from "@aftershock/schema";
import { type Duck, parquetRows } from "../duck.ts";
import type { Quality } from "./quality.ts";

type MeasuredQuality = Omit<Quality, "duplicates" | "outOfOrder" | "quarantined" | "notes">;

async function numbers(duck: Duck, sql: string): Promise<Readonly<Record<string, number>>> {
  const [row = {}] = await duck.rows(sql);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]));
}

/** Message counts of a stream that has messages. */
async function messageQuality(duck: Duck, table: string): Promise<{ messages: number }> {
  const { messages = 0 } = await numbers(
    duck,
    `SELECT count(*) FILTER (flags & ${MESSAGE_END} <> 0) AS messages FROM ${table}`,
  );
  return { messages };
}

/**
 * Snapshots, and breaks in the chain of the venue's ids. Snapshots are not part of the chain: a diff must follow the diff
 * before it, whatever snapshot came between.
 */
async function bookQuality(
  duck: Duck,
  table: string,
): Promise<{ snapshots: number; firstSnapshotTime?: number; sequenceGaps: number }> {
  const { snapshots = 0, first = 0 } = await numbers(
    duck,
    `SELECT count(*) AS snapshots, coalesce(min(coalesce("tsRecv", "tsEvent")), 0) AS first
     FROM ${table} WHERE flags & ${SNAPSHOT_START} <> 0`,
  );
  const { gaps: sequenceGaps = 0 } = await numbers(
    duck,
    `SELECT count(*) FILTER (before IS NOT NULL AND before <> "prevUpdateId") AS gaps FROM (
       SELECT "prevUpdateId", lag("updateId") OVER (ORDER BY seq) AS before FROM ${table}
       WHERE "prevUpdateId" IS NOT NULL AND flags & ${MESSAGE_END} <> 0)`,
  );
  return { snapshots, ...(snapshots > 0 ? { firstSnapshotTime: first } : {}), sequenceGaps };
}

async function quoteQuality(
  duck: Duck,
  table: string,
): Promise<{ crossed: number; locked: number }> {
  const { crossed = 0, locked = 0 } = await numbers(
    duck,
    `SELECT count(*) FILTER ("bidPrice" > "askPrice") AS crossed,
            count(*) FILTER ("bidPrice" = "askPrice") AS locked FROM ${table}`,
  );
  return { crossed, locked };
}

/** First and last time by the venue's clock, µs; null where it sends none. */
export async function eventSpan(
  duck: Duck,
  parquetFile: string,
): Promise<{ readonly firstTime: number; readonly lastTime: number } | null> {
  const {
    timed = 0,
    first = 0,
    last = 0,
  } = await numbers(
    duck,
    `SELECT count("tsEvent") AS timed, coalesce(min("tsEvent"), 0) AS first, coalesce(max("tsEvent"), 0) AS last
     FROM ${parquetRows(parquetFile)}`,
  );
  return timed === 0 ? null : { firstTime: first, lastTime: last };
}

/** Measures a written partition: its clocks, silences, and what its stream can tell. */
export async function measureQuality(
  duck: Duck,
  stream: StreamName,
  parquetFile: string,
): Promise<MeasuredQuality> {
  const table = parquetRows(parquetFile);
  const clocks = await numbers(
    duck,
    `SELECT count(*) FILTER (late) AS late, coalesce(max(silence), 0) AS silence, count(latency) AS timed,
            min(latency) AS least, quantile_disc(latency, 0.5) AS median, max(latency) AS most FROM (
       SELECT "tsEvent" < max("tsEvent") OVER (ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS late,
              coalesce("tsRecv", "tsEvent") - lag(coalesce("tsRecv", "tsEvent")) OVER (ORDER BY seq) AS silence,
              "tsRecv" - "tsEvent" AS latency FROM ${table})`,
  );
  return {
    eventClockRegressions: clocks["late"] ?? 0,
    longestSilenceMicros: clocks["silence"] ?? 0,
    ...(clocks["timed"]
      ? {
          latencyMicros: {
            min: clocks["least"] ?? 0,
            median: clocks["median"] ?? 0,
            max: clocks["most"] ?? 0,
          },
        }
      : {}),
    ...(stream === "book" || stream === "options" ? await messageQuality(duck, table) : {}),
    ...(stream === "book" ? await bookQuality(duck, table) : {}),
    ...(stream === "quotes" ? await quoteQuality(duck, table) : {}),
  };
}
