import { decimal } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bankruptcyPrice,
  exitHeatMap,
  liquidationPrices,
  type MarginSchedule,
  searchLiquidationPrices,
} from "../../src/index.ts";
import { at, valueOf } from "../shipped.ts";
import { anySchedule, anyTrigger, flat, inverse, linear, quanto, venueOf } from "./market.ts";

type Venue = ReturnType<typeof venueOf>;

/** An account of some money with positions, signed lots at quote prices, against one that has none. */
function holder(
  { ledger, marks, open }: Venue,
  money: number,
  positions: readonly (readonly [lots: number, price: number])[],
): number {
  const account = open(money);
  const rest = ledger.open();
  positions.forEach(([lots, price], instrument) => {
    marks.set(instrument, price);
    if (lots === 0) return;
    const [buyer, seller] = lots > 0 ? [account, rest] : [rest, account];
    const ticks = marks.ticks(instrument);
    ledger.exchange({ buyer, seller, instrument, lots: Math.abs(lots), price: ticks });
  });
  return account;
}

describe("bankruptcyPrice", () => {
  it("is Bybit's of a long of its inverse contract: 7890.08 at 50 × → 7735.372549", () => {
    const venue = venueOf([inverse("BTCUSD", { tick: decimal("0.01") })], [{}]);
    // 7,890,080 USD are 1,000 coins, and a fiftieth of them is 20.
    const account = holder(venue, 20, [[7_890_080, 7_890.08]]);
    const ticks = bankruptcyPrice({ ...venue, account, instrument: 0 });
    expect(ticks! / 100).toBeCloseTo(7_735.372549, 6);
  });

  it("is entry × (1 − 1 / leverage) of a linear long, and that of a quanto by its own multiplier", () => {
    const venue = venueOf([linear("BTCUSDT")], [{}]);
    const account = holder(venue, 4_000, [[1_000, 40_000]]);
    expect(bankruptcyPrice({ ...venue, account, instrument: 0 })).toBeCloseTo(360_000, 6);
    const short = holder(venue, 4_000, [[-1_000, 40_000]]);
    expect(bankruptcyPrice({ ...venue, account: short, instrument: 0 })).toBeCloseTo(440_000, 6);
    const ether = venueOf([quanto("ETHUSD")], [{}]);
    // 10,000 contracts at 200 USD are 2 XBT: with 0.5 of them a fall by a quarter.
    const held = holder(ether, 0.5, [[10_000, 200]]);
    expect(bankruptcyPrice({ ...ether, account: held, instrument: 0 })).toBeCloseTo(150 * 20, 6);
  });

  it("counts the account's other positions at their marks, and is absent where no price takes all", () => {
    const venue = venueOf([linear("A"), linear("B")], [{}, {}]);
    const account = holder(venue, 50, [
      [1_000, 100],
      [-1_000, 100],
    ]);
    venue.marks.set(1, 120);
    expect(bankruptcyPrice({ ...venue, account, instrument: 0 })).toBeCloseTo(700, 9);
    expect(
      bankruptcyPrice({ ...venue, account: holder(venue, 150, [[1_000, 100]]), instrument: 0 }),
    ).toBeUndefined();
    expect(bankruptcyPrice({ ...venue, account: venue.open(1), instrument: 0 })).toBeUndefined();
    const coins = venueOf([inverse("I")], [{}]);
    const hedged = holder(coins, 10, [[-10_000, 1_000]]);
    expect(bankruptcyPrice({ ...coins, account: hedged, instrument: 0 })).toBeUndefined();
  });

  it("leaves an account with nothing at it", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(linear("L"), inverse("I"), quanto("Q")),
        fc.integer({ min: -1e6, max: 1e6 }).filter((lots) => lots !== 0),
        fc.double({ min: 100, max: 1e5, noNaN: true }),
        fc.double({ min: 0.001, max: 100, noNaN: true }),
        (contract, lots, price, money) => {
          const venue = venueOf([contract], [{}]);
          const account = holder(venue, money, [[lots, price]]);
          const ticks = bankruptcyPrice({ ...venue, account, instrument: 0 });
          if (ticks === undefined) return;
          const { ledger } = venue;
          const value = ledger.valueUnits(0, lots, ticks);
          expect(Math.abs(ledger.cash(account) + value)).toBeLessThanOrEqual(
            1e-9 * Math.abs(value),
          );
        },
      ),
    );
  });
});

describe("liquidationPrices", () => {
  const quoteOf = (venue: Venue, account: number, tick: number) => {
    const { below, above } = liquidationPrices({ ...venue, account, instrument: 0 });
    return { below: below && below * tick, above: above && above * tick };
  };

  it("is dYdX's of a short of 3 ETH at 3,000 with 1,000 USD at 5 %: 3174.603175", () => {
    const venue = venueOf([linear("ETH-USD")], [{ schedule: flat(0.05) }]);
    const account = holder(venue, 1_000, [[-3_000, 3_000]]);
    const { below, above } = quoteOf(venue, account, 0.1);
    expect(above).toBeCloseTo(3_174.603175, 6);
    expect(below).toBeUndefined();
  });

  it("is Hyperliquid's price − side × margin available / size / (1 − rate × side)", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, -1),
        fc.integer({ min: 1, max: 1e5 }),
        fc.double({ min: 10, max: 1e5, noNaN: true }),
        fc.double({ min: 2, max: 40, noNaN: true }),
        (side, lots, price, leverage) => {
          const rate = 0.0125;
          const venue = venueOf([linear("BTC")], [{ schedule: flat(rate) }]);
          const notional = (lots / 1_000) * price;
          const account = holder(venue, notional / leverage, [[side * lots, price]]);
          const available = venue.slack.slack(account, venue.marks) / 1e6;
          const expected = price - (side * available) / (lots / 1_000) / (1 - rate * side);
          const { below, above } = quoteOf(venue, account, 0.1);
          const found = side === 1 ? below : above;
          expect(Math.abs(found! / expected - 1)).toBeLessThan(1e-9);
          expect(side === 1 ? above : below).toBeUndefined();
        },
      ),
    );
  });

  it("follows Binance's tiers: of a short that reaches the next one on the way", () => {
    const schedule = valueOf("binance-usdm", {
      part: "margin",
      symbol: "BTCUSDT",
      at: at("2021-05-19"),
    });
    const venue = venueOf([linear("BTCUSDT")], [{ schedule }]);
    // 24 BTC at 40,000 are 960,000 USDT, in the third tier; at the price found they are in the fourth: 2.5 % less 16,300.
    const account = holder(venue, 100_000, [[-24_000, 40_000]]);
    const { above } = quoteOf(venue, account, 0.1);
    expect(above).toBeCloseTo((100_000 + 960_000 + 16_300) / (24 * 1.025), 6);
  });

  it("is where the condition turns, for any schedule, contract and trigger, and nowhere nearer", () => {
    let checked = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(linear("L"), inverse("I"), quanto("Q")),
        anySchedule(1),
        anyTrigger,
        fc.integer({ min: -1e6, max: 1e6 }).filter((lots) => lots !== 0),
        fc.double({ min: 0.01, max: 0.6, noNaN: true }),
        (contract, drawn, trigger, lots, margin) => {
          const isCoin = contract.settle === "BTC";
          const unit =
            contract.contract === "quanto" && drawn.unit === "quote" ? "coin" : drawn.unit;
          const schedule: MarginSchedule = { ...drawn, unit };
          const venue = venueOf([contract], [{ schedule }], trigger);
          const price = isCoin ? 1_000 : 40_000;
          const { ledger, marks, slack, isLiquidatable } = venue;
          const units = Math.abs(ledger.valueUnits(0, lots, ledger.ticksOf(0, price)));
          const money = (units / ledger.currency.unitsPerOne) * margin;
          const account = holder(venue, money, [[lots, price]]);
          const prices = liquidationPrices({ slack, account, instrument: 0, marks });
          const at0 = marks.ticks(0);
          const tick = price / at0;
          const test = (ticks: number): boolean => {
            marks.set(0, ticks * tick);
            return isLiquidatable(account, marks);
          };
          if (test(at0)) return;
          for (const [edge, outwards] of [
            [prices.below, -1],
            [prices.above, 1],
          ] as const) {
            // Safe at every one of many prices up to the edge, and liquidated just beyond it.
            const end = edge ?? (outwards < 0 ? at0 / 50 : at0 * 50);
            for (let part = 0; part < 40; part += 1) {
              expect(test(at0 * (end / at0) ** (part / 40))).toBe(false);
            }
            if (edge === undefined) continue;
            expect(test(edge * (1 - outwards * 1e-9))).toBe(false);
            expect(test(edge * (1 + outwards * 1e-9))).toBe(true);
            checked += 1;
          }
        },
      ),
      { numRuns: 500 },
    );
    expect(checked).toBeGreaterThan(250);
  });

  it("finds the jump of a rate that is charged on all of a position, above a long that grows into it", () => {
    const tiers = flat(0.01);
    if (tiers.kind !== "tiers") throw new Error("flat is tiers");
    const [low] = tiers.tiers;
    const jump: MarginSchedule = {
      ...tiers,
      charge: "whole",
      tiers: [
        { ...low!, cap: 110 },
        { ...low!, floor: 110, initialRate: 1, maintenanceRate: 0.5 },
      ],
    };
    const venue = venueOf([linear("A")], [{ schedule: jump }]);
    const { below, above } = quoteOf(venue, holder(venue, 20, [[1_000, 100]]), 0.1);
    // At 110 it has 30 and needs 55; at 160 it would have 80 and need 80 again.
    expect(above).toBeCloseTo(110, 9);
    expect(below).toBeCloseTo(80 / 0.99, 9);
  });

  it("is the mark of an account that is due, absent without a position, and refused where the margin is not known", () => {
    const tiers = flat(0.01);
    if (tiers.kind !== "tiers") throw new Error("flat is tiers");
    const capped = { ...tiers, tiers: [{ ...tiers.tiers[0]!, cap: 110 }] };
    const venue = venueOf([linear("A")], [{ schedule: capped }]);
    const of = (account: number) => liquidationPrices({ ...venue, account, instrument: 0 });
    expect(of(holder(venue, 0.5, [[1_000, 100]]))).toEqual({ below: 1_000, above: 1_000 });
    expect(of(venue.open(1))).toEqual({ below: undefined, above: undefined });
    expect(of(holder(venue, 20, [[1_000, 100]])).above).toBeUndefined();
    expect(() => of(holder(venue, 20, [[-1_000, 100]]))).toThrow(/beyond 1100 ticks/);
  });
});

describe("searchLiquidationPrices", () => {
  it("finds what the closed form gives", () => {
    const venue = venueOf(
      [linear("A"), linear("B")],
      [{ schedule: flat(0.02) }, { schedule: flat(0.05) }],
    );
    const account = holder(venue, 30, [
      [-1_000, 100],
      [500, 100],
    ]);
    const { slack, marks, isLiquidatable } = venue;
    const closed = liquidationPrices({ slack, account, instrument: 0, marks });
    const found = searchLiquidationPrices({
      price: 1_000,
      isLiquidatable: (ticks) => {
        marks.set(0, ticks * 0.1);
        return isLiquidatable(account, marks);
      },
    });
    expect(found.above).toBeCloseTo(closed.above!, 8);
    expect(found.below).toBeUndefined();
  });

  it("gives the price itself where it is liquidated already, and refuses a search without an end", () => {
    expect(searchLiquidationPrices({ price: 5, isLiquidatable: () => true })).toEqual({
      below: 5,
      above: 5,
    });
    for (const wrong of [{ price: 0 }, { step: 0 }, { lowest: 0 }, { highest: Infinity }]) {
      const search = { price: 5, isLiquidatable: () => false, ...wrong };
      expect(() => searchLiquidationPrices(search)).toThrow(/No price can be looked for/);
    }
  });
});

describe("exitHeatMap", () => {
  it("puts every position where it is liquidated, longs below and shorts above", () => {
    const venue = venueOf([linear("A")], [{ schedule: flat(0.01) }]);
    const { slack, marks, ledger } = venue;
    // With m of margin a long goes at (100 − m) / 0.99 and a short at (100 + m) / 1.01.
    holder(venue, 5.95, [[1_000, 100]]);
    holder(venue, 10.9, [[2_000, 100]]);
    holder(venue, 6.05, [[-3_000, 100]]);
    holder(venue, 90, [[500, 100]]);
    holder(venue, 0.5, [[700, 100]]);
    const pricesOf = (account: number) =>
      liquidationPrices({ slack, account, instrument: 0, marks });
    const map = exitHeatMap({
      ledger,
      marks,
      instrument: 0,
      pricesOf: (id) => (id % 2 ? { below: undefined, above: undefined } : pricesOf(id)),
      width: 0.05,
      buckets: 4,
    });
    expect(map.mark).toBe(1_000);
    expect(map.below.map(({ sellLots, buyLots }) => [sellLots, buyLots])).toEqual([
      [2_000, 0],
      [1_000, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(map.below[1]).toMatchObject({ low: 900, high: 950, accounts: 1 });
    expect(map.below[1]!.sellUnits / 1e6).toBeCloseTo(95, 9);
    expect(map.above.map(({ sellLots, buyLots }) => [sellLots, buyLots])).toEqual([
      [0, 3_000],
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(map.due).toMatchObject({ accounts: 1, sellLots: 700 });
    // The five counterparties, and the long with 90.
    expect(map.safeAccounts).toBe(6);
    const isExempt = (id: number): boolean => id % 2 === 1;
    const own = exitHeatMap({
      ledger,
      marks,
      instrument: 0,
      pricesOf,
      isExempt,
      width: 0.05,
      buckets: 4,
    });
    // Those who are never liquidated are in no count.
    expect(own).toEqual({ ...map, safeAccounts: 1 });
    expect(() => exitHeatMap({ ledger, marks, instrument: 0, pricesOf, width: 0 })).toThrow(
      /buckets of 0/,
    );
  });

  it("loses no lots: buckets, those due and those safe are all of them", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.integer({ min: -1e4, max: 1e4 }), fc.double({ min: 0, max: 2, noNaN: true })),
          {
            minLength: 1,
            maxLength: 20,
          },
        ),
        (drawn) => {
          const venue = venueOf([linear("A")], [{ schedule: flat(0.01) }]);
          const { ledger, marks, slack } = venue;
          for (const [lots, margin] of drawn)
            holder(venue, (Math.abs(lots) / 10) * margin, [[lots, 100]]);
          const pricesOf = (account: number) =>
            liquidationPrices({ slack, account, instrument: 0, marks });
          const map = exitHeatMap({ ledger, marks, instrument: 0, pricesOf, buckets: 100 });
          const buckets = [...map.below, ...map.above, map.due];
          const accounts = buckets.reduce((sum, bucket) => sum + bucket.accounts, map.safeAccounts);
          const held = Array.from({ length: ledger.accountCount }, (_, id) => ledger.lots(id, 0));
          expect(accounts).toBe(held.filter((lots) => lots !== 0).length);
        },
      ),
    );
  });
});
