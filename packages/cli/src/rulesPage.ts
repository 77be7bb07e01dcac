import {
  ADL_RANKINGS,
  isHeld,
  type MarginTier,
  type RuleAt,
  type TieredMargin,
  type VenueRules,
} from "@aftershock/cascade";
import { isoMicros } from "@aftershock/schema";
import { grouped, tableText } from "./output.ts";
import type { PartInTime, RulesInTime, TimeSpan } from "./rulesInTime.ts";

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `averageSeconds` as `average seconds`. */
const inWords = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Without the digits that only the double has. */
const exact = (value: number): number => Number(value.toPrecision(12));

const percent = (rate: number | undefined): string =>
  rate === undefined ? "" : `${exact(rate * 100)}%`;

/** Fields that hold fractions are shown in percent. */
const FRACTION = /(?:rate|share|increase|deviationLimit|minimumChange|perDay|perYear)$/i;

const numberText = (value: number, name: string): string => {
  if (FRACTION.test(name)) return percent(value);
  return Math.abs(value) >= 10_000 ? grouped(exact(value)) : String(exact(value));
};

/** Flags that are told only where they are set. */
const SILENT: readonly string[] = ["truncated", "isMaximum"];

/** A field and its content, or nothing where it says nothing; a flag is named. */
function fieldText(name: string, content: unknown): readonly string[] {
  if (content === undefined || (content === false && SILENT.includes(name))) return [];
  if (content === true) return [inWords(name)];
  if (content === false) return [`not ${inWords(name)}`];
  if (name === "ranking") return [`ranking ${rankingText(content)}`];
  return [`${inWords(name)} ${lineOf(content, name)}`];
}

/** The name of an ADL ranking, with its formula. */
function rankingText(content: unknown): string {
  const formula = Object.entries(ADL_RANKINGS).find(([known]) => known === content)?.[1];
  return formula === undefined ? lineOf(content) : `by ${formula}`;
}

/** A value of a rule on one line; `name` is that of its field. */
function lineOf(value: unknown, name = ""): string {
  if (typeof value === "number") return numberText(value, name);
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    if (items.length === 0) return "not known";
    return items.map((item) => lineOf(item)).join(name === "steps" ? " → " : ", ");
  }
  if (!isObject(value)) return String(value);
  const { kind, name: title, ...rest } = value;
  const fields = Object.entries(rest).flatMap(([field, content]) => fieldText(field, content));
  const head = [
    ...(typeof kind === "string" ? [inWords(kind)] : []),
    ...(typeof title === "string" ? [title] : []),
  ].join(" ");
  if (head === "") return fields.join(", ");
  return fields.length === 0 ? head : `${head} (${fields.join(", ")})`;
}

const cell = (value: number | undefined): string => (value === undefined ? "" : grouped(value));

const TIER_HEAD = ["above", "up to", "leverage", "initial", "maintenance", "amount"] as const;

/** A tier under `TIER_HEAD`. */
function tierRow(tier: MarginTier): readonly string[] {
  const { floor, cap, maxLeverage, initialRate, maintenanceRate, maintenanceAmount } = tier;
  return [
    grouped(floor),
    cell(cap),
    cell(maxLeverage),
    percent(initialRate),
    percent(maintenanceRate),
    cell(maintenanceAmount),
  ];
}

const isTiers = (value: unknown): value is TieredMargin =>
  isObject(value) && value["kind"] === "tiers";

/** The value of a rule, as lines. */
function valueLines(value: unknown): readonly string[] {
  if (!isTiers(value)) {
    const line = lineOf(value);
    return [line === "" ? "none" : line];
  }
  const { tiers, amountStep, ...rest } = value;
  const rows = tiers.map(tierRow);
  // A column of which nothing is known is left out.
  const shown = TIER_HEAD.map((_, i) => rows.some((row) => row[i] !== ""));
  const columns = (cells: readonly string[]): string[] => cells.filter((_, i) => shown[i]);
  const hasAmounts = tiers.some(({ maintenanceAmount }) => maintenanceAmount !== undefined);
  return [
    lineOf(hasAmounts ? { ...rest, amountStep } : rest),
    ...tableText(columns(TIER_HEAD), rows.map(columns)).split("\n"),
  ];
}

const MARKS = { verified: "", unverified: "  [unverified]", conflict: "  [conflict]" } as const;

const DATED = { effective: "since", observed: "seen", undated: "undated, taken from" } as const;

/** What is said of a rule, below its title. */
function ruleLines(rule: RuleAt<unknown>): readonly string[] {
  if (!isHeld(rule)) return [`  not known: ${rule.reason}`];
  const { from, dating, seenTo, source, status, note } = rule.rule;
  const dates = seenTo === undefined ? from : `${from} … ${seenTo}`;
  const address = source.address === undefined ? "" : `; ${source.address}`;
  return [
    `  ${DATED[dating]} ${dates}${MARKS[status]}`,
    ...valueLines(rule.value).map((line) => `    ${line}`),
    `    source: ${source.title}${address}`,
    ...(note === undefined ? [] : [`    note: ${note}`]),
    ...rule.doubts.map((doubt) => `    ! ${doubt}`),
  ];
}

/** An instant as users write it, without digits that are 0. */
const instant = (at: number): string =>
  isoMicros(at)
    .replace(/(\.\d*?)0+Z$/, "$1Z")
    .replace(".Z", "Z");

/** When a rule takes the place of the one shown above it. */
function changeText(at: number, rule: RuleAt<unknown>): string {
  const isDay = isHeld(rule) && rule.rule.dating === "effective" && !rule.rule.from.includes("T");
  return isDay ? "later that day, at a time that is not known" : `from ${instant(at)} on`;
}

function partText({ part, symbols, rules }: PartInTime): string {
  const body = rules.flatMap(({ at, rule }, i) => [
    ...(i === 0 ? [] : [`  ${changeText(at, rule)}:`]),
    ...ruleLines(rule),
  ]);
  return [`${inWords(part)}  ${symbols.join(", ")}`, ...body].join("\n");
}

/** What holds at a venue in a time, with sources, as text. What is not verified is marked, and what is to be said of it begins with `!`. */
export function rulesPage(venue: VenueRules, span: TimeSpan, rules: RulesInTime): string {
  const time = span.from === span.to ? instant(span.from) : isoMicros(span.from).slice(0, 10);
  const absent = rules.doubts.filter(({ status }) => status === "absent").length;
  const doubtful = rules.doubts.length - absent;
  return [
    `${venue.venue}  ${venue.title}  ${time}`,
    ...rules.parts.map(partText),
    `Of rules by symbol, ${doubtful} are not sure (marked, or with !) and ${absent} not known.`,
  ].join("\n\n");
}
