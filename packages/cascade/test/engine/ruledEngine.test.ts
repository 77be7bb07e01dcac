import { decimal, type Instrument, micros, MICROS_PER_SECOND } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { Currency } from "../../src/account/currency.ts";
import { Ledger } from "../../src/account/ledger.ts";
import { scaledSchedule } from "../../src/engine/currentMargin.ts";
import { MarkBreaker } from "../../src/engine/markBreaker.ts";
import { RuledEngine } from "../../src/engine/ruledEngine.ts";
import { VolatilityFactor } from "../../src/engine/volatilityFactor.ts";
import type { LiquidationEvent } from "../../src/liquidation/liquidationEvent.ts";
import type { LiquidationMarket } from "../../src/liquidation/liquidationMarket.ts";
import { maintenanceMargin } from "../../src/rules/marginArithmetic.ts";
import type { RuleSet } from "../../src/rules/ruleSet.ts";
import { PERPETUAL, RULES as PLAIN_RULES } from "../counterfactual/world.ts";

/** Those of the counterfactual's tests without fee, throttle and ADL, and with a mark that is handed over. */
const RULES: RuleSet = {
  ...PLAIN_RULES,
  liquidationFee: { rate: 0, isMaximum: false, paidTo: "insuranceFund" },
  mark: { kind: "oracle" },
  adl: { ...PLAIN_RULES.adl, ranking: undefined, triggers: [], price: undefined },
  insuranceFund: 1_000,
  throttlePerSecond: undefined,
};

/** Ten longs of 1 BTC from 10,000 at 10x to 5.5x; forced orders fill at the mark against the rest of the world. */
function venueOf(changes: Partial<RuleSet> = {}, perpetual: Instrument = PERPETUAL) {
  const ledger = new Ledger({ currency: new Currency("USDT"), instruments: [perpetual] });
  const [world, fund, venue] = [ledger.open("world"), ledger.open("fund"), ledger.open("venue")];
  ledger.deposit(fund, ledger.currency.units(RULES.insuranceFund));
  const longs = Array.from({ length: 10 }, (_, i) => {
    const id = ledger.open(`long ${i}`);
    ledger.exchange({ buyer: id, seller: world, instrument: 0, lots: 1_000, price: 100_000 });
    ledger.deposit(id, ledger.currency.units(10_000 / (10 - i / 2)));
    return id;
  });
  const events: LiquidationEvent[] = [];
  const market: LiquidationMarket = {
    take: ({ lots, instrument }) => [
      { price: engine.marks.ticks(instrument), lots, counterparty: world },
    ],
    cancelOrders: () => undefined,
  };
  const engine = new RuledEngine({
    rules: { ...RULES, ...changes },
    ledger,
    instrument: 0,
    market,
    accounts: { fund, venue, exempt: [world] },
    startPrice: 10_000,
    onEvent: (event) => {
      ledger.check();
      events.push(event);
    },
  });
  const closed = (): number => longs.filter((id) => ledger.lots(id, 0) === 0).length;
  return { ledger, engine, events, closed, longs };
}

const at = (seconds: number) => micros(seconds * MICROS_PER_SECOND);

describe("RuledEngine", () => {
  it("liquidates whom the mark has met: at 9,050 the one at 10x", () => {
    const { engine, closed } = venueOf();
    engine.step(at(0), 10_000);
    expect(closed()).toBe(0);
    engine.step(at(1), 9_050);
    expect(closed()).toBe(1);
    engine.step(at(2), 8_500);
    expect(closed()).toBe(8);
  });

  it("refuses a throttle in quote currency of a quanto contract, which has none", () => {
    const quanto = { ...PERPETUAL, contract: "quanto" } as const;
    const margin = { ...RULES.margin, unit: "contracts" } as const;
    expect(() => venueOf({ margin, throttlePerSecond: 1_000 }, quanto)).toThrow(
      "The throttle is in quote currency, and v:BTCUSDT is quanto",
    );
    expect(venueOf({ margin }, quanto).closed()).toBe(0);
  });

  it("charges forced orders the fee of a taker as its rules say, to the venue", () => {
    for (const charge of ["none", "added", "included"] as const) {
      const liquidationFee = { rate: 0.003, isMaximum: false, paidTo: "insuranceFund" } as const;
      const { engine, events } = venueOf({ forcedTradingFee: { charge }, liquidationFee });
      engine.step(at(0), 10_000);
      engine.step(at(1), 9_050);
      const fees = events.flatMap((event) =>
        event.kind === "fee" ? [[event.of, event.to, event.units / 1e6]] : [],
      );
      const trading = ["trading", 2, 4.525];
      const liquidation = ["liquidation", 1, 27.15];
      const rest = ["liquidation", 1, 22.625];
      expect(fees).toEqual(
        { none: [liquidation], added: [trading, liquidation], included: [trading, rest] }[charge],
      );
    }
    expect(() => venueOf({ forcedTradingFee: { charge: "added" }, fees: { tiers: [] } })).toThrow(
      /fee of a taker, and the rules state none/,
    );
  });

  it("deleverages at the mark before, one of a halt where that was the last", () => {
    const adl = {
      ...RULES.adl,
      triggers: [{ kind: "accountValueNegative" }],
      price: "previousMark",
      ranking: "profitTimesLeverage",
      fee: "none",
      cancelsOrders: false,
    } as const;
    const { engine, events, ledger, longs } = venueOf({
      adl,
      liquidation: { trigger: { kind: "belowMaintenance" }, steps: [{ kind: "adl" }] },
      breaker: { move: 0.05, withinSeconds: 60, pauseSeconds: 10, stops: "liquidations" },
    });
    const short = ledger.open("short");
    ledger.deposit(short, ledger.currency.units(100_000));
    ledger.exchange({ buyer: 0, seller: short, instrument: 0, lots: 5_000, price: 100_000 });
    engine.step(at(0), 10_000);
    engine.step(at(1), 9_400);
    engine.step(at(5), 9_010);
    expect(events).toEqual([]);
    engine.step(at(11), 8_990);
    expect(engine.halt).toBe("none");
    // The one at 10x had 10 USDT left at 9,010.
    expect(events).toContainEqual(
      expect.objectContaining({ kind: "adl", account: longs[0], price: 90_100 }),
    );
  });

  it("liquidates nobody where the rules say so", () => {
    const { engine, closed, events } = venueOf({ liquidates: false });
    engine.step(at(0), 10_000);
    engine.step(at(1), 1_000);
    expect(closed()).toBe(0);
    expect(events).toEqual([]);
  });

  it("goes by the average of the mark, which for a window of one step is the mark", () => {
    const { engine, closed } = venueOf({ markTwapSeconds: 60 });
    for (let second = 0; second < 60; second += 1) engine.step(at(second), 10_000);
    engine.step(at(60), 8_000);
    expect(engine.liquidationMark).toBeCloseTo(10_000, 0);
    engine.step(at(90), 8_000);
    expect(engine.liquidationMark).toBeCloseTo(9_000, 0);
    expect(closed()).toBe(2);
  });

  it("takes more of margin with a higher factor, and none with an infinitely large fund goes to ADL", () => {
    const [plain, dear] = [venueOf(), venueOf({ maintenanceFactor: 3 })];
    for (const { engine } of [plain, dear]) engine.step(at(1), 8_900);
    expect(dear.closed()).toBeGreaterThan(plain.closed());
  });

  it("sends nothing while its breaker is open, and what is due afterwards", () => {
    const breaker = {
      move: 0.05,
      withinSeconds: 10,
      pauseSeconds: 30,
      stops: "liquidations",
    } as const;
    const { engine, closed } = venueOf({ breaker });
    engine.step(at(0), 10_000);
    engine.step(at(1), 8_500);
    expect([engine.halt, closed(), engine.breakerOpened]).toEqual(["liquidations", 0, 1]);
    engine.step(at(20), 9_500);
    engine.step(at(32), 9_500);
    expect([engine.halt, closed()]).toEqual(["none", 0]);
    engine.step(at(60), 9_150);
    expect(closed()).toBe(0);
    engine.step(at(90), 8_950);
    expect(closed()).toBe(3);
  });

  it("never trips a breaker that is out of reach: the events are those of a venue without one", () => {
    const breaker = { move: 0.9, withinSeconds: 10, pauseSeconds: 30, stops: "trading" } as const;
    const [plain, guarded] = [venueOf(), venueOf({ breaker })];
    for (const { engine } of [plain, guarded]) {
      [10_000, 9_000, 8_700, 8_900].forEach((mark, second) => engine.step(at(second), mark));
    }
    expect(guarded.events).toEqual(plain.events);
  });

  it("sends no more than its throttle in a second, and keeps the rest", () => {
    const { engine, closed, ledger, longs } = venueOf({ throttlePerSecond: 4_500 });
    const held = (): number => longs.reduce((sum, id) => sum + ledger.lots(id, 0), 0);
    engine.step(at(0), 9_000);
    const first = 10_000 - held();
    expect(first * 9).toBeLessThanOrEqual(450 + 9);
    for (let tenth = 1; tenth <= 30; tenth += 1) engine.step(micros(tenth * 100_000), 9_000);
    expect(closed()).toBe(1);
  });

  it("slows to a share of its pace while a throttling breaker is open, and nobody is worse off than by waiting", () => {
    const breaker = {
      move: 0.05,
      withinSeconds: 10,
      pauseSeconds: 30,
      stops: "throttle",
      throttleShare: 0.1,
    } as const;
    const sold = (changes: Partial<RuleSet>): number => {
      const { engine, longs, ledger, events } = venueOf({ throttlePerSecond: 9_000, ...changes });
      engine.step(at(0), 10_000);
      for (let tenth = 10; tenth < 60; tenth += 1) engine.step(micros(tenth * 100_000), 8_900);
      expect(events.some(({ kind }) => kind === "adl" || kind === "takenOver")).toBe(false);
      return 10_000 - longs.reduce((sum, id) => sum + ledger.lots(id, 0), 0);
    };
    const [free, slow] = [sold({}), sold({ breaker })];
    expect(slow).toBeGreaterThan(0);
    expect(slow / free).toBeLessThan(0.15);
    expect(() => venueOf({ breaker })).toThrow(/no pace/);
  });

  it("turns its throttle into coin for an inverse contract", () => {
    const inverse: Instrument = {
      ...PERPETUAL,
      id: "v:BTCUSD",
      symbol: "BTCUSD",
      contract: "inverse",
      quote: "USD",
      settle: "BTC",
      tick: decimal("0.5"),
      lot: decimal("1"),
    };
    const ledger = new Ledger({ currency: new Currency("BTC"), instruments: [inverse] });
    const [world, fund, venue, long] = ["world", "fund", "venue", "long"].map((name) =>
      ledger.open(name),
    );
    ledger.exchange({ buyer: long!, seller: world!, instrument: 0, lots: 100_000, price: 20_000 });
    ledger.deposit(long!, ledger.currency.units(1));
    const sent: number[] = [];
    const engine = new RuledEngine({
      rules: { ...RULES, insuranceFund: 0, throttlePerSecond: 10_000 },
      ledger,
      instrument: 0,
      market: {
        take: ({ lots }) => {
          sent.push(lots);
          return [{ price: 17_000, lots, counterparty: world! }];
        },
        cancelOrders: () => undefined,
      },
      accounts: { fund: fund!, venue: venue!, exempt: [world!] },
      startPrice: 10_000,
      onEvent: () => ledger.check(),
    });
    engine.step(at(0), 8_500);
    // A tenth of a second's 10,000 USD, at the start price: 0.1 BTC, which at 8,500 are 850 contracts of a dollar.
    expect(sent).toHaveLength(1);
    expect(sent[0]).toBeGreaterThanOrEqual(849);
    expect(sent[0]).toBeLessThanOrEqual(850);
  });

  it("opens a breaker on a rise as on a fall, and looks anew when the pause is over", () => {
    const breaker = new MarkBreaker({
      move: 0.05,
      withinSeconds: 10,
      pauseSeconds: 30,
      stops: "liquidations",
    });
    expect(breaker.take(at(0), 100)).toBe(false);
    expect(breaker.take(at(1), 104.9)).toBe(false);
    expect(breaker.take(at(2), 105)).toBe(true);
    expect(breaker.take(at(31), 200)).toBe(true);
    expect(breaker.take(at(33), 200)).toBe(false);
    expect(breaker.take(at(34), 190)).toBe(true);
    expect(breaker.opened).toBe(2);
    // What is older than the window does not count.
    const slow = new MarkBreaker({
      move: 0.05,
      withinSeconds: 10,
      pauseSeconds: 30,
      stops: "liquidations",
    });
    expect([100, 97, 94.5, 91].map((mark, i) => slow.take(at(11 * i), mark))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it("scales all of a schedule: tiers with their amounts, steps, and rates that grow with size", () => {
    const margins = [
      {
        kind: "tiers",
        unit: "quote",
        charge: "marginal",
        amountStep: 1,
        truncated: false,
        tiers: [
          {
            floor: 0,
            cap: 50_000,
            maxLeverage: 125,
            initialRate: undefined,
            maintenanceRate: 0.004,
            maintenanceAmount: 0,
          },
          {
            floor: 50_000,
            cap: undefined,
            maxLeverage: 100,
            initialRate: undefined,
            maintenanceRate: 0.005,
            maintenanceAmount: 50,
          },
        ],
      },
      {
        kind: "steps",
        unit: "coin",
        baseLimit: 200,
        step: 100,
        initialRate: 0.01,
        maintenanceRate: 0.005,
        stepInitialRate: 0.005,
        stepMaintenanceRate: 0.005,
      },
      {
        kind: "linear",
        unit: "coin",
        initialRate: 0.02,
        maintenanceRate: 0.01,
        initialRatePerUnit: 5e-5,
        maintenanceRatePerUnit: 5e-5,
      },
    ] as const;
    for (const schedule of margins) {
      for (const size of [10, 250, 100_000]) {
        const position = { size, notional: size * 3 };
        const plain = maintenanceMargin(schedule, position);
        expect(maintenanceMargin(scaledSchedule(schedule, 1.5), position)).toBeCloseTo(
          1.5 * plain,
          9,
        );
        expect(scaledSchedule(schedule, 1)).toBe(schedule);
      }
    }
  });

  it("raises margin with volatility within its bounds", () => {
    const rule = {
      halfLifeSeconds: 30,
      referenceVolatility: 0.5,
      least: 1,
      most: 4,
      everySeconds: 1,
    };
    const factor = new VolatilityFactor(rule);
    expect(factor.take(0, 10_000)).toBe(1);
    let last = 1;
    for (let second = 1; second < 120; second += 1) {
      last = factor.take(second * MICROS_PER_SECOND, second % 2 === 0 ? 10_000 : 9_990);
    }
    expect(last).toBe(4);
    const { engine, closed } = venueOf({ volatilityMargin: { ...rule, most: 2 } });
    for (let second = 0; second < 120; second += 1)
      engine.step(at(second), second % 2 === 0 ? 9_200 : 9_140);
    expect(closed()).toBe(1);
  });

  it("asks no margin of the rest of the world, however large it is", () => {
    const margin = { ...RULES.margin };
    if (margin.kind !== "tiers") throw new Error("Invariant: the rules have tiers");
    const [tier] = margin.tiers;
    const { engine, closed } = venueOf({
      margin: { ...margin, tiers: [{ ...tier!, cap: 20_000 }] },
    });
    engine.step(at(0), 10_000);
    engine.step(at(1), 9_050);
    expect(closed()).toBe(1);
  });

  it("says what its rules lack", () => {
    const steps = [{ kind: "takeover" }, { kind: "adl" }] as const;
    expect(() => venueOf({ liquidation: { ...RULES.liquidation, steps } })).toThrow(
      /do not say its price/,
    );
    expect(
      () => new MarkBreaker({ move: 0, withinSeconds: 1, pauseSeconds: 1, stops: "trading" }),
    ).toThrow(/breaker at 0/);
    expect(
      () =>
        new VolatilityFactor({
          halfLifeSeconds: 1,
          referenceVolatility: 0,
          least: 1,
          most: 2,
          everySeconds: 1,
        }),
    ).toThrow(/0 a year/);
    const { engine, events } = venueOf();
    expect(() => engine.step(at(0), Number.NaN)).toThrow(/NaN/);
    expect(events).toEqual([]);
  });

  it("asks for the threshold of a fund that sets ADL off, and for the length of blocks", () => {
    const adl = {
      ...PLAIN_RULES.adl,
      triggers: [{ kind: "fundBelowThreshold" }],
    } as const;
    const liquidation = {
      ...RULES.liquidation,
      steps: [{ kind: "takeover" }, { kind: "adl" }],
    } as const;
    expect(() => venueOf({ adl, liquidation })).toThrow(/fundBelowThreshold.*no threshold/);
    const winning = (fundThreshold: number): boolean => {
      const { engine, events } = venueOf({ adl, liquidation, fundThreshold });
      engine.step(at(0), 10_000);
      engine.step(at(1), 9_050);
      return events.some(({ kind }) => kind === "takenOver");
    };
    // Below its threshold of 2,000 the fund of 1,000 takes nothing over.
    expect([winning(500), winning(2_000)]).toEqual([true, false]);
    const fillable = {
      kind: "fillable",
      bankruptcyAdjustment: 1,
      spreadToMaintenance: 1.5,
      shareOfPositionPerBlock: 0.1,
      minimumNotional: 1_000,
      notionalPerBlock: 100_000,
      insuranceLossPerBlock: 1_000_000,
    } as const;
    const blocks = { ...RULES.liquidation, steps: [fillable] };
    expect(() => venueOf({ liquidation: blocks })).toThrow(/How long a block lasts/);
    const { engine, events } = venueOf({ liquidation: blocks, blockSeconds: 2 });
    engine.step(at(0), 10_000);
    for (let second = 1; second <= 5; second += 1) engine.step(at(second), 9_070);
    const orders = events.filter(({ kind }) => kind === "forcedOrder");
    expect(orders.map((event) => event.at / MICROS_PER_SECOND)).toEqual([1, 3, 5]);
  });

  it("takes no mark into its average that is none, and none of an earlier time", () => {
    const [broken, whole] = [venueOf({ markTwapSeconds: 60 }), venueOf({ markTwapSeconds: 60 })];
    for (const { engine } of [broken, whole]) engine.step(at(0), 10_000);
    for (const mark of [0, -5_000, Number.POSITIVE_INFINITY]) {
      expect(() => broken.engine.step(at(1), mark)).toThrow(`is ${mark}`);
    }
    for (const { engine } of [broken, whole]) engine.step(at(2), 9_000);
    expect(broken.engine.liquidationMark).toBe(whole.engine.liquidationMark);
    const { engine } = venueOf();
    engine.step(at(10), 10_000);
    expect(() => engine.step(at(9), 9_000)).toThrow(/cannot go/);
    expect(engine.liquidationMark).toBe(10_000);
  });

  it("counts a jump between two marks of one instant as volatility", () => {
    const rule = {
      halfLifeSeconds: 30,
      referenceVolatility: 0.5,
      least: 1,
      most: 4,
      everySeconds: 1,
    };
    const factor = new VolatilityFactor(rule);
    factor.take(0, 10_000);
    factor.take(0, 9_000);
    expect(factor.take(MICROS_PER_SECOND, 9_000)).toBe(4);
  });
});
