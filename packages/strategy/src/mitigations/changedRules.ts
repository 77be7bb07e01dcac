import { checkRuleSet, type RuleSet } from "@aftershock/cascade";
import { ConfigError } from "@aftershock/schema";
import { isFields, shown } from "../settings.ts";
import { checkMitigation } from "./checkMitigation.ts";
import type { Mitigation } from "./mitigation.ts";

/**
 * The rules as a mitigation changes them, checked: what a run takes. Throws ConfigError where the mitigation says something wrong of itself (`checkMitigation`),
 * changes the rules that it is given, gives others the second time,
 * or gives what is no rules.
 */
export function changedRules(mitigation: Mitigation, rules: RuleSet): RuleSet {
  checkMitigation(mitigation);
  const { name } = mitigation;
  const before = JSON.stringify(rules);
  const changed = mitigation.apply(rules);
  if (JSON.stringify(rules) !== before) {
    throw new ConfigError(`The mitigation "${name}" changes the rules that it is given`, {
      hints: ["Return new ones: { ...rules, liquidation: { ...rules.liquidation, … } }."],
    });
  }
  const given: unknown = changed;
  if (!isFields(given)) {
    throw new ConfigError(`The mitigation "${name}" gives ${shown(given)}, which is no rules`, {
      hints: ["Let apply return rules: { ...rules, liquidates: false }."],
    });
  }
  if (changed === rules) return rules;
  checkRuleSet(changed, `The mitigation "${name}"`);
  if (JSON.stringify(mitigation.apply(rules)) !== JSON.stringify(changed)) {
    throw new ConfigError(`The mitigation "${name}" gives other rules the second time`, {
      hints: ["Let apply depend on the rules and on parameters alone."],
    });
  }
  return changed;
}
