import type { ChainSnapshot } from "../market/chainDiagnostics.ts";
import { median } from "../market/median.ts";
import type { Outcome } from "./outcome.ts";

/** How far recorded marks may lie from Black-76 at the recorded volatility in the median of a snapshot, coin, before it is said. */
const MARK_ERROR_LIMIT = 1e-4;

/** An interval this many times the median one is a hole in the recording, not its rhythm. */
const GAP_FACTOR = 2;

function chainWarnings(coin: string, chain: readonly ChainSnapshot[]): readonly string[] {
  const warnings: string[] = [];
  const withoutBid = chain.reduce((sum, snapshot) => sum + snapshot.withoutBid, 0);
  if (withoutBid > 0) {
    const most = Math.max(...chain.map((snapshot) => snapshot.withoutBid));
    warnings.push(
      `${coin}: ${withoutBid} option quotes have no bid, up to ${most} in one snapshot; selling those would bring nothing.`,
    );
  }
  const wrong = chain.filter(({ medianMarkError }) => (medianMarkError ?? 0) > MARK_ERROR_LIMIT);
  if (wrong.length > 0) {
    warnings.push(
      `${coin}: in ${wrong.length} of ${chain.length} snapshots the recorded marks differ from Black-76 by more than ${MARK_ERROR_LIMIT} coin in the median.`,
    );
  }
  const unpriced = chain.filter(({ medianMarkError }) => medianMarkError === null);
  if (unpriced.length > 0) {
    warnings.push(
      `${coin}: in ${unpriced.length} of ${chain.length} snapshots no mark could be compared with Black-76.`,
    );
  }
  return warnings;
}

function gapWarning(coin: string, chain: readonly ChainSnapshot[]): readonly string[] {
  const steps = chain.slice(1).map((snapshot, i) => snapshot.at - (chain[i]?.at ?? snapshot.at));
  const usual = median(steps);
  if (usual === undefined) return [`${coin}: the window holds a single snapshot.`];
  const holes = steps.filter((step) => step > GAP_FACTOR * usual).length;
  if (holes === 0) return [];
  return [
    `${coin}: ${holes} of ${steps.length} intervals between snapshots are more than ${GAP_FACTOR} times as long as usual: snapshots may be missing.`,
  ];
}

/** What is wrong or missing in the data that a study ran on, in sentences. */
export function dataWarnings(
  chain: readonly ChainSnapshot[],
  outcomes: readonly Outcome[],
): readonly string[] {
  const coins = [...new Set(chain.map(({ coin }) => coin))];
  const ofCoins = coins.flatMap((coin) => {
    const own = chain.filter((snapshot) => snapshot.coin === coin);
    return [...chainWarnings(coin, own), ...gapWarning(coin, own)];
  });
  const ofOutcomes = outcomes.flatMap(({ name, series, costs, partialCosts }) => {
    const atLast = series.filter((p) =>
      p.positions.some(({ priceKind }) => priceKind === "last"),
    ).length;
    const stale = series.filter((p) => p.positions.some((position) => position.stale)).length;
    return [
      ...(costs.funding === null
        ? [`${name}: funding is not recorded and not in the result.`]
        : []),
      ...partialCosts.map(
        (part) =>
          `${name}: ${part} is recorded in part only; what is missing is not in the result.`,
      ),
      ...(atLast > 0
        ? [
            `${name}: in ${atLast} of ${series.length} snapshots a last traded price stands in for a mark price.`,
          ]
        : []),
      ...(stale > 0
        ? [
            `${name}: in ${stale} of ${series.length} snapshots a price is carried forward from an earlier one.`,
          ]
        : []),
    ];
  });
  return [...ofCoins, ...ofOutcomes];
}
