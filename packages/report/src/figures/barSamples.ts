import type { Sample } from "../linePlot.ts";
import type { ReportBar } from "../reportInput.ts";

/** µs; the length that a lone bar is taken to have. */
const MINUTE = 60_000_000;

/** The length of the bars, µs: they are evenly spaced. */
export function barLength(bars: readonly ReportBar[]): number {
  const [first, second] = bars;
  return first === undefined || second === undefined ? MINUTE : second.at - first.at;
}

/** A figure of the bars through time. What a bar says of the book holds at its end, so that is where it is drawn. */
export function barSamples(
  bars: readonly ReportBar[],
  value: (bar: ReportBar) => number | undefined,
): readonly Sample[] {
  const every = barLength(bars);
  return bars.map((bar) => ({ at: bar.at + every, value: value(bar) ?? NaN }));
}
