import { decimalToNumber, type Instrument } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type InstrumentMargin, liquidationPrices } from "../../src/index.ts";
import { type DangerBand, dangerBands } from "../../src/margin/dangerBand.ts";
import { anySchedule, anyTrigger, flat, inverse, linear, quanto, venueOf } from "./market.ts";

interface Traded {
  readonly traded: Instrument;
  readonly margin: InstrumentMargin;
}

const anyVenue: fc.Arbitrary<Traded> = fc.oneof(
  anySchedule(1).map((schedule): Traded => ({ traded: linear("BTCUSDT"), margin: { schedule } })),
  anySchedule(1e-4).map((schedule): Traded => ({
    traded: inverse("XBTUSD"),
    margin: { schedule },
  })),
  anySchedule(1e-4).map((schedule): Traded => ({
    traded: quanto("ETHUSD"),
    // A quanto contract has no size in quote currency.
    margin: { schedule: schedule.unit === "quote" ? { ...schedule, unit: "coin" } : schedule },
  })),
  fc.constantFrom(Infinity, 500_000).map((cap): Traded => ({
    traded: linear("BTC", { kind: "spot" }),
    margin: { collateral: { haircut: 0.1, cap } },
  })),
);

const START = 40_000;

const step = fc.oneof(
  { weight: 1, arbitrary: fc.record({ pay: fc.double({ min: -1, max: 1, noNaN: true }) }) },
  { weight: 1, arbitrary: fc.record({ lots: fc.integer({ min: -400, max: 400 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      by: fc.double({ min: -0.2, max: 0.2, noNaN: true }),
      power: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    // To where the account is liquidated, or a little before or beyond.
    weight: 5,
    arbitrary: fc.record({
      side: fc.constantFrom("below", "above" as const),
      nudge: fc.constantFrom(0, 1e-3, -1e-3, 1e-5, -1e-5, 1e-7, -1e-7, 1e-10, -1e-10),
    }),
  },
);

describe("MarginSlack.shortStretch", () => {
  const wide = fc.record({
    lots: fc.integer({ min: 1, max: 6 }).chain((digits) => fc.nat(10 ** digits)),
    isShort: fc.boolean(),
    // How far the level lies above what the position contributes, a share of its notional: mostly near.
    above: fc.double({ min: 0, max: 0.8, noNaN: true }).map((share) => share ** 3),
    at: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 20, maxLength: 40 }),
  });

  it("is all there is of prices at which a part is at most a level, within its tier", () => {
    const found = { within: 0, ends: 0 };
    fc.assert(
      fc.property(anyVenue, anyTrigger, wide, ({ traded, margin }, trigger, drawn) => {
        const { ledger, slack } = venueOf([traded], [margin], trigger);
        const lots = (1 + drawn.lots) * (drawn.isShort ? -1 : 1);
        const price = ledger.ticksOf(0, START);
        const notionalAt = (at: number): number => Math.abs(ledger.valueUnits(0, lots, at));
        const partAt = (at: number): number | undefined => {
          try {
            return slack.part(0, lots, at);
          } catch {
            // Its schedule says nothing of so large a position.
            return undefined;
          }
        };
        const part = partAt(price);
        if (part === undefined) return;
        const level = part + drawn.above * notionalAt(price);
        const { low, high } = slack.shortStretch({ instrument: 0, lots, price, level });
        expect([low <= price * (1 + 1e-9), price <= high * (1 + 1e-9)]).toEqual([true, true]);
        const isWithin = (at: number): boolean => {
          const here = partAt(at);
          return here !== undefined && here <= level + 1e-9 * notionalAt(at);
        };
        const bounds = [Math.max(low, price / 50), Math.min(high, price * 50)] as const;
        for (const share of drawn.at) {
          const end = share < 0 ? bounds[0] : bounds[1];
          expect(isWithin(price + Math.abs(share) * 0.999_999 * (end - price))).toBe(true);
          found.within += 1;
        }
        // At an end that is not that of its tier the part is the level.
        for (const end of [low, high]) {
          const here = end > 0 && end < Infinity ? partAt(end) : undefined;
          if (here === undefined) continue;
          if (Math.abs(here - level) < 1e-6 * notionalAt(end)) found.ends += 1;
        }
      }),
      { numRuns: 2_000 },
    );
    // Otherwise nothing was compared.
    expect(found.within).toBeGreaterThan(10_000);
    expect(found.ends).toBeGreaterThan(200);
  });

  it("ends where a curve rises through the level, on the near side of its top, and does not end where it stays below", () => {
    // 10 % and 1e-5 a USDT more: N − (0.1 N + 1e-5 N²) has its top of 20,250 at N = 45,000.
    const schedule = {
      kind: "linear",
      unit: "quote",
      initialRate: 0.1,
      initialRatePerUnit: 1e-5,
      maintenanceRate: 0.1,
      maintenanceRatePerUnit: 1e-5,
    } as const;
    const { slack, ledger } = venueOf([linear("BTCUSDT")], [{ schedule }]);
    const stretch = (quotePrice: number, level: number): readonly number[] => {
      const price = ledger.ticksOf(0, quotePrice);
      const { low, high } = slack.shortStretch({
        instrument: 0,
        lots: 1_000,
        price,
        level: level * 1e6,
      });
      return [low / 10, high / 10].map((quote) => Number(quote.toFixed(3)));
    };
    // 0.9 N − 1e-5 N² = 18,000 at 30,000 and at 60,000.
    expect(stretch(20_000, 18_000)).toEqual([0, 30_000]);
    expect(stretch(80_000, 18_000)).toEqual([60_000, Infinity]);
    expect(stretch(20_000, 20_250.001)).toEqual([0, Infinity]);
    expect(stretch(80_000, 20_250.001)).toEqual([0, Infinity]);
  });
});

describe("dangerBands", () => {
  it("holds no mark at which an account is not liquidatable, until its money or lots change", () => {
    let held = 0;
    fc.assert(
      fc.property(
        anyVenue,
        anyTrigger,
        fc.record({ wealth: fc.nat(100), lots: fc.integer({ min: -40_000, max: 40_000 }) }),
        fc.array(step, { minLength: 30, maxLength: 80, size: "max" }),
        ({ traded, margin }, trigger, { wealth, lots }, steps) => {
          const { ledger, marks, open, slack, isLiquidatable } = venueOf(
            [traded],
            [margin],
            trigger,
          );
          const one = ledger.currency.code === "BTC" ? 0.2 : 5_000;
          const [account, world] = [open(wealth * one), open(1e6 * one)];
          const trade = (signed: number): void => {
            if (signed === 0) return;
            const [buyer, seller] = signed > 0 ? [account, world] : [world, account];
            const price = marks.ticks(0);
            ledger.exchange({ buyer, seller, instrument: 0, lots: Math.abs(signed), price });
          };
          let price = START;
          marks.set(0, price);
          trade(lots);
          const bandOf = dangerBands(slack);
          let known: DangerBand | undefined;
          for (const drawn of steps) {
            if ("pay" in drawn) {
              const units = ledger.currency.units(Number((Math.abs(drawn.pay) * one).toFixed(2)));
              if (drawn.pay > 0) ledger.transfer(world, account, units);
              else ledger.transfer(account, world, units);
            }
            if ("lots" in drawn) trade(drawn.lots);
            if ("by" in drawn) price *= 1 + drawn.by ** drawn.power;
            if ("side" in drawn) {
              const found = liquidationPrices({ slack, account, instrument: 0, marks })[drawn.side];
              const edge = (found ?? Infinity) * decimalToNumber(traded.tick) * (1 + drawn.nudge);
              // Not so far that prices run away.
              if (Math.abs(edge / price - 1) < 0.5) price = edge;
            }
            marks.set(0, price);
            const isIn = isLiquidatable(account, marks);
            if (!("by" in drawn || "side" in drawn)) known = undefined;
            const mark = marks.ticks(0);
            if (known !== undefined && known.low <= mark && mark <= known.high) {
              held += 1;
              expect(isIn).toBe(true);
            }
            if (isIn) known = bandOf(account, marks);
            else expect(bandOf(account, marks)).toBeUndefined();
          }
        },
      ),
      { numRuns: 500 },
    );
    // Otherwise nothing was compared.
    expect(held).toBeGreaterThan(1_000);
  });

  it("is of one mark on the edge of a step that schedule and pieces round differently", () => {
    // 0.4 coins are two steps beyond 0.3 by the schedule, and one by the pieces.
    const schedule = {
      kind: "steps",
      unit: "coin",
      baseLimit: 0.3,
      step: 0.1,
      initialRate: 0.2,
      stepInitialRate: 0.05,
      maintenanceRate: 0.01,
      stepMaintenanceRate: 0.05,
    } as const;
    const { ledger, marks, open, slack, isLiquidatable } = venueOf(
      [inverse("XBTUSD")],
      [{ schedule }],
    );
    const [short, world] = [open(0), open(1e4)];
    marks.set(0, 10_000);
    ledger.exchange({ instrument: 0, lots: 4_000, price: 20_000, buyer: world, seller: short });
    ledger.transfer(world, short, 3_400_000);
    expect(isLiquidatable(short, marks)).toBe(true);
    const band = dangerBands(slack)(short, marks)!;
    marks.set(0, 10_000.5);
    expect([isLiquidatable(short, marks), band.high < marks.ticks(0)]).toEqual([false, true]);
  });

  it("goes up to where an account is safe, and is unknown of one without a position", () => {
    const { ledger, marks, open, slack } = venueOf([linear("BTCUSDT")], [{ schedule: flat(0.1) }]);
    const [long, short, world] = [open(6), open(6), open(1e6)];
    marks.set(0, 100);
    const trade = { instrument: 0, lots: 1_000, price: 1_000 };
    ledger.exchange({ ...trade, buyer: long, seller: world });
    ledger.exchange({ ...trade, buyer: world, seller: short });
    const bandOf = dangerBands(slack);
    // With N for the mark: −94 + N needs N / 10, safe from 94 / 0.9 = 104.44 on; 106 − N needs N / 10, safe up to 106 / 1.1 = 96.36.
    const [ofLong, ofShort] = [bandOf(long, marks)!, bandOf(short, marks)!];
    expect([ofLong.low, ofLong.high / 10]).toEqual([0, expect.closeTo(104.4444, 4)]);
    expect([ofShort.low / 10, ofShort.high]).toEqual([expect.closeTo(96.3636, 4), Infinity]);
    marks.set(0, 105);
    expect(bandOf(long, marks)).toBeUndefined();
    marks.set(0, 96);
    expect(bandOf(short, marks)).toBeUndefined();
    expect(bandOf(open(1), marks)).toBeUndefined();
  });
});
