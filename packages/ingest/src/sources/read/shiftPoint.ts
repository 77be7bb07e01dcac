/**
 * A number's text with its point moved to the right by some places (to the left where negative), as the nearest double: what a
 * multiplication by a power of ten gives without rounding twice. NaN for text that is no number.
 */
export function shiftPoint(text: string, places: number): number {
  const [digits = "", exponent = "0"] = text.toLowerCase().split("e");
  return Number(`${digits}e${Number(exponent) + places}`);
}
