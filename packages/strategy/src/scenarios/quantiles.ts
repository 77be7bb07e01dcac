/** Quantiles of values, by straight lines between the ordered ones (Hyndman and Fan 1996, type 7); NaN of none. `at` lies within 0 … 1. */
export function quantiles(values: Float64Array, at: readonly number[]): readonly number[] {
  const sorted = Float64Array.from(values).toSorted();
  const last = sorted.length - 1;
  return at.map((share) => {
    const place = share * last;
    const below = Math.floor(place);
    const [low = Number.NaN, high = low] = [sorted[below], sorted[below + 1]];
    return low === high ? low : low + (high - low) * (place - below);
  });
}

/** The middle of values; NaN of none. */
export const medianOf = (values: Float64Array): number => quantiles(values, [0.5])[0] ?? Number.NaN;

/** The values at the places that are chosen, in order; all of them where none is. */
export function chosenOf(values: Float64Array, isChosen: readonly boolean[]): Float64Array {
  const chosen = values.filter((_, place) => isChosen[place] === true);
  return chosen.length === 0 ? values : chosen;
}
