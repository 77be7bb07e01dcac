import {
  isHeld,
  type PartName,
  type RuleAt,
  type RuleDoubt,
  rulesOf,
  unverifiedOf,
  type VenueRules,
} from "@aftershock/cascade";
import { micros, type Micros } from "@aftershock/schema";

/** A rule with the instant from which it was looked at: the beginning of the time, or the change within it. */
export interface RuleInTime {
  readonly at: Micros;
  readonly rule: RuleAt<unknown>;
}

/** One part of the rules in a time, of the symbols that have it alike. */
export interface PartInTime {
  readonly part: PartName;
  readonly symbols: readonly string[];
  /** What holds at the beginning, and each change after it. */
  readonly rules: readonly RuleInTime[];
}

/** What holds at a venue in a time. */
export interface RulesInTime {
  readonly parts: readonly PartInTime[];
  /** What a result that rests on these rules must say, of all of the time. */
  readonly doubts: readonly RuleDoubt[];
}

/** A time: one instant where both are the same. */
export interface TimeSpan {
  readonly from: Micros;
  /** Last instant at which a change is still shown. */
  readonly to: Micros;
}

/** What tells two rules apart: the entry of the file, or the reason why there is none. */
const identity = (rule: RuleAt<unknown>): unknown => (isHeld(rule) ? rule.rule : rule.reason);

function rulesOfSymbol(
  venue: VenueRules,
  { symbol, part, from, to }: TimeSpan & { readonly symbol: string; readonly part: PartName },
): readonly RuleInTime[] {
  const found: RuleInTime[] = [];
  let at: Micros | undefined = from;
  while (at !== undefined && at <= to) {
    const rule: RuleAt<unknown> | undefined = rulesOf(venue, at, [symbol]).symbols[symbol]?.[part];
    if (rule === undefined) break;
    found.push({ at, rule });
    at = rule.until;
  }
  return found;
}

const alike = (a: readonly RuleInTime[], b: readonly RuleInTime[]): boolean =>
  a.length === b.length &&
  a.every(({ rule }, i) => {
    const other = b[i];
    return other !== undefined && identity(rule) === identity(other.rule);
  });

/** What holds in a time: of each part what holds at its beginning, and each change up to its end. */
export function rulesInTime(
  venue: VenueRules,
  span: TimeSpan,
  symbols: readonly string[],
): RulesInTime {
  const atStart = rulesOf(venue, span.from, symbols);
  const parts = atStart.expected.flatMap((part) => {
    const groups: { symbols: string[]; rules: readonly RuleInTime[] }[] = [];
    for (const symbol of symbols) {
      const rules = rulesOfSymbol(venue, { symbol, part, ...span });
      const group = groups.find((one) => alike(one.rules, rules));
      if (group === undefined) groups.push({ symbols: [symbol], rules });
      else group.symbols.push(symbol);
    }
    return groups.map((group) => ({ part, ...group }));
  });
  const instants = [...new Set(parts.flatMap(({ rules }) => rules.map(({ at }) => at)))];
  const doubts = instants
    .toSorted((a, b) => a - b)
    .flatMap((at) => unverifiedOf(rulesOf(venue, micros(at), symbols)));
  const said = new Map(doubts.map((doubt) => [JSON.stringify(doubt), doubt]));
  return { parts, doubts: [...said.values()] };
}
