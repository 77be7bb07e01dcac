import { type Micros, micros, parseUtcInstant } from "@aftershock/schema";
import {
  type Dated,
  endOf,
  isDayText,
  isGap,
  namedInstant,
  type RuleGap,
  startsAt,
  type Timeline,
} from "./dated.ts";
import { PART_NAMES, type PartName, PARTS_OF_KIND, type RuleParts } from "./ruleParts.ts";
import { EVERY_SYMBOL, type SymbolTimelines, type VenueRules } from "./venueRules.ts";

/** A rule as it holds at an instant. */
export interface HeldRule<T> {
  readonly value: T;
  /** Where it comes from: date, source, status, note. */
  readonly rule: Dated<T>;
  /** The first µs of the next entry of the timeline; undefined where there is none. */
  readonly until: Micros | undefined;
  /** What a result that rests on it must say, one sentence each; none where it is verified for this instant. */
  readonly doubts: readonly string[];
}

/** A rule that is not known at an instant. */
export interface UnknownRule {
  readonly value: undefined;
  /** Why it is not known. */
  readonly reason: string;
  /** The first µs of the next entry of the timeline; undefined where there is none. */
  readonly until: Micros | undefined;
}

/** What is known of a rule at an instant. */
export type RuleAt<T> = HeldRule<T> | UnknownRule;

/** All parts of the rules of one symbol. */
export type SymbolRules = { readonly [P in PartName]: RuleAt<RuleParts[P]> };

/** What holds at a venue at an instant. */
export interface RulesAt {
  readonly venue: string;
  readonly title: string;
  readonly at: Micros;
  /** The parts that such a venue has; the others are undefined without being missed. */
  readonly expected: readonly PartName[];
  readonly symbols: Readonly<Record<string, SymbolRules>>;
}

/** What a run that uses a rule must say of it. */
export interface RuleDoubt {
  readonly symbol: string;
  readonly part: PartName;
  /** `absent` where there is no value at all. */
  readonly status: "absent" | "unverified" | "conflict" | "undated";
  /** One sentence each. */
  readonly says: readonly string[];
}

/** Doubts about the status and the date of a value. */
function statedDoubts({ status, others, dating, from, source }: Dated<unknown>): string[] {
  const doubts: string[] = [];
  if (status === "unverified") doubts.push(`not verified (${source.title})`);
  if (status === "conflict") {
    const claims = others.map((claim) => `${claim.says} (${claim.source.title})`);
    doubts.push(`sources disagree: ${claims.join("; ")}`);
  }
  if (dating === "undated") doubts.push(`its source gives no date: taken to hold from ${from}`);
  return doubts;
}

/** Doubts about whether a value still held, or already. */
function timeDoubts(
  { dating, from, seenTo }: Dated<unknown>,
  next: Dated<unknown> | RuleGap | undefined,
  at: Micros,
): string[] {
  const lastSeen = seenTo ?? from;
  const isPastSeen = at >= endOf(lastSeen);
  if (next === undefined) {
    const wasLookedAt = dating === "observed" || seenTo !== undefined;
    return wasLookedAt && isPastSeen ? [`seen last on ${lastSeen}: nothing later was found`] : [];
  }
  if (next.dating !== "effective") {
    const seen = dating === "undated" && seenTo === undefined ? "" : `seen last on ${lastSeen}, `;
    return isPastSeen ? [`${seen}another from ${next.from} on: when it changed is not known`] : [];
  }
  return isDayText(next.from) && at >= namedInstant(next.from)
    ? [`changed on ${next.from} at a time that is not known: this is the rule before`]
    : [];
}

/** What a timeline says at an instant. */
export function ruleAt<T>(timeline: Timeline<T>, at: Micros): RuleAt<T> {
  const index = timeline.findLastIndex((entry) => startsAt(entry) <= at);
  const entry = timeline[index];
  const next = timeline[index + 1];
  const until = next === undefined ? undefined : startsAt(next);
  if (entry === undefined) {
    const from = next === undefined ? "no time" : next.from;
    return { value: undefined, reason: `the first that is known is from ${from}`, until };
  }
  if (isGap(entry)) return { value: undefined, reason: entry.absent, until };
  return {
    value: entry.value,
    rule: entry,
    until,
    doubts: [...statedDoubts(entry), ...timeDoubts(entry, next, at)],
  };
}

/** The rules of one symbol, its own before those of every symbol. */
function symbolRules(venue: VenueRules, symbol: string, at: Micros): SymbolRules {
  const { parts, absent, closed } = venue;
  const closedAt = (closed === undefined ? undefined : parseUtcInstant(closed)) ?? Infinity;
  const held = <T>(part: PartName, timelines: SymbolTimelines<T>): RuleAt<T> => {
    const unknown = (reason: string): UnknownRule => ({
      value: undefined,
      reason,
      until: undefined,
    });
    if (at >= closedAt) return unknown(`the venue closed at ${closed}`);
    const own = Object.hasOwn(timelines, symbol) ? timelines[symbol] : timelines[EVERY_SYMBOL];
    if (own === undefined) return unknown(absent[part] ?? `no rule of ${symbol} is recorded`);
    const rule = ruleAt(own, at);
    const until = Math.min(rule.until ?? Infinity, closedAt);
    return { ...rule, until: until === Infinity ? undefined : micros(until) };
  };
  return {
    margin: held("margin", parts.margin),
    newAccounts: held("newAccounts", parts.newAccounts),
    fees: held("fees", parts.fees),
    liquidationFee: held("liquidationFee", parts.liquidationFee),
    forcedTradingFee: held("forcedTradingFee", parts.forcedTradingFee),
    index: held("index", parts.index),
    mark: held("mark", parts.mark),
    funding: held("funding", parts.funding),
    fundingCap: held("fundingCap", parts.fundingCap),
    liquidation: held("liquidation", parts.liquidation),
    insurance: held("insurance", parts.insurance),
    adl: held("adl", parts.adl),
    limits: held("limits", parts.limits),
    settlement: held("settlement", parts.settlement),
    optionMargin: held("optionMargin", parts.optionMargin),
    portfolioMargin: held("portfolioMargin", parts.portfolioMargin),
    prints: held("prints", parts.prints),
    vault: held("vault", parts.vault),
    auction: held("auction", parts.auction),
    system: held("system", parts.system),
  };
}

/** The parts that a venue has rules of, or should have. */
function expectedParts({ kind, parts, absent }: VenueRules): readonly PartName[] {
  return PART_NAMES.filter(
    (part) =>
      PARTS_OF_KIND[kind].includes(part) ||
      absent[part] !== undefined ||
      Object.keys(parts[part]).length > 0,
  );
}

/**
 * What holds at a venue at an instant, of each symbol: every part with its source and status, or undefined with a reason. An entry
 * holds from its first µs up to the first of the next. Symbols default to those that have rules of their own; another has what holds
 * for every symbol.
 */
export function rulesOf(
  venue: VenueRules,
  at: Micros,
  symbols: readonly string[] = venue.symbols,
): RulesAt {
  const rules = symbols.map((symbol) => [symbol, symbolRules(venue, symbol, at)] as const);
  return {
    venue: venue.venue,
    title: venue.title,
    at,
    expected: expectedParts(venue),
    symbols: Object.fromEntries(rules),
  };
}

/** Whether a rule is known. */
export const isHeld = <T>(rule: RuleAt<T>): rule is HeldRule<T> => "rule" in rule;

/** How sure a rule is; undefined where nothing is to be said of it. */
function doubtOf(rule: RuleAt<unknown>): Pick<RuleDoubt, "status" | "says"> | undefined {
  if (!isHeld(rule)) return { status: "absent", says: [rule.reason] };
  if (rule.doubts.length === 0) return undefined;
  const { status } = rule.rule;
  return { status: status === "verified" ? "undated" : status, says: rule.doubts };
}

/**
 * What a run that uses these rules must say of them: each part that is absent, not verified, in conflict, or of which it is not sure
 * that it held at this instant. `parts` are those that the run uses; default: all that such a venue has.
 */
export function unverifiedOf(
  rules: RulesAt,
  parts: readonly PartName[] = rules.expected,
): readonly RuleDoubt[] {
  return Object.entries(rules.symbols).flatMap(([symbol, ofSymbol]) =>
    parts.flatMap((part): RuleDoubt[] => {
      const doubt = doubtOf(ofSymbol[part]);
      return doubt === undefined ? [] : [{ symbol, part, ...doubt }];
    }),
  );
}
