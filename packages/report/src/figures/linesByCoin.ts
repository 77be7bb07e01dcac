import type { ChainSnapshot } from "@aftershock/strategy";

import { formatPercent } from "../format.ts";
import type { Line } from "../linePlot.ts";
import { seriesColor } from "../palette.ts";

const finite = (line: Line): readonly number[] =>
  line.samples.map(({ value }) => value).filter(Number.isFinite);

/**
 * A figure of the option chain as a line a coin, in the order in which the coins first come. NaN or null where a snapshot
 * lacks it; a coin that always lacks it has no line.
 */
export function linesByCoin(
  chain: readonly ChainSnapshot[],
  value: (snapshot: ChainSnapshot) => number | null,
): readonly Line[] {
  const coins = [...new Set(chain.map(({ coin }) => coin))];
  return coins
    .map((coin, index) => ({
      name: coin,
      color: seriesColor(index + 1),
      samples: chain
        .filter((snapshot) => snapshot.coin === coin)
        .map((snapshot) => ({ at: snapshot.at, value: value(snapshot) ?? NaN })),
    }))
    .filter((line) => finite(line).length > 0);
}

/** `BTC between 35.9 % and 85.5 %; ETH between …`, for lines of fractions. */
export const rangesOf = (lines: readonly Line[]): string =>
  lines
    .map((line) => {
      const values = finite(line).toSorted((a, b) => a - b);
      return `${line.name} between ${formatPercent(values[0] ?? NaN)} and ${formatPercent(values.at(-1) ?? NaN)}`;
    })
    .join("; ");
