/** What arguments of an event may hold: numbers only as text, so that no reader rounds them. */
export type ArgValue =
  | string
  | boolean
  | readonly ArgValue[]
  | { readonly [name: string]: ArgValue };

const byCodeUnit = ([a]: readonly [string, ArgValue], [b]: readonly [string, ArgValue]): number =>
  a < b ? -1 : 1;

/**
 * JSON with the keys of every object in the order of their UTF-16 code units and without white space (as RFC 8785 orders them):
 * the same arguments always give the same text, wherever they were read.
 */
export function canonicalJson(value: ArgValue): string {
  if (typeof value === "string" || typeof value === "boolean") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.entries(value)
    .toSorted(byCodeUnit)
    .map(([name, own]) => `${JSON.stringify(name)}:${canonicalJson(own)}`);
  return `{${members.join(",")}}`;
}

const isList = (value: ArgValue): value is readonly ArgValue[] => Array.isArray(value);
