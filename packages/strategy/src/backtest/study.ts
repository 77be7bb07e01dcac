import {
  ConfigError,
  isInstrumentName,
  isoMicros,
  type Micros,
  parseUtcDay,
} from "@aftershock/schema";
import type { Hedge } from "../hedges/hedge.ts";
import { checkMitigation } from "../mitigations/checkMitigation.ts";
import type { Mitigation } from "../mitigations/mitigation.ts";
import { noChange } from "../mitigations/noChange.ts";
import type {
  CounterfactualDefinition,
  CounterfactualSettings,
} from "../scenarios/scenarioOptions.ts";
import type { Strategy } from "../strategies/strategy.ts";
import { checkStrategy } from "../strategies/checkStrategy.ts";
import { checkCounterfactual } from "./checkCounterfactual.ts";
import { checkHedge } from "../hedges/checkHedge.ts";
import {
  checkList,
  checkSettings,
  checkText,
  type FieldNames,
  isFields,
  shown,
} from "../settings.ts";
import { parseBound, type InstantText } from "./parseInstant.ts";

/** Coins whose options, futures and perpetuals Deribit lists as inverse contracts, and our recordings hold. */
const COINS: ReadonlySet<string> = new Set(["BTC", "ETH"]);

/** What the hedges of a study are run on. */
export type HedgesUnder = "record" | "scenarios";

/** A study as its author writes it. */
export interface StudyDefinition {
  /** The day that it is about, `YYYY-MM-DD` UTC, within the window. */
  readonly day: string;
  /** Start: a day, an ISO instant in UTC, or µs. Default: the start of `day`. */
  readonly from?: InstantText;
  /** End: a day, which is then inside as a whole, or an instant or µs, which is the first outside. Default: the end of `day`. */
  readonly to?: InstantText;
  /** Where the options and futures are recorded: `deribit` (the default), or `sim`, which mirrors it. */
  readonly venue?: string;
  /** Coins held, e.g. `{ BTC: 10, ETH: 100 }`, each above 0. Needed for hedges; default none. */
  readonly portfolio?: Readonly<Record<string, number>>;
  /** The hedges that are compared, with different names. Default none: then there are scenarios. */
  readonly hedges?: readonly Hedge[];
  /** Changes of the venue's rules that are tried on the record, with different names. `noChange()` is always run first, whether it is named or not. Default none. */
  readonly scenarios?: readonly Mitigation[];
  /** How scenarios are run. */
  readonly counterfactual?: CounterfactualDefinition;
  /** What hedges are run on: the record alone (the default), or under each of the scenarios too, at the prices of its central draw. */
  readonly hedgesUnder?: HedgesUnder;
  /** Strategies that trade in the book of the contract that scenarios are run on, under each of them; that of nothing changed is the record. With names other than those of hedges. Default none. */
  readonly strategies?: readonly Strategy[];
  /** Default: day and portfolio. */
  readonly name?: string;
  /** For hedges that draw; no hedge does so yet. A whole number. */
  readonly seed?: number;
}

/** A checked study. */
export interface Study {
  readonly name: string;
  readonly day: string;
  /** First instant inside, µs. */
  readonly from: Micros;
  /** First instant outside, µs. */
  readonly to: Micros;
  readonly venue: string;
  readonly portfolio: Readonly<Record<string, number>>;
  readonly hedges: readonly Hedge[];
  /** Empty, or that of nothing changed and others. */
  readonly scenarios: readonly Mitigation[];
  /** Undefined where there are no scenarios. */
  readonly counterfactual: CounterfactualSettings | undefined;
  readonly hedgesUnder: HedgesUnder;
  readonly strategies: readonly Strategy[];
  readonly seed: number | undefined;
}

const SETTINGS: FieldNames<StudyDefinition> = {
  day: true,
  from: true,
  to: true,
  venue: true,
  portfolio: true,
  hedges: true,
  scenarios: true,
  counterfactual: true,
  hedgesUnder: true,
  strategies: true,
  name: true,
  seed: true,
};

/** Refuses settings that there are none of, and those of another type. */
function checkTypes(definition: StudyDefinition): void {
  checkSettings("defineStudy", definition, SETTINGS);
  const {
    day,
    venue,
    portfolio = {},
    hedges = [],
    strategies = [],
    scenarios = [],
    name,
  } = definition;
  if (typeof day !== "string" || parseUtcDay(day) === undefined) {
    throw new ConfigError(`day is ${shown(day)}, which is no UTC day`, {
      hints: ['Write day: "2026-02-05".'],
    });
  }
  checkText("venue", venue, 'Write "deribit" or "sim".');
  checkText("name", name, "Give the study a name, or leave it out.");
  if (!isFields(portfolio)) {
    throw new ConfigError(`portfolio is ${shown(portfolio)}`, {
      hints: ["Give coins and how many are held: { BTC: 10 }."],
    });
  }
  checkList("hedges", hedges, "List hedges: [unhedged()].");
  checkList("strategies", strategies, "List strategies: [marketMaking({ … })].");
  checkList("scenarios", scenarios, "List changes of rules: [noLiquidations()].");
}

function checkPortfolio(portfolio: Readonly<Record<string, number>>): void {
  const coins = Object.entries(portfolio);
  if (coins.length === 0) {
    throw new ConfigError("The portfolio is empty", { hints: ["Hold something: { BTC: 10 }."] });
  }
  for (const [coin, amount] of coins) {
    if (!COINS.has(coin)) {
      throw new ConfigError(
        `The portfolio holds ${coin}, for which there are no recorded options`,
        {
          hints: [`Hold one of ${[...COINS].join(", ")}.`],
        },
      );
    }
    if (typeof amount !== "number" || !(amount > 0) || amount === Infinity) {
      throw new ConfigError(`The portfolio holds ${shown(amount)} ${coin}`, {
        hints: ["Give each coin a finite number above 0."],
      });
    }
  }
}

function checkHedges(
  hedges: readonly Hedge[],
  strategies: readonly Strategy[],
  scenarios: readonly Mitigation[],
): void {
  if (hedges.length === 0 && scenarios.length === 0) {
    throw new ConfigError("The study compares no hedges and no scenarios", {
      hints: ["List one at least: hedges: [unhedged()], or scenarios: [noLiquidations()]."],
    });
  }
  for (const [i, hedge] of hedges.entries()) checkHedge(`hedges[${i}]`, hedge);
  for (const [i, one] of strategies.entries()) checkStrategy(`strategies[${i}]`, one);
  const names = new Set<string>();
  for (const { name } of [...hedges, ...strategies]) {
    if (names.has(name)) {
      throw new ConfigError(`Two hedges or strategies of the study are named "${name}"`, {
        hints: ["Give one of them another name, or leave it out."],
      });
    }
    names.add(name);
  }
}

/** Throws ConfigError where something is to be run under scenarios, and there are none or there is nothing to run. */
function checkUnder(
  { hedges = [], strategies = [], hedgesUnder = "record" }: StudyDefinition,
  scenarios: readonly Mitigation[],
): void {
  const given: unknown = hedgesUnder;
  if (given !== "record" && given !== "scenarios") {
    throw new ConfigError(`hedgesUnder is ${shown(given)}`, {
      hints: ['Write "record" or "scenarios".'],
    });
  }
  const hasScenarios = scenarios.length > 0;
  if (given === "scenarios" && !(hasScenarios && hedges.length > 0)) {
    throw new ConfigError(
      `Hedges are to be run under scenarios, and the study has no ${hasScenarios ? "hedges" : "scenarios"}`,
      { hints: ['List both, or leave hedgesUnder: "scenarios" out.'] },
    );
  }
  if (strategies.length > 0 && !hasScenarios) {
    throw new ConfigError("The study has strategies and no scenarios", {
      hints: ["List some: scenarios: [noChange()] is the record alone."],
    });
  }
}

/** The scenarios of a study, that of nothing changed first. Throws ConfigError for one that is no mitigation, and for two of one name. */
function scenariosOf(listed: readonly Mitigation[]): readonly Mitigation[] {
  if (listed.length === 0) return [];
  for (const [i, one] of listed.entries()) checkMitigation(one, `scenarios[${i}]`);
  const same = listed.find(({ kind }) => kind === "noChange") ?? noChange();
  const scenarios = [same, ...listed.filter((one) => one !== same)];
  const twice = scenarios.find(
    ({ name }, i) => scenarios.findIndex((other) => other.name === name) < i,
  );
  if (twice === undefined) return scenarios;
  throw new ConfigError(`Two scenarios of the study are named "${twice.name}"`, {
    hints: ["Give one of them another name, or leave it out."],
  });
}

function checkWindow(day: string, from: Micros, to: Micros): void {
  const dayStart = parseBound("day", day);
  if (from >= to) {
    throw new ConfigError(
      `The study ends (${isoMicros(to)}) before it starts (${isoMicros(from)})`,
      {
        hints: ["Put `from` before `to`; an instant given as `to` is the first outside."],
      },
    );
  }
  if (to <= dayStart || from >= parseBound("day", day, { end: true })) {
    throw new ConfigError(
      `day ${day} is not within the study, ${isoMicros(from)} … ${isoMicros(to)}`,
      { hints: ["Widen `from` and `to`, or name a day between them."] },
    );
  }
}

/** What defineStudy made. A set, and not a mark on the study, which is plain data. */
const defined = new WeakSet<object>();

/** Whether a value is a study that defineStudy checked; one that merely looks like it is not. */
export const isStudy = (value: unknown): value is Study =>
  typeof value === "object" && value !== null && defined.has(value);

const nameOf = (held: readonly string[], settings: CounterfactualSettings | undefined): string =>
  held.length > 0 ? held.join(" and ") : (settings?.instrument ?? "nothing");

/**
 * Checks a study and fills in its defaults. Throws ConfigError for a study that makes no sense: settings that there are none of or that are of another type, unknown coins, nothing held,
 * neither hedges nor scenarios or two of one name, hedges or strategies to be run under scenarios that are not there, a window that ends before it starts or misses its day, a venue or seed that is none, scenarios that
 * cannot be run as is asked.
 */
export function defineStudy(definition: StudyDefinition): Study {
  checkTypes(definition);
  const { day, venue = "deribit", portfolio = {}, hedges = [], seed } = definition;
  const { hedgesUnder = "record", strategies = [] } = definition;
  const scenarios = scenariosOf(definition.scenarios ?? []);
  const { from: start = day, to: end = day } = definition;
  const from = parseBound("from", start);
  const to = parseBound("to", end, { end: true });
  checkWindow(day, from, to);
  if (hedges.length > 0 || Object.keys(portfolio).length > 0) checkPortfolio(portfolio);
  checkHedges(hedges, strategies, scenarios);
  checkUnder(definition, scenarios);
  if (!isInstrumentName(venue, "BTC-OPTIONS")) {
    throw new ConfigError(`venue is "${venue}"`, { hints: ["Write deribit or sim."] });
  }
  if (seed !== undefined && !Number.isSafeInteger(seed)) {
    throw new ConfigError(`seed is ${shown(seed)}`, { hints: ["Give a whole number."] });
  }
  const held = Object.entries(portfolio).map(([coin, amount]) => `${amount} ${coin}`);
  const counterfactual = checkCounterfactual(definition.counterfactual, {
    venue,
    coins: Object.keys(portfolio),
    isNeeded: scenarios.length > 0,
  });
  const study: Study = {
    name: definition.name ?? `${nameOf(held, counterfactual)} around ${day}`,
    day,
    from,
    to,
    venue,
    portfolio: { ...portfolio },
    hedges: [...hedges],
    scenarios,
    counterfactual,
    hedgesUnder,
    strategies: [...strategies],
    seed,
  };
  defined.add(study);
  return study;
}
