import type { JsonValue } from "../canonicalJson.ts";
import { checkMitigation } from "./checkMitigation.ts";
import type { Mitigation } from "./mitigation.ts";
import { noChange } from "./noChange.ts";

const partOf = ({ name, kind, parameters }: Mitigation): JsonValue => ({ name, kind, parameters });

/**
 * Several mitigations at once, applied from the first to the last. One alone is itself, none is `noChange()`, and `noChange()` among others adds nothing.
 *
 * Where they touch different parts of the rules their order does not matter. It does between two of one kind, of which the last replaces the first (two breakers,
 * two averages, two ways of tranches, two paces), and between a size and a
 * factor of the insurance fund; factors on margin multiply in any order. A breaker and margin by volatility both look at the mark, and not at the average of `twapOracle`.
 *
 * Its kind is that of its parts joined, `breaker+tranches`, sorted: bands that were measured for each alone do not hold for both together.
 *
 * Throws ConfigError for what is no mitigation.
 */
export function compose(...mitigations: readonly Mitigation[]): Mitigation {
  for (const [i, one] of mitigations.entries()) checkMitigation(one, `compose: part ${i + 1}`);
  const parts = mitigations.filter(({ kind }) => kind !== "noChange");
  const [only] = parts;
  if (only === undefined) return noChange();
  if (parts.length === 1) return only;
  return {
    name: parts.map(({ name }) => name).join(" + "),
    kind: parts
      .flatMap(({ kind }) => kind.split("+"))
      .toSorted()
      .join("+"),
    parameters: { parts: parts.map(partOf) },
    describe: () => parts.map((part) => part.describe()).join(" "),
    apply: (rules) => parts.reduce((changed, part) => part.apply(changed), rules),
  };
}
