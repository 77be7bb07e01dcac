import { EVERY_SYMBOL, isHeld, type VenueRules } from "@aftershock/cascade";
import { CliError, isoMicros, micros, MICROS_PER_DAY, parseUtcDay } from "@aftershock/schema";
import { printJson, printLine } from "../output.ts";
import { type RuleInTime, rulesInTime, type TimeSpan } from "../rulesInTime.ts";
import { rulesPage } from "../rulesPage.ts";
import { loadVenueRules } from "../shippedRules.ts";
import { parseTime } from "../timeArgument.ts";

/** Options of `aftershock rules`. */
export interface RulesOptions {
  /** One symbol only; `*` for what holds for symbols without rules of their own. */
  readonly symbol: string | undefined;
  readonly json: boolean;
}

/** A day, up to and with the midnight at which changes of that day without a time of day are shown, or one instant. */
function spanOf(text: string): TimeSpan {
  const day = parseUtcDay(text);
  if (day !== undefined) return { from: day, to: micros(day + MICROS_PER_DAY) };
  if (!/^\d{4}-\d{2}-\d{2}[T ]/.test(text)) {
    throw new CliError(`"${text}" is not a day`, {
      hints: ["Write YYYY-MM-DD, like 2025-10-10, or an instant, like 2025-10-10T21:15:00Z."],
    });
  }
  const at = parseTime(text);
  return { from: at, to: at };
}

function symbolsOf({ venue, symbols }: VenueRules, symbol: string | undefined): readonly string[] {
  if (symbol === undefined) return symbols;
  if (symbols.includes(symbol) || symbol === EVERY_SYMBOL) return [symbol];
  throw new CliError(`${venue} has no rules of "${symbol}" alone`, {
    hints: [`Known are ${symbols.join(", ")}; "${EVERY_SYMBOL}" shows what holds for all others.`],
  });
}

/** A rule as JSON. */
const ruleJson = ({ at, rule }: RuleInTime): unknown => {
  const shown = {
    at: isoMicros(at),
    until: rule.until === undefined ? null : isoMicros(rule.until),
  };
  return isHeld(rule)
    ? { ...shown, known: true, ...rule.rule, doubts: rule.doubts }
    : { ...shown, known: false, reason: rule.reason };
};

/** `aftershock rules VENUE DATE` */
export async function rulesCommand(
  name: string,
  date: string,
  { symbol, json }: RulesOptions,
): Promise<void> {
  const venue = await loadVenueRules(name);
  const span = spanOf(date);
  const symbols = symbolsOf(venue, symbol);
  const rules = rulesInTime(venue, span, symbols);
  if (!json) {
    printLine(rulesPage(venue, span, rules));
    return;
  }
  printJson({
    venue: venue.venue,
    title: venue.title,
    from: isoMicros(span.from),
    to: isoMicros(span.to),
    symbols,
    parts: rules.parts.map((part) => ({ ...part, rules: part.rules.map(ruleJson) })),
    unverified: rules.doubts,
  });
}
