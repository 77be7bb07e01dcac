import type { DataSet, Slice } from "./dataSet.ts";
import type { SliceTime } from "./fillAddress.ts";
import { dayOf, MS_PER_DAY, startOfDay } from "./utcDays.ts";

const MS_PER_HOUR = 3_600_000;

/** A slice of a data set that has rows of days asked for. */
export interface PlannedSlice {
  /** `YYYY-MM-DD`, of an hour `YYYY-MM-DDTHH`, of a month `YYYY-MM`: to be compared with a set's first and last. */
  readonly key: string;
  readonly time: SliceTime;
  /** Those of the days asked for that lie in it, whole or in part. */
  readonly days: readonly string[];
}

/** The instants at which the slices that touch a day are named, ms: a day's own, or the months' first days. */
function starts(slice: Slice, startMs: number, shiftMs: number): readonly number[] {
  switch (slice) {
    case "month":
      return [startOfDay(`${dayOf(startMs).slice(0, 7)}-01`)];
    case "day":
      return shiftMs === 0 ? [startMs] : [startMs, startMs + MS_PER_DAY];
    case "halfDay":
      return [startMs, startMs + 12 * MS_PER_HOUR];
    case "hour":
      return Array.from({ length: 24 }, (_, hour) => startMs + hour * MS_PER_HOUR);
    default:
      return slice satisfies never;
  }
}

/** The first day of the month after. */
function nextMonth(ms: number): number {
  const day = dayOf(ms + 31 * MS_PER_DAY);
  return startOfDay(`${day.slice(0, 7)}-01`);
}

const LENGTH_MS = { day: MS_PER_DAY, halfDay: 12 * MS_PER_HOUR, hour: MS_PER_HOUR } as const;

function keyOf(slice: Slice, day: string, hour: number): string {
  if (slice === "month") return day.slice(0, 7);
  return slice === "hour" ? `${day}T${String(hour).padStart(2, "0")}` : day;
}

/** The slices of a data set that together hold the days, in order of time. `days`: in order. */
export function slicesOf(
  { slice, dayStartsAt }: Pick<DataSet, "slice" | "dayStartsAt">,
  days: readonly string[],
): readonly PlannedSlice[] {
  const shiftMs = dayStartsAt === undefined ? 0 : MS_PER_DAY - dayStartsAt * MS_PER_HOUR;
  const byStart = new Map<number, string[]>();
  for (const day of days) {
    for (const start of starts(slice, startOfDay(day), shiftMs)) {
      byStart.set(start, [...(byStart.get(start) ?? []), day]);
    }
  }
  return [...byStart].map(([start, ofSlice]) => {
    const day = dayOf(start);
    const hour = (start - startOfDay(day)) / MS_PER_HOUR;
    return {
      key: keyOf(slice, day, hour),
      time: {
        day,
        hour,
        startMs: start - shiftMs,
        endMs: (slice === "month" ? nextMonth(start) : start + LENGTH_MS[slice]) - shiftMs,
      },
      days: ofSlice,
    };
  });
}
