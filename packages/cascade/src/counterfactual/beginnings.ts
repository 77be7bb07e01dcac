import { FirstLook } from "../margin/triggerIndex.fast.ts";
import type { RuleSet } from "../rules/ruleSet.ts";
import type { Beginning } from "./beginning.ts";
import type { PopulationSource } from "./engineRun.ts";

/** The beginnings of engines, by their rules and population. A population of a single engine has none, as nobody would take it over. */
export class Beginnings {
  readonly #shared: ReadonlySet<PopulationSource>;
  readonly #all = new Map<RuleSet, Map<PopulationSource, Beginning>>();

  /** `populations`: that of each engine that there will be under any one set of rules. */
  constructor(populations: readonly PopulationSource[]) {
    const seen = new Set<PopulationSource>();
    const shared = new Set<PopulationSource>();
    for (const one of populations) (seen.has(one) ? shared : seen).add(one);
    this.#shared = shared;
  }

  of(rules: RuleSet, population: PopulationSource): Beginning | undefined {
    if (!this.#shared.has(population)) return undefined;
    const own = this.#all.get(rules) ?? new Map<PopulationSource, Beginning>();
    this.#all.set(rules, own);
    const known = own.get(population);
    if (known !== undefined) return known;
    const made: Beginning = { look: new FirstLook(), sides: undefined };
    own.set(population, made);
    return made;
  }

  /** Gives the memory back: all engines have begun. */
  forget(): void {
    for (const own of this.#all.values()) for (const { look } of own.values()) look.forget();
    this.#all.clear();
  }
}
