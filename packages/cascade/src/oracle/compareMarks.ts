import { DataError } from "@aftershock/schema";

/** Prices over time, of equal length, in the order of time. */
export interface PriceSeries {
  /** µs. */
  readonly at: Float64Array;
  /** Quote currency or ticks, above 0; NaN where there is none. */
  readonly price: Float64Array;
}

/** How far rebuilt prices are from recorded ones, in basis points (0.01 %) of the recorded. */
export interface MarkComparison {
  /** Recorded prices that were compared. */
  readonly count: number;
  /** Recorded prices for which nothing was rebuilt. */
  readonly absent: number;
  /** The mean of rebuilt − recorded. */
  readonly biasBps: number;
  /** The root of the mean square. */
  readonly rmseBps: number;
  /** The largest distance, and when it was, µs. NaN, like the two above, where nothing was compared. */
  readonly maxBps: number;
  readonly maxAt: number;
  readonly lagMicros: number;
}

/**
 * Compares each recorded price with the rebuilt one that stood a lag before it: what the venue publishes is of its inputs some time ago. A lag
 * below 0 looks ahead. Throws DataError for series whose times go back.
 */
export function compareMarks(
  rebuilt: PriceSeries,
  recorded: PriceSeries,
  { lagMicros = 0 }: { readonly lagMicros?: number } = {},
): MarkComparison {
  checkSeries("rebuilt", rebuilt);
  checkSeries("recorded", recorded);
  let next = 0;
  let [count, absent, sum, squares] = [0, 0, 0, 0];
  let [maxBps, maxAt] = [Number.NaN, Number.NaN];
  for (let i = 0; i < recorded.at.length; i += 1) {
    const at = recorded.at[i] ?? Number.NaN;
    const told = recorded.price[i] ?? Number.NaN;
    while ((rebuilt.at[next] ?? Number.POSITIVE_INFINITY) <= at - lagMicros) next += 1;
    const bps = ((rebuilt.price[next - 1] ?? Number.NaN) / told - 1) * 1e4;
    if (Number.isNaN(bps)) {
      if (!Number.isNaN(told)) absent += 1;
    } else {
      count += 1;
      sum += bps;
      squares += bps * bps;
      if (!(Math.abs(bps) <= maxBps)) [maxBps, maxAt] = [Math.abs(bps), at];
    }
  }
  const biasBps = sum / count;
  return { count, absent, biasBps, rmseBps: Math.sqrt(squares / count), maxBps, maxAt, lagMicros };
}

/** The comparison with the lag, of those given, at which the root mean square is least; the first of equals. Throws DataError without any. */
export function bestLag(
  rebuilt: PriceSeries,
  recorded: PriceSeries,
  lagsMicros: readonly number[],
): MarkComparison {
  const [first, ...others] = lagsMicros.map((lagMicros) =>
    compareMarks(rebuilt, recorded, { lagMicros }),
  );
  if (first === undefined) {
    throw new DataError("No lag is given to compare marks at", { hints: ["Give one or more."] });
  }
  return others.reduce((best, other) => (other.rmseBps < best.rmseBps ? other : best), first);
}

function checkSeries(name: string, { at, price }: PriceSeries): void {
  if (at.length !== price.length) {
    throw new DataError(`The ${name} marks have ${at.length} times and ${price.length} prices`, {
      hints: ["Give one time for each price."],
    });
  }
  const back = at.findIndex((instant, i) => !(instant >= (at[i - 1] ?? instant)));
  if (back >= 0) {
    throw new DataError(`The ${name} marks go back in time at row ${back}: ${at[back]} µs`, {
      hints: ["Sort them by time."],
    });
  }
}
