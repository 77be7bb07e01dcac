import {
  KNOWN_BIASES,
  type ScenarioBasis,
  type ScenarioFigure,
  type ScenarioFigures,
  type ScenarioOutcome,
} from "@aftershock/strategy";

import type { ReportInput } from "../src/index.ts";
import { exampleInput } from "./exampleInput.ts";

const MINUTE = 60_000_000;
const START = Date.UTC(2001, 0, 1, 12) * 1_000;

/** A price of an invented fall, by the minute: 12 % down in ten minutes, half of it back. */
const priceAt = (minute: number): number =>
  64_000 *
  (1 - 0.12 * Math.min(1, minute / 10) + 0.06 * Math.max(0, Math.min(1, (minute - 10) / 10)));

const AT = Array.from({ length: 31 }, (_, minute) => START + minute * MINUTE);
const RECORD = AT.map((_, minute) => priceAt(minute));

/** A figure with its spread, and a band where `calibrated`. */
const figure = (mid: number | null, width: number, calibrated: boolean): ScenarioFigure => {
  const around = mid ?? 100;
  const spread = {
    low: around - width,
    low50: around - width / 2,
    high50: around + width / 2,
    high: around + width,
  };
  const band = calibrated ? spread : { low: null, low50: null, high50: null, high: null };
  return { ...band, mid, spread, record: around };
};

function figures(low30: ScenarioFigure, exact: boolean): ScenarioFigures {
  const of = (mid: number): ScenarioFigure => figure(mid, exact ? 0 : mid / 10, exact);
  return {
    low: low30,
    low30,
    high: of(64_100),
    high30: of(64_000),
    overshoot: of(0.06),
    last: of(60_000),
    forcedNotional: of(70e6),
    forcedSold: of(70e6),
    forcedBought: of(0),
    liquidated: of(1_100),
    badDebt: of(0),
    insurancePaid: of(0),
    fund: of(120),
    adl: of(0),
    takenOver: of(0),
    owed: of(0),
    gains: {
      longs: of(exact ? 0 : 3),
      shorts: of(0),
      fund: of(exact ? 0 : -2),
      venue: of(0),
      world: of(exact ? 0 : -1),
    },
  };
}

interface Example {
  readonly name: string;
  readonly low30: ScenarioFigure;
  readonly shift: number;
  readonly changes?: Partial<ScenarioOutcome>;
}

function outcome({ name, low30, shift, changes = {} }: Example): ScenarioOutcome {
  const identical = shift === 0;
  const moved = (times: number): readonly number[] =>
    RECORD.map((price, minute) => price * (1 + (minute > 3 ? shift * times : 0)));
  return {
    name,
    kind: "example",
    description: `${name}, an example.`,
    recordHash: "0123456789abcdef",
    pathHash: identical ? "0123456789abcdef" : "fedcba9876543210",
    identical,
    identified: "estimate",
    boundBecause: [],
    band: identical ? "exact" : { none: "not validated" },
    bands: { low30: identical ? "exact" : { none: "not validated" } },
    ...figures(low30, identical),
    horizons: [
      {
        minutes: 5,
        at: START + 5 * MINUTE,
        ...figures(low30, identical),
        bands: { low30: identical ? "exact" : { none: "not validated" } },
      },
    ],
    branchingRatio: figure(0.2, 0.05, false),
    cascadeProbability: identical ? 1 : 0,
    straddles: false,
    divergedShare: 0,
    draws: 9,
    path: {
      at: AT,
      p5: moved(0.5),
      p25: moved(0.8),
      p50: moved(1),
      p75: moved(1.2),
      p95: moved(1.5),
      calibrated: identical,
    },
    ...changes,
  };
}

const BASIS: ScenarioBasis = {
  instrument: "sim:BTC-PERPETUAL",
  quote: "USD",
  settle: "BTC",
  recordHash: "0123456789abcdef",
  from: START,
  to: AT.at(-1) ?? START,
  steps: 18_000,
  path: { at: AT, price: RECORD },
  direction: "down",
  kernels: ["mixture", "exponential", "powerLaw"],
  calibration: {
    file: "c.json",
    sha256: "0".repeat(64),
    days: 12,
    from: "2001-02-01",
    to: "2001-02-12",
    simulated: true,
    leftOut: null,
  },
  population: "all accounts as recorded",
  accounts: 2_500,
  assumed: [{ part: "mark", value: "no band", why: "the rule does not say" }],
  printGap: { engineNotional: 71e6, printedNotional: 70e6, share: 1 / 70 },
};

/** Nothing changed; an estimate without a band; one with a band; one that ends in two outcomes; a bound. */
export const exampleScenarios = (): readonly ScenarioOutcome[] => [
  outcome({ name: "No change", low30: figure(56_320, 0, true), shift: 0 }),
  outcome({ name: "No liquidations", low30: figure(59_000, 400, false), shift: 0.04 }),
  outcome({
    name: "Tranches",
    low30: figure(57_000, 300, true),
    shift: 0.01,
    changes: { band: "calibrated" },
  }),
  outcome({
    name: "Breaker",
    low30: { ...figure(57_500, 1_500, false), mid: null },
    shift: 0.02,
    changes: { straddles: true, cascadeProbability: 0.4 },
  }),
  outcome({
    name: "More margin",
    low30: { ...figure(55_500, 500, false), mid: null },
    shift: -0.01,
    changes: { identified: "bound", boundBecause: ["accounts may not be safe"] },
  }),
];

/** An example page of scenarios, with hedges or alone. */
export function scenarioInput({ alone = false }: { readonly alone?: boolean } = {}): ReportInput {
  const input = exampleInput({ simulated: true });
  const { study } = input;
  return {
    ...input,
    study: {
      ...study,
      ...(alone ? { outcomes: [], chain: [], portfolio: {} } : {}),
      basis: BASIS,
      scenarios: exampleScenarios(),
      biases: KNOWN_BIASES,
    },
  };
}
