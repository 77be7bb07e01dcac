import { decimal } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import {
  Currency,
  Ledger,
  liquidationTest,
  MarginSlack,
  Marks,
  olderGrid,
  positionCharges,
  RuleMargin,
  type ScenarioGrid,
  shockedVolatility,
} from "../../src/index.ts";
import { exemptBands, RuleBands } from "../../src/margin/safeBands.ts";
import { flat, linear, venueOf } from "./market.ts";

describe("charges of positions", () => {
  const deltas = {
    leastRoll: 0.01,
    annualRoll: 0.1,
    shockAboveUsd: 20e6,
    shockPerCoin: 5e-5,
    mostShock: 0.1,
  };
  const grid = (changes: Partial<typeof deltas>): ScenarioGrid => ({
    ...olderGrid("±10%", { priceBuckets: 4, volatilityUnit: "points", initialFactor: 1 }),
    deltas: { ...deltas, ...changes },
    contingencies: undefined,
  });
  const perpetual = (coins: number) => ({ coins, years: undefined, option: undefined });

  it("for rolling are of each expiry's net delta, at the least rate until growth is more", () => {
    const roll = (...rows: readonly (readonly [coins: number, years: number | undefined])[]) =>
      positionCharges(
        grid({ shockPerCoin: 0 }),
        rows.map(([coins, years]) => ({ coins, years, option: undefined })),
        50_000,
      );
    expect(roll([10, undefined])).toBeCloseTo(0.1, 12);
    expect(roll([-10, 0.05])).toBeCloseTo(0.1, 12);
    expect(roll([10, 1])).toBeCloseTo(10 * Math.expm1(0.1), 12);
    expect(roll([10, 1], [-4, 1], [-10, 0.05])).toBeCloseTo(6 * Math.expm1(0.1) + 0.1, 12);
  });

  it("for a large delta count what short options add, and of bought ones only what they take", () => {
    const shock = (...rows: Parameters<typeof positionCharges>[1]) =>
      positionCharges(grid({ leastRoll: 0, annualRoll: 0 }), rows, 50_000);
    const option = (coins: number, held: number) => ({
      coins,
      years: 0.1,
      option: { strike: 1, coins: held },
    });
    // 400 coins are free: 500 are charged 0.5 % of 500.
    expect(shock(option(-500, -1_000))).toBeCloseTo(2.5, 12);
    expect(shock(perpetual(-300), option(-200, -1_000))).toBeCloseTo(2.5, 12);
    for (const side of [1, -1]) {
      // Puts beside shorts, calls beside longs: they do not add. The other way round they take, and at most all.
      expect(shock(perpetual(side * 500), option(side * 900, 1_000))).toBeCloseTo(2.5, 12);
      expect(shock(perpetual(side * 600), option(side * -100, 1_000))).toBeCloseTo(2.5, 12);
      expect(shock(perpetual(side * 500), option(side * -5_000, 1_000))).toBe(0);
    }
  });

  it("of the older rules are of what is short at a strike and of what is offset, and of nothing else", () => {
    const older = { priceBuckets: 4, volatilityUnit: "points", initialFactor: 1 } as const;
    const held = (coins: number) => [{ coins: 0, years: 0.1, option: { strike: 1, coins } }];
    expect(positionCharges(olderGrid("±10%", older), held(10), 60_000)).toBe(0);
    expect(positionCharges(olderGrid("±10%", older), held(-10), 60_000)).toBeCloseTo(0.1, 12);
    expect(positionCharges(olderGrid("±12.5%", older), held(-10), 60_000)).toBeCloseTo(0.1, 12);
    const futures = (long: number, short: number) => [
      { coins: long, years: 0.1, option: undefined },
      { coins: -short, years: 0.5, option: undefined },
    ];
    for (const pair of [futures(100, 40), futures(40, 100)])
      expect(positionCharges(olderGrid("±10%", older), pair, 60_000)).toBeCloseTo(0.4, 12);
    expect(positionCharges(olderGrid("±10%", older), futures(100, 0), 60_000)).toBe(0);
  });
});

describe("a shock of volatility", () => {
  it("leaves that of an option that expires now, or has, as it is", () => {
    const { volatility } = olderGrid("±10%", {
      priceBuckets: 4,
      volatilityUnit: "relative",
      initialFactor: 1,
    });
    for (const days of [0, -1])
      for (const direction of [1, 0, -1] as const)
        expect(shockedVolatility(volatility, { iv: 0.6, days, direction })).toBe(0.6);
  });
});

describe("safe bands", () => {
  it("end before the price of liquidation, by a share of what the account has to do with", () => {
    const { ledger, marks, slack, open } = venueOf([linear("A")], [{ schedule: flat(0.01) }]);
    marks.set(0, 10_000);
    const [long, world] = [open(1_000), open(0)];
    ledger.exchange({ buyer: long, seller: world, instrument: 0, lots: 1_000, price: 100_000 });
    const [low, high] = [[0], [0]];
    expect(new RuleBands(slack).write(long, marks, low, high)).toBe(true);
    // −9,000 + 0.99 × price = 0.
    const exact = (9_000 / 0.99) * 10;
    expect(low[0]).toBeGreaterThan(exact);
    // 1e-9 of 9,000 and of 10,000 USDT, at 0.99 of a coin.
    expect((low[0]! - exact) / 10).toBeCloseTo(19_000e-9 / 0.99, 7);
    expect(high[0]).toBe(Number.POSITIVE_INFINITY);
  });

  it("of an exempt account are all prices, whatever it holds", () => {
    const bands = exemptBands({ write: () => false }, (account) => account === 1);
    const { marks } = venueOf([linear("A"), linear("B")], [{}, {}]);
    const [low, high] = [
      [5, 5],
      [6, 6],
    ];
    expect(bands.write(0, marks, low, high)).toBe(false);
    expect(low).toEqual([5, 5]);
    expect(bands.write(1, marks, low, high)).toBe(true);
    expect([low, high]).toEqual([
      [0, 0],
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    ]);
  });
});

describe("a trigger by a ratio", () => {
  /** One coin of collateral, of which half counts, beside so much money; and a contract where lots are given. */
  function isLiquidatable(
    money: number,
    lots: number,
    takerRates: readonly (number | undefined)[],
  ) {
    const unit = { tick: decimal("1"), lot: decimal("1") };
    const instruments = [linear("COIN", { ...unit, kind: "spot" }), linear("A", unit)];
    const ledger = new Ledger({ currency: new Currency("USDT"), instruments });
    const marks = new Marks(ledger);
    marks.set(0, 1_000);
    marks.set(1, 1_000);
    const model = new RuleMargin({
      ledger,
      margins: [{ collateral: { haircut: 0.5 } }, { schedule: flat(0.25) }],
    });
    const [world, account] = [ledger.open(), ledger.open()];
    ledger.depositLots(account, 0, 1, 1_000e6);
    if (lots > 0)
      ledger.exchange({ buyer: account, seller: world, instrument: 1, lots, price: 1_000 });
    ledger.deposit(account, money * 1e6);
    const trigger = { kind: "ratio", threshold: 1, withLiquidationFee: true } as const;
    const terms = { trigger, takerRates };
    const slack = new MarginSlack({ ...terms, margin: model });
    const test = liquidationTest({ ...terms, ledger, model });
    return [test(account, marks), slack.slack(account, marks) < 0];
  }

  it("leaves an account alone whose coins count for just what it owes, as nothing is needed of it", () => {
    expect(isLiquidatable(-500, 0, [undefined, 0])[0]).toBe(false);
    expect(isLiquidatable(-500.000_001, 0, [undefined, 0])[0]).toBe(true);
  });

  it("counts the fee of closing contracts, and none of coins", () => {
    // Equity of 500 + money against 250 of margin and 125 of fee.
    const rates = [0.5, 0.125];
    expect(isLiquidatable(-125, 1, rates)[0]).toBe(true);
    expect(isLiquidatable(-124.999_999, 1, rates)).toEqual([false, false]);
    expect(isLiquidatable(-126, 1, [undefined, 0.125])).toEqual([true, true]);
  });
});
