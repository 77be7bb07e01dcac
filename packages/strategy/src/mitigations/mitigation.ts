import type { RuleSet } from "@aftershock/cascade";
import type { JsonValue } from "../canonicalJson.ts";

/**
 * A change of a venue's rules that could have been made before a crash: what a study lists under `scenarios`. It is plain: an object of one's own with these fields
 * is as good as one
 * that a factory of this folder makes.
 */
export interface Mitigation {
  /** Short and unique within a study. */
  readonly name: string;
  /**
   * The family that its error bands were measured for, e.g. `tranches`: those hold for the parameters that were planted, and for what the mitigation of that kind does. For
   * all else a result has none, and says so.
   */
  readonly kind: string;
  /** Everything that `apply` depends on beside the rules, for the config hash: plain JSON. */
  readonly parameters: Readonly<Record<string, JsonValue>>;
  /** One plain sentence for the reader of a report: what is done, with the numbers. */
  describe(): string;
  /**
   * The changed rules. The given ones are not changed: `{ ...rules, … }`. The same rules give the same result each time. Throws ConfigError where these rules have
   * nothing that it
   * could change.
   */
  apply(rules: RuleSet): RuleSet;
}
