import { ConfigError } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import {
  adlRanking,
  circuitBreaker,
  compose,
  defineStudy,
  deltaNeutral,
  insuranceFund,
  noLiquidations,
  protectivePut,
  scaledMaintenance,
  type StudyDefinition,
  throttledEngine,
  trancheLiquidation,
  twapOracle,
  unhedged,
  volatilityMargin,
} from "../src/index.ts";

const STUDY = { day: "2001-01-01", venue: "sim", portfolio: { BTC: 1 } };

/** A study as an author without a compiler may write it. */
const written = (definition: unknown): (() => unknown) => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is wrong with it is the test.
  return () => defineStudy(definition as StudyDefinition);
};

const scenarios = (counterfactual: unknown): (() => unknown) =>
  written({ ...STUDY, scenarios: [noLiquidations()], counterfactual });
const hedges = (change: Readonly<Record<string, unknown>>): (() => unknown) =>
  written({ ...STUDY, hedges: [unhedged()], ...change });

/** The error with what is given, and what it says to do. */
function refusal(create: () => unknown): readonly [message: string, hint: string | undefined] {
  try {
    create();
  } catch (error) {
    if (error instanceof ConfigError) return [error.message, error.hints[0]];
    throw error;
  }
  throw new Error("it is not refused");
}

describe("settings of counterfactual", () => {
  it.each([
    ["calibraton", { calibraton: "x.json" }],
    ["drawz", { drawz: 3 }],
    ["toString", { toString: 3 }],
  ])("there is none named %s, and those that there are are told", (name, given) => {
    expect(refusal(scenarios(given))).toEqual([
      `counterfactual: there is no setting ${name}`,
      "Settings of counterfactual are instrument, positions, flow, leveragePrior, calibration, kappa, draws, horizonMinutes, onset, stepMillis, standIns.",
    ]);
  });

  it("takes the settings that there are when they are undefined, as none", () => {
    expect(scenarios({ calibration: undefined, kappa: undefined, draws: undefined })).not.toThrow();
    expect(scenarios(undefined)).not.toThrow();
  });

  const STAND_INS =
    'The mid may stand in for the mark, and the mark for the index: { mark: "mid", index: "mark" }.';
  const CALIBRATION = "Name a file that `aftershock calibrate` wrote, or shipped:NAME.";
  const HORIZONS = "Give a list of minutes above 0, ascending: [5, 15, 60].";
  const KAPPA =
    "Give how many times larger forced flow was than its prints: 1 or more, or a band [1, 6.3], the lower bound first.";
  const DRAWS = "Give a whole number from 0 to 1,000.";
  it.each<[says: string, counterfactual: unknown, hint: string]>([
    ["calibration is 5, which is no text", { calibration: 5 }, CALIBRATION],
    ["calibration is null, which is no text", { calibration: null }, CALIBRATION],
    ["calibration is empty", { calibration: "" }, CALIBRATION],
    ["horizonMinutes is 5", { horizonMinutes: 5 }, HORIZONS],
    ["horizonMinutes is null", { horizonMinutes: null }, HORIZONS],
    ['horizonMinutes are "5", 15', { horizonMinutes: ["5", 15] }, HORIZONS],
    ["horizonMinutes are 5, null", { horizonMinutes: [5, null] }, HORIZONS],
    ["kappa is null", { kappa: null }, KAPPA],
    ['kappa is "2"', { kappa: "2" }, KAPPA],
    ["kappa is [2]", { kappa: [2] }, KAPPA],
    ["kappa is [1,2,3]", { kappa: [1, 2, 3] }, KAPPA],
    ["kappa is 0.5", { kappa: 0.5 }, KAPPA],
    ["instrument is 7", { instrument: 7 }, 'Write venue:SYMBOL, as "binance-usdm:BTCUSDT".'],
    ["instrument is null", { instrument: null }, 'Write venue:SYMBOL, as "binance-usdm:BTCUSDT".'],
    ["positions is null", { positions: null }, 'Write "snapshot", "prints" or "shadow".'],
    ["positions is 1", { positions: 1 }, 'Write "snapshot", "prints" or "shadow".'],
    ['draws is "3"', { draws: "3" }, DRAWS],
    ["draws is null", { draws: null }, DRAWS],
    ['stepMillis is "100"', { stepMillis: "100" }, "Give a whole part of a second: 50, 100, 500."],
    ['standIns are "mark" and undefined', { standIns: { mark: "mark" } }, STAND_INS],
    ["standIns are 5 and undefined", { standIns: { mark: 5 } }, STAND_INS],
    [
      "standIns: there is no setting marc",
      { standIns: { marc: "mid" } },
      "Settings of counterfactual: standIns are mark, index.",
    ],
    [
      "standIns is null, which is no object of settings",
      { standIns: null },
      "Write { … } with some of mark, index.",
    ],
    [
      'standIns is "mid", which is no object of settings',
      { standIns: "mid" },
      "Write { … } with some of mark, index.",
    ],
  ])("%s", (says, given, hint) => {
    expect(refusal(scenarios(given))).toEqual([`counterfactual: ${says}`, hint]);
  });

  it.each([
    [null, "null"],
    [5, "5"],
    [[], "[]"],
    [() => ({}), "a function"],
  ])("are an object, and not %s", (given, says) => {
    expect(refusal(scenarios(given))[0]).toBe(
      `counterfactual is ${says}, which is no object of settings`,
    );
  });

  it.each([null, true, ["2001-01-01"], {}])("have no onset %s", (onset) => {
    expect(refusal(scenarios({ onset }))[0]).toBe(
      `counterfactual: onset is ${JSON.stringify(onset)}, which is no time`,
    );
  });
});

describe("settings of a study", () => {
  it.each(["scenario", "hedge", "portfolo"])("there is none named %s", (name) => {
    expect(refusal(hedges({ [name]: [] }))).toEqual([
      `defineStudy: there is no setting ${name}`,
      "Settings of defineStudy are day, from, to, venue, portfolio, hedges, scenarios, counterfactual, hedgesUnder, strategies, name, seed.",
    ]);
  });

  it.each<[says: string, change: Readonly<Record<string, unknown>>]>([
    ["day is 5, which is no UTC day", { day: 5 }],
    ["day is undefined, which is no UTC day", { day: undefined }],
    ['day is ["2001-01-01"], which is no UTC day', { day: ["2001-01-01"] }],
    ["from is null, which is no time", { from: null }],
    ["to is {}, which is no time", { to: {} }],
    ["venue is 5, which is no text", { venue: 5 }],
    ["name is 5, which is no text", { name: 5 }],
    ["portfolio is null", { portfolio: null }],
    ["portfolio is 5", { portfolio: 5, hedges: [], scenarios: [noLiquidations()] }],
    ["portfolio is [10]", { portfolio: [10] }],
    ["The portfolio holds null BTC", { portfolio: { BTC: null } }],
    ["hedges is {}, which is no list", { hedges: {} }],
    ['hedges is "unhedged", which is no list', { hedges: "unhedged" }],
    ["hedges is null, which is no list", { hedges: null }],
    ["hedges[0] is undefined, which is no hedge", { hedges: [undefined] }],
    ["hedges[1] is a function, which is no hedge", { hedges: [unhedged(), unhedged] }],
    ['hedges[0] is {"name":"x"}, which is no hedge', { hedges: [{ name: "x" }] }],
    ["scenarios is a function, which is no list", { scenarios: noLiquidations }],
    ["hedgesUnder is 5", { hedgesUnder: 5 }],
    ["strategies is {}, which is no list", { strategies: {} }],
    ["strategies[0] is 7, which is no strategy", { strategies: [7] }],
    ["scenarios[0] is null, which is no mitigation", { scenarios: [null] }],
    [
      "scenarios[1] is a function, which is no mitigation",
      { scenarios: [noLiquidations(), noLiquidations] },
    ],
    ["scenarios[0] has no name: it is undefined", { scenarios: [{ kind: "own" }] }],
    ['seed is "1"', { seed: "1" }],
    ["seed is null", { seed: null }],
  ])("%s", (says, change) => {
    const [message, hint] = refusal(hedges(change));
    expect(message).toBe(says);
    expect(hint).toMatch(/\.$/);
  });

  it.each([
    [undefined, "undefined"],
    [null, "null"],
    ["2001-01-01", '"2001-01-01"'],
  ])("are an object, and not %s", (given, says) => {
    expect(refusal(written(given))[0]).toBe(
      `defineStudy is ${says}, which is no object of settings`,
    );
  });

  it("keeps what is shown of a value short, also of one that is no JSON", () => {
    const circle: Record<string, unknown> = {};
    circle["circle"] = circle;
    expect(refusal(written({ ...STUDY, day: circle }))[0]).toBe(
      "day is an object that is no JSON, which is no UTC day",
    );
    const [message] = refusal(written({ ...STUDY, day: "x".repeat(500) }));
    expect(message.length).toBeLessThan(100);
  });
});

describe("options of hedges and mitigations", () => {
  const FACTORIES: readonly (readonly [string, (options: never) => unknown, object])[] = [
    ["protectivePut", protectivePut, { tenorDays: 30, moneyness: 0.9 }],
    ["deltaNeutral", deltaNeutral, { with: "perpetual" }],
    ["adlRanking", adlRanking, { allocation: "proRata" }],
    ["circuitBreaker", circuitBreaker, { move: 0.1, withinSeconds: 1, pauseSeconds: 1 }],
    ["insuranceFund", insuranceFund, { size: 1 }],
    ["scaledMaintenance", scaledMaintenance, { factor: 0.7 }],
    ["throttledEngine", throttledEngine, { notionalPerSecond: 1 }],
    ["trancheLiquidation", trancheLiquidation, { share: 0.2, cooldownSeconds: 60 }],
    ["twapOracle", twapOracle, { seconds: 60 }],
    ["volatilityMargin", volatilityMargin, { referenceVolatility: 1 }],
  ];

  it.each(FACTORIES)("%s has no others, and needs an object of them", (name, make, options) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is wrong with it is the test.
    const made =
      (given: unknown): (() => unknown) =>
      () =>
        make(given as never);
    expect(made(options)).not.toThrow();
    expect(refusal(made({ ...options, nmae: "x" }))[0]).toBe(`${name}: there is no setting nmae`);
    expect(refusal(made(undefined))[0]).toBe(
      `${name} is undefined, which is no object of settings`,
    );
  });

  it("protectivePut rolls or not, and has fees that there are", () => {
    const put = { tenorDays: 30, moneyness: 0.9 };
    const made = (change: object) => () => protectivePut({ ...put, ...change });
    expect(refusal(made({ roll: "no" }))[0]).toBe('protectivePut: roll is "no"');
    expect(refusal(made({ fee: null }))[0]).toMatch(/^protectivePut: fee is null/);
    expect(refusal(made({ fee: { feeBp: 3 } }))[0]).toMatch(/there is no setting feeBp$/);
  });

  it("compose takes mitigations alone", () => {
    const parts = [noLiquidations(), undefined];
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is wrong with it is the test.
    expect(refusal(() => compose(...(parts as ReturnType<typeof noLiquidations>[])))[0]).toBe(
      "compose: part 2 is undefined, which is no mitigation",
    );
  });
});
