import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Micros, parseUtcDay, parseUtcInstant } from "@aftershock/schema";
import {
  isHeld,
  parseVenueRules,
  type PartName,
  type RuleAt,
  type RuleParts,
  rulesOf,
  type VenueRules,
} from "../src/index.ts";

const FOLDER = resolve(import.meta.dirname, "../../../data/rules");

/** The text of the rules that ship with the program, by file. */
export const shippedTexts = (): readonly (readonly [file: string, text: string])[] =>
  readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), "utf8")] as const);

let read: readonly VenueRules[] | undefined;

/** The rules that ship with the program. */
export function shipped(): readonly VenueRules[] {
  read ??= shippedTexts().map(([file, text]) => parseVenueRules(file, text));
  return read;
}

export const venueOf = (name: string): VenueRules => shipped().find(({ venue }) => venue === name)!;

/** A day's first µs, or an instant. */
export const at = (text: string): Micros => (parseUtcDay(text) ?? parseUtcInstant(text))!;

interface Asked<P extends PartName> {
  readonly part: P;
  readonly symbol: string;
  readonly at: Micros;
}

/** What is known of a part of the shipped rules. */
export const ruleOf = <P extends PartName>(
  venue: string,
  { part, symbol, at: instant }: Asked<P>,
): RuleAt<RuleParts[P]> => rulesOf(venueOf(venue), instant, [symbol]).symbols[symbol]![part];

/** The value of a part of the shipped rules that must be known. */
export function valueOf<P extends PartName>(venue: string, asked: Asked<P>): RuleParts[P] {
  const rule = ruleOf(venue, asked);
  if (!isHeld(rule)) throw new Error(`${venue} ${asked.symbol} ${asked.part}: not known`);
  return rule.value;
}
