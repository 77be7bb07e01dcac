/** UTF-16 units in a number, which stays exact with their 48 bits. */
const UNITS = 3;
const UNIT = 65_536;

/** Writes a text into a list of numbers: how many units it has, and these, three a number. */
export function encodeText(into: number[], text: string): void {
  into.push(text.length);
  for (let at = 0; at < text.length; at += UNITS) {
    let number = 0;
    for (let unit = at + UNITS - 1; unit >= at; unit -= 1)
      number = number * UNIT + (unit < text.length ? text.charCodeAt(unit) : 0);
    into.push(number);
  }
}

/** Reads a text of `encodeText` from a place on; with it the place after it. */
export function decodeText(from: Float64Array, at: number): readonly [text: string, next: number] {
  const length = from[at] ?? 0;
  const next = at + 1 + Math.ceil(length / UNITS);
  const units = [...from.subarray(at + 1, next)].flatMap((number) => [
    number % UNIT,
    Math.floor(number / UNIT) % UNIT,
    Math.floor(number / UNIT / UNIT),
  ]);
  return [String.fromCharCode(...units.slice(0, length)), next];
}
