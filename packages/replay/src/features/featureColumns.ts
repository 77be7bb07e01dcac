import { FEATURE_DOCS, type FeatureDoc, type FeatureType } from "./featureDocs.ts";

/** A column of features. */
export interface FeatureColumn {
  readonly name: string;
  readonly type: FeatureType;
}

/** The numbers of a list such as `1,5,N` or `1…N`, ascending, each once; N is `depth`. */
export function repeatsOf(list: string, depth: number): readonly number[] {
  if (list === "1…N") return Array.from({ length: depth }, (_, level) => level + 1);
  const numbers = list.split(",").map((text) => (text === "N" ? depth : Number(text)));
  return [...new Set(numbers)].toSorted((a, b) => a - b);
}

/** The columns that docs stand for, in order: names with braces are repeated. `depth`: how many levels a side, N. */
export function featureColumns(
  depth: number,
  docs: readonly FeatureDoc[] = FEATURE_DOCS,
): readonly FeatureColumn[] {
  return docs.flatMap(({ name, type }) => {
    const [, before, list, after] = /^(.*)\{(.*)\}(.*)$/.exec(name) ?? [];
    if (list === undefined) return [{ name, type }];
    return repeatsOf(list, depth).map((number) => ({ name: `${before}${number}${after}`, type }));
  });
}
