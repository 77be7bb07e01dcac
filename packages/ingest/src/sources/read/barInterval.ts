import {
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
} from "@aftershock/schema";

const UNITS: Readonly<Record<string, number>> = {
  s: MICROS_PER_SECOND,
  m: MICROS_PER_MINUTE,
  h: MICROS_PER_HOUR,
  d: MICROS_PER_DAY,
  w: 7 * MICROS_PER_DAY,
};

/** A length as file names write it (`1m`, `8h`, `1d`), µs. Undefined for other text; a month (`1M`) has no one length. */
export function parseInterval(text: string): number | undefined {
  const [, count = "", unit = ""] = /^([1-9]\d{0,3})([smhdw])$/.exec(text) ?? [];
  const micros = UNITS[unit];
  return micros === undefined ? undefined : Number(count) * micros;
}

/** A length as file names write it, in the largest unit that it is a whole number of; in µs where it is none of seconds. */
export function formatInterval(interval: number): string {
  for (const [unit, micros] of Object.entries(UNITS).toReversed()) {
    if (interval % micros === 0) return `${interval / micros}${unit}`;
  }
  return `${interval}us`;
}

/** The first length among the parts of a file's name, µs; undefined where it names none. */
export function intervalInName(name: string): number | undefined {
  for (const part of name.split(/[-_.]/)) {
    const interval = parseInterval(part);
    if (interval !== undefined) return interval;
  }
  return undefined;
}

/** Counts the steps between times that follow each other. */
export class StepCounter {
  private readonly steps = new Map<number, number>();
  private before: number | undefined;

  /** Takes the next time, µs. */
  add(at: number): void {
    const step = at - (this.before ?? at);
    this.before = at;
    if (step > 0) this.steps.set(step, (this.steps.get(step) ?? 0) + 1);
  }

  /** The step seen most often, the shortest of equals, µs; undefined before two times. */
  mostCommon(): number | undefined {
    let best: readonly [step: number, count: number] | undefined;
    for (const [step, count] of this.steps) {
      const better = best === undefined || count > best[1] || (count === best[1] && step < best[0]);
      if (better) best = [step, count];
    }
    return best?.[0];
  }
}
