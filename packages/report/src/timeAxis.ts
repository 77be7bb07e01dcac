import {
  isoMicros,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  utcDate,
} from "@aftershock/schema";

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** The steps between ticks that a reader of a clock or a calendar expects, µs. */
const STEPS: readonly number[] = [
  ...[1, 5, 15, 30].map((seconds) => seconds * MICROS_PER_SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MICROS_PER_MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * MICROS_PER_HOUR),
  ...[1, 2, 5, 10, 30, 90, 365].map((days) => days * MICROS_PER_DAY),
];

/** The ticks of an axis of time, UTC. */
export interface TimeAxis {
  /** Instants, µs, ascending, all within the range. */
  readonly ticks: readonly number[];
  /**
   * `29 Jan` at midnight, otherwise `15:30`, with seconds where the ticks are closer than a minute. The first tick has the day
   * on a second line when no tick is at midnight.
   */
  readonly format: (at: number) => string;
}

const dayLabel = (at: number): string => {
  const [, month, day] = utcDate(at).split("-");
  return `${Number(day)} ${MONTHS[Number(month) - 1] ?? ""}`;
};

const isMidnight = (at: number): boolean => at % MICROS_PER_DAY === 0;

/** Ticks at round times, at most about `most` of them, between two instants in µs. */
export function timeAxis(from: number, to: number, most: number): TimeAxis {
  const step = STEPS.find((candidate) => (to - from) / candidate <= most) ?? STEPS.at(-1) ?? 1;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  const end = step < MICROS_PER_MINUTE ? 19 : 16;
  const dated = ticks.some(isMidnight) ? undefined : ticks[0];
  return {
    ticks,
    format: (at) => {
      if (isMidnight(at)) return dayLabel(at);
      const clock = isoMicros(at).slice(11, end);
      return at === dated ? `${clock}\n${dayLabel(at)}` : clock;
    },
  };
}
