import { checkRuleSet, type LiquidationEvent, type RuleSet } from "@aftershock/cascade";
import { PRESETS } from "@aftershock/simulator";
import { describe, expect, it } from "vitest";
import {
  adlRanking,
  canonicalJson,
  changedRules,
  checkMitigation,
  circuitBreaker,
  compose,
  hiddenLevels,
  insuranceFund,
  type Mitigation,
  noChange,
  noLiquidations,
  scaledMaintenance,
  throttledEngine,
  trancheLiquidation,
  twapOracle,
  volatilityMargin,
} from "../../src/index.ts";
import { CRASH, HOLDINGS, play, RULES } from "./smallVenue.ts";

const BREAKER = { move: 0.03, withinSeconds: 300, pauseSeconds: 300 } as const;

/** One of each, with what it says of itself. */
const EACH: readonly (readonly [Mitigation, kind: string, sentence: string])[] = [
  [noChange(), "noChange", "The rules are those of the day."],
  [
    noLiquidations(),
    "noLiquidations",
    "Nobody is liquidated: the bound on what changes of liquidation can do.",
  ],
  [
    circuitBreaker(BREAKER),
    "breaker",
    "When the mark has moved by 3 % within 5 min, liquidations pause for 5 min.",
  ],
  [
    circuitBreaker({ ...BREAKER, stops: "throttle", throttleShare: 0.1 }),
    "throttlingBreaker",
    "When the mark has moved by 3 % within 5 min, forced orders slow down to 10 % of their pace for 5 min.",
  ],
  [
    circuitBreaker({ ...BREAKER, stops: "trading" }),
    "tradingBreaker",
    "When the mark has moved by 3 % within 5 min, all trading but makers' pauses for 5 min.",
  ],
  [twapOracle({ seconds: 90 }), "twap", "Liquidations go by the average of the mark over 90 s."],
  [
    trancheLiquidation({ share: 0.2, cooldownSeconds: 30, aboveNotional: 100_000 }),
    "tranches",
    "Of positions above 100,000 20 % is sold first, and the rest 30 s later if it is still too much.",
  ],
  [
    scaledMaintenance({ factor: 0.7 }),
    "lowerMaintenance",
    "Maintenance margin is 30 % lower for every position.",
  ],
  [
    scaledMaintenance({ factor: 1.3 }),
    "higherMaintenance",
    "Maintenance margin is 30 % higher for every position.",
  ],
  [
    volatilityMargin({ referenceVolatility: 0.8 }),
    "volatilityMargin",
    "Every 1 min maintenance margin is set to the schedule's times volatility over 80 % a year, from 1 to 3 times.",
  ],
  [
    insuranceFund({ size: 2_500_000 }),
    "insuranceFund",
    "The insurance fund holds 2,500,000 of the settle currency at the start.",
  ],
  [
    insuranceFund({ factor: 2 }),
    "insuranceFund",
    "The insurance fund is 2 times as large at the start.",
  ],
  [
    adlRanking({ ranking: "profitTimesEffectiveLeverage" }),
    "adl",
    "What auto-deleveraging closes is taken from the top of the ranking down by profitTimesEffectiveLeverage.",
  ],
  [
    adlRanking({ allocation: "proRata" }),
    "adl",
    "What auto-deleveraging closes is taken from all winners in proportion to their positions.",
  ],
  [hiddenLevels(), "hiddenLevels", "Nobody can see at which prices accounts are liquidated."],
  [
    throttledEngine({ notionalPerSecond: 250_000 }),
    "throttle",
    "Forced orders are sent at 250,000 a second at most.",
  ],
];

const kindsOf = (events: readonly LiquidationEvent[]): ReadonlySet<string> =>
  new Set(events.map(({ kind }) => kind));
const DEEP = CRASH.map((mark) => 10_000 - 3 * (10_000 - mark));

describe("mitigations", () => {
  it.each(EACH.map((each) => [each[0].name, ...each] as const))(
    "%s says its kind and what it does, and gives rules that are possible on every simulated venue and leave the given ones alone",
    (_, mitigation, kind, sentence) => {
      expect([mitigation.kind, mitigation.describe()]).toEqual([kind, sentence]);
      for (const rules of [RULES, ...Object.values(PRESETS).map((preset) => preset.rules)]) {
        const before = structuredClone(rules);
        const changed = changedRules(mitigation, rules);
        expect(() => checkRuleSet(changed, "changed")).not.toThrow();
        expect(rules).toEqual(before);
        expect(compose(noChange(), mitigation, noChange()).apply(rules)).toEqual(changed);
      }
    },
  );

  it("have names of their own, and parameters that tell them apart in a config hash", () => {
    expect(new Set(EACH.map(([{ name }]) => name)).size).toBe(EACH.length);
    const texts = EACH.map(([{ kind, parameters }]) => canonicalJson({ kind, parameters }));
    expect(new Set(texts).size).toBe(EACH.length);
    expect(texts[6]).toBe(
      '{"kind":"tranches","parameters":{"aboveNotional":100000,"cooldownSeconds":30,"share":0.2}}',
    );
    expect(twapOracle({ seconds: 60, name: "slow mark" }).name).toBe("slow mark");
  });

  it("noChange gives the very same rules", () => {
    expect(noChange().apply(RULES)).toBe(RULES);
    expect(changedRules(compose(noChange(), compose()), RULES)).toBe(RULES);
  });

  it("change what they name and nothing else", () => {
    const parts = (one: Mitigation): readonly string[] => {
      const changed = one.apply(RULES);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of an object literal.
      const names = Object.keys(RULES) as (keyof RuleSet)[];
      return names.filter((name) => changed[name] !== RULES[name]);
    };
    expect(EACH.map(([one]) => parts(one))).toEqual([
      [],
      ["liquidates"],
      ["breaker"],
      ["breaker"],
      ["breaker"],
      ["markTwapSeconds"],
      ["liquidation"],
      ["maintenanceFactor"],
      ["maintenanceFactor"],
      ["volatilityMargin"],
      ["insuranceFund"],
      ["insuranceFund"],
      ["adl"],
      ["adlAllocation"],
      ["hiddenLevels"],
      ["throttlePerSecond"],
    ]);
  });
});

describe("limits of mitigations, through the engine", () => {
  const plain = play(RULES, CRASH);

  it("the venue of these tests liquidates, takes over and deleverages", () => {
    expect([...kindsOf(play(RULES, DEEP).events)].toSorted()).toEqual([
      "adl",
      "cancelled",
      "closed",
      "fee",
      "fill",
      "forcedOrder",
      "released",
      "takenOver",
      "triggered",
    ]);
    expect(kindsOf(plain.events)).toContain("triggered");
  });

  it("a breaker that is never tripped is no change; one that is stops liquidations", () => {
    const far = circuitBreaker({ move: 0.9, withinSeconds: 60, pauseSeconds: 60 });
    expect(play(far.apply(RULES), CRASH)).toEqual(plain);
    const near = play(
      circuitBreaker({ move: 0.02, withinSeconds: 10, pauseSeconds: 100 }).apply(RULES),
      CRASH,
    );
    expect(near.halted).toBeGreaterThan(90);
    expect(near.events.length).toBeLessThan(plain.events.length);
  });

  it("an average of one tick is the mark; a long one comes late", () => {
    expect(play(twapOracle({ seconds: 1e-6 }).apply(RULES), CRASH).events).toEqual(plain.events);
    const first = ({ events }: typeof plain): number =>
      events.find(({ kind }) => kind === "triggered")?.at ?? Infinity;
    const late = play(twapOracle({ seconds: 60 }).apply(RULES), CRASH);
    expect(first(late)).toBeGreaterThan(first(plain));
  });

  it("a tranche of all in one step is a liquidation at market", () => {
    const steps = [{ kind: "cancel" }, { kind: "market" }] as const;
    const market: RuleSet = { ...RULES, liquidation: { ...RULES.liquidation, steps } };
    const holdings = HOLDINGS.map(({ lots, leverage }) => ({ lots: lots / 10, leverage }));
    const booked = (rules: RuleSet): readonly unknown[] =>
      play(rules, CRASH, holdings)
        .events.filter(({ kind }) => kind === "fill" || kind === "fee")
        .map((event) => ({ ...event, cause: undefined }));
    const whole = trancheLiquidation({ share: 1, cooldownSeconds: 60 });
    expect(booked(market).length).toBeGreaterThan(10);
    expect(booked(whole.apply(market))).toEqual(booked(market));
    const fifth = trancheLiquidation({ share: 0.2, cooldownSeconds: 60 });
    expect(booked(fifth.apply(market))).not.toEqual(booked(market));
  });

  it("a huge fund deleverages nobody; an empty one does", () => {
    const adl = (rules: RuleSet): number =>
      play(rules, DEEP).events.filter(({ kind }) => kind === "adl").length;
    expect(adl(insuranceFund({ size: 1e9 }).apply(RULES))).toBe(0);
    expect(adl(insuranceFund({ factor: 0 }).apply(RULES))).toBeGreaterThan(0);
  });

  it("less maintenance margin triggers no more accounts, and more of it no fewer, on one path", () => {
    const triggered = (factor: number): number =>
      play(scaledMaintenance({ factor }).apply(RULES), CRASH).events.filter(
        ({ kind }) => kind === "triggered",
      ).length;
    const counts = [0.3, 0.7, 1, 1.3, 2].map(triggered);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts[4]).toBeGreaterThan(counts[0]!);
  });

  it("nobody is liquidated under noLiquidations, and all winners pay alike pro rata", () => {
    expect(play(noLiquidations().apply(RULES), DEEP).events).toEqual([]);
    const winners = [
      { lots: -12_000, leverage: 3 },
      { lots: -12_000, leverage: 10 },
    ];
    const holdings = [...HOLDINGS.slice(0, 8), ...winners];
    const left = (rules: RuleSet): readonly number[] =>
      play(rules, DEEP, holdings)
        .lots.slice(8)
        .map((lots, i) => lots / winners[i]!.lots);
    const [large, small] = left(adlRanking({ allocation: "proRata" }).apply(RULES));
    expect(large).toBeGreaterThan(0.2);
    expect(large).toBeLessThan(0.8);
    expect(large! - small!).toBeCloseTo(0, 2);
    const [first, second] = left(RULES);
    expect(Math.abs(first! - second!)).toBeGreaterThan(0.3);
  });

  it("a throttle sends no more than its pace, and a throttling breaker asks for one", () => {
    const { events } = play(throttledEngine({ notionalPerSecond: 5_000 }).apply(RULES), CRASH);
    const bySecond = new Map<number, number>();
    for (const event of events) {
      if (event.kind !== "forcedOrder") continue;
      bySecond.set(event.at, (bySecond.get(event.at) ?? 0) + event.lots * event.mark * 1e-4);
    }
    expect(bySecond.size).toBeGreaterThan(5);
    expect(Math.max(...bySecond.values())).toBeLessThanOrEqual(5_000);
    const slow = circuitBreaker({ ...BREAKER, stops: "throttle", throttleShare: 0.1 });
    const unpaced = { ...RULES, throttlePerSecond: undefined };
    expect(() => play(slow.apply(unpaced), CRASH)).toThrow(/state no pace/);
    const paced = compose(slow, throttledEngine({ notionalPerSecond: 5_000 }));
    expect(() => play(paced.apply(unpaced), CRASH)).not.toThrow();
  });
});

describe("compose", () => {
  const [breaker, tranches, twap] = [
    circuitBreaker(BREAKER),
    trancheLiquidation({ share: 0.2, cooldownSeconds: 60 }),
    twapOracle({ seconds: 300 }),
  ];

  it("is the one that is left, or no change", () => {
    expect(compose(noChange(), breaker)).toBe(breaker);
    expect(compose().kind).toBe("noChange");
  });

  it("names its parts, and is of a kind of its own in any order and nesting", () => {
    const both = compose(twap, breaker);
    expect([both.name, both.kind]).toEqual([
      "TWAP 5 min + Breaker 3 % in 5 min, liquidations pause",
      "breaker+twap",
    ]);
    expect(both.describe()).toBe(`${twap.describe()} ${breaker.describe()}`);
    expect(compose(compose(breaker, twap), tranches).kind).toBe(
      compose(breaker, compose(twap, tranches)).kind,
    );
    expect(canonicalJson(both.parameters)).toBe(
      canonicalJson({ parts: [partOf(twap), partOf(breaker)] }),
    );
    expect(() => checkMitigation(both)).not.toThrow();
  });

  it("takes the last of two of one kind, and multiplies factors", () => {
    const [short, long] = [twapOracle({ seconds: 10 }), twapOracle({ seconds: 20 })];
    expect(compose(short, long).apply(RULES).markTwapSeconds).toBe(20);
    expect(compose(long, short).apply(RULES).markTwapSeconds).toBe(10);
    const [half, double] = [scaledMaintenance({ factor: 0.5 }), scaledMaintenance({ factor: 4 })];
    expect(compose(half, double).apply(RULES).maintenanceFactor).toBe(2);
    const [size, factor] = [insuranceFund({ size: 100 }), insuranceFund({ factor: 3 })];
    expect(compose(size, factor).apply(RULES).insuranceFund).toBe(300);
    expect(compose(factor, size).apply(RULES).insuranceFund).toBe(100);
    const steps = compose(trancheLiquidation({ share: 0.5, cooldownSeconds: 10 }), tranches).apply(
      RULES,
    ).liquidation.steps;
    expect(steps.filter(({ kind }) => kind === "tranche")).toEqual([
      { kind: "tranche", aboveNotional: 0, share: 0.2, cooldownSeconds: 60, inCooldown: "wait" },
    ]);
  });
});

const partOf = ({ name, kind, parameters }: Mitigation) => ({ name, kind, parameters });

describe("what is refused", () => {
  it.each([
    [
      "a breaker at no move",
      () => circuitBreaker({ ...BREAKER, move: 0 }),
      /circuitBreaker: move is 0/,
    ],
    ["a breaker at a move above 100 %", () => circuitBreaker({ ...BREAKER, move: 3 }), /move is 3/],
    [
      "a breaker without a window",
      () => circuitBreaker({ ...BREAKER, withinSeconds: Number.NaN }),
      /withinSeconds is NaN/,
    ],
    [
      "a breaker without a pause",
      () => circuitBreaker({ ...BREAKER, pauseSeconds: Infinity }),
      /pauseSeconds is Infinity/,
    ],
    [
      "a throttling breaker without a share",
      () => circuitBreaker({ ...BREAKER, stops: "throttle" }),
      /throttleShare is undefined with stops throttle/,
    ],
    [
      "a halt with a share",
      () => circuitBreaker({ ...BREAKER, throttleShare: 0.5 }),
      /throttleShare is 0.5 with stops liquidations/,
    ],
    [
      "a breaker that stops something unknown",
      () => circuitBreaker({ ...BREAKER, stops: "everything" as "trading" }),
      /stops is "everything"/,
    ],
    ["an average of nothing", () => twapOracle({ seconds: 0 }), /seconds is 0/],
    ["an average of half a µs", () => twapOracle({ seconds: 5e-7 }), /no whole number of µs/],
    [
      "a tranche of more than all",
      () => trancheLiquidation({ share: 1.5, cooldownSeconds: 1 }),
      /share is 1.5/,
    ],
    [
      "a tranche without a pause",
      () => trancheLiquidation({ share: 0.5, cooldownSeconds: 0 }),
      /cooldownSeconds is 0/,
    ],
    [
      "a tranche above less than nothing",
      () => trancheLiquidation({ share: 0.5, cooldownSeconds: 1, aboveNotional: -1 }),
      /aboveNotional is -1/,
    ],
    ["no margin at all", () => scaledMaintenance({ factor: 0 }), /factor is 0/],
    [
      "bounds that are none",
      () => volatilityMargin({ referenceVolatility: 1, least: 2, most: 1 }),
      /most is 1, and least is 2/,
    ],
    [
      "a volatility of nothing",
      () => volatilityMargin({ referenceVolatility: 0 }),
      /referenceVolatility is 0/,
    ],
    ["a fund below nothing", () => insuranceFund({ size: -1 }), /size is -1/],
    [
      "a fund of a size and a factor",
      () => insuranceFund({ size: 1, factor: 1 } as unknown as { size: number }),
      /size is 1 and factor 1/,
    ],
    ["an ADL of no kind", () => adlRanking({}), /neither ranking nor allocation/],
    [
      "a ranking that is none",
      () => adlRanking({ ranking: "luck" as "profitTimesLeverage" }),
      /ranking is "luck"/,
    ],
    [
      "an allocation that is none",
      () => adlRanking({ allocation: "lottery" as "queue" }),
      /allocation is "lottery"/,
    ],
    [
      "an engine at no pace",
      () => throttledEngine({ notionalPerSecond: 0 }),
      /notionalPerSecond is 0/,
    ],
  ])("%s", (_, create, message) => {
    expect(create).toThrow(message);
    expect(create).toThrow(expect.objectContaining({ name: "ConfigError" }));
  });

  it("rules that have nothing which could be changed", () => {
    const by = (...steps: RuleSet["liquidation"]["steps"]): RuleSet => ({
      ...RULES,
      liquidation: { ...RULES.liquidation, steps },
    });
    const tranches = trancheLiquidation({ share: 0.2, cooldownSeconds: 60 });
    expect(() => tranches.apply(by({ kind: "takeover" }))).toThrow(/no step of takeover sends/);
    expect(() => insuranceFund({ size: 1 }).apply(by({ kind: "market" }))).toThrow(/asks a fund/);
    expect(() => adlRanking({ allocation: "proRata" }).apply(by({ kind: "market" }))).toThrow(
      /no auto-deleveraging/,
    );
  });

  it("mitigations of one's own that are none, each with what is wrong", () => {
    const own: Mitigation = {
      name: "own",
      kind: "own",
      parameters: {},
      describe: () => "One.",
      apply: (rules) => ({ ...rules, markTwapSeconds: 5 }),
    };
    expect(changedRules(own, RULES).markTwapSeconds).toBe(5);
    const wrong =
      (change: Partial<Mitigation>): (() => RuleSet) =>
      () =>
        changedRules({ ...own, ...change }, RULES);
    expect(wrong({ name: " " })).toThrow(/has no name/);
    expect(wrong({ kind: "my kind" })).toThrow(/of kind "my kind"/);
    expect(wrong({ parameters: { a: { b: [Number.NaN] } } })).toThrow(/no plain JSON/);
    expect(wrong({ parameters: { a: (() => 1) as unknown as number } })).toThrow(/no plain JSON/);
    expect(wrong({ apply: undefined as unknown as Mitigation["apply"] })).toThrow(/lacks/);
    expect(wrong({ apply: (rules) => ({ ...rules, maintenanceFactor: 0 }) })).toThrow(
      /The mitigation "own": maintenanceFactor: 0 is not a number above 0/,
    );
    expect(wrong({ apply: (rules) => ({ ...rules, markTwapSeconds: Number.NaN }) })).toThrow(
      /markTwapSeconds: null is not a number/,
    );
    expect(wrong({ apply: () => ({}) as RuleSet })).toThrow(/margin: nothing is not what must/);
    for (const given of [undefined, null, 5, []]) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is wrong with it is the test.
      expect(wrong({ apply: () => given as unknown as RuleSet })).toThrow(
        `The mitigation "own" gives ${Array.isArray(given) ? "[]" : String(given)}, which is no rules`,
      );
    }
    expect(wrong({ describe: () => 5 as unknown as string })).toThrow(/describes itself as 5/);
    let calls = 0;
    expect(wrong({ apply: (rules) => ({ ...rules, markTwapSeconds: (calls += 1) }) })).toThrow(
      /other rules the second time/,
    );
    const given = structuredClone(RULES) as { -readonly [P in keyof RuleSet]: RuleSet[P] };
    expect(() =>
      changedRules({ ...own, apply: () => Object.assign(given, { markTwapSeconds: 9 }) }, given),
    ).toThrow(/changes the rules that it is given/);
  });
});
