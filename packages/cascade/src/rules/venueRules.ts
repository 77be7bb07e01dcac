import { DataError, JsonPlace, parseUtcInstant } from "@aftershock/schema";
import { readAdlRule } from "./adlRule.ts";
import { readTimeline, type Timeline } from "./dated.ts";
import { readFeeSchedule, readForcedTradingFee, readLiquidationFee } from "./feeSchedule.ts";
import { readFundingCap, readFundingRule } from "./fundingRule.ts";
import { readIndexRule } from "./indexRule.ts";
import { readInsuranceRule } from "./insuranceRule.ts";
import { readLiquidationRule } from "./liquidationRule.ts";
import { readAuctionRule, readSystemRule, readVaultRule } from "./makerRules.ts";
import { readMarginSchedule } from "./marginSchedule.ts";
import { readMarkRule } from "./markRule.ts";
import { readNewAccountRule, readOrderLimits, readSettlementRule } from "./orderLimits.ts";
import { readOptionMarginRule } from "./optionMarginRule.ts";
import { readPortfolioMarginRule } from "./portfolioMarginRule.ts";
import { readPrintRule } from "./printRule.ts";
import {
  PART_NAMES,
  type PartName,
  PARTS_OF_KIND,
  type RuleParts,
  type VenueKind,
} from "./ruleParts.ts";

/** The key of rules that hold for every symbol of a venue that has none of its own. */
export const EVERY_SYMBOL = "*";

/** Timelines by symbol, or by `EVERY_SYMBOL`. */
export type SymbolTimelines<T> = Readonly<Record<string, Timeline<T>>>;

/** Everything that is known of a venue's rules, with dates and sources: the content of `data/rules/<venue>.json`. */
export interface VenueRules {
  /** As in instrument ids, where the lake has the venue: `binance-usdm`. */
  readonly venue: string;
  readonly title: string;
  readonly kind: VenueKind;
  /** When the venue closed, ISO 8601 UTC; undefined where it has not. */
  readonly closed: string | undefined;
  /** The symbols that have rules of their own. */
  readonly symbols: readonly string[];
  /** Why a part is not there, or not for every symbol. */
  readonly absent: Readonly<Partial<Record<PartName, string>>>;
  readonly parts: { readonly [P in PartName]: SymbolTimelines<RuleParts[P]> };
}

const VENUE = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const SYMBOL = /^[A-Za-z0-9_.-]+$/;

function bySymbol<T>(
  place: JsonPlace | undefined,
  symbols: readonly string[],
  readValue: (value: JsonPlace) => T,
): SymbolTimelines<T> {
  if (place === undefined) return {};
  const timelines = place.entries().map(([symbol, timeline]) => {
    if (symbol !== EVERY_SYMBOL && !symbols.includes(symbol)) {
      throw timeline.wrong(`of a known symbol: ${[...symbols, EVERY_SYMBOL].join(", ")}`);
    }
    return [symbol, readTimeline(timeline, readValue)] as const;
  });
  return Object.fromEntries(timelines);
}

function readSymbols(place: JsonPlace): readonly string[] {
  const symbols = place.list((symbol) => symbol.text(SYMBOL, "a symbol"));
  const repeated = symbols.find((symbol, i) => symbols.indexOf(symbol) !== i);
  if (repeated !== undefined) throw place.wrong(`a list that names ${repeated} once`);
  return symbols;
}

function readAbsent(place: JsonPlace | undefined): VenueRules["absent"] {
  const reasons = (place?.entries() ?? []).map(([name, reason]) => {
    const part = PART_NAMES.find((known) => known === name);
    if (part === undefined) throw reason.wrong(`of a known part: ${PART_NAMES.join(", ")}`);
    return [part, reason.text()] as const;
  });
  return Object.fromEntries(reasons);
}

/** Whether each symbol has rules of a part, its own or every symbol's. */
const isCovered = (timelines: SymbolTimelines<unknown>, symbols: readonly string[]): boolean =>
  Object.hasOwn(timelines, EVERY_SYMBOL) ||
  symbols.every((symbol) => Object.hasOwn(timelines, symbol));

/** Refuses a part that is neither there for every symbol nor said to be absent, or both. */
function checkCoverage(place: JsonPlace, { kind, symbols, absent, parts }: VenueRules): void {
  for (const part of PART_NAMES) {
    const covered = isCovered(parts[part], symbols);
    if (covered && absent[part] !== undefined) {
      throw place.at("absent").at(part).wrong("needed: the part is there for every symbol");
    }
    if (!covered && absent[part] === undefined && PARTS_OF_KIND[kind].includes(part)) {
      throw place
        .at(part)
        .wrong(
          `there for every one of ${symbols.join(", ")}`,
          `State the rule, with "${EVERY_SYMBOL}" for all symbols, or in \`absent\` why it is not known.`,
        );
    }
  }
}

function readClosed(place: JsonPlace): string {
  const text = place.text();
  if (parseUtcInstant(text) !== undefined) return text;
  throw place.wrong("a UTC instant", "Write 2026-09-23T04:00:00Z.");
}

/** Reads the rules of a venue, checking all of them. Throws DataError naming file, place, what is there and what should be. */
export function readVenueRules(place: JsonPlace): VenueRules {
  const fields = place.fields(
    ["venue", "title", "kind", "symbols"],
    ["closed", "absent", ...PART_NAMES],
  );
  const symbols = readSymbols(fields.symbols);
  const read = <T>(
    part: JsonPlace | undefined,
    readValue: (value: JsonPlace) => T,
  ): SymbolTimelines<T> => bySymbol(part, symbols, readValue);
  const rules: VenueRules = {
    venue: fields.venue.text(VENUE, "the name of a venue"),
    title: fields.title.text(),
    kind: fields.kind.oneOf(["derivatives", "vaults"]),
    closed: fields.closed === undefined ? undefined : readClosed(fields.closed),
    symbols,
    absent: readAbsent(fields.absent),
    parts: {
      margin: read(fields.margin, readMarginSchedule),
      newAccounts: read(fields.newAccounts, readNewAccountRule),
      fees: read(fields.fees, readFeeSchedule),
      liquidationFee: read(fields.liquidationFee, readLiquidationFee),
      forcedTradingFee: read(fields.forcedTradingFee, readForcedTradingFee),
      index: read(fields.index, readIndexRule),
      mark: read(fields.mark, readMarkRule),
      funding: read(fields.funding, readFundingRule),
      fundingCap: read(fields.fundingCap, readFundingCap),
      liquidation: read(fields.liquidation, readLiquidationRule),
      insurance: read(fields.insurance, readInsuranceRule),
      adl: read(fields.adl, readAdlRule),
      limits: read(fields.limits, readOrderLimits),
      settlement: read(fields.settlement, readSettlementRule),
      optionMargin: read(fields.optionMargin, readOptionMarginRule),
      portfolioMargin: read(fields.portfolioMargin, readPortfolioMarginRule),
      prints: read(fields.prints, readPrintRule),
      vault: read(fields.vault, readVaultRule),
      auction: read(fields.auction, readAuctionRule),
      system: read(fields.system, readSystemRule),
    },
  };
  checkCoverage(place, rules);
  return rules;
}

/**
 * The rules in the text of a file that is named `<venue>.json`. `file` is the path that errors name. Throws DataError when the text is
 * no JSON, or not what it should be.
 */
export function parseVenueRules(file: string, text: string): VenueRules {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DataError(`${file}: is not JSON`, {
      cause,
      hints: ["Correct the file, or take the one that came with the program."],
    });
  }
  const rules = readVenueRules(new JsonPlace(file, value));
  const name = file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1);
  if (name === `${rules.venue}.json`) return rules;
  throw new DataError(`${file}: its venue is ${rules.venue}`, {
    hints: ["A file of rules is named for its venue."],
  });
}
