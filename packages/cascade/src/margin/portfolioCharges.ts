import type { Contingencies, DeltaCharges, ScenarioGrid } from "./scenarioGrid.ts";

/** What a position moves by when the price does. */
export interface PositionDelta {
  /** ∂value/∂price, coins, positive where a rise gains. */
  readonly coins: number;
  /** Years to expiry; undefined for a perpetual. */
  readonly years: number | undefined;
  /** Of options: their strike, and the coins that they are written on, positive long. */
  readonly option: { readonly strike: number; readonly coins: number } | undefined;
}

/** Sums by a key. */
function sumsBy<K>(
  deltas: readonly PositionDelta[],
  key: (delta: PositionDelta) => K,
  amount: (delta: PositionDelta) => number,
): ReadonlyMap<K, number> {
  const sums = new Map<K, number>();
  for (const delta of deltas) {
    const group = key(delta);
    sums.set(group, (sums.get(group) ?? 0) + amount(delta));
  }
  return sums;
}

/** For each expiry |delta| × max(least, e^(annual × years) − 1); a perpetual has the least. */
function rollCharge({ leastRoll, annualRoll }: DeltaCharges, deltas: readonly PositionDelta[]) {
  const byExpiry = sumsBy(
    deltas,
    ({ years }) => years,
    ({ coins }) => coins,
  );
  let charge = 0;
  for (const [years = 0, coins] of byExpiry) {
    charge += Math.abs(coins) * Math.max(leastRoll, Math.exp(annualRoll * years) - 1);
  }
  return charge;
}

/** Deltas of long options may take from the total, never add to it or turn it around: who holds them loses no more than they are worth. */
function totalDelta(deltas: readonly PositionDelta[]): number {
  let bought = 0;
  let other = 0;
  for (const { coins, option } of deltas) {
    if (option !== undefined && option.coins > 0) bought += coins;
    else other += coins;
  }
  return other < 0
    ? Math.min(Math.max(other + bought, other), 0)
    : Math.max(Math.min(other + bought, other), 0);
}

/** |delta| × min(share for each coin above the threshold, most). */
function deltaShock(
  { shockAboveUsd, shockPerCoin, mostShock }: DeltaCharges,
  deltas: readonly PositionDelta[],
  index: number,
): number {
  const total = Math.abs(totalDelta(deltas));
  const above = Math.max(0, total - shockAboveUsd / index);
  return total * Math.min(shockPerCoin * above, mostShock);
}

function contingency(
  { perNetShortOption, perOption, offsetFutures }: Contingencies,
  deltas: readonly PositionDelta[],
): number {
  const options = deltas.filter(({ option }) => option !== undefined);
  const futures = deltas.filter(({ option }) => option === undefined);
  const byStrike = sumsBy(
    options,
    ({ option }) => option?.strike,
    ({ option }) => option?.coins ?? 0,
  );
  let charge = 0;
  for (const coins of byStrike.values()) charge += perNetShortOption * Math.max(0, -coins);
  for (const { option } of options) charge += perOption * Math.abs(option?.coins ?? 0);
  let [long, short] = [0, 0];
  const byExpiry = sumsBy(
    futures,
    ({ years }) => years,
    ({ coins }) => coins,
  );
  for (const coins of byExpiry.values()) {
    long += Math.max(0, coins);
    short += Math.max(0, -coins);
  }
  return charge + offsetFutures * Math.min(long, short);
}

/**
 * What is added to the worst loss of positions on one coin, coins, 0 or more, at an index in USD.
 *
 * Roll: for each expiry |net delta| × max(least, e^(annual × years) − 1), for the basis may move. Shock: for a large book |total delta| × min(share per coin × coins
 * above the threshold, most), for it moves the market when it is closed; delta of long options only offsets. Contingencies of the older rules: per option short
 * net at its strike, calls and puts of all expiries together; per option; for futures offset between expiries.
 *
 * The roll of contracts is that of Deribit's worked example (documentation of `private/pme/simulate`, 2024-06-17); growth with e and the shock are from secondary
 * sources, as no published example shows them.
 */
export function positionCharges(
  { deltas: rule, contingencies }: ScenarioGrid,
  deltas: readonly PositionDelta[],
  index: number,
): number {
  const ofDeltas =
    rule === undefined ? 0 : rollCharge(rule, deltas) + deltaShock(rule, deltas, index);
  return ofDeltas + (contingencies === undefined ? 0 : contingency(contingencies, deltas));
}
