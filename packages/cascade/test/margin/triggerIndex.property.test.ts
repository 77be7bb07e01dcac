import { decimalToNumber, type Instrument } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AccountId,
  FullScan,
  type InstrumentMargin,
  liquidationPrices,
  type LiquidationWatch,
  NO_BANDS,
  RuleBands,
  TriggerIndex,
} from "../../src/index.ts";
import { FirstLook } from "../../src/margin/triggerIndex.fast.ts";
import { anySchedule, anyTrigger, flat, inverse, linear, quanto, venueOf } from "./market.ts";

const IN_USDT: readonly Instrument[] = [
  linear("BTCUSDT"),
  linear("ETHUSDT"),
  linear("BTC", { kind: "spot" }),
];
const IN_BTC: readonly Instrument[] = [inverse("XBTUSD"), quanto("ETHUSD"), inverse("XBTH21")];

const anyVenue = fc.oneof(
  fc.tuple(
    fc.constant(IN_USDT),
    fc
      .tuple(anySchedule(1), anySchedule(1), fc.constantFrom(Infinity, 500_000))
      .map(([first, second, cap]): readonly InstrumentMargin[] => [
        { schedule: first },
        { schedule: second },
        { collateral: { haircut: 0.1, cap } },
      ]),
  ),
  fc.tuple(
    fc.constant(IN_BTC),
    fc
      .tuple(anySchedule(1e-4), anySchedule(1e-4), anySchedule(1e-4))
      .map(([first, second, third]): readonly InstrumentMargin[] => [
        { schedule: first },
        // A quanto contract has no size in quote currency.
        { schedule: second.unit === "quote" ? { ...second, unit: "coin" } : second },
        { schedule: third },
      ]),
  ),
);

const who = fc.nat(11);
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("trade" as const),
      buyer: who,
      seller: who,
      instrument: fc.nat(2),
      lots: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 40_000 })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("pay" as const),
      from: who,
      to: who,
      share: fc.double({ min: 0, max: 0.5, noNaN: true }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("move" as const),
      moves: fc.array(
        fc.record({
          instrument: fc.nat(2),
          by: fc.double({ min: -0.1, max: 0.1, noNaN: true }),
          power: fc.integer({ min: 1, max: 4 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
  },
  {
    // To where an account is liquidated, or a little before or beyond.
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("probe" as const),
      account: who,
      instrument: fc.nat(2),
      side: fc.constantFrom("below", "above" as const),
      nudge: fc.constantFrom(0, 1e-3, -1e-3, 1e-5, -1e-5, 1e-7, -1e-7, 1e-10, -1e-10),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("open" as const), wealth: fc.nat(100) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("rearm" as const), account: who }) },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Built = ReturnType<typeof venueOf>;
const PRICES = [40_000, 3_000, 40_000];
const ONE = { USDT: 5_000, BTC: 0.2 } as const;

/** One round of trades, payments and moves, seen by several watches; what each of them reported, move by move. */
function reports(
  { ledger, marks, open, slack }: Built,
  steps: readonly Step[],
  watches: readonly LiquidationWatch[],
): readonly (readonly (readonly AccountId[])[])[] {
  const one = ONE[ledger.currency.code === "BTC" ? "BTC" : "USDT"];
  const prices = [...PRICES];
  prices.forEach((price, instrument) => marks.set(instrument, price));
  for (let opened = 0; opened < 8; opened += 1) open((1 + opened * opened) * one);
  const changed = (...accounts: readonly AccountId[]) => {
    for (const watch of watches) for (const account of accounts) watch.changed(account);
  };
  const found: (readonly (readonly AccountId[])[])[] = [];
  const isOpen = (account: AccountId) => account < ledger.accountCount;
  for (const drawn of steps) {
    if (drawn.kind === "open") open(drawn.wealth * one);
    if (drawn.kind === "rearm" && isOpen(drawn.account)) changed(drawn.account);
    if (drawn.kind === "pay" && drawn.from !== drawn.to && isOpen(drawn.from) && isOpen(drawn.to)) {
      const units = Math.floor(Math.max(0, ledger.cash(drawn.from)) * drawn.share);
      ledger.transfer(drawn.from, drawn.to, units);
      changed(drawn.from, drawn.to);
    }
    if (drawn.kind === "trade" && drawn.buyer !== drawn.seller) {
      const { kind: _, ...trade } = drawn;
      if (!isOpen(trade.buyer) || !isOpen(trade.seller)) continue;
      ledger.exchange({ ...trade, price: marks.ticks(trade.instrument) });
      changed(trade.buyer, trade.seller);
    }
    if (drawn.kind === "move") {
      for (const { instrument, by, power } of drawn.moves) {
        prices[instrument] = prices[instrument]! * (1 + by ** power);
        marks.set(instrument, prices[instrument]);
      }
      const instruments = drawn.moves.map(({ instrument }) => instrument);
      found.push(watches.map((watch) => watch.moved(instruments)));
    }
    if (drawn.kind === "probe" && isOpen(drawn.account)) {
      const { instrument, account, side, nudge } = drawn;
      const ticks = liquidationPrices({ slack, account, instrument, marks })[side];
      // Not so far that prices run away.
      if (ticks === undefined || Math.abs(ticks / marks.ticks(instrument) - 1) > 0.5) continue;
      const tick = decimalToNumber(ledger.instruments[instrument]!.tick);
      prices[instrument] = ticks * tick * (1 + nudge);
      marks.set(instrument, prices[instrument]);
      found.push(watches.map((watch) => watch.moved([instrument])));
    }
  }
  return found;
}

describe("TriggerIndex", () => {
  it("reports the same accounts in the same order as a full scan, at every move", () => {
    let reported = 0;
    fc.assert(
      fc.property(
        anyVenue,
        anyTrigger,
        fc.array(step, { minLength: 60, maxLength: 150, size: "max" }),
        ([instruments, margins], trigger, steps) => {
          const venue = venueOf(instruments, margins, trigger);
          const index = new TriggerIndex({ ...venue, bands: new RuleBands(venue.slack) });
          for (const [scanned, indexed] of reports(venue, steps, [new FullScan(venue), index])) {
            expect(indexed).toEqual(scanned);
            reported += scanned!.length;
          }
          venue.ledger.check();
        },
      ),
      { numRuns: 300 },
    );
    // Otherwise nothing was compared.
    expect(reported).toBeGreaterThan(500);
  });

  it("does so after the first look of another one, which it takes over without asking anybody", () => {
    let takenOver = 0;
    fc.assert(
      fc.property(
        anyVenue,
        anyTrigger,
        fc.array(step, { minLength: 60, maxLength: 100, size: "max" }),
        fc.boolean(),
        ([instruments, margins], trigger, steps, isStarted) => {
          const venue = venueOf(instruments, margins, trigger);
          const firstLook = new FirstLook();
          const scan = new FullScan(venue);
          const asked = [0, 0];
          const indices = asked.map((_, i) => {
            const isLiquidatable: typeof venue.isLiquidatable = (account, at) => {
              asked[i]! += 1;
              return venue.isLiquidatable(account, at);
            };
            const bands = new RuleBands(venue.slack);
            return new TriggerIndex({ ...venue, isLiquidatable, bands, firstLook });
          });
          if (isStarted) {
            // Both look before anything has changed; else trades may be told to them before.
            PRICES.forEach((price, instrument) => venue.marks.set(instrument, price));
            for (let opened = 0; opened < 8; opened += 1) venue.open(opened * 1_000);
            // Some of them are liquidatable at once, and some far from it.
            for (let buyer = 0; buyer < 4; buyer += 1) {
              const price = venue.marks.ticks(0);
              const lots = 10 ** (1 + buyer);
              venue.ledger.exchange({ buyer, seller: 7 - buyer, instrument: 0, lots, price });
            }
            const [first, second] = indices.map((index) => index.moved([0]));
            expect(second).toEqual(first);
            expect(asked).toEqual([8, 0]);
            expect(scan.moved()).toEqual(first);
            takenOver += 1;
          }
          for (const found of reports(venue, steps, [scan, ...indices])) {
            expect(found.slice(1)).toEqual([found[0], found[0]]);
          }
        },
      ),
      { numRuns: 150 },
    );
    expect(takenOver).toBeGreaterThan(30);
  });

  it("looks by itself where the marks or accounts are not those of the look that was kept, or it was forgotten", () => {
    const venue = venueOf([linear("BTCUSDT")], [{ schedule: flat(0.1) }]);
    const { ledger, marks, open } = venue;
    const [poor, rich] = [open(10), open(1_000)];
    ledger.exchange({ buyer: poor, seller: rich, instrument: 0, lots: 1_000, price: 1_000 });
    const firstLook = new FirstLook();
    const look = (mark: number): readonly AccountId[] => {
      marks.set(0, mark);
      const bands = new RuleBands(venue.slack);
      return new TriggerIndex({ ...venue, bands, firstLook }).moved([0]);
    };
    expect([look(101), look(99), look(101)]).toEqual([[], [poor], []]);
    const late = open(5);
    ledger.exchange({ buyer: late, seller: rich, instrument: 0, lots: 1_000, price: 1_010 });
    expect(look(101)).toEqual([late]);
    firstLook.forget();
    expect([look(99), look(99), look(101)]).toEqual([[poor, late], [poor, late], [late]]);
  });

  it("does so where no band can be told", () => {
    fc.assert(
      fc.property(anyVenue, fc.array(step, { maxLength: 60 }), ([instruments, margins], steps) => {
        const venue = venueOf(instruments, margins);
        const index = new TriggerIndex({ ...venue, bands: NO_BANDS });
        for (const [scanned, indexed] of reports(venue, steps, [new FullScan(venue), index])) {
          expect(indexed).toEqual(scanned);
        }
      }),
    );
  });

  it("does so over thousands of moves and trades, while what is stale in its heaps is dropped again and again", () => {
    const schedules = [flat(0.01), flat(0.02), flat(0.05)].map((schedule) => ({ schedule }));
    const venue = venueOf([linear("A"), linear("B"), linear("C")], schedules);
    const { ledger, marks, open } = venue;
    // xorshift32: the same numbers in every run.
    let state = 12_345;
    const draw = (below: number): number => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return Math.floor(((state >>> 0) / 2 ** 32) * below);
    };
    const prices = [100, 100, 100];
    prices.forEach((price, instrument) => marks.set(instrument, price));
    for (let opened = 0; opened < 300; opened += 1) open(10 + draw(1_000));
    const scan = new FullScan(venue);
    const index = new TriggerIndex({ ...venue, bands: new RuleBands(venue.slack) });
    let reported = 0;
    for (let move = 0; move < 3_000; move += 1) {
      for (let trade = 0; trade < 3; trade += 1) {
        const [buyer, seller, instrument] = [draw(300), draw(300), draw(3)];
        if (buyer === seller) continue;
        ledger.exchange({
          buyer,
          seller,
          instrument,
          lots: 1 + draw(20_000),
          price: marks.ticks(instrument),
        });
        for (const watch of [scan, index]) for (const id of [buyer, seller]) watch.changed(id);
      }
      const instrument = draw(3);
      prices[instrument]! *= 1 + (draw(2_001) - 1_000) / 2e5;
      marks.set(instrument, prices[instrument]!);
      const found = index.moved([instrument]);
      expect(found).toEqual(scan.moved());
      reported += found.length;
    }
    expect(reported).toBeGreaterThan(1_000);
  });

  it("asks only the accounts whose band a mark has left", () => {
    const venue = venueOf([linear("BTCUSDT")], [{ schedule: flat(0.01) }]);
    const { ledger, marks, open } = venue;
    marks.set(0, 100);
    const world = open(1e9);
    // Longs of 1 BTC with 1 … 50 USDT of margin: liquidated one by one as the mark falls.
    for (let margin = 1; margin <= 50; margin += 1) {
      const seller = world;
      ledger.exchange({
        buyer: open(margin + 1),
        seller,
        instrument: 0,
        lots: 1_000,
        price: 1_000,
      });
    }
    let asked = 0;
    const isLiquidatable: typeof venue.isLiquidatable = (account, at) => {
      asked += 1;
      return venue.isLiquidatable(account, at);
    };
    const index = new TriggerIndex({ ...venue, isLiquidatable, bands: new RuleBands(venue.slack) });
    expect(index.moved([0])).toEqual([]);
    expect(asked).toBe(51);
    marks.set(0, 95.5);
    // With margin m + 1 the price is (99 − m) / 0.99: of m = 1 … 4 it is above 95.5.
    expect(index.moved([0])).toEqual([1, 2, 3, 4]);
    expect(asked).toBe(55);
    expect(index.moved([0])).toEqual([]);
    expect(asked).toBe(55);
  });

  it("is due again in full when a mark is missing, and refuses accounts and instruments that are none", () => {
    const venue = venueOf(
      [linear("A"), linear("B")],
      [{ schedule: flat(0.1) }, { schedule: flat(0.1) }],
    );
    const { ledger, marks, open } = venue;
    const index = new TriggerIndex({ ...venue, bands: new RuleBands(venue.slack) });
    const [poor, rich] = [open(10), open(1_000)];
    marks.set(0, 100);
    ledger.exchange({ buyer: poor, seller: rich, instrument: 0, lots: 1_000, price: 1_000 });
    ledger.exchange({ buyer: rich, seller: poor, instrument: 1, lots: 1_000, price: 1_000 });
    expect(() => index.moved([0])).toThrow(/v:B has no mark/);
    marks.set(1, 100);
    expect(index.moved([1])).toEqual([poor]);
    expect(() => index.changed(9)).toThrow(/no account 9/);
    expect(() => new FullScan(venue).changed(9)).toThrow(/no account 9/);
    expect(() => index.moved([7])).toThrow(/no mark/);
  });
});
